package io.knhk.operators.record;

import io.knhk.schemas.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receipts topic on Kafka. While Kafka is away it waits, without limit; what Kafka refuses for
 * good is thrown.
 */
final class KafkaReceiptsTopic implements ReceiptsTopic {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaReceiptsTopic.class);
  private static final Duration POLL = Duration.ofMillis(500);

  /** Records between two lines that say how far the reading is. */
  private static final long PROGRESS_RECORDS = 100_000;

  private final Map<String, Object> config;
  private @Nullable KafkaConsumer<byte[], byte[]> consumer;
  private @Nullable Admin admin;
  private List<TopicPartition> partitions = List.of();

  private KafkaReceiptsTopic(Map<String, Object> config) {
    this.config = config;
  }

  /**
   * @param clientProperties Kafka's own names; {@code bootstrap.servers} at least
   */
  static Opener opener(Map<String, Object> clientProperties) {
    HashMap<String, Object> config = new HashMap<>(clientProperties);
    return () -> new KafkaReceiptsTopic(config);
  }

  @Override
  public Map<Integer, Offsets> offsets() throws IOException, InterruptedException {
    while (true) {
      try {
        KafkaConsumer<byte[], byte[]> from = consumer();
        partitions =
            from.partitionsFor(Topics.RECEIPTS).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        if (partitions.isEmpty()) {
          throw new IOException("expected the topic to exist: topic=" + Topics.RECEIPTS);
        }
        Map<TopicPartition, Long> begin = from.beginningOffsets(partitions);
        Map<TopicPartition, Long> end = from.endOffsets(partitions);
        Map<Integer, Offsets> offsets = new TreeMap<>();
        for (TopicPartition partition : partitions) {
          offsets.put(
              partition.partition(),
              new Offsets(begin.getOrDefault(partition, 0L), end.getOrDefault(partition, 0L)));
        }
        return offsets;
      } catch (InterruptException e) {
        throw interrupted(e);
      } catch (RetriableException e) {
        LOG.warn("Kafka does not answer where the receipts end; asking again: {}", e.toString());
      } catch (KafkaException e) {
        throw new IOException("expected Kafka to let receipts be read: " + e.getMessage(), e);
      }
    }
  }

  @Override
  public void read(int partition, long from, long to, Visitor visitor)
      throws IOException, InterruptedException {
    if (from >= to) {
      return;
    }
    TopicPartition of = new TopicPartition(Topics.RECEIPTS, partition);
    KafkaConsumer<byte[], byte[]> reader = consumer();
    long sayAt = from + PROGRESS_RECORDS;
    try {
      reader.assign(List.of(of));
      reader.seek(of, from);
      long next = from;
      while (next < to) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL).records(of)) {
          if (record.offset() < to && record.value() != null) {
            visitor.visit(record.value(), record.timestamp());
          }
        }
        next = reader.position(of);
        if (next >= sayAt) {
          sayAt = next + PROGRESS_RECORDS;
          LOG.info(
              "Reading committed receipts: partition={}, offset={}, end={}", partition, next, to);
        }
      }
    } catch (InterruptException e) {
      throw interrupted(e);
    } catch (KafkaException e) {
      throw new IOException("expected Kafka to let receipts be read: " + e.getMessage(), e);
    }
  }

  @Override
  public CompletableFuture<Map<Integer, Long>> endsLater() {
    Admin asked = admin;
    if (asked == null) {
      asked = Admin.create(config);
      admin = asked;
    }
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    return asked
        .listOffsets(latest)
        .all()
        .toCompletionStage()
        .toCompletableFuture()
        .thenApply(
            answers -> {
              Map<Integer, Long> ends = new TreeMap<>();
              answers.forEach((partition, at) -> ends.put(partition.partition(), at.offset()));
              return ends;
            });
  }

  @Override
  public void close() {
    if (consumer != null) {
      consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
      consumer = null;
    }
    if (admin != null) {
      admin.close(Duration.ZERO);
      admin = null;
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    KafkaConsumer<byte[], byte[]> open = consumer;
    if (open == null) {
      Map<String, Object> mine = new HashMap<>(config);
      mine.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
      mine.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
      mine.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
      open = new KafkaConsumer<>(mine, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      consumer = open;
    }
    return open;
  }

  private static InterruptedException interrupted(InterruptException e) {
    return (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
  }
}
