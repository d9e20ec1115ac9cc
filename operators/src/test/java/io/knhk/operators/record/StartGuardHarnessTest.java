package io.knhk.operators.record;

import static io.knhk.operators.types.Harnesses.barrier;
import static io.knhk.operators.types.Harnesses.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A log is never forked by a start: the operator against what was committed before. */
@SuppressWarnings("try") // Harnesses close with any exception.
class StartGuardHarnessTest {
  private static final SigningKey KEY = SigningKey.generate(new SecureRandom());
  private static final StartPolicy ACCEPT = new StartPolicy(false, "the disk was lost");
  private static final StartPolicy NEW_LOG = new StartPolicy(true, "");

  private final MemoryReceipts topic = new MemoryReceipts(4);

  @Test
  void shouldGoOnWhenStateIsAsFarAsTheLog() throws Exception {
    Epochs epochs = new Epochs().run(3);

    try (var again = open(epochs.states.get(3), "log-1", StartPolicy.STRICT)) {
      assertThat(next(again, "finance").seq()).isEqualTo(3);
    }
  }

  @Test
  void shouldGoOnWhenStateIsAheadBecauseItsReceiptsWereNotSentYet() throws Exception {
    Epochs epochs = new Epochs().run(2);
    epochs.epoch(false);

    try (var again = open(epochs.states.get(3), "log-1", StartPolicy.STRICT)) {
      assertThat(next(again, "finance").seq()).isEqualTo(3);
    }
  }

  @Test
  void shouldRefuseForGoodNamingBothNumbersWhenStateIsBehind() throws Exception {
    Epochs epochs = new Epochs().run(5);

    assertRefused(() -> open(epochs.states.get(2), "log-1", StartPolicy.STRICT))
        .contains("KNHK-1201", "sector=finance state=2 committed=5", "sector=energy state=2")
        .contains("--accept-regression", "--new-log");
  }

  @Test
  void shouldRefuseWhenThereIsNoStateAndTheLogWasBegun() throws Exception {
    new Epochs().run(1);
    for (int i = 0; i < 2_000; i++) {
      // What somebody else wrote behind it hides nothing.
      topic.append("finance", ("garbage " + i).getBytes(StandardCharsets.UTF_8));
    }

    assertRefused(() -> open(null, "log-1", StartPolicy.STRICT))
        .contains("sector=finance state=0 committed=1");
  }

  @Test
  void shouldReadOnlyWhatTheStateDoesNotKnowWhenItStarts() throws Exception {
    Epochs epochs = new Epochs().run(200);
    assertThat(topic.looks).isBetween(2, 4);
    topic.reads = 0;

    open(epochs.states.get(200), "log-1", StartPolicy.STRICT).close();

    // Two chains, and at most the barriers between two looks and the one on which it was asked.
    assertThat(topic.reads).isBetween(1, 2 * 2 * 64);
  }

  @Test
  void shouldTakeNobodysWordForTheEndWhenNoTrustedKeySignedIt() throws Exception {
    Epochs epochs = new Epochs().run(2);
    byte[] far = body("log-1", "finance", 900);
    SigningKey stranger = SigningKey.generate(new SecureRandom());
    topic.append("finance", Dsse.sign(stranger, Receipts.PAYLOAD_TYPE, far).toJson());
    topic.append(
        "finance", Dsse.sign(KEY, Receipts.PAYLOAD_TYPE, body("another", "finance", 900)).toJson());
    topic.append("finance", Dsse.sign(KEY, Receipts.TICK_PAYLOAD_TYPE, far).toJson());

    try (var again = open(epochs.states.get(2), "log-1", StartPolicy.STRICT)) {
      assertThat(next(again, "finance").seq()).isEqualTo(2);
    }
  }

  @Test
  void shouldGoOnFromTheCommittedEndWithASignedReasonWhenAPersonAcceptsIt() throws Exception {
    Epochs epochs = new Epochs().run(5);
    ReceiptBody last = epochs.last("finance");

    try (var again = open(epochs.states.get(2), "log-1", ACCEPT)) {
      send(again, Drafts.run("finance", 77));
      barrier(again, 6);
      List<OutboundMessage> messages = take(again);
      ReceiptBody restored = of(messages, "finance").get(0);
      ReceiptBody run = of(messages, "finance").get(1);

      assertThat(restored.operation()).isEqualTo(Operation.LedgerRestored);
      assertThat(restored.seq()).isEqualTo(5);
      assertThat(restored.parentHash()).isEqualTo(ReceiptBody.hash(last.canonicalBytes()));
      JsonNode evidence = new ObjectMapper().readTree(restored.evidenceJson());
      assertThat(evidence.path("reason").asText()).isEqualTo("the disk was lost");
      assertThat(evidence.path("stateSeq").asLong()).isEqualTo(2);
      assertThat(evidence.path("committedSeq").asLong()).isEqualTo(5);
      assertThat(evidence.path("committedHash").asText()).isEqualTo(restored.parentHash());
      assertThat(run.seq()).isEqualTo(6);
      assertThat(of(messages, "energy")).hasSize(1);

      topic.commit(KEY, messages);
    }
  }

  @Test
  void shouldWriteTheSameReceiptAgainWhenItFailsBeforeItsFirstCheckpoint() throws Exception {
    Epochs epochs = new Epochs().run(5);
    List<OutboundMessage> first;
    try (var again = open(epochs.states.get(2), "log-1", ACCEPT)) {
      barrier(again, 6);
      first = take(again);
    }
    try (var again = open(epochs.states.get(2), "log-1", ACCEPT)) {
      barrier(again, 6);
      assertThat(take(again))
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactlyElementsOf(first);
    }
  }

  @Test
  void shouldAcceptNothingTwiceWhenItIsRestartedLater() throws Exception {
    Epochs epochs = new Epochs().run(5);
    OperatorSubtaskState later;
    try (var again = open(epochs.states.get(2), "log-1", ACCEPT)) {
      later = barrier(again, 6);
      topic.commit(KEY, take(again));
    }
    try (var restarted = open(later, "log-1", ACCEPT)) {
      barrier(restarted, 7);
      assertThat(take(restarted)).isEmpty();
    }
  }

  @Test
  void shouldGoOnFromTheWholeLogWhenEverythingWasLostAndAPersonAcceptsIt() throws Exception {
    new Epochs().run(700);

    try (var anew = open(null, "log-1", ACCEPT)) {
      barrier(anew, 1);
      assertThat(of(take(anew), "energy").get(0).seq()).isEqualTo(700);
    }
  }

  @Test
  void shouldRefuseWhenTheSameNumberHasAnotherReceipt() throws Exception {
    Epochs here = new Epochs().run(2);
    topic.clear();
    MemoryReceipts other = new MemoryReceipts(4);
    try (var elsewhere = open(null, "log-1", StartPolicy.STRICT, other, 1, 0)) {
      send(elsewhere, Drafts.run("finance", 1_000), Drafts.run("finance", 1_001));
      barrier(elsewhere, 1);
      List<OutboundMessage> messages = take(elsewhere);
      // As many records as before, so that the topic is not shorter than it was.
      topic.commit(KEY, messages);
      topic.commit(KEY, messages);
      topic.append("energy", new byte[0]);
      topic.append("energy", new byte[0]);
    }

    assertRefused(() -> open(here.states.get(0), "log-1", StartPolicy.STRICT))
        .contains("KNHK-1201");
    assertRefused(() -> open(here.withoutBounds(2), "log-1", StartPolicy.STRICT))
        .contains("KNHK-1202", "sector=finance", "seq=1");
  }

  @Test
  void shouldRefuseWhenTheTopicWasBegunAnew() throws Exception {
    Epochs epochs = new Epochs().run(100);
    topic.clear();

    assertRefused(() -> open(epochs.states.get(100), "log-1", StartPolicy.STRICT))
        .contains("KNHK-1202", "partition=", "end=0");
  }

  @Test
  void shouldRefuseWhenTheStateIsOfAnotherLog() throws Exception {
    Epochs epochs = new Epochs().run(3);

    assertRefused(() -> open(epochs.states.get(3), "log-2", StartPolicy.STRICT))
        .contains("KNHK-1202", "state=log-1", "configured=log-2", "--new-log log-2");
  }

  @Test
  void shouldBeginEveryChainAtZeroWhenANewLogIsBegun() throws Exception {
    Epochs epochs = new Epochs().run(3);
    OperatorSubtaskState begun;
    try (var second = open(epochs.states.get(3), "log-2", NEW_LOG)) {
      send(second, Drafts.run("finance", 9));
      begun = barrier(second, 4);
      List<OutboundMessage> messages = take(second);
      ReceiptBody first = of(messages, "finance").get(0);
      assertThat(first.seq()).isZero();
      assertThat(first.parentHash()).isNull();
      assertThat(first.log()).isEqualTo("log-2");
      topic.commit(KEY, messages);
    }
    try (var restarted = open(begun, "log-2", NEW_LOG)) {
      assertThat(next(restarted, "finance").seq()).isEqualTo(1);
    }
    assertRefused(() -> open(begun, "log-1", StartPolicy.STRICT)).contains("state=log-2");
    // The name is taken now: other state may not begin it again.
    assertRefused(() -> open(epochs.states.get(3), "log-2", NEW_LOG))
        .contains("KNHK-1201", "state=0 committed=1");
  }

  @Test
  void shouldJudgeEverySectorOnceWhenRescaled() throws Exception {
    Epochs epochs = new Epochs(Sectors.ALL).run(3);
    List<OperatorSubtaskState> four = Harnesses.rescale(List.of(epochs.states.get(3)), 4);
    List<OperatorSubtaskState> after = new ArrayList<>();
    for (int subtask = 0; subtask < 4; subtask++) {
      try (var record = open(four.get(subtask), "log-1", StartPolicy.STRICT, topic, 4, subtask)) {
        for (String sector : Sectors.ALL) {
          if (Harnesses.subtaskOf(sector, 4) == subtask) {
            assertThat(next(record, sector).seq()).isEqualTo(3);
          }
        }
        after.add(barrier(record, 9));
      }
    }
    List<String> refused = new ArrayList<>();
    for (int subtask = 0; subtask < 4; subtask++) {
      int of = subtask;
      OperatorSubtaskState old = Harnesses.rescale(List.of(epochs.states.get(1)), 4).get(subtask);
      try (var record = open(old, "log-1", ACCEPT, topic, 4, of)) {
        barrier(record, 9);
        take(record).forEach(message -> refused.add(message.key()));
      }
    }
    assertThat(refused).containsExactlyInAnyOrderElementsOf(Sectors.ALL);
    try (var back = open(Harnesses.rescale(after, 1).get(0), "log-1", StartPolicy.STRICT)) {
      assertThat(next(back, "energy").seq()).isEqualTo(4);
    }
  }

  @Test
  void shouldRefuseAReasonThatIsTooLong() {
    assertThatThrownBy(() -> new StartPolicy(false, "x".repeat(StartPolicy.REASON_MAX + 1)))
        .hasMessageContaining("limit=1000");
  }

  private static org.assertj.core.api.AbstractStringAssert<?> assertRefused(
      ThrowingCallable start) {
    Throwable[] thrown = new Throwable[1];
    assertThatThrownBy(start)
        .isInstanceOf(SuppressRestartsException.class)
        .satisfies(refusal -> thrown[0] = refusal.getCause());
    return assertThat(thrown[0].getMessage());
  }

  private static byte[] body(String log, String sector, long seq) {
    return new ReceiptBody(
            ReceiptBody.VERSION,
            log,
            sector,
            seq,
            Operation.ObservationIngested,
            0,
            0,
            "done",
            "s",
            "",
            List.of(),
            "{}",
            "ab".repeat(32),
            KEY.publicKey().keyId())
        .canonicalBytes();
  }

  private static ReceiptBody next(
      KeyedOneInputStreamOperatorTestHarness<String, ReceiptDraft, OutboundMessage> record,
      String sector)
      throws Exception {
    send(record, Drafts.run(sector, 500));
    barrier(record, 1_000);
    List<ReceiptBody> bodies = of(take(record), sector);
    return bodies.get(bodies.size() - 1);
  }

  private static List<ReceiptBody> of(List<OutboundMessage> messages, String sector)
      throws LedgerFormatException {
    List<ReceiptBody> bodies = new ArrayList<>();
    for (OutboundMessage message : messages) {
      if (message.key().equals(sector)) {
        bodies.add(ReceiptBody.parse(message.body()));
      }
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

  private KeyedOneInputStreamOperatorTestHarness<String, ReceiptDraft, OutboundMessage> open(
      @Nullable OperatorSubtaskState state, String log, StartPolicy start) throws Exception {
    return open(state, log, start, topic, 1, 0);
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, ReceiptDraft, OutboundMessage> open(
      @Nullable OperatorSubtaskState state,
      String log,
      StartPolicy start,
      MemoryReceipts topic,
      int parallelism,
      int subtask)
      throws Exception {
    RecordOptions options =
        new RecordOptions(
            log, KEY.publicKey().keyId(), KEY.publicKey().toPem(), start, topic.opener());
    return Harnesses.open(
        new KeyedOneInputStreamOperatorTestHarness<>(
            new RecordOperator(options),
            ReceiptDraft::sector,
            Types.STRING,
            Harnesses.MAX_PARALLELISM,
            parallelism,
            subtask),
        state);
  }

  /** A job that numbers one receipt a sector in each epoch, and keeps the state of each. */
  private final class Epochs {
    private final List<String> sectors;
    private final List<OutboundMessage> all = new ArrayList<>();

    /** By how many receipts each chain has. */
    final List<OperatorSubtaskState> states = new ArrayList<>();

    private @Nullable KeyedOneInputStreamOperatorTestHarness<String, ReceiptDraft, OutboundMessage>
        record;

    Epochs() {
      this(List.of("energy", "finance"));
    }

    Epochs(List<String> sectors) {
      this.sectors = sectors;
    }

    Epochs run(int epochs) throws Exception {
      record = open(null, "log-1", StartPolicy.STRICT);
      states.add(barrier(record, 1));
      for (int i = 0; i < epochs; i++) {
        epoch(true);
      }
      return this;
    }

    void epoch(boolean committed) throws Exception {
      for (String sector : sectors) {
        send(record, Drafts.run(sector, states.size()));
      }
      states.add(barrier(record, states.size() + 1));
      List<OutboundMessage> messages = take(record);
      all.addAll(messages);
      if (committed) {
        topic.commit(KEY, messages);
      }
    }

    ReceiptBody last(String sector) throws LedgerFormatException {
      List<ReceiptBody> bodies = of(all, sector);
      return bodies.get(bodies.size() - 1);
    }

    /** The keyed state alone. */
    OperatorSubtaskState withoutBounds(int chain) {
      return OperatorSubtaskState.builder()
          .setManagedKeyedState(states.get(chain).getManagedKeyedState())
          .build();
    }
  }
}
