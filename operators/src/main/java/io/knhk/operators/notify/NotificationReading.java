package io.knhk.operators.notify;

import static java.util.Objects.requireNonNull;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.operators.types.RawRecord;
import io.knhk.registry.Telemetry;
import io.knhk.schemas.notification.Notification;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes of each notification that a trusted key signed one delivery for every webhook. What is not
 * signed is counted and logged, and nobody is told of it; those of another ledger are passed over.
 */
public final class NotificationReading extends ProcessFunction<RawRecord, Delivery> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(NotificationReading.class);

  private final String log;
  private final String publicKeysPem;
  private final List<String> webhooks;

  private transient @Nullable KeyRing keys;
  private transient @Nullable Counter unsigned;

  /**
   * @param log the ledger whose notifications are delivered
   * @param publicKeysPem the keys whose signatures count, SubjectPublicKeyInfo blocks one after
   *     another
   * @throws IllegalArgumentException if a key is not valid
   */
  public NotificationReading(String log, String publicKeysPem, List<Webhook> webhooks) {
    parse(publicKeysPem);
    this.log = log;
    this.publicKeysPem = publicKeysPem;
    this.webhooks = webhooks.stream().map(Webhook::id).toList();
  }

  @Override
  public void open(OpenContext context) {
    keys = parse(publicKeysPem);
    unsigned = getRuntimeContext().getMetricGroup().counter(Telemetry.NOTIFY_UNSIGNED);
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<Delivery> out) {
    byte[] body;
    Notification notification;
    try {
      body = payload(record.value());
      notification = Notification.decode(body);
      requireSector(notification, new String(record.key(), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      requireNonNull(unsigned).inc();
      LOG.error(
          "Notification refused: {}/{}/{}: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e.getMessage());
      return;
    }
    if (!notification.log().equals(log)) {
      return;
    }
    for (String webhook : webhooks) {
      out.collect(new Delivery(webhook, notification.sector(), notification.id(), body));
    }
  }

  private byte[] payload(byte[] value) {
    try {
      Dsse.Envelope envelope = Dsse.Envelope.parse(value);
      if (!envelope.isSigned(Notification.PAYLOAD_TYPE, requireNonNull(keys))) {
        throw new IllegalArgumentException(
            "expected a notification that a key of the ring signed: payloadType="
                + envelope.payloadType()
                + ", keyId="
                + envelope.keyId());
      }
      return envelope.payload();
    } catch (LedgerFormatException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static void requireSector(Notification notification, String key) {
    if (!notification.sector().equals(key)) {
      throw new IllegalArgumentException(
          "expected the sector of the record's key: sector=" + notification.sector());
    }
  }

  private static KeyRing parse(String pem) {
    try {
      return KeyRing.fromPem(pem);
    } catch (LedgerFormatException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
