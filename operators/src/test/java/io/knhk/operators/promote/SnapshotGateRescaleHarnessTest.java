package io.knhk.operators.promote;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.Rescaling;
import io.knhk.operators.types.Samples;
import io.knhk.operators.types.StateContents;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.Topics;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshotCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // Harnesses close with any exception.
class SnapshotGateRescaleHarnessTest {
  private static final String LOG = "log-1";
  private static final List<byte[]> GENESIS = Samples.genesis();

  private final SigningKey key = Samples.newKey();

  @Test
  void shouldGoOnTheSameWhenOneBecomesFourBecomesOne() throws Exception {
    OperatorSubtaskState one;
    try (var gate = open(null, 1, 0)) {
      for (String sector : Sectors.ALL) {
        read(gate, version(sector, 2), version(sector, 4), version(sector, 5));
      }
      assertThat(StateContents.of(gate).keyed())
          .hasSizeGreaterThanOrEqualTo(3 * Sectors.ALL.size());
      one = Harnesses.barrier(gate, 1);
    }

    OperatorSubtaskState back = Rescaling.oneFourOne(one, this::open);

    for (String sector : Sectors.ALL) {
      assertThat(whenTheGapIsFilled(back, sector))
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactlyElementsOf(whenTheGapIsFilled(one, sector))
          .extracting(ControlUpdate::version)
          .containsExactly(3L, 4L, 5L);
    }
  }

  private List<ControlUpdate> whenTheGapIsFilled(OperatorSubtaskState state, String sector)
      throws Exception {
    try (var gate = open(state, 1, 0)) {
      read(gate, version(sector, 3));
      return Harnesses.take(gate);
    }
  }

  private static CompiledSnapshot version(String sector, int version) {
    CompiledSnapshot snapshot = Samples.genesis(sector);
    for (int i = 1; i < version; i++) {
      snapshot = Samples.following(snapshot);
    }
    return snapshot;
  }

  private void read(
      KeyedOneInputStreamOperatorTestHarness<String, RawRecord, ControlUpdate> gate,
      CompiledSnapshot... snapshots)
      throws Exception {
    for (CompiledSnapshot snapshot : snapshots) {
      byte[] body = PromotedSnapshotCodec.encode(new PromotedSnapshot(LOG, snapshot));
      gate.processElement(
          new StreamRecord<>(
              Samples.keyed(
                  Topics.SNAPSHOTS,
                  snapshot.version(),
                  Samples.T0,
                  snapshot.sector(),
                  Dsse.sign(key, Receipts.SNAPSHOT_PAYLOAD_TYPE, body).toJson())));
    }
  }

  private KeyedOneInputStreamOperatorTestHarness<String, RawRecord, ControlUpdate> open(
      @Nullable OperatorSubtaskState state, int parallelism, int subtask) throws Exception {
    return Harnesses.open(
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new SnapshotGate(LOG, key.publicKey().toPem(), GENESIS)),
            record -> new String(record.key(), StandardCharsets.UTF_8),
            Types.STRING,
            Harnesses.MAX_PARALLELISM,
            parallelism,
            subtask),
        state);
  }
}
