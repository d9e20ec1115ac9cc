package io.knhk.operators.monitor;

import static io.knhk.operators.types.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.CheckedObservation;
import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.Rescaling;
import io.knhk.operators.types.Samples;
import io.knhk.operators.types.StateContents;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // Harnesses close with any exception.
class MonitorRescaleHarnessTest {
  private static final int PARTITIONS = 6;
  private static final int SOURCES = 5;
  private static final long DISORDER_MS = 60_000;
  private static final List<byte[]> GENESIS = Samples.genesis();

  @TempDir private Path folder;
  private Path keyFile;

  @BeforeEach
  void writeKey() throws Exception {
    SigningKey key = Samples.newKey();
    keyFile = Samples.keyFile(folder, key);
  }

  @Test
  void shouldGoOnTheSameWhenOneBecomesFourBecomesOne() throws Exception {
    CompiledSnapshot second =
        Samples.withAttribute(
            Samples.genesis("finance"), "payment.authorised", "risk_score", Datatype.DECIMAL);
    OperatorSubtaskState one;
    try (var monitor = open(null, 1, 0)) {
      monitor.processElement2(new StreamRecord<>(ControlUpdate.snapshot(second, T0)));
      Feed feed = new Feed();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        for (int source = 0; source < SOURCES; source++) {
          long timeMs = T0 + partition * 1_000L + source;
          read(monitor, feed.payment(partition, "urn:" + source, timeMs));
        }
        read(monitor, feed.marker(partition, "energy", "urn:marked", T0 + partition));
      }
      one = Harnesses.barrier(monitor, 1);
    }
    try (var monitor = open(one, 1, 0)) {
      StateContents held = StateContents.of(monitor);
      assertThat(held.elements().get("source-clocks")).hasSize(PARTITIONS * (SOURCES + 1));
      assertThat(held.broadcast()).hasSize(Sectors.ALL.size());
    }

    OperatorSubtaskState back = Rescaling.oneFourOne(one, this::open);

    List<ReceiptDraft> straight = goOn(one);
    assertThat(goOn(back)).isEqualTo(straight).isNotEmpty();
    assertThat(straight)
        .allSatisfy(
            run ->
                assertThat(run.evidence())
                    .contains("\"late\":" + SOURCES)
                    .contains("\"nonConforming\":0")
                    .contains("\"snapshotVersion\":2"));
  }

  /** Every source of every partition says something that is late by a millisecond. */
  private List<ReceiptDraft> goOn(OperatorSubtaskState state) throws Exception {
    try (var monitor = open(state, 1, 0)) {
      Feed feed = new Feed();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        for (int source = 0; source < SOURCES; source++) {
          long timeMs = T0 + partition * 1_000L + source - DISORDER_MS - 1;
          read(monitor, feed.paymentWithRisk(partition, "urn:" + source, timeMs));
        }
      }
      monitor.prepareSnapshotPreBarrier(2);
      return Harnesses.take(monitor, Edges.RECEIPTS);
    }
  }

  private static void read(
      TwoInputStreamOperatorTestHarness<RawRecord, ControlUpdate, CheckedObservation> monitor,
      RawRecord record)
      throws Exception {
    monitor.processElement1(new StreamRecord<>(record));
  }

  private TwoInputStreamOperatorTestHarness<RawRecord, ControlUpdate, CheckedObservation> open(
      @Nullable OperatorSubtaskState state, int parallelism, int subtask) throws Exception {
    return Harnesses.open(
        new TwoInputStreamOperatorTestHarness<>(
            new MonitorOperator(
                new MonitorOptions(DISORDER_MS, keyFile.toString()), "monitor", GENESIS),
            Harnesses.MAX_PARALLELISM,
            parallelism,
            subtask),
        state);
  }
}
