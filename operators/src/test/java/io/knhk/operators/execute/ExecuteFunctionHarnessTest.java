package io.knhk.operators.execute;

import static io.knhk.operators.types.Harnesses.barrier;
import static io.knhk.operators.types.Harnesses.take;
import static io.knhk.operators.types.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.knowledge.ValidationLimits;
import io.knhk.knowledge.governance.GovernanceOptions;
import io.knhk.ledger.ReceiptChain;
import io.knhk.ledger.Receipts;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.operators.types.Samples;
import io.knhk.operators.types.SectorSignal;
import io.knhk.schemas.Topics;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshotCodec;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecuteFunctionHarnessTest {
  private static final long HOUR_MS = 3_600_000;
  private static final long EXPIRY_MS = 7 * 24 * HOUR_MS;
  private static final List<String> OPERATORS = List.of("monitor", "subjects", "types");
  private static final Map<String, byte[]> TRIPLES = Samples.triples();

  private static final String LOG = "log-1";

  private final Map<Long, String> ids = new HashMap<>();
  private Evolution evolution = Evolution.EVOLVE;
  private int pendingMax = 1_000;
  private KeyedTwoInputStreamOperatorTestHarness<String, Pattern, SectorSignal, OutboundMessage>
      execute;

  @BeforeEach
  void open() throws Exception {
    execute = open(null);
  }

  @AfterEach
  void close() throws Exception {
    execute.close();
  }

  @Test
  void shouldBeginOnceWhenTheFirstTickOrPatternComes() throws Exception {
    tick("finance", T0);
    tick("finance", T0 + 1);
    tick("energy", T0 + 2);

    CompiledSnapshot genesis = Samples.genesis("finance");
    List<ReceiptDraft> receipts = take(execute, Edges.RECEIPTS);
    assertThat(receipts)
        .extracting(ReceiptDraft::operation)
        .containsExactly(Operation.SectorUpdated, Operation.SectorUpdated);
    assertThat(receipts.get(0).subject()).isEqualTo(genesis.snapshotId());
    assertThat(receipts.get(0).recordedAtMs()).isEqualTo(T0);
    assertThat(receipts.get(1).sector()).isEqualTo("energy");
    List<OutboundMessage> snapshots = take(execute);
    assertThat(snapshots).hasSize(2);
    assertThat(snapshots.get(0).topic()).isEqualTo(Topics.SNAPSHOTS);
    assertThat(snapshots.get(0).key()).isEqualTo("finance");
    assertThat(snapshots.get(0).payloadType()).isEqualTo(Receipts.SNAPSHOT_PAYLOAD_TYPE);
    assertThat(PromotedSnapshotCodec.decode(snapshots.get(0).body()))
        .isEqualTo(new PromotedSnapshot(LOG, genesis));

    restart(null, evolution);
    pattern(Findings.unknownAttribute("risk_score", 0.5, T0));
    assertThat(steps()).startsWith("SectorUpdated begun");
  }

  @Nested
  class Deciding {
    @Test
    void shouldPromoteWhenAnAdditionIsConfidentAndTheSectorEvolves() throws Exception {
      Pattern seen = Findings.unknownAttribute("risk_score", 0.9, T0);
      begin();

      pattern(seen);

      List<ReceiptDraft> receipts = take(execute, Edges.RECEIPTS);
      assertThat(receipts)
          .extracting(ReceiptDraft::operation)
          .containsExactly(
              Operation.ProposalGenerated,
              Operation.ValidationExecuted,
              Operation.SnapshotPromoted);
      assertThat(receipts.get(0).causes()).containsExactly(seen.id());
      assertThat(receipts.get(1).causes()).containsExactly(receipts.get(0).subject());
      assertThat(receipts.get(1).outcome()).isEqualTo("passed");
      assertThat(receipts.get(2).causes()).containsExactly(receipts.get(1).subject());
      CompiledSnapshot promoted = promoted();
      assertThat(promoted.version()).isEqualTo(2);
      assertThat(promoted.parentId()).isEqualTo(Samples.genesis("finance").snapshotId());
      assertThat(promoted.snapshotId()).isEqualTo(receipts.get(2).subject());
      assertThat(promoted.proposalId()).isEqualTo(receipts.get(0).subject());
      assertThat(promoted.touched()).containsExactly(Map.entry(seen.element(), 2L));
      assertThat(attributes(promoted)).contains("risk_score");
    }

    @Test
    void shouldWaitWhenConfidenceIsTooLow() throws Exception {
      begin();

      pattern(Findings.unknownAttribute("risk_score", 0.8999, T0));

      assertThat(steps())
          .containsExactly(
              "ProposalGenerated proposed",
              "ValidationExecuted passed",
              "TransactionDecided pending");
      assertThat(take(execute)).isEmpty();
    }

    @Test
    void shouldWaitWhenPeopleDecide() throws Exception {
      restart(null, Evolution.PROPOSE);
      begin();

      pattern(Findings.unknownAttribute("risk_score", 1.0, T0));

      assertThat(steps()).endsWith("TransactionDecided pending");
      assertThat(take(execute)).isEmpty();
    }

    @Test
    void shouldProposeNothingWhenTheSectorIsFrozen() throws Exception {
      restart(null, Evolution.FREEZE);
      begin();

      pattern(Findings.unknownAttribute("risk_score", 1.0, T0));

      assertThat(steps()).isEmpty();
      assertThat(take(execute)).isEmpty();
    }

    @Test
    void shouldWaitWhenTheChangeLoosensWhateverItsConfidence() throws Exception {
      begin();

      pattern(Findings.outOfRange(T0));

      List<ReceiptDraft> receipts = take(execute, Edges.RECEIPTS);
      assertThat(receipts.get(0).evidence()).contains("\"loosens\":true");
      assertThat(receipts.get(2).outcome()).isEqualTo("pending");
      assertThat(receipts.get(2).causes()).containsExactly(receipts.get(1).subject());
      assertThat(take(execute)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u20ac", "\ud83d\ude80", "\"", "\\", "<", "%"})
    void shouldFitEveryReceiptIntoItsLimitWhenNamesAreAsLongAsTheyMayBe(String of)
        throws Exception {
      begin();
      for (int length : new int[] {256, 257, 2_000}) {
        pattern(Findings.unknownType(of.repeat(length), T0));
        pattern(Findings.unknownAttribute(of.repeat(length), 1.0, T0));
      }

      List<ReceiptDraft> receipts = take(execute, Edges.RECEIPTS);
      assertThat(receipts).extracting(ReceiptDraft::outcome).contains("failed");
      ReceiptChain.Head head = ReceiptChain.Head.empty();
      for (ReceiptDraft draft : receipts) {
        head = ReceiptChain.number(head, LOG, "ab".repeat(32), draft).next();
      }
    }

    @Test
    void shouldRefuseAndHoldTheElementWhenValidationFails() throws Exception {
      String tooLong = "x".repeat(257);
      begin();

      pattern(Findings.unknownType(tooLong, T0));

      List<ReceiptDraft> receipts = take(execute, Edges.RECEIPTS);
      assertThat(receipts)
          .extracting(draft -> draft.operation() + " " + draft.outcome())
          .containsExactly(
              "ProposalGenerated proposed",
              "ValidationExecuted failed",
              "TransactionDecided refused",
              "LoopCycleCompleted refused");
      assertThat(receipts.get(3).causes()).containsExactly(receipts.get(2).subject());
      assertThat(take(execute)).isEmpty();

      pattern(Findings.unknownType(tooLong, T0 + EXPIRY_MS - 1));
      assertThat(steps()).isEmpty();
      pattern(Findings.unknownType(tooLong, T0 + EXPIRY_MS));
      assertThat(steps()).hasSize(4);
    }

    @Test
    void shouldProposeNothingWhenTheSnapshotSaysItAlready() throws Exception {
      begin();

      pattern(Findings.unknownAttribute("currency", 1.0, T0));

      assertThat(steps()).isEmpty();
    }

    @Test
    void shouldPromoteAgainWhenEvidenceIsOlderThanTheLastPromotion() throws Exception {
      begin();
      pattern(Findings.unknownAttribute("a", 1.0, T0 + 5_000));
      pattern(Findings.unknownAttribute("b", 1.0, T0));
      pattern(Findings.unknownAttribute("c", 1.0, T0 + 6_000));

      assertThat(snapshots()).extracting(CompiledSnapshot::version).containsExactly(2L, 3L, 4L);
    }
  }

  @Nested
  class Suppressing {
    @Test
    void shouldSuppressPatternWhenItIsOlderThanTheLastChangeOfItsElement() throws Exception {
      begin();
      pattern(Findings.unknownAttribute("risk_score", 1.0, T0));
      steps();

      pattern(Findings.unknownAttribute("risk_score", 1.0, T0 + 1, 1));

      assertThat(steps()).isEmpty();
      pattern(Findings.unknownAttribute("other", 1.0, T0 + 1, 1));
      assertThat(steps()).hasSize(3);
    }

    @Test
    void shouldSuppressPatternWhenAProposalOnItsElementIsOpen() throws Exception {
      begin();
      pattern(Findings.outOfRange(T0));
      steps();

      pattern(Findings.outOfRange(T0 + 1));

      assertThat(steps()).isEmpty();
    }

    @Test
    void shouldProposeAtMostTenWhenAnHourOfRecordedTimePasses() throws Exception {
      begin();
      for (int i = 0; i < 10; i++) {
        pattern(Findings.unknownAttribute("a" + i, 0.5, T0 + i));
      }
      assertThat(proposals()).isEqualTo(10);

      pattern(Findings.unknownAttribute("eleventh", 0.5, T0 + HOUR_MS - 1));
      assertThat(proposals()).isZero();
      pattern(Findings.unknownAttribute("eleventh", 0.5, T0 + HOUR_MS));
      assertThat(proposals()).isEqualTo(1);
      pattern(Findings.unknownAttribute("twelfth", 0.5, T0 + HOUR_MS));
      assertThat(proposals()).isZero();
    }

    @Test
    void shouldStillCountTheHourWhenRestored() throws Exception {
      begin();
      for (int i = 0; i < 10; i++) {
        pattern(Findings.unknownAttribute("a" + i, 0.5, T0));
      }
      restart(barrier(execute, 1), evolution);

      pattern(Findings.unknownAttribute("eleventh", 0.5, T0 + 1));

      assertThat(proposals()).isZero();
    }

    @Test
    void shouldSuppressPatternWhenTooManyWait() throws Exception {
      pendingMax = 3;
      restart(null, evolution);
      begin();
      for (int i = 0; i < 4; i++) {
        pattern(Findings.unknownAttribute("a" + i, 0.5, T0));
      }
      assertThat(proposals()).isEqualTo(3);
      restart(barrier(execute, 1), evolution);
      pattern(Findings.unknownAttribute("still-full", 0.5, T0 + 1));
      assertThat(proposals()).isZero();

      tick("finance", T0 + EXPIRY_MS);
      pattern(Findings.unknownAttribute("a3", 0.5, T0 + EXPIRY_MS));
      assertThat(proposals()).isEqualTo(1);
    }
  }

  @Nested
  class Expiring {
    @Test
    void shouldExpireWhenSevenDaysOfRecordedTimeHavePassed() throws Exception {
      begin();
      pattern(Findings.outOfRange(T0));
      List<ReceiptDraft> waiting = take(execute, Edges.RECEIPTS);
      restart(barrier(execute, 1), evolution);

      tick("finance", T0 + EXPIRY_MS - 1);
      tick("energy", T0 + EXPIRY_MS);
      assertThat(
              take(execute, Edges.RECEIPTS).stream()
                  .filter(draft -> draft.sector().equals("finance")))
          .isEmpty();
      tick("finance", T0 + EXPIRY_MS);

      List<ReceiptDraft> ended = take(execute, Edges.RECEIPTS);
      assertThat(ended)
          .extracting(draft -> draft.operation() + " " + draft.outcome())
          .containsExactly("TransactionDecided expired", "LoopCycleCompleted expired");
      assertThat(ended.get(0).causes()).containsExactly(waiting.get(1).subject());
      assertThat(ended.get(1).causes()).containsExactly(ended.get(0).subject());
      assertThat(ended.get(0).recordedAtMs()).isEqualTo(T0 + EXPIRY_MS);
      tick("finance", T0 + EXPIRY_MS + 1);
      assertThat(steps()).isEmpty();
      pattern(Findings.outOfRange(T0 + EXPIRY_MS + 1));
      assertThat(steps()).endsWith("TransactionDecided pending");
    }

    @Test
    void shouldExpireInOrderWhenOneTickEndsSeveral() throws Exception {
      begin();
      pattern(Findings.unknownAttribute("c", 0.5, T0));
      pattern(Findings.unknownAttribute("b", 0.5, T0 + 1));
      pattern(Findings.unknownAttribute("a", 0.5, T0 + 2));
      steps();

      tick("finance", T0 + EXPIRY_MS + 5);

      List<ReceiptDraft> decided =
          take(execute, Edges.RECEIPTS).stream()
              .filter(draft -> draft.operation() == Operation.TransactionDecided)
              .toList();
      assertThat(decided).hasSize(3);
      assertThat(decided.get(0).evidence()).contains("#c");
      assertThat(decided.get(1).evidence()).contains("#b");
      assertThat(decided.get(2).evidence()).contains("#a");
    }

    @Test
    void shouldKeepNothingWhenAllHasExpired() throws Exception {
      begin();
      int empty = execute.numKeyedStateEntries();
      pattern(Findings.outOfRange(T0));
      pattern(Findings.unknownType("x".repeat(257), T0));
      assertThat(execute.numKeyedStateEntries()).isGreaterThan(empty);

      tick("finance", T0 + EXPIRY_MS);

      // The times of the last proposals stay, at most ten, and how the last requests ended.
      assertThat(execute.numKeyedStateEntries()).isEqualTo(empty + 2);
    }
  }

  @Nested
  class Completing {
    @Test
    void shouldCompleteTheLoopWhenEverySubtaskOfEveryOperatorRunsIt() throws Exception {
      begin();
      pattern(Findings.unknownAttribute("risk_score", 1.0, T0));
      String promotedId = promoted().snapshotId();
      steps();

      for (String operator : OPERATORS) {
        acknowledge(2, operator, 0, 2);
        acknowledge(2, operator, 0, 2);
        acknowledge(1, operator, 1, 2);
      }
      acknowledge(2, "monitor", 1, 2);
      acknowledge(2, "subjects", 1, 2);
      assertThat(steps()).isEmpty();
      acknowledge(2, "types", 1, 2);

      List<ReceiptDraft> completed = take(execute, Edges.RECEIPTS);
      assertThat(completed).hasSize(1);
      assertThat(completed.get(0).operation()).isEqualTo(Operation.LoopCycleCompleted);
      assertThat(completed.get(0).outcome()).isEqualTo("promoted");
      assertThat(completed.get(0).causes()).containsExactly(promotedId);
      acknowledge(2, "types", 1, 2);
      assertThat(steps()).isEmpty();
    }

    @Test
    void shouldNotCompleteTheLoopWhenTheSameVersionOfAnotherHistoryRuns() throws Exception {
      begin();
      pattern(Findings.unknownAttribute("risk_score", 1.0, T0));
      steps();

      for (String operator : OPERATORS) {
        acknowledge(2, "ff".repeat(32), operator, 0, 1);
      }
      assertThat(steps()).isEmpty();
      for (String operator : OPERATORS) {
        acknowledge(2, operator, 0, 1);
      }

      assertThat(steps()).containsExactly("LoopCycleCompleted promoted");
    }

    @Test
    void shouldCompleteTheLoopWhenParallelismChangedInBetween() throws Exception {
      begin();
      pattern(Findings.unknownAttribute("risk_score", 1.0, T0));
      acknowledge(2, "monitor", 0, 3);
      acknowledge(2, "monitor", 2, 3);
      acknowledge(2, "subjects", 0, 1);
      steps();
      restart(barrier(execute, 1), evolution);

      acknowledge(2, "monitor", 0, 2);
      acknowledge(2, "types", 0, 1);
      assertThat(steps()).isEmpty();
      acknowledge(2, "monitor", 1, 2);

      assertThat(steps()).containsExactly("LoopCycleCompleted promoted");
    }

    @Test
    void shouldCompleteBothInOrderWhenOnlyTheLaterIsAcknowledged() throws Exception {
      begin();
      pattern(Findings.unknownAttribute("a", 1.0, T0));
      pattern(Findings.unknownAttribute("b", 1.0, T0 + 1));
      List<CompiledSnapshot> versions = snapshots();
      steps();

      for (String operator : OPERATORS) {
        acknowledge(3, operator, 0, 1);
      }

      List<ReceiptDraft> completed = take(execute, Edges.RECEIPTS);
      assertThat(completed)
          .extracting(draft -> draft.causes().get(0))
          .containsExactly(versions.get(0).snapshotId(), versions.get(1).snapshotId());
    }

    @Test
    void shouldNotCompleteTheLaterWhenOnlyTheEarlierIsAcknowledged() throws Exception {
      begin();
      pattern(Findings.unknownAttribute("a", 1.0, T0));
      pattern(Findings.unknownAttribute("b", 1.0, T0 + 1));
      steps();

      for (String operator : OPERATORS) {
        acknowledge(2, operator, 0, 1);
      }

      assertThat(steps()).containsExactly("LoopCycleCompleted promoted");
    }
  }

  @Nested
  class Lost {
    @Test
    void shouldPromoteWhatItKnowsAgainWhenSnapshotsAreInForceThatItNeverPromoted()
        throws Exception {
      begin();
      pattern(Findings.unknownAttribute("a", 1.0, T0));
      CompiledSnapshot known = promoted();
      take(execute, Edges.RECEIPTS);
      execute.processElement2(acknowledged(3, "33".repeat(32)));
      tick("finance", T0 + 1);
      execute.processElement2(acknowledged(4, "44".repeat(32)));
      execute.processElement2(acknowledged(3, "33".repeat(32)));

      pattern(Findings.unknownAttribute("b", 1.0, T0 + 2, 4));
      tick("finance", T0 + 3);
      assertThat(steps()).isEmpty();
      OperatorSubtaskState state = barrier(execute, 1);
      restart(state, evolution);
      tick("finance", T0 + 4);

      ReceiptDraft receipt = take(execute, Edges.RECEIPTS).get(0);
      assertThat(receipt.operation()).isEqualTo(Operation.RollbackExecuted);
      assertThat(receipt.subject()).isEqualTo(known.snapshotId());
      assertThat(receipt.causes()).containsExactly("44".repeat(32));
      assertThat(receipt.evidence()).contains("\"fromVersion\":4", "\"version\":5");
      CompiledSnapshot again = promoted();
      assertThat(again.version()).isEqualTo(5);
      assertThat(again.parentId()).isEqualTo("44".repeat(32));
      assertThat(again.snapshotId()).isEqualTo(known.snapshotId());
      assertThat(again.types()).isEqualTo(known.types());

      tick("finance", T0 + 5);
      pattern(Findings.unknownAttribute("b", 1.0, T0 + 6, 4));
      assertThat(steps()).isEmpty();
      restart(barrier(execute, 2), evolution);
      pattern(Findings.unknownAttribute("b", 1.0, T0 + 7, 5));
      assertThat(steps())
          .containsExactly(
              "ProposalGenerated proposed",
              "ValidationExecuted passed",
              "SnapshotPromoted promoted");
      assertThat(promoted().version()).isEqualTo(6);
    }

    @Test
    void shouldPromoteAgainWhenItsOwnPromotionCameSecond() throws Exception {
      begin();
      pattern(Findings.unknownAttribute("a", 1.0, T0));
      CompiledSnapshot second = promoted();
      execute.processElement2(acknowledged(2, "22".repeat(32)));
      tick("finance", T0 + 1);
      tick("finance", T0 + 2);

      CompiledSnapshot again = promoted();
      assertThat(again.version()).isEqualTo(3);
      assertThat(again.parentId()).isEqualTo("22".repeat(32));
      assertThat(again.snapshotId()).isEqualTo(second.snapshotId());
    }

    private StreamRecord<SectorSignal> acknowledged(long version, String snapshotId) {
      return new StreamRecord<>(
          SectorSignal.acknowledged("finance", version, snapshotId, "monitor", 0, 1));
    }
  }

  @Nested
  class Restoring {
    @Test
    void shouldGoOnTheSameWhenRestored() throws Exception {
      begin();
      pattern(Findings.unknownAttribute("a", 1.0, T0));
      OperatorSubtaskState state = barrier(execute, 1);
      take(execute);
      take(execute, Edges.RECEIPTS);
      pattern(Findings.unknownAttribute("b", 1.0, T0 + 1, 2));
      List<ReceiptDraft> receipts = take(execute, Edges.RECEIPTS);
      List<OutboundMessage> messages = take(execute);

      restart(state, evolution);
      pattern(Findings.unknownAttribute("b", 1.0, T0 + 1, 2));

      assertThat(take(execute, Edges.RECEIPTS)).isEqualTo(receipts);
      assertThat(take(execute))
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactlyElementsOf(messages);
      assertThat(snapshot(messages.get(0)).touched()).hasSize(2);
    }

    @Test
    void shouldKeepItsBaseWhenAReleaseBundlesAnother() throws Exception {
      begin();
      pattern(Findings.unknownAttribute("a", 1.0, T0));
      String parent = promoted().snapshotId();
      OperatorSubtaskState state = barrier(execute, 1);
      execute.close();

      Map<String, byte[]> other = new HashMap<>(TRIPLES);
      other.put("finance", Samples.triples().get("energy"));
      execute = open(state, 1, 0, other);
      pattern(Findings.unknownAttribute("b", 1.0, T0 + 1));

      assertThat(promoted().parentId()).isEqualTo(parent);
    }

    @Test
    void shouldGoOnWhenRescaled() throws Exception {
      tick("energy", T0);
      begin();
      pattern(Findings.unknownAttribute("a", 1.0, T0));
      pattern(Findings.outOfRange(T0));
      String parent = promoted().snapshotId();
      OperatorSubtaskState one = barrier(execute, 1);

      List<OperatorSubtaskState> four = new ArrayList<>();
      for (int subtask = 0; subtask < 4; subtask++) {
        execute.close();
        execute = open(Harnesses.rescale(List.of(one), 4).get(subtask), 4, subtask, TRIPLES);
        if (Harnesses.subtaskOf("finance", 4) == subtask) {
          pattern(Findings.outOfRange(T0 + 1));
          assertThat(steps()).isEmpty();
          pattern(Findings.unknownAttribute("b", 1.0, T0 + 1));
          CompiledSnapshot third = promoted();
          assertThat(third.parentId()).isEqualTo(parent);
          parent = third.snapshotId();
        }
        four.add(barrier(execute, 2));
      }
      restart(Harnesses.rescale(four, 1).get(0), evolution);
      tick("energy", T0 + 2);
      pattern(Findings.unknownAttribute("c", 1.0, T0 + 2));

      assertThat(steps()).doesNotContain("SectorUpdated begun");
      assertThat(promoted().parentId()).isEqualTo(parent);
    }
  }

  @Test
  void shouldRefuseOptionsWhenALimitIsNone() {
    for (int broken = 0; broken < 2; broken++) {
      int which = broken;
      assertThatThrownBy(
              () ->
                  new ExecuteOptions(
                      LOG,
                      Map.of(),
                      which == 0 ? 0 : 10,
                      which == 1 ? -1 : 0,
                      OPERATORS,
                      GovernanceOptions.DEFAULTS,
                      ValidationLimits.DEFAULT,
                      ""))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("expected");
    }
  }

  /** The sector's first tick, so that what comes next is about the test. */
  private void begin() throws Exception {
    tick("finance", T0);
    take(execute);
    steps();
  }

  private void pattern(Pattern pattern) throws Exception {
    execute.processElement1(new StreamRecord<>(pattern));
  }

  private void tick(String sector, long recordedAtMs) throws Exception {
    execute.processElement2(new StreamRecord<>(SectorSignal.tick(sector, recordedAtMs)));
  }

  private void acknowledge(long version, String operator, int subtask, int parallelism)
      throws Exception {
    noteIds();
    acknowledge(version, ids.getOrDefault(version, ""), operator, subtask, parallelism);
  }

  private void acknowledge(
      long version, String snapshotId, String operator, int subtask, int parallelism)
      throws Exception {
    execute.processElement2(
        new StreamRecord<>(
            SectorSignal.acknowledged(
                "finance", version, snapshotId, operator, subtask, parallelism)));
  }

  /** Remembers the ids of the versions that were sent and not taken yet. */
  private void noteIds() {
    for (OutboundMessage message : execute.extractOutputValues()) {
      CompiledSnapshot sent = snapshot(message);
      ids.put(sent.version(), sent.snapshotId());
    }
  }

  private List<String> steps() {
    return take(execute, Edges.RECEIPTS).stream()
        .map(draft -> draft.operation() + " " + draft.outcome())
        .toList();
  }

  private long proposals() {
    return steps().stream().filter(step -> step.equals("ProposalGenerated proposed")).count();
  }

  private CompiledSnapshot promoted() {
    List<CompiledSnapshot> all = snapshots();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private List<CompiledSnapshot> snapshots() {
    noteIds();
    return take(execute).stream().map(ExecuteFunctionHarnessTest::snapshot).toList();
  }

  private static CompiledSnapshot snapshot(OutboundMessage message) {
    return PromotedSnapshotCodec.decode(message.body()).snapshot();
  }

  private static List<String> attributes(CompiledSnapshot snapshot) {
    return snapshot.types().stream()
        .filter(type -> type.name().equals("payment.authorised"))
        .flatMap(type -> type.properties().stream())
        .map(CompiledProperty::name)
        .toList();
  }

  private void restart(@Nullable OperatorSubtaskState state, Evolution as) throws Exception {
    noteIds();
    execute.close();
    evolution = as;
    execute = open(state);
  }

  private KeyedTwoInputStreamOperatorTestHarness<String, Pattern, SectorSignal, OutboundMessage>
      open(@Nullable OperatorSubtaskState state) throws Exception {
    return open(state, 1, 0, TRIPLES);
  }

  private KeyedTwoInputStreamOperatorTestHarness<String, Pattern, SectorSignal, OutboundMessage>
      open(
          @Nullable OperatorSubtaskState state,
          int parallelism,
          int subtask,
          Map<String, byte[]> triples)
          throws Exception {
    ExecuteOptions options =
        new ExecuteOptions(
            LOG,
            Map.of("finance", evolution),
            10,
            HOUR_MS,
            OPERATORS,
            GovernanceOptions.DEFAULTS.withRequests(EXPIRY_MS, pendingMax, 1_000),
            ValidationLimits.DEFAULT,
            "");
    return Harnesses.open(
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new KeyedCoProcessOperator<>(new ExecuteFunction(options, triples)),
            Pattern::sector,
            SectorSignal::sector,
            Types.STRING,
            Harnesses.MAX_PARALLELISM,
            parallelism,
            subtask),
        state);
  }
}
