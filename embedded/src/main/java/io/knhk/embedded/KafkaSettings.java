package io.knhk.embedded;

import io.knhk.schemas.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * How the one broker and its topics are set up: small, durable, on the loopback interface alone.
 */
final class KafkaSettings {
  /** An observation is at most 64 KiB; what is larger, up to this, becomes a dead letter. */
  static final int OBSERVATION_BATCH_BYTES_MAX = (1 << 20) + (64 << 10);

  /** A compiled snapshot of 1 MiB in base64, or a dead letter and its headers, fits. */
  static final int BATCH_BYTES_MAX = 2 << 20;

  /** The oldest observations go when a partition holds more than this. */
  static final long OBSERVATION_PARTITION_BYTES_MAX = 8L << 30;

  static final int OBSERVATION_PARTITIONS = 4;
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
    settings.setProperty("message.max.bytes", Integer.toString(BATCH_BYTES_MAX));
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

  static List<NewTopic> topics() {
    return List.of(
        topic(
            Topics.OBSERVATIONS,
            OBSERVATION_PARTITIONS,
            Map.of(
                "retention.bytes", Long.toString(OBSERVATION_PARTITION_BYTES_MAX),
                "max.message.bytes", Integer.toString(OBSERVATION_BATCH_BYTES_MAX),
                "flush.ms", "1000")),
        topic(Topics.RECEIPTS, 4, evidence()),
        topic(Topics.SNAPSHOTS, 1, evidence()),
        topic(Topics.CONTROL, 1, evidence()),
        topic(Topics.DEAD_LETTERS, 4, Map.of("flush.ms", "1000")));
  }

  /** What cannot be made again is on disk before its sender hears that it was taken. */
  private static Map<String, String> evidence() {
    return Map.of("flush.messages", "1");
  }

  private static NewTopic topic(String name, int partitions, Map<String, String> more) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("message.timestamp.type", "LogAppendTime");
    settings.put("cleanup.policy", "delete");
    settings.put("retention.ms", "-1");
    settings.put("retention.bytes", "-1");
    settings.put("max.message.bytes", Integer.toString(BATCH_BYTES_MAX));
    settings.put("segment.bytes", Integer.toString(SEGMENT_BYTES));
    settings.putAll(more);
    return new NewTopic(name, partitions, ONE_COPY).configs(settings);
  }
}
