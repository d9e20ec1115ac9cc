package io.knhk.operators.record;

import static io.knhk.operators.types.Harnesses.barrier;
import static io.knhk.operators.types.Harnesses.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.schemas.Topics;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // Harnesses close with any exception.
class RecordOperatorHarnessTest {
  private static final RecordOptions OPTIONS =
      new RecordOptions(
          "log-1",
          "ab".repeat(32),
          SigningKey.generate(new SecureRandom()).publicKey().toPem(),
          StartPolicy.STRICT,
          new MemoryReceipts(1).opener());

  @Test
  void shouldNumberFromZeroWhenTheBarrierComes() throws Exception {
    try (var record = open(null)) {
      send(record, Drafts.run("finance", 1), Drafts.run("finance", 0));
      assertThat(take(record)).isEmpty();

      barrier(record, 1);

      List<OutboundMessage> messages = take(record);
      assertThat(messages)
          .allSatisfy(
              message -> {
                assertThat(message.topic()).isEqualTo(Topics.RECEIPTS);
                assertThat(message.key()).isEqualTo("finance");
                assertThat(message.payloadType()).isEqualTo(Receipts.PAYLOAD_TYPE);
              });
      List<ReceiptBody> bodies = bodies(messages);
      assertThat(bodies).extracting(ReceiptBody::seq).containsExactly(0L, 1L);
      assertThat(bodies).extracting(ReceiptBody::recordedAtMs).containsExactly(0L, 1L);
      assertThat(bodies.get(0).parentHash()).isNull();
      assertThat(bodies.get(0).log()).isEqualTo("log-1");
      assertThat(bodies.get(0).keyId()).isEqualTo("ab".repeat(32));
      assertChained(messages);
    }
  }

  @Test
  void shouldNumberCauseBeforeEffectWhenBothAreOfOneEpoch() throws Exception {
    List<Operation> loop =
        List.of(
            Operation.SectorUpdated,
            Operation.ObservationIngested,
            Operation.PatternDetected,
            Operation.ProposalGenerated,
            Operation.ValidationExecuted,
            Operation.TransactionDecided,
            Operation.SnapshotPromoted,
            Operation.LoopCycleCompleted);
    try (var record = open(null)) {
      for (int i = loop.size() - 1; i >= 0; i--) {
        // What is caused was recorded first: time does not tell.
        send(record, Drafts.draft("finance", loop.get(i), "s" + i, 100 - i));
      }
      barrier(record, 1);

      assertThat(bodies(take(record))).extracting(ReceiptBody::operation).isEqualTo(loop);
    }
  }

  @Property(tries = 10)
  void shouldNumberTheSameWhenDraftsArriveInAnotherOrder(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int count) throws Exception {
    List<ReceiptDraft> drafts = new ArrayList<>();
    Operation[] operations = Operation.values();
    for (int i = 0; i < count; i++) {
      String sector = i % 3 == 0 ? "energy" : "finance";
      drafts.add(
          Drafts.draft(sector, operations[i % operations.length], "s" + (i / 2), 1_000 - i % 5));
    }
    List<OutboundMessage> inOrder = numbered(drafts);

    List<ReceiptDraft> shuffled = new ArrayList<>(drafts);
    Collections.shuffle(shuffled, new Random(seed));

    assertThat(numbered(shuffled))
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(inOrder);
  }

  @Test
  void shouldGoOnWithTheChainWhenEpochsPassAndStateIsRestored() throws Exception {
    List<OutboundMessage> all = new ArrayList<>();
    OperatorSubtaskState state;
    try (var record = open(null)) {
      send(record, Drafts.run("finance", 0), Drafts.run("energy", 0));
      barrier(record, 1);
      send(record, Drafts.run("finance", 1));
      state = barrier(record, 2);
      all.addAll(take(record));
      send(record, Drafts.run("finance", 2), Drafts.run("energy", 1));
      barrier(record, 3);
      List<OutboundMessage> lost = take(record);

      try (var restored = open(state)) {
        send(restored, Drafts.run("energy", 1), Drafts.run("finance", 2));
        barrier(restored, 3);
        List<OutboundMessage> again = take(restored);
        assertThat(again)
            .usingRecursiveFieldByFieldElementComparator()
            .containsExactlyElementsOf(lost);
        all.addAll(again);
      }
    }
    assertThat(ofSector(all, "finance")).hasSize(3);
    assertThat(ofSector(all, "energy")).hasSize(2);
    assertChained(ofSector(all, "finance"));
    assertChained(ofSector(all, "energy"));
  }

  @Test
  void shouldForgetDraftsWhenTheBarrierNeverCame() throws Exception {
    OperatorSubtaskState state;
    try (var record = open(null)) {
      state = barrier(record, 1);
      send(record, Drafts.run("finance", 0));
    }
    try (var restored = open(state)) {
      barrier(restored, 2);
      assertThat(take(restored)).isEmpty();
    }
  }

  @Test
  void shouldGoOnWithEveryChainWhenRescaled() throws Exception {
    List<String> sectors = List.of("energy", "finance", "healthcare", "logistics", "_ingest");
    List<OutboundMessage> all = new ArrayList<>();
    OperatorSubtaskState one;
    try (var record = open(null)) {
      for (String sector : sectors) {
        send(record, Drafts.run(sector, 0));
      }
      one = barrier(record, 1);
      all.addAll(take(record));
    }
    List<OperatorSubtaskState> four = new ArrayList<>();
    int taken = 0;
    for (int subtask = 0; subtask < 4; subtask++) {
      OperatorSubtaskState mine = Harnesses.rescale(List.of(one), 4).get(subtask);
      try (var record = open(mine, 4, subtask)) {
        for (String sector : sectors) {
          if (Harnesses.subtaskOf(sector, 4) == subtask) {
            send(record, Drafts.run(sector, 1));
            taken++;
          }
        }
        four.add(barrier(record, 2));
        all.addAll(take(record));
      }
    }
    assertThat(taken).isEqualTo(5);
    try (var record = open(Harnesses.rescale(four, 1).get(0))) {
      for (String sector : sectors) {
        send(record, Drafts.run(sector, 2));
      }
      barrier(record, 3);
      all.addAll(take(record));
    }
    for (String sector : sectors) {
      assertThat(ofSector(all, sector)).hasSize(3);
      assertChained(ofSector(all, sector));
    }
  }

  @Test
  void shouldNumberEarlyWhenTooManyWait() throws Exception {
    try (var record = open(null)) {
      for (int i = 0; i < RecordOperator.DRAFTS_MAX - 1; i++) {
        send(record, Drafts.run("finance", i));
      }
      assertThat(take(record)).isEmpty();
      send(record, Drafts.run("finance", RecordOperator.DRAFTS_MAX));
      List<OutboundMessage> early = take(record);
      assertThat(early).hasSize(RecordOperator.DRAFTS_MAX);

      send(record, Drafts.run("finance", 0));
      barrier(record, 1);
      List<OutboundMessage> rest = take(record);
      assertThat(rest).hasSize(1);
      assertThat(ReceiptBody.parse(rest.get(0).body()).seq()).isEqualTo(RecordOperator.DRAFTS_MAX);
      assertChained(List.of(early.get(early.size() - 1), rest.get(0)));
    }
  }

  @Test
  void shouldNumberWhatWaitsWhenInputEnds() throws Exception {
    try (var record = open(null)) {
      send(record, Drafts.run("finance", 0));

      record.getOperator().finish();

      assertThat(take(record)).hasSize(1);
    }
  }

  @Test
  void shouldRefuseOptionsWhenLogOrKeyIsBlank() {
    assertThatThrownBy(() -> options(" ", "k")).hasMessageContaining("log=");
    assertThatThrownBy(() -> options("l", "")).hasMessageContaining("keyId=");
  }

  private static RecordOptions options(String log, String keyId) {
    return new RecordOptions(log, keyId, "", StartPolicy.STRICT, OPTIONS.topic());
  }

  private static List<OutboundMessage> numbered(List<ReceiptDraft> drafts) throws Exception {
    try (var record = open(null)) {
      send(record, drafts.toArray(ReceiptDraft[]::new));
      barrier(record, 1);
      return take(record);
    }
  }

  private static void assertChained(List<OutboundMessage> messages) throws LedgerFormatException {
    for (int i = 1; i < messages.size(); i++) {
      ReceiptBody before = ReceiptBody.parse(messages.get(i - 1).body());
      ReceiptBody at = ReceiptBody.parse(messages.get(i).body());
      assertThat(at.seq()).isEqualTo(before.seq() + 1);
      assertThat(at.parentHash()).isEqualTo(ReceiptBody.hash(messages.get(i - 1).body()));
    }
  }

  private static List<OutboundMessage> ofSector(List<OutboundMessage> messages, String sector) {
    return messages.stream().filter(message -> message.key().equals(sector)).toList();
  }

  private static List<ReceiptBody> bodies(List<OutboundMessage> messages)
      throws LedgerFormatException {
    List<ReceiptBody> bodies = new ArrayList<>();
    for (OutboundMessage message : messages) {
      bodies.add(ReceiptBody.parse(message.body()));
    }
    return bodies;
  }

  private static void send(
      KeyedOneInputStreamOperatorTestHarness<String, ReceiptDraft, OutboundMessage> record,
      ReceiptDraft... drafts)
      throws Exception {
    for (ReceiptDraft draft : drafts) {
      record.processElement(new StreamRecord<>(draft));
    }
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, ReceiptDraft, OutboundMessage> open(
      @Nullable OperatorSubtaskState state) throws Exception {
    return open(state, 1, 0);
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, ReceiptDraft, OutboundMessage> open(
      @Nullable OperatorSubtaskState state, int parallelism, int subtask) throws Exception {
    return Harnesses.open(
        new KeyedOneInputStreamOperatorTestHarness<>(
            new RecordOperator(OPTIONS),
            ReceiptDraft::sector,
            Types.STRING,
            Harnesses.MAX_PARALLELISM,
            parallelism,
            subtask),
        state);
  }
}
