package io.knhk.cli.govern;

import io.knhk.cli.CliError;
import io.knhk.cli.KafkaClients;
import io.knhk.cli.ResolvedEndpoints;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.Topics;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlMessage;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/**
 * Signs what a person says and brings it to {@link Topics#CONTROL}: key is the sector, and Kafka
 * has it on all replicas when {@link #send} returns.
 */
final class ControlSender implements AutoCloseable {
  /**
   * The largest counter that was given. The loop takes a message of a key only with a counter
   * beyond that of its last one; microseconds of the clock are that without a file to keep.
   */
  private static final AtomicLong LAST_COUNTER = new AtomicLong();

  private final ResolvedEndpoints endpoints;
  private final KafkaProducer<byte[], byte[]> producer;
  private final String log;
  private final SigningKey key;
  private final Clock clock;

  private ControlSender(
      ResolvedEndpoints endpoints,
      KafkaProducer<byte[], byte[]> producer,
      String log,
      SigningKey key,
      Clock clock) {
    this.endpoints = endpoints;
    this.producer = producer;
    this.log = log;
    this.key = key;
    this.clock = clock;
  }

  /** Where Kafka put a message. */
  record Place(int partition, long offset) {}

  static ControlSender open(ResolvedEndpoints endpoints, String log, SigningKey key, Clock clock) {
    try {
      return new ControlSender(endpoints, KafkaClients.producer(endpoints), log, key, clock);
    } catch (KafkaException e) {
      throw KafkaClients.unreachable(endpoints, e);
    }
  }

  /**
   * Signs a message that is good for so long. Nothing is sent.
   *
   * @throws io.knhk.cli.CliException if the loop would not take it
   */
  SignedControl sign(String sector, ControlContent content, Duration lifetime) {
    Instant now = clock.instant();
    return SignedControl.of(
        key,
        new ControlMessage(
            log,
            sector,
            key.publicKey().keyId(),
            counter(now),
            now.plus(lifetime).toEpochMilli(),
            content));
  }

  Place send(SignedControl signed) throws InterruptedException {
    byte[] sector = signed.message().sector().getBytes(StandardCharsets.UTF_8);
    try {
      RecordMetadata at =
          producer
              .send(new ProducerRecord<>(Topics.CONTROL, sector, signed.envelope().toJson()))
              .get();
      return new Place(at.partition(), at.offset());
    } catch (KafkaException e) {
      throw KafkaClients.unreachable(endpoints, e);
    } catch (ExecutionException e) {
      throw CliError.SEND_FAILED.because(
          "expected Kafka to take the message: id=" + signed.id() + ", problem=" + e.getCause(),
          "Run ./knhk status, then the command again.",
          e);
    }
  }

  @Override
  public void close() {
    producer.close();
  }

  private static long counter(Instant now) {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
    return LAST_COUNTER.updateAndGet(last -> Math.max(last + 1, micros));
  }
}
