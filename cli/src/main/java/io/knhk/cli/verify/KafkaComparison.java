package io.knhk.cli.verify;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.Receipts;
import io.knhk.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Holds the receipts topic, as far as it went when this was opened, against the table. Writes
 * nothing, commits no offset.
 */
final class KafkaComparison implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How long a broker that answered may then stay silent. */
  private static final Duration SILENCE_MAX = Duration.ofSeconds(30);

  private final @Nullable KafkaConsumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Long> ends;
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Tail> tails = new LinkedHashMap<>();
  private boolean complete;
  private long ignored;

  private KafkaComparison(
      @Nullable KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    this.consumer = consumer;
    this.ends = ends;
  }

  /**
   * @param settings of the client; empty to compare nothing
   */
  static KafkaComparison open(Map<String, Object> settings) {
    if (settings.isEmpty()) {
      return unreachable("what Kafka holds: no bootstrap server is known");
    }
    Map<String, Object> config = new HashMap<>(settings);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    KafkaConsumer<byte[], byte[]> consumer = null;
    try {
      consumer =
          new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      List<TopicPartition> partitions = new ArrayList<>();
      for (PartitionInfo partition : consumer.partitionsFor(Topics.RECEIPTS, PATIENCE)) {
        partitions.add(new TopicPartition(partition.topic(), partition.partition()));
      }
      if (partitions.isEmpty()) {
        consumer.close();
        return unreachable("what Kafka holds: it has no topic " + Topics.RECEIPTS);
      }
      return new KafkaComparison(consumer, consumer.endOffsets(partitions, PATIENCE));
    } catch (KafkaException e) {
      if (consumer != null) {
        consumer.close();
      }
      return unreachable("what Kafka holds: " + e.getMessage());
    }
  }

  boolean isReachable() {
    return consumer != null;
  }

  /** True once the whole topic was held against the table. */
  boolean isComplete() {
    return complete;
  }

  List<String> notes() {
    return notes;
  }

  /** The last signed receipt of each chain in Kafka. */
  List<Tail> tails() {
    return List.copyOf(tails.values());
  }

  void compare(
      LedgerAudit.Request request,
      BiFunction<String, String, ChainTally> tallies,
      Acceptances acceptances) {
    KafkaConsumer<byte[], byte[]> from = consumer;
    if (from == null) {
      return;
    }
    try {
      from.assign(ends.keySet());
      from.seekToBeginning(ends.keySet());
      long silentSinceNs = System.nanoTime();
      while (!isAtEnd(from)) {
        var records = from.poll(Duration.ofMillis(200));
        for (ConsumerRecord<byte[], byte[]> record : records) {
          if (record.offset() < ends.getOrDefault(place(record), 0L)) {
            compare(record, request, tallies, acceptances);
          }
        }
        if (!records.isEmpty()) {
          silentSinceNs = System.nanoTime();
        } else if (System.nanoTime() - silentSinceNs > SILENCE_MAX.toNanos()) {
          notes.add("what Kafka holds: it stopped answering");
          return;
        }
      }
    } catch (KafkaException e) {
      notes.add("what Kafka holds: " + e.getMessage());
      return;
    }
    if (ignored > 0) {
      notes.add(
          "what "
              + ignored
              + " records of "
              + Topics.RECEIPTS
              + " are: no key of the ring signed them");
    }
    complete = true;
  }

  @Override
  public void close() {
    if (consumer != null) {
      consumer.close();
    }
  }

  private void compare(
      ConsumerRecord<byte[], byte[]> record,
      LedgerAudit.Request request,
      BiFunction<String, String, ChainTally> tallies,
      Acceptances acceptances) {
    Dsse.Envelope envelope;
    ReceiptBody receipt;
    try {
      envelope = Dsse.Envelope.parse(record.value() == null ? new byte[0] : record.value());
      receipt = ReceiptBody.parse(envelope.payload());
    } catch (LedgerFormatException e) {
      ignored++;
      return;
    }
    if (request.sector() != null && !request.sector().equals(receipt.sector())) {
      return;
    }
    String name = receipt.log() + "/" + receipt.sector();
    Tail last = tails.get(name);
    boolean isFurther = last == null || receipt.seq() > last.lastSeq();
    String hash = ReceiptBody.hash(envelope.payload());
    // A stored body was verified with the table; the same bytes are not verified twice.
    ChainTally known = last == null ? null : tallies.apply(receipt.log(), receipt.sector());
    boolean isStored = known != null && hash.equals(known.hashOf(receipt.seq()));
    if (isStored && !isFurther) {
      return;
    }
    if (!isStored && !envelope.isSigned(Receipts.PAYLOAD_TYPE, request.keys())) {
      ignored++;
      return;
    }
    if (acceptances.isRefusedFork(hash)) {
      return;
    }
    ChainTally tally = tallies.apply(receipt.log(), receipt.sector());
    if (isFurther) {
      tails.put(name, new Tail(receipt.log(), receipt.sector(), receipt.seq(), record.timestamp()));
    }
    String stored = tally.hashOf(receipt.seq());
    if (stored == null && receipt.seq() < Math.min(tally.lastSeq(), ChainTally.HASHES_MAX)) {
      tally.lostInKafka();
    } else if (stored != null && !stored.equals(hash)) {
      tally.wrong(
          receipt.seq(),
          "expected Kafka to hold the stored receipt: stored=" + stored + ", kafka=" + hash);
    }
  }

  private boolean isAtEnd(KafkaConsumer<byte[], byte[]> from) {
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      if (from.position(end.getKey(), PATIENCE) < end.getValue()) {
        return false;
      }
    }
    return true;
  }

  private static TopicPartition place(ConsumerRecord<byte[], byte[]> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  private static KafkaComparison unreachable(String why) {
    KafkaComparison none = new KafkaComparison(null, Map.of());
    none.notes.add(why);
    return none;
  }

  /**
   * Where a chain ends in Kafka.
   *
   * @param appendedAtMs LogAppendTime of its last receipt
   */
  record Tail(String log, String sector, long lastSeq, long appendedAtMs) {}
}
