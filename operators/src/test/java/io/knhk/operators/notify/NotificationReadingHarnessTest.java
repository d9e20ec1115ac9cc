package io.knhk.operators.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.Counters;
import io.knhk.operators.types.RawRecord;
import io.knhk.registry.Telemetry;
import io.knhk.schemas.Topics;
import io.knhk.schemas.notification.Notification;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class NotificationReadingHarnessTest {
  private static final SigningKey KEY = SigningKey.generate(new SecureRandom());
  private static final List<Webhook> WEBHOOKS =
      List.of(Webhook.of("https://a/"), Webhook.of("https://b/"));

  @Test
  void shouldMakeOneDeliveryForEachWebhookWhenItIsSigned() throws Exception {
    byte[] body = notification("main", "finance").encode();

    List<Delivery> deliveries =
        read(record("finance", envelope(KEY, Notification.PAYLOAD_TYPE, body)));

    assertThat(deliveries)
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(
            new Delivery(WEBHOOKS.get(0).id(), "finance", "n1", body),
            new Delivery(WEBHOOKS.get(1).id(), "finance", "n1", body));
  }

  @Test
  void shouldTellNobodyWhenItIsNotASignedNotificationOfTheKeysSector() throws Exception {
    byte[] body = notification("main", "finance").encode();
    byte[] signed = envelope(KEY, Notification.PAYLOAD_TYPE, body);
    byte[] flipped =
        new Dsse.Envelope(Notification.PAYLOAD_TYPE, body, KEY.publicKey().keyId(), new byte[64])
            .toJson();
    byte[] strange =
        envelope(SigningKey.generate(new SecureRandom()), Notification.PAYLOAD_TYPE, body);
    byte[] other = "{\"specversion\":\"1.0\"}".getBytes(StandardCharsets.UTF_8);

    assertThat(
            read(
                record("finance", flipped),
                record("finance", strange),
                record("energy", signed),
                record("finance", envelope(KEY, Receipts.PAYLOAD_TYPE, body)),
                record("finance", envelope(KEY, Notification.PAYLOAD_TYPE, other)),
                record("finance", new byte[0])))
        .isEmpty();
    assertThat(unsigned).isEqualTo(6);
  }

  @Test
  void shouldPassOverThoseOfAnotherLedger() throws Exception {
    byte[] body = notification("other", "finance").encode();

    assertThat(read(record("finance", envelope(KEY, Notification.PAYLOAD_TYPE, body)))).isEmpty();
    assertThat(unsigned).isZero();
  }

  private long unsigned;

  private List<Delivery> read(RawRecord... records) throws Exception {
    Counters counters = new Counters();
    try (var environment = new MockEnvironmentBuilder().setMetricGroup(counters.group()).build();
        var harness =
            new OneInputStreamOperatorTestHarness<>(
                new ProcessOperator<>(
                    new NotificationReading("main", KEY.publicKey().toPem(), WEBHOOKS)),
                environment)) {
      harness.open();
      for (RawRecord record : records) {
        harness.processElement(record, 0);
      }
      unsigned = counters.count(Telemetry.NOTIFY_UNSIGNED);
      return harness.extractOutputValues();
    }
  }

  private static Notification notification(String log, String sector) {
    return Notification.of(
        Notification.Kind.PENDING,
        log,
        sector,
        "n1",
        "r1",
        5,
        JsonNodeFactory.instance.objectNode());
  }

  private static byte[] envelope(SigningKey key, String type, byte[] body) {
    return Dsse.sign(key, type, body).toJson();
  }

  private static RawRecord record(String key, byte[] value) {
    return new RawRecord(
        Topics.NOTIFICATIONS,
        0,
        0,
        5,
        true,
        key.getBytes(StandardCharsets.UTF_8),
        new String[0],
        new byte[0][],
        true,
        value);
  }
}
