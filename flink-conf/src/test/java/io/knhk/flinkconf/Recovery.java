package io.knhk.flinkconf;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.ReceiptBody;
import io.knhk.schemas.Topics;
import io.knhk.schemas.receipt.Operation;
import java.time.Duration;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * How long after a fault work is done again: from the fault until a receipt arrives of an
 * observation that was published after it. What was under way when it happened does not count.
 */
final class Recovery implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);

  private final KafkaConsumer<byte[], byte[]> receipts;

  private Recovery(KafkaConsumer<byte[], byte[]> receipts) {
    this.receipts = receipts;
  }

  /** To be called before the fault. */
  static Recovery watch(String bootstrapServers) {
    return new Recovery(Topic.tail(bootstrapServers, Topics.RECEIPTS));
  }

  /**
   * Waits for such a receipt in Kafka.
   *
   * @param faultMs when the fault was, in ms since 1970
   */
  Duration awaitReceipt(long faultMs, Duration within) throws InterruptedException {
    awaitRecorded(recordedAtMs -> recordedAtMs > faultMs, within);
    return Duration.ofMillis(System.currentTimeMillis() - faultMs);
  }

  /** Waits for a receipt in Kafka of observations that were recorded at such a time. */
  void awaitRecorded(LongPredicate recordedAtMs, Duration within) throws InterruptedException {
    Eventually.until(within, "a receipt made after the fault", () -> isThere(recordedAtMs));
  }

  /** Waits for such a receipt in PostgreSQL. */
  static Duration awaitRow(Ledgers ledgers, long faultMs, Duration within)
      throws InterruptedException {
    Eventually.until(
        within,
        "an archived receipt made after the fault",
        () ->
            !ledgers
                .one(
                    "select count(*) from receipts where operation = 'ObservationIngested' and timestamp > "
                        + faultMs)
                .equals("0"));
    return Duration.ofMillis(System.currentTimeMillis() - faultMs);
  }

  @Override
  public void close() {
    receipts.close();
  }

  private boolean isThere(LongPredicate recordedAtMs) throws LedgerFormatException {
    boolean found = false;
    for (ConsumerRecord<byte[], byte[]> record : receipts.poll(POLL)) {
      ReceiptBody body = ReceiptBody.parse(Dsse.Envelope.parse(record.value()).payload());
      found |=
          body.operation() == Operation.ObservationIngested
              && recordedAtMs.test(body.recordedAtMs());
    }
    return found;
  }
}
