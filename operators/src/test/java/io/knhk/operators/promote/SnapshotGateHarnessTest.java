package io.knhk.operators.promote;

import static io.knhk.operators.types.Harnesses.barrier;
import static io.knhk.operators.types.Harnesses.take;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.Counters;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.Samples;
import io.knhk.schemas.Topics;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledSnapshotCodec;
import io.knhk.schemas.knowledge.PromotedSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshotCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SnapshotGateHarnessTest {
  private static final String LOG = "log-1";
  private static final long RECORDED_MS = Samples.T0;
  private static final List<byte[]> GENESIS = Samples.genesis();

  private final SigningKey key = Samples.newKey();
  private final Counters metrics = new Counters();
  private long offset;
  private final List<CompiledSnapshot> versions = new ArrayList<>();
  private KeyedOneInputStreamOperatorTestHarness<String, RawRecord, ControlUpdate> gate;

  @BeforeEach
  void open() throws Exception {
    versions.add(Samples.genesis("finance"));
    for (int i = 1; i < SnapshotGate.WAITING_MAX + 4; i++) {
      versions.add(Samples.following(versions.get(i - 1)));
    }
    gate = open(null, 1, 0);
  }

  @AfterEach
  void close() throws Exception {
    gate.close();
  }

  @Test
  void shouldLetSnapshotInWhenItIsTheNextOne() throws Exception {
    read(version(2));

    List<ControlUpdate> in = take(gate);
    assertThat(in).hasSize(1);
    assertThat(in.get(0))
        .usingRecursiveComparison()
        .isEqualTo(ControlUpdate.snapshot(version(2), RECORDED_MS));
  }

  @Test
  void shouldWaitAndLetInInOrderWhenThereIsAGap() throws Exception {
    read(version(4), version(3));
    assertThat(take(gate)).isEmpty();

    read(version(2));

    assertThat(letIn()).containsExactly(2L, 3L, 4L);
  }

  @Test
  void shouldDropSnapshotWhenItIsThereAlready() throws Exception {
    read(version(1), version(2), version(2), version(1), version(3), version(2));

    assertThat(letIn()).containsExactly(2L, 3L);
  }

  @Test
  void shouldLetInOnceWhenItWaitedTwice() throws Exception {
    read(version(3), version(3), version(2), version(3));

    assertThat(letIn()).containsExactly(2L, 3L);
  }

  @Test
  void shouldRefuseSnapshotWhenItsParentIsNotInForce() throws Exception {
    read(withParent(version(2), "ff".repeat(32)));
    assertThat(take(gate)).isEmpty();

    read(version(2));
    assertThat(letIn()).containsExactly(2L);
  }

  @Nested
  class Forks {
    @Test
    void shouldRefuseAndCountWhenTheVersionInForceComesUnderAnotherId() throws Exception {
      CompiledSnapshot fork = withId(version(2), "ee".repeat(32));
      read(version(2), fork, version(2));

      assertThat(letIn()).containsExactly(2L);
      assertThat(counted("refused")).isEqualTo(1);
      assertThat(counted("duplicates")).isEqualTo(1);
      read(withParent(version(3), fork.snapshotId()));
      assertThat(letIn()).isEmpty();
      read(version(3));
      assertThat(letIn()).containsExactly(3L);
    }

    @Test
    void shouldRefuseWhenAnotherVersionOneIsReadThanTheJobBeganWith() throws Exception {
      read(withId(version(1), "ee".repeat(32)), version(2));

      assertThat(letIn()).containsExactly(2L);
      assertThat(counted("refused")).isEqualTo(1);
    }

    @Test
    void shouldFollowTheFirstInTheTopicWhenTwoWaited() throws Exception {
      CompiledSnapshot fork = withId(version(3), "ee".repeat(32));
      read(fork, version(3), version(2));

      assertThat(take(gate))
          .extracting(ControlUpdate::version, SnapshotGateHarnessTest::snapshotId)
          .containsExactly(
              Tuple.tuple(2L, version(2).snapshotId()), Tuple.tuple(3L, fork.snapshotId()));
      assertThat(counted("refused")).isEqualTo(1);
      assertThat(gate.numKeyedStateEntries()).isEqualTo(1);
    }

    @Test
    void shouldNotBeKeptFromTheRightOneWhenAWrongOneWaited() throws Exception {
      read(withParent(withId(version(3), "ee".repeat(32)), "ff".repeat(32)));
      read(version(3), version(2));

      assertThat(letIn()).containsExactly(2L, 3L);
      assertThat(counted("refused")).isEqualTo(1);
    }
  }

  @Nested
  class OtherLogs {
    @Test
    void shouldPassOverAndCountWhenTheSnapshotIsOfAnotherLog() throws Exception {
      CompiledSnapshot theirs = withId(version(2), "ee".repeat(32));
      byte[] signed =
          Dsse.sign(key, Receipts.SNAPSHOT_PAYLOAD_TYPE, payload("log-2", theirs)).toJson();
      gate.processElement(new StreamRecord<>(record("finance", signed)));
      assertThat(take(gate)).isEmpty();
      assertThat(counted("other_log")).isEqualTo(1);
      assertThat(counted("refused")).isZero();
      assertThat(gate.numKeyedStateEntries()).isZero();

      read(version(2));
      assertThat(letIn()).containsExactly(2L);
    }

    @Test
    void shouldLetInWhatTheOldLogPromotedLastWhenANewOneWasBegun() throws Exception {
      read(version(1), version(2));
      assertThat(letIn()).containsExactly(2L);
      OperatorSubtaskState state = Harnesses.barrier(gate, 1);
      gate.close();
      gate = open("log-2", state, 1, 0);
      // Promoted before the savepoint, and not read back by then.
      read(version(3));
      assertThat(letIn()).containsExactly(3L);

      gate.processElement(
          new StreamRecord<>(
              record(
                  "finance",
                  Dsse.sign(key, Receipts.SNAPSHOT_PAYLOAD_TYPE, payload("log-2", version(4)))
                      .toJson())));
      read(version(5));
      assertThat(letIn()).containsExactly(4L);
      assertThat(counted("other_log")).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhenTheSnapshotNamesNoLog() throws Exception {
      byte[] bare = CompiledSnapshotCodec.encode(version(2));
      byte[] signed = Dsse.sign(key, Receipts.SNAPSHOT_PAYLOAD_TYPE, bare).toJson();

      gate.processElement(new StreamRecord<>(record("finance", signed)));

      assertThat(take(gate)).isEmpty();
      assertThat(counted("refused")).isEqualTo(1);
    }
  }

  @Test
  void shouldRefuseWaitingSnapshotWhenItsParentTurnsOutWrong() throws Exception {
    read(withParent(version(3), "ff".repeat(32)), version(4), version(2));
    assertThat(letIn()).containsExactly(2L);

    read(version(3));
    assertThat(letIn()).containsExactly(3L, 4L);
  }

  @Test
  void shouldRefuseRecordWhenItsSignatureIsNotOfATrustedKey() throws Exception {
    gate.processElement(
        new StreamRecord<>(record("finance", signed(Samples.newKey(), version(2)))));

    assertThat(take(gate)).isEmpty();
  }

  @Test
  void shouldRefuseRecordWhenItsSignatureOrPayloadWasChanged() throws Exception {
    Dsse.Envelope good = envelope(key, version(2));
    byte[] signature = good.signature();
    signature[10] ^= 1;
    byte[] payload = payload(LOG, version(3));
    for (Dsse.Envelope bad :
        List.of(
            new Dsse.Envelope(good.payloadType(), good.payload(), good.keyId(), signature),
            new Dsse.Envelope(good.payloadType(), payload, good.keyId(), good.signature()))) {
      gate.processElement(new StreamRecord<>(record("finance", bad.toJson())));
    }

    assertThat(take(gate)).isEmpty();
  }

  @Test
  void shouldRefuseRecordWhenItWasSignedAsSomethingElse() throws Exception {
    byte[] asReceipt = Dsse.sign(key, Receipts.PAYLOAD_TYPE, payload(LOG, version(2))).toJson();

    gate.processElement(new StreamRecord<>(record("finance", asReceipt)));

    assertThat(take(gate)).isEmpty();
  }

  @Test
  void shouldRefuseRecordWhenItsKeyIsAnotherSector() throws Exception {
    byte[] signed = signed(key, version(2));
    gate.processElement(new StreamRecord<>(record("energy", signed)));
    gate.processElement(new StreamRecord<>(record("", signed)));
    assertThat(take(gate)).isEmpty();

    read(version(2));
    assertThat(letIn()).containsExactly(2L);
  }

  @Test
  void shouldRefuseRecordWhenItIsNoSnapshotAtAll() throws Exception {
    byte[] notASnapshot =
        Dsse.sign(key, Receipts.SNAPSHOT_PAYLOAD_TYPE, "{}".getBytes(StandardCharsets.UTF_8))
            .toJson();
    for (byte[] bad :
        List.of(
            new byte[0],
            new byte[] {(byte) 0xff},
            "null".getBytes(StandardCharsets.UTF_8),
            "[".repeat(100_000).getBytes(StandardCharsets.UTF_8),
            notASnapshot)) {
      gate.processElement(new StreamRecord<>(record("finance", bad)));
    }
    assertThat(take(gate)).isEmpty();

    read(version(2));
    assertThat(letIn()).containsExactly(2L);
  }

  @Test
  void shouldRefuseSnapshotWhenItsSectorIsUnknown() throws Exception {
    CompiledSnapshot of = version(2);
    CompiledSnapshot unknown =
        new CompiledSnapshot(
            "astrology",
            2,
            of.snapshotId(),
            of.parentId(),
            of.proposalId(),
            of.promotedAtMs(),
            of.types(),
            of.touched());

    gate.processElement(new StreamRecord<>(record("astrology", signed(key, unknown))));

    assertThat(take(gate)).isEmpty();
  }

  @Test
  void shouldKeepSectorsApartWhenBothChange() throws Exception {
    CompiledSnapshot energy = Samples.following(Samples.genesis("energy"));
    read(version(3));
    gate.processElement(new StreamRecord<>(record("energy", signed(key, energy))));

    assertThat(take(gate)).extracting(ControlUpdate::sector).containsExactly("energy");
  }

  @Test
  void shouldStillFillTheGapWhenRestoredInTheMiddleOfIt() throws Exception {
    read(version(2), version(4));
    assertThat(letIn()).containsExactly(2L);
    OperatorSubtaskState state = barrier(gate, 1);
    gate.close();

    gate = open(state, 1, 0);
    read(version(2), version(3));

    assertThat(letIn()).containsExactly(3L, 4L);
  }

  @Test
  void shouldStillFillTheGapWhenRescaled() throws Exception {
    read(version(2), version(4));
    take(gate);
    OperatorSubtaskState one = barrier(gate, 1);
    gate.close();

    List<OperatorSubtaskState> four = new ArrayList<>();
    for (int subtask = 0; subtask < 4; subtask++) {
      gate = open(Harnesses.rescale(List.of(one), 4).get(subtask), 4, subtask);
      if (Harnesses.subtaskOf("finance", 4) == subtask) {
        read(version(6), version(3));
        assertThat(letIn()).containsExactly(3L, 4L);
      }
      four.add(barrier(gate, 2));
      gate.close();
    }
    gate = open(Harnesses.rescale(four, 1).get(0), 1, 0);
    read(version(5));
    assertThat(letIn()).containsExactly(5L, 6L);
  }

  @Test
  void shouldForgetTheNewestWhenTooManyWait() throws Exception {
    int last = SnapshotGate.WAITING_MAX + 3;
    for (int version = last; version >= 3; version--) {
      read(version(version));
    }
    assertThat(take(gate)).isEmpty();

    read(version(2));

    List<Long> in = letIn();
    assertThat(in).hasSize(SnapshotGate.WAITING_MAX + 1).startsWith(2L, 3L);
    assertThat(in).endsWith((long) SnapshotGate.WAITING_MAX + 2);
    read(version(last));
    assertThat(letIn()).containsExactly((long) last);
  }

  private long counted(String what) {
    return metrics.count("knhk.promote." + what);
  }

  private static String snapshotId(ControlUpdate update) {
    return CompiledSnapshotCodec.decode(update.snapshot()).snapshotId();
  }

  private static CompiledSnapshot withId(CompiledSnapshot of, String snapshotId) {
    return new CompiledSnapshot(
        of.sector(),
        of.version(),
        snapshotId,
        of.parentId(),
        of.proposalId(),
        of.promotedAtMs(),
        of.types(),
        of.touched());
  }

  private CompiledSnapshot version(int version) {
    return versions.get(version - 1);
  }

  private void read(CompiledSnapshot... snapshots) throws Exception {
    for (CompiledSnapshot snapshot : snapshots) {
      gate.processElement(new StreamRecord<>(record("finance", signed(key, snapshot))));
    }
  }

  private List<Long> letIn() {
    return take(gate).stream().map(ControlUpdate::version).toList();
  }

  private static CompiledSnapshot withParent(CompiledSnapshot of, String parentId) {
    return new CompiledSnapshot(
        of.sector(),
        of.version(),
        of.snapshotId(),
        parentId,
        of.proposalId(),
        of.promotedAtMs(),
        of.types(),
        of.touched());
  }

  private static byte[] signed(SigningKey by, CompiledSnapshot snapshot) {
    return envelope(by, snapshot).toJson();
  }

  private static Dsse.Envelope envelope(SigningKey by, CompiledSnapshot snapshot) {
    return Dsse.sign(by, Receipts.SNAPSHOT_PAYLOAD_TYPE, payload(LOG, snapshot));
  }

  private static byte[] payload(String log, CompiledSnapshot snapshot) {
    return PromotedSnapshotCodec.encode(new PromotedSnapshot(log, snapshot));
  }

  private RawRecord record(String recordKey, byte[] value) {
    return Samples.keyed(Topics.SNAPSHOTS, offset++, RECORDED_MS, recordKey, value);
  }

  private KeyedOneInputStreamOperatorTestHarness<String, RawRecord, ControlUpdate> open(
      @Nullable OperatorSubtaskState state, int parallelism, int subtask) throws Exception {
    return open(LOG, state, parallelism, subtask);
  }

  private KeyedOneInputStreamOperatorTestHarness<String, RawRecord, ControlUpdate> open(
      String log, @Nullable OperatorSubtaskState state, int parallelism, int subtask)
      throws Exception {
    return Harnesses.open(
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new SnapshotGate(log, key.publicKey().toPem(), GENESIS)),
            record -> new String(record.key(), StandardCharsets.UTF_8),
            Types.STRING,
            new MockEnvironmentBuilder()
                .setMaxParallelism(Harnesses.MAX_PARALLELISM)
                .setParallelism(parallelism)
                .setSubtaskIndex(subtask)
                .setMetricGroup(metrics.group())
                .build()),
        state);
  }
}
