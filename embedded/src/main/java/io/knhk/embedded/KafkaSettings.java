package io.knhk.embedded;

import io.knhk.schemas.TopicLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * How the one broker and its topics are set up: small, durable, on the loopback interface alone.
 */
final class KafkaSettings {
  private static final int SEGMENT_BYTES = 64 << 20;
  private static final short ONE_COPY = 1;
  private static final int NODE = 1;

  private KafkaSettings() {}

  static Properties broker(Path data, int port, int controllerPort) {
    Properties settings = new Properties();
    settings.setProperty("process.roles", "broker,controller");
    settings.setProperty("node.id", Integer.toString(NODE));
    settings.setProperty(
        "controller.quorum.voters", NODE + "@" + Ports.HOST + ":" + controllerPort);
    settings.setProperty(
        "listeners",
        "PLAINTEXT://"
            + Ports.HOST
            + ":"
            + port
            + ",CONTROLLER://"
            + Ports.HOST
            + ":"
            + controllerPort);
    settings.setProperty("advertised.listeners", "PLAINTEXT://" + Ports.HOST + ":" + port);
    settings.setProperty(
        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.setProperty("inter.broker.listener.name", "PLAINTEXT");
    settings.setProperty("controller.listener.names", "CONTROLLER");
    settings.setProperty("log.dirs", data.toString());
    settings.setProperty("auto.create.topics.enable", "false");
    settings.setProperty("log.message.timestamp.type", "LogAppendTime");
    settings.setProperty("message.max.bytes", Integer.toString(batchBytesMax()));
    settings.setProperty("log.segment.bytes", Integer.toString(SEGMENT_BYTES));
    for (String internal :
        List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
      settings.setProperty(internal + ".num.partitions", "4");
      settings.setProperty(internal + ".replication.factor", "1");
      settings.setProperty(internal + ".segment.bytes", "8388608");
    }
    settings.setProperty("transaction.state.log.min.isr", "1");
    settings.setProperty("share.coordinator.state.topic.min.isr", "1");
    settings.setProperty("group.initial.rebalance.delay.ms", "0");
    settings.setProperty("num.network.threads", "2");
    settings.setProperty("num.io.threads", "4");
    settings.setProperty("background.threads", "2");
    settings.setProperty("log.cleaner.dedupe.buffer.size", "8388608");
    // Otherwise the controller appends a no-op twice a second, for ever.
    settings.setProperty("metadata.max.idle.interval.ms", "5000");
    // A broker that was killed is let back in only when its session has run out.
    settings.setProperty("broker.heartbeat.interval.ms", "500");
    settings.setProperty("broker.session.timeout.ms", "3000");
    return settings;
  }

  private static int batchBytesMax() {
    return TopicLayout.all().stream().mapToInt(TopicLayout::batchBytesMax).max().orElseThrow();
  }

  /** The topics as {@link TopicLayout} has them, each in one copy. */
  static List<NewTopic> topics() {
    return TopicLayout.all().stream().map(KafkaSettings::topic).toList();
  }

  private static NewTopic topic(TopicLayout layout) {
    Map<String, String> settings = layout.settings();
    settings.put("segment.bytes", Integer.toString(SEGMENT_BYTES));
    // No other broker has a copy: what cannot be made again is on disk before its sender hears that
    // it was taken.
    settings.put(
        layout.evidence() ? "flush.messages" : "flush.ms", layout.evidence() ? "1" : "1000");
    return new NewTopic(layout.name(), layout.partitions(), ONE_COPY).configs(settings);
  }
}
