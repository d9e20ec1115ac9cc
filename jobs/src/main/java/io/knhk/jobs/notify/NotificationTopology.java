package io.knhk.jobs.notify;

import io.knhk.jobs.KafkaEnds;
import io.knhk.operators.notify.Delivery;
import io.knhk.operators.notify.DeliveryOperatorFactory;
import io.knhk.operators.notify.NotificationReading;
import io.knhk.operators.notify.WebhookSecrets;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** One topic, verified, to webhooks. */
final class NotificationTopology {
  private static final String GROUP = "knhk-notify";

  private NotificationTopology() {}

  /**
   * @throws IOException when the trusted keys or the secret cannot be read; the secret is only
   *     looked at
   */
  static void build(StreamExecutionEnvironment env, NotificationOptions options)
      throws IOException {
    String trustedKeysPem =
        Files.readString(Path.of(options.trustedKeysFile()), StandardCharsets.US_ASCII);
    WebhookSecrets.read(Path.of(options.delivery().secretFile()));
    notifications(env, options)
        .process(
            new NotificationReading(options.log(), trustedKeysPem, options.delivery().webhooks()))
        .name("read notifications")
        .uid(NotificationUids.READ_NOTIFICATIONS)
        .keyBy(Delivery::lane, Types.STRING)
        .transform("deliver", Types.VOID, new DeliveryOperatorFactory(options.delivery()))
        .uid(NotificationUids.DELIVER);
  }

  private static DataStream<RawRecord> notifications(
      StreamExecutionEnvironment env, NotificationOptions options) {
    return env.fromSource(
            options.isFromEnd()
                ? KafkaEnds.sourceFromEnd(options.kafka(), GROUP, Topics.NOTIFICATIONS)
                : KafkaEnds.source(options.kafka(), GROUP, Topics.NOTIFICATIONS),
            WatermarkStrategy.noWatermarks(),
            Topics.NOTIFICATIONS)
        .uid(NotificationUids.NOTIFICATIONS);
  }
}
