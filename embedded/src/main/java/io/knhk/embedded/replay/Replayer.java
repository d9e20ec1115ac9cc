package io.knhk.embedded.replay;

import io.knhk.embedded.StackException;
import io.knhk.schemas.Topics;
import io.knhk.schemas.observation.ObservationCodec;
import io.knhk.schemas.observation.SourceMarker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays a folder into the observations topic, each row once.
 *
 * <p>Every record has a header that names its row. Before anything is sent the topic is read, and
 * the rows that are there are passed over; a replay that was stopped, or killed, so goes on where
 * it was, and one that had come to its end sends nothing. At the end each source gets one marker in
 * every partition it was sent to. One run at a time; {@link #stop} from any thread.
 */
public final class Replayer {
  private static final Logger LOG = LoggerFactory.getLogger(Replayer.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration READ_BACK_WAIT = Duration.ofSeconds(60);
  private static final long REPORT_EVERY_NANOS = 250_000_000L;
  private static final long PARK_NANOS_MAX = 50_000_000L;
  private static final double NANOS = 1e9;

  private final ReplayInput input;
  private final String bootstrapServers;
  private final ReplayOptions options;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private volatile boolean stopped;
  private boolean interrupted;

  public Replayer(ReplayInput input, String bootstrapServers, ReplayOptions options) {
    this.input = input;
    this.bootstrapServers = bootstrapServers;
    this.options = options;
  }

  /**
   * Returns when all is in Kafka, or {@link #stop} was called; what was sent until then is in
   * Kafka.
   *
   * @throws StackException when Kafka does not take it, or a file is no longer as it was
   */
  public ReplayProgress run(ReplayProgress.Listener listener) {
    try {
      int partitions = partitions();
      ReplayOrigin origin = readBack(partitions);
      try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producerSettings());
          ReplayMerge merge = input.merge()) {
        return send(producer, merge, origin, partitions, listener);
      }
    } catch (KafkaException | IOException e) {
      throw failed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Lets {@link #run} return soon. */
  public void stop() {
    stopped = true;
  }

  private ReplayProgress send(
      KafkaProducer<byte[], byte[]> producer,
      ReplayMerge merge,
      ReplayOrigin origin,
      int partitions,
      ReplayProgress.Listener listener)
      throws IOException {
    ReplayMarkers markers = new ReplayMarkers();
    Tally tally = new Tally(System.nanoTime());
    for (ReplayRecord record = merge.next(); record != null && !stopped; record = merge.next()) {
      int partition = Utils.toPositive(Utils.murmur2(record.keyBytes())) % partitions;
      markers.saw(record, partition, System.currentTimeMillis());
      tally.malformed += record.malformed() ? 1 : 0;
      if (origin.has(record.folder(), record.number())) {
        tally.skipped++;
      } else {
        pace(tally);
        send(
            producer,
            partition,
            record.keyBytes(),
            record.value(),
            origin.header(record.folder(), record.number()));
        tally.sent++;
      }
      if (System.nanoTime() - tally.reportedNanos >= REPORT_EVERY_NANOS) {
        tally.reportedNanos = System.nanoTime();
        listener.progressed(tally.progress(input.total(), false));
      }
    }
    boolean all = tally.sent + tally.skipped == input.total();
    if (!all && !stopped) {
      throw new IOException(
          "expected the files to be as they were: rows="
              + (tally.sent + tally.skipped)
              + ", before="
              + input.total());
    }
    producer.flush();
    checkFailure();
    if (all) {
      sendMarkers(producer, markers, origin);
      if (markers.withoutMarker() > 0) {
        LOG.warn(
            "Of {} observations the sources got no marker: there are more than {}",
            markers.withoutMarker(),
            ReplayMarkers.SOURCES_MAX);
      }
    }
    ReplayProgress end = tally.progress(input.total(), all);
    listener.progressed(end);
    return end;
  }

  private void sendMarkers(
      KafkaProducer<byte[], byte[]> producer, ReplayMarkers markers, ReplayOrigin origin) {
    List<ReplayMarkers.End> ends = markers.ends();
    for (int i = 0; i < ends.size(); i++) {
      if (origin.has(ReplayOrigin.MARKERS, i)) {
        continue;
      }
      ReplayMarkers.End end = ends.get(i);
      SourceMarker marker =
          new SourceMarker(
              end.sector(),
              end.source(),
              input.replayId() + "-end-" + i,
              end.markerMs(options.markerAhead().toMillis(), System.currentTimeMillis()));
      send(
          producer,
          end.partition(),
          end.source().getBytes(StandardCharsets.UTF_8),
          ObservationCodec.encodeMarker(marker),
          origin.header(ReplayOrigin.MARKERS, i));
    }
    producer.flush();
    checkFailure();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of a failure
  private void send(
      KafkaProducer<byte[], byte[]> producer,
      int partition,
      byte[] key,
      byte[] value,
      Header origin) {
    checkFailure();
    Header contentType =
        new RecordHeader(
            ObservationCodec.CONTENT_TYPE_HEADER,
            ObservationCodec.STRUCTURED_CONTENT_TYPE.getBytes(StandardCharsets.US_ASCII));
    producer.send(
        new ProducerRecord<>(
            Topics.OBSERVATIONS, partition, key, value, List.of(contentType, origin)),
        (metadata, e) -> {
          if (e != null) {
            failure.compareAndSet(null, e);
          }
        });
  }

  /** Waits until the next one is due. */
  private void pace(Tally tally) {
    if (options.perSecond() == 0) {
      return;
    }
    long due = tally.startedNanos + (long) (tally.sent * NANOS / options.perSecond());
    for (long ahead = due - System.nanoTime();
        ahead > 0 && !stopped;
        ahead = due - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(ahead, PARK_NANOS_MAX));
      if (Thread.interrupted()) {
        // Given back at the very end: Kafka's client would not flush under it.
        interrupted = true;
        stopped = true;
      }
    }
  }

  private void checkFailure() {
    Exception e = failure.get();
    if (e != null) {
      throw failed(e);
    }
  }

  private int partitions() {
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerSettings())) {
      return consumer.partitionsFor(Topics.OBSERVATIONS).size();
    }
  }

  private ReplayOrigin readBack(int partitions) {
    ReplayOrigin origin = new ReplayOrigin(input.replayId());
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerSettings())) {
      List<TopicPartition> all =
          IntStream.range(0, partitions)
              .mapToObj(p -> new TopicPartition(Topics.OBSERVATIONS, p))
              .toList();
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      consumer.assign(all);
      consumer.seekToBeginning(all);
      long deadline = System.nanoTime() + READ_BACK_WAIT.toNanos();
      while (!stopped
          && all.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        boolean any = false;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          any = true;
          origin.saw(record.headers().lastHeader(ReplayOrigin.HEADER));
        }
        if (any) {
          deadline = System.nanoTime() + READ_BACK_WAIT.toNanos();
        } else if (System.nanoTime() > deadline) {
          throw new KafkaException("nothing came for " + READ_BACK_WAIT.toSeconds() + " s");
        }
      }
    }
    return origin;
  }

  private Map<String, Object> producerSettings() {
    return Map.of(
        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
        bootstrapServers,
        ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
        ByteArraySerializer.class,
        ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
        ByteArraySerializer.class,
        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
        true,
        ProducerConfig.ACKS_CONFIG,
        "all",
        ProducerConfig.LINGER_MS_CONFIG,
        5,
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
        RawRows.ROW_BYTES_MAX + (32 << 10),
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
        300_000);
  }

  private Map<String, Object> consumerSettings() {
    return Map.of(
        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
        bootstrapServers,
        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
        ByteArrayDeserializer.class,
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
        ByteArrayDeserializer.class,
        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
        false);
  }

  private StackException failed(Exception e) {
    return new StackException(
        StackException.REPLAY_FAILED,
        "expected the replay to reach Kafka: bootstrapServers="
            + bootstrapServers
            + ", problem="
            + e
            + ". Run again: it goes on where it stopped.",
        e);
  }

  private static final class Tally {
    private final long startedNanos;
    private long reportedNanos;
    private long sent;
    private long skipped;
    private long malformed;

    Tally(long startedNanos) {
      this.startedNanos = startedNanos;
      this.reportedNanos = startedNanos;
    }

    ReplayProgress progress(long total, boolean finished) {
      return new ReplayProgress(total, sent, skipped, malformed, finished);
    }
  }
}
