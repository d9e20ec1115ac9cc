package io.knhk.cli;

import io.knhk.embedded.Stack;
import io.knhk.schemas.Topics;
import io.knhk.schemas.observation.Decoded;
import io.knhk.schemas.observation.ObservationCodec;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Waits until the loop has come to rest on what was replayed: a completed checkpoint covers every
 * record, every observation is in an archived receipt, every promotion has completed its cycle, and
 * nothing more has been archived for a while.
 */
final class Settlement {
  /** The loop's consumer group, whose offsets Flink commits when a checkpoint has completed. */
  private static final String LOOP_GROUP = "knhk-loop";

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration QUIET = Duration.ofSeconds(4);
  private static final Duration STUCK = Duration.ofSeconds(90);

  private final Stack stack;
  private final LiveTable table;
  private final CountDownLatch stopped;
  private long observations;

  /**
   * @param stopped counted down when the user does not want to wait any longer
   */
  Settlement(Stack stack, LiveTable table, CountDownLatch stopped) {
    this.stack = stack;
    this.table = table;
    this.stopped = stopped;
  }

  private record Archived(long observations, long receipts, long openCycles, long halts) {}

  /**
   * Returns null once settled, or what is still missing after {@link #STUCK} without any progress.
   */
  @Nullable String await() throws InterruptedException {
    try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers()));
        KafkaConsumer<byte[], byte[]> reader = reader()) {
      observations = countObservations(reader);
      table.note("waiting until " + observations + " observations are accounted for");
      Archived before = new Archived(-1, -1, -1, 0);
      long changedNs = System.nanoTime();
      while (true) {
        if (stopped.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
          return "stopped by the user";
        }
        stack.check();
        table.show(null);
        Archived now = archived();
        if (!now.equals(before)) {
          before = now;
          changedNs = System.nanoTime();
        }
        long quietNs = System.nanoTime() - changedNs;
        String missing = missing(now, behind(admin, reader));
        if (missing == null && quietNs >= QUIET.toNanos()) {
          return null;
        }
        if (now.halts() > 0) {
          return "the archive has halted a sector: knhk halts list";
        }
        if (quietNs >= STUCK.toNanos()) {
          return missing;
        }
      }
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }

  /** How many observations are in Kafka, those that will be rejected included. */
  long observations() {
    return observations;
  }

  private @Nullable String missing(Archived now, long behind) {
    if (behind > 0) {
      return "records not in a completed checkpoint: records=" + behind;
    }
    if (now.observations() != observations) {
      return "observations not accounted for: archived="
          + now.observations()
          + ", read="
          + observations;
    }
    return now.openCycles() > 0
        ? "promotions not run everywhere: cycles=" + now.openCycles()
        : null;
  }

  private long behind(Admin admin, KafkaConsumer<byte[], byte[]> reader)
      throws InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> committed;
    try {
      committed = admin.listConsumerGroupOffsets(LOOP_GROUP).partitionsToOffsetAndMetadata().get();
    } catch (ExecutionException e) {
      // Before the first commit there is no group: everything is behind.
      committed = Map.of();
    }
    List<TopicPartition> partitions = new ArrayList<>(partitions(reader, Topics.OBSERVATIONS));
    partitions.addAll(partitions(reader, Topics.SNAPSHOTS));
    long behind = 0;
    for (Map.Entry<TopicPartition, Long> end : reader.endOffsets(partitions).entrySet()) {
      OffsetAndMetadata done = committed.get(end.getKey());
      behind += end.getValue() - (done == null ? 0 : Math.max(0, done.offset()));
    }
    return behind;
  }

  private Archived archived() throws SQLException {
    try (Connection archive = stack.postgresql().connect(stack.postgresql().auditor());
        Statement statement = archive.createStatement();
        ResultSet row =
            statement.executeQuery(
                // What was receipted beyond a state that a person let go on is receipted again.
                "select coalesce(sum((r.evidence ->> 'count')::bigint) filter (where r.operation in"
                    + " ('ObservationIngested', 'ObservationsRejected') and not exists (select from"
                    + " knhk.receipts l where l.operation = 'LedgerRestored' and l.log = r.log and"
                    + " l.sector = r.sector and r.seq < l.seq and"
                    + " r.seq >= (l.evidence ->> 'stateSeq')::bigint)), 0), count(*),"
                    + " count(*) filter (where r.operation = 'SnapshotPromoted')"
                    + " - count(*) filter (where r.operation = 'LoopCycleCompleted' and r.outcome = 'promoted'),"
                    + " (select count(*) from knhk.halts where resumed_at is null)"
                    + " from knhk.receipts r")) {
      row.next();
      return new Archived(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
    }
  }

  /** Every record but markers, which are about a source and not of the world. */
  private static long countObservations(KafkaConsumer<byte[], byte[]> reader) {
    List<TopicPartition> partitions = partitions(reader, Topics.OBSERVATIONS);
    Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
    reader.assign(partitions);
    reader.seekToBeginning(partitions);
    long count = 0;
    while (ends.entrySet().stream()
        .anyMatch(end -> reader.position(end.getKey()) < end.getValue())) {
      for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
        count += isMarker(record) ? 0 : 1;
      }
    }
    return count;
  }

  private static boolean isMarker(ConsumerRecord<byte[], byte[]> record) {
    Header[] headers = record.headers().toArray();
    String[] names = new String[headers.length];
    byte[][] values = new byte[headers.length][];
    for (int i = 0; i < headers.length; i++) {
      names[i] = headers[i].key();
      values[i] = headers[i].value() == null ? new byte[0] : headers[i].value();
    }
    return ObservationCodec.decode(record.value(), names, values, record.timestamp())
        instanceof Decoded.Marked;
  }

  private static List<TopicPartition> partitions(
      KafkaConsumer<byte[], byte[]> reader, String topic) {
    return reader.partitionsFor(topic).stream()
        .map(partition -> new TopicPartition(topic, partition.partition()))
        .toList();
  }

  private KafkaConsumer<byte[], byte[]> reader() {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            servers(),
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            false),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private String servers() {
    return stack.endpoints().bootstrapServers();
  }
}
