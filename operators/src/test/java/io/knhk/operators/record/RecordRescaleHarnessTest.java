package io.knhk.operators.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.operators.types.Rescaling;
import io.knhk.operators.types.Samples;
import io.knhk.operators.types.StateContents;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // Harnesses close with any exception.
class RecordRescaleHarnessTest {
  private static final List<String> CHAINS = chains();
  private static final int PARTITIONS = 4;

  private final SigningKey key = Samples.newKey();
  private final MemoryReceipts topic = new MemoryReceipts(PARTITIONS);

  @Test
  void shouldGoOnTheSameWhenOneBecomesFourBecomesOne() throws Exception {
    OperatorSubtaskState one;
    try (var record = open(null, 1, 0)) {
      List<OutboundMessage> numbered = number(record, 0);
      one = Harnesses.barrier(record, 2);
      topic.commit(key, numbered);
    }
    try (var record = open(one, 1, 0)) {
      assertThat(StateContents.of(record).keyed()).hasSize(CHAINS.size());
      assertThat(StateContents.of(record).elements().get("receipts-end")).hasSize(PARTITIONS);
    }

    OperatorSubtaskState back = Rescaling.oneFourOne(one, this::open);

    try (var straight = open(one, 1, 0);
        var rescaled = open(back, 1, 0)) {
      assertThat(number(rescaled, 1))
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactlyElementsOf(number(straight, 1))
          .hasSize(CHAINS.size());
    }
  }

  private static List<OutboundMessage> number(
      KeyedOneInputStreamOperatorTestHarness<String, ReceiptDraft, OutboundMessage> record,
      int number)
      throws Exception {
    for (String sector : CHAINS) {
      record.processElement(new StreamRecord<>(Drafts.run(sector, number)));
    }
    record.prepareSnapshotPreBarrier(1);
    return Harnesses.take(record);
  }

  private KeyedOneInputStreamOperatorTestHarness<String, ReceiptDraft, OutboundMessage> open(
      @Nullable OperatorSubtaskState state, int parallelism, int subtask) throws Exception {
    return Harnesses.open(
        new KeyedOneInputStreamOperatorTestHarness<>(
            new RecordOperator(
                new RecordOptions(
                    "log-1",
                    key.publicKey().keyId(),
                    key.publicKey().toPem(),
                    StartPolicy.STRICT,
                    topic.opener())),
            ReceiptDraft::sector,
            Types.STRING,
            Harnesses.MAX_PARALLELISM,
            parallelism,
            subtask),
        state);
  }

  private static List<String> chains() {
    List<String> chains = new ArrayList<>(Sectors.ALL);
    chains.add(Sectors.INGEST);
    return chains;
  }
}
