package io.knhk.operators.record;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.registry.Telemetry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs each body of a completed checkpoint and sends it with an idempotent producer until Kafka
 * has acknowledged it, for as long as that takes: while it waits the job stands still, which is
 * back-pressure, and nothing is lost. A batch that failed half way is sent again from its start, in
 * order; the bytes are the same, and readers drop identical duplicates.
 */
final class SigningCommitter implements Committer<CommittableBatch> {
  private static final Logger LOG = LoggerFactory.getLogger(SigningCommitter.class);
  private static final long RETRY_MS_MIN = 100;
  private static final long RETRY_MS_MAX = 10_000;
  private static final int WINDOW = 1_000;

  private final SignedSinkOptions options;
  private final SigningKey key;
  private final SentBefore before;
  private final Counter sent;
  private final Counter retries;
  private final Histogram commitMs;
  private @Nullable KafkaProducer<byte[], byte[]> producer;

  private SigningCommitter(
      SignedSinkOptions options, SigningKey key, SentBefore before, MetricGroup metrics) {
    this.options = options;
    this.key = key;
    this.before = before;
    this.sent = metrics.counter(Telemetry.RECORD_SENT);
    this.retries = metrics.counter(Telemetry.RECORD_RETRIES);
    this.commitMs =
        metrics.histogram(
            Telemetry.RECORD_COMMIT_DURATION, new DescriptiveStatisticsHistogram(WINDOW));
  }

  /**
   * @throws IOException when the key file cannot be read, or holds another key than the job was
   *     submitted with
   */
  static SigningCommitter open(SignedSinkOptions options, MetricGroup metrics) throws IOException {
    SigningKey key;
    try {
      key = SigningKey.fromPem(Path.of(options.signingKeyFile()));
    } catch (LedgerFormatException e) {
      throw new IOException(e.getMessage(), e);
    }
    String keyId = key.publicKey().keyId();
    if (!keyId.equals(options.keyId())) {
      throw new IOException(
          "expected the signing key that the job was submitted with: file="
              + options.signingKeyFile()
              + ", keyId="
              + keyId
              + ", submitted="
              + options.keyId());
    }
    SentBefore before =
        new SentBefore(
            KafkaReceiptsTopic.opener(options.producerConfig()),
            KeyRing.of(List.of(key.publicKey())));
    return new SigningCommitter(options, key, before, metrics);
  }

  @Override
  public void commit(Collection<CommitRequest<CommittableBatch>> requests)
      throws IOException, InterruptedException {
    long startNs = System.nanoTime();
    for (CommitRequest<CommittableBatch> request : requests) {
      List<ProducerRecord<byte[], byte[]>> records =
          sign(before.unsent(request.getCommittable().messages()));
      long retryMs = RETRY_MS_MIN;
      while (!trySend(records)) {
        retries.inc();
        Thread.sleep(retryMs);
        retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
      }
      sent.inc(records.size());
    }
    commitMs.update((System.nanoTime() - startNs) / 1_000_000);
  }

  @Override
  public void close() {
    closeProducer();
  }

  private List<ProducerRecord<byte[], byte[]>> sign(List<OutboundMessage> messages) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(messages.size());
    for (OutboundMessage message : messages) {
      records.add(
          new ProducerRecord<>(
              message.topic(),
              message.key().getBytes(StandardCharsets.UTF_8),
              Dsse.sign(key, message.payloadType(), message.body()).toJson()));
    }
    return records;
  }

  /** False when it should be tried again; throws what no retry mends. */
  private boolean trySend(List<ProducerRecord<byte[], byte[]>> records)
      throws IOException, InterruptedException {
    try {
      KafkaProducer<byte[], byte[]> to = openProducer();
      List<Future<RecordMetadata>> pending = new ArrayList<>(records.size());
      for (ProducerRecord<byte[], byte[]> record : records) {
        Future<RecordMetadata> sending = to.send(record);
        pending.add(sending);
        if (sending.isDone()) {
          // Failed before it was sent, or acknowledged already; what comes after a failed one must
          // not be sent.
          sending.get();
        }
      }
      to.flush();
      for (Future<RecordMetadata> acknowledged : pending) {
        acknowledged.get();
      }
      return true;
    } catch (InterruptException e) {
      closeProducer();
      throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
    } catch (ExecutionException e) {
      return again(e.getCause() == null ? e : e.getCause());
    } catch (KafkaException e) {
      return again(e);
    }
  }

  private boolean again(Throwable cause) throws IOException {
    closeProducer();
    if (cause instanceof RecordTooLargeException
        || cause instanceof AuthorizationException
        || cause instanceof AuthenticationException) {
      throw new IOException(
          "expected Kafka to take a signed message: " + cause.getMessage(), cause);
    }
    LOG.warn("Kafka did not acknowledge signed messages; sending them again: {}", cause.toString());
    return false;
  }

  private KafkaProducer<byte[], byte[]> openProducer() {
    KafkaProducer<byte[], byte[]> open = producer;
    if (open == null) {
      Map<String, Object> config = options.producerConfig();
      config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
      config.put(ProducerConfig.ACKS_CONFIG, "all");
      // A record that is given up while later ones go through would leave a gap in a chain: none is
      // ever given up.
      config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(Long.MAX_VALUE));
      config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.toString(Integer.MAX_VALUE));
      open = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
      producer = open;
    }
    return open;
  }

  private void closeProducer() {
    if (producer != null) {
      producer.close(Duration.ZERO);
      producer = null;
    }
  }
}
