package io.knhk.operators.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.ledger.KeyRing;
import io.knhk.ledger.ReceiptChain;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.schemas.Topics;
import io.knhk.schemas.receipt.Operation;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

class SentBeforeTest {
  private static final SigningKey KEY = SigningKey.generate(new SecureRandom());

  private final MemoryReceipts topic = new MemoryReceipts(2);
  private final SentBefore before =
      new SentBefore(topic.opener(), KeyRing.of(List.of(KEY.publicKey())));

  @Test
  void shouldSendEverythingWhenNothingWasCommitted() throws Exception {
    List<OutboundMessage> batch = chain("log-1", "finance", 0, 5);

    assertThat(before.unsent(batch)).isSameAs(batch);
  }

  @Test
  void shouldSendTheSameAgainWhenSomeOfItIsCommitted() throws Exception {
    List<OutboundMessage> history = chain("log-1", "finance", 0, 8);
    topic.commit(KEY, history.subList(0, 6));

    assertThat(before.unsent(history.subList(3, 8))).isEqualTo(history.subList(3, 8));
  }

  @Test
  void shouldRefuseForGoodWhenANumberHasAnotherReceipt() throws Exception {
    List<OutboundMessage> history = chain("log-1", "finance", 0, 8);
    topic.commit(KEY, history.subList(0, 4));
    topic.commit(KEY, chain("log-1", "finance", 4, 3, "another history"));

    assertThatThrownBy(() -> before.unsent(history.subList(4, 8)))
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .hasMessageContaining("KNHK-1202")
        .hasMessageContaining("seq=6");
  }

  @Test
  void shouldSendNothingOfAChainThatTheLogIsPast() throws Exception {
    List<OutboundMessage> history = chain("log-1", "finance", 0, 4);
    topic.commit(KEY, history.subList(0, 2));
    topic.commit(KEY, chain("log-1", "finance", 2, 2_000, "another history"));
    for (int i = 0; i < 1_000; i++) {
      topic.append("finance", ("garbage " + i).getBytes(StandardCharsets.UTF_8));
    }
    List<OutboundMessage> energy = chain("log-1", "energy", 0, 2);
    OutboundMessage snapshot =
        new OutboundMessage(
            Topics.SNAPSHOTS, "finance", Receipts.SNAPSHOT_PAYLOAD_TYPE, new byte[] {1});
    List<OutboundMessage> batch = new ArrayList<>(history.subList(2, 4));
    batch.addAll(energy);
    batch.add(snapshot);

    List<OutboundMessage> sent = before.unsent(batch);

    assertThat(sent).containsExactly(energy.get(0), energy.get(1), snapshot);
  }

  @Test
  void shouldStillRefuseInTheSecondBatchWhenTheFirstIsPassed() throws Exception {
    List<OutboundMessage> history = chain("log-1", "finance", 0, 8);
    topic.commit(KEY, chain("log-1", "finance", 0, 7, "another history"));

    assertThat(before.unsent(history.subList(0, 4))).isEmpty();
    assertThatThrownBy(() -> before.unsent(history.subList(4, 8)))
        .isInstanceOf(SuppressRestartsException.class);
  }

  @Test
  void shouldLookNoMoreWhenAChainHasGonePast() throws Exception {
    List<OutboundMessage> history = chain("log-1", "finance", 0, 8);
    topic.commit(KEY, history.subList(0, 4));
    before.unsent(history.subList(2, 6));
    topic.reads = 0;

    List<OutboundMessage> next = history.subList(6, 8);
    assertThat(before.unsent(next)).isSameAs(next);
    assertThat(topic.reads).isZero();
  }

  @Test
  void shouldHoldEachLogAgainstItsOwnReceipts() throws Exception {
    topic.commit(KEY, chain("log-1", "finance", 0, 50));
    List<OutboundMessage> second = chain("log-2", "finance", 0, 2);

    assertThat(before.unsent(second)).isEqualTo(second);
  }

  private static List<OutboundMessage> chain(String log, String sector, int from, int count) {
    return chain(log, sector, from, count, "this history");
  }

  private static List<OutboundMessage> chain(
      String log, String sector, int from, int count, String history) {
    List<OutboundMessage> messages = new ArrayList<>();
    ReceiptChain.Head head =
        from == 0 ? ReceiptChain.Head.empty() : new ReceiptChain.Head(from, "ab".repeat(32));
    for (int i = 0; i < count; i++) {
      ReceiptChain.Numbered numbered =
          ReceiptChain.number(
              head,
              log,
              KEY.publicKey().keyId(),
              Drafts.draft(sector, Operation.ObservationIngested, history + (from + i), i));
      messages.add(
          new OutboundMessage(Topics.RECEIPTS, sector, Receipts.PAYLOAD_TYPE, numbered.body()));
      head = numbered.next();
    }
    return messages;
  }
}
