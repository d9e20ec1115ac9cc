package io.knhk.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * What became of published records. A partition is read in order and its runs are closed together,
 * so a receipt of a run that ends at or after a record says that the record was judged, and that
 * its dead letter, if it has one, is in Kafka. So the receipts are waited for first; which records
 * were rejected is then read from the dead letters, exactly.
 */
final class Accounting {
  private static final long POLL_MS = 100;
  private static final Duration KAFKA_PATIENCE = Duration.ofSeconds(10);

  private final ResolvedEndpoints endpoints;
  private final String sector;
  private final Published published;
  private final Terminal terminal;
  private final Map<String, Long> reasons = new TreeMap<>();

  /** Dead letters are written at least once. */
  private final Set<String> counted = new HashSet<>();

  private boolean complete;
  private long rejected;
  private long late;
  private long runObservations;

  Accounting(ResolvedEndpoints endpoints, String sector, Published published, Terminal terminal) {
    this.endpoints = endpoints;
    this.sector = sector;
    this.published = published;
    this.terminal = terminal;
  }

  /** Waits until every record is accounted for, or the time has passed. */
  void await(int timeoutSeconds) throws InterruptedException {
    long untilNs = System.nanoTime() + Duration.ofSeconds(timeoutSeconds).toNanos();
    terminal.note("waiting for receipts");
    try (Connection archive = Archive.asAuditor(endpoints)) {
      while (!isReceipted(archive)) {
        if (System.nanoTime() >= untilNs) {
          return;
        }
        Thread.sleep(POLL_MS);
      }
      countLate(archive);
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    complete = countRejected();
  }

  boolean isComplete() {
    return complete;
  }

  void writeTo(ObjectNode result) {
    result.put("receipted", complete);
    if (!complete) {
      return;
    }
    long accepted = published.count() - rejected;
    result.put("accepted", accepted);
    result.put("rejected", rejected);
    result.put("late", Math.min(late, accepted));
    // A run may hold others' records of the same partition and sector; then late counts theirs too.
    result.put("lateIsExact", late == 0 || runObservations == accepted);
    if (!reasons.isEmpty()) {
      ObjectNode byReason = result.putObject("reasons");
      reasons.forEach(byReason::put);
    }
  }

  private boolean isReceipted(Connection archive) throws SQLException {
    for (Map.Entry<Integer, Published.Offsets> partition : published.partitions().entrySet()) {
      try (PreparedStatement select =
          archive.prepareStatement(
              "select 1 from knhk.receipts where operation in ('ObservationIngested', 'ObservationsRejected')"
                  + " and sector in (?, ?) and evidence ->> 'topic' = ? and (evidence ->> 'partition')::integer = ?"
                  + " and (evidence ->> 'lastOffset')::bigint >= ? limit 1")) {
        select.setString(1, sector);
        select.setString(2, Sectors.INGEST);
        select.setString(3, Topics.OBSERVATIONS);
        select.setInt(4, partition.getKey());
        select.setLong(5, partition.getValue().last());
        try (ResultSet row = select.executeQuery()) {
          if (!row.next()) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private void countLate(Connection archive) throws SQLException {
    for (Map.Entry<Integer, Published.Offsets> partition : published.partitions().entrySet()) {
      try (PreparedStatement select =
          archive.prepareStatement(
              "select coalesce(sum((evidence ->> 'late')::bigint), 0), coalesce(sum((evidence ->> 'count')::bigint), 0)"
                  + " from knhk.receipts where operation = 'ObservationIngested' and sector = ? and evidence ->> 'topic' = ?"
                  + " and (evidence ->> 'partition')::integer = ? and (evidence ->> 'lastOffset')::bigint >= ?"
                  + " and (evidence ->> 'firstOffset')::bigint <= ?")) {
        select.setString(1, sector);
        select.setString(2, Topics.OBSERVATIONS);
        select.setInt(3, partition.getKey());
        select.setLong(4, partition.getValue().first());
        select.setLong(5, partition.getValue().last());
        try (ResultSet row = select.executeQuery()) {
          row.next();
          late += row.getLong(1);
          runObservations += row.getLong(2);
        }
      }
    }
  }

  /** False if Kafka stopped answering. */
  private boolean countRejected() {
    try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(endpoints)) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (PartitionInfo partition : consumer.partitionsFor(Topics.DEAD_LETTERS, KAFKA_PATIENCE)) {
        partitions.add(new TopicPartition(partition.topic(), partition.partition()));
      }
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, KAFKA_PATIENCE);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long untilNs = System.nanoTime() + KAFKA_PATIENCE.toNanos();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey(), KAFKA_PATIENCE) < end.getValue())) {
        var records = consumer.poll(Duration.ofMillis(POLL_MS));
        for (ConsumerRecord<byte[], byte[]> record : records) {
          count(record);
        }
        if (!records.isEmpty()) {
          untilNs = System.nanoTime() + KAFKA_PATIENCE.toNanos();
        } else if (System.nanoTime() > untilNs) {
          return false;
        }
      }
      return true;
    } catch (KafkaException e) {
      throw KafkaClients.unreachable(endpoints, e);
    }
  }

  private void count(ConsumerRecord<byte[], byte[]> record) {
    String partition = header(record, "knhk_partition");
    String offset = header(record, "knhk_offset");
    if (!Topics.OBSERVATIONS.equals(header(record, "knhk_topic"))
        || partition == null
        || offset == null) {
      return;
    }
    try {
      if (published.has(Integer.parseInt(partition), Long.parseLong(offset))
          && counted.add(partition + "/" + offset)) {
        rejected++;
        String reason = header(record, "knhk_reason");
        reasons.merge(reason == null ? "UNKNOWN" : reason, 1L, Long::sum);
      }
    } catch (NumberFormatException e) {
      // Somebody else's record: the loop writes numbers.
    }
  }

  /** The first header of a name is the loop's; a later one is the original record's. */
  private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
    for (Header header : record.headers()) {
      if (header.key().equals(name)) {
        return header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
      }
    }
    return null;
  }
}
