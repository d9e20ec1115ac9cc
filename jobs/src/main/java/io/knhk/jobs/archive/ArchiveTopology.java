package io.knhk.jobs.archive;

import io.knhk.jobs.KafkaEnds;
import io.knhk.operators.archive.ArchiveRow;
import io.knhk.operators.archive.ArchiveSink;
import io.knhk.operators.archive.DeadLetterReading;
import io.knhk.operators.archive.KnowledgeVerification;
import io.knhk.operators.archive.ReceiptVerification;
import io.knhk.operators.archive.SectorOfKey;
import io.knhk.operators.archive.SnapshotVerification;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Four topics, verified, into tables. It trusts nothing that the loop says. */
final class ArchiveTopology {
  private static final String GROUP = "knhk-archive";

  private final StreamExecutionEnvironment env;
  private final ArchiveOptions options;
  private final String trustedKeysPem;

  private ArchiveTopology(
      StreamExecutionEnvironment env, ArchiveOptions options, String trustedKeysPem) {
    this.env = env;
    this.options = options;
    this.trustedKeysPem = trustedKeysPem;
  }

  /**
   * @throws IOException when the trusted keys cannot be read
   */
  static void build(StreamExecutionEnvironment env, ArchiveOptions options) throws IOException {
    String trustedKeysPem =
        Files.readString(Path.of(options.trustedKeysFile()), StandardCharsets.US_ASCII);
    new ArchiveTopology(env, options, trustedKeysPem).build();
  }

  private void build() {
    receipts()
        .union(snapshots(), deadLetters(), knowledge())
        .sinkTo(new ArchiveSink(options.database(), trustedKeysPem))
        .name("tables")
        .uid(ArchiveUids.TABLES);
  }

  private DataStream<ArchiveRow> receipts() {
    return source(Topics.RECEIPTS, ArchiveUids.RECEIPTS)
        .keyBy(new SectorOfKey(), Types.STRING)
        .process(new ReceiptVerification(options.log(), trustedKeysPem))
        .name("verify receipts")
        .uid(ArchiveUids.VERIFY_RECEIPTS);
  }

  private DataStream<ArchiveRow> snapshots() {
    return source(Topics.SNAPSHOTS, ArchiveUids.SNAPSHOTS)
        .process(new SnapshotVerification(options.log(), trustedKeysPem))
        .name("verify snapshots")
        .uid(ArchiveUids.VERIFY_SNAPSHOTS);
  }

  private DataStream<ArchiveRow> deadLetters() {
    return source(Topics.DEAD_LETTERS, ArchiveUids.DEAD_LETTERS)
        .map(new DeadLetterReading())
        .name("read dead letters")
        .uid(ArchiveUids.READ_DEAD_LETTERS);
  }

  private DataStream<ArchiveRow> knowledge() {
    return source(Topics.KNOWLEDGE, ArchiveUids.KNOWLEDGE)
        .process(new KnowledgeVerification(options.log(), trustedKeysPem))
        .name("verify knowledge")
        .uid(ArchiveUids.VERIFY_KNOWLEDGE);
  }

  private DataStream<RawRecord> source(String topic, String uid) {
    DataStreamSource<RawRecord> source =
        env.fromSource(
            KafkaEnds.source(options.kafka(), GROUP, topic),
            WatermarkStrategy.noWatermarks(),
            topic);
    return source.uid(uid);
  }
}
