package io.knhk.operators.record;

import io.knhk.ledger.ReceiptChain;
import io.knhk.ledger.Receipts;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.registry.Telemetry;
import io.knhk.schemas.Topics;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Numbers and chains receipts, keyed by sector. The drafts between two checkpoint barriers are
 * numbered together, in {@link DraftOrder}, just before the second: the result depends on nothing
 * but the chain's head and the set of drafts.
 *
 * <p>State: one {@link ChainHead} a sector. At most {@link #DRAFTS_MAX} drafts wait in memory;
 * beyond that they are numbered early.
 */
public final class RecordOperator extends AbstractStreamOperator<OutboundMessage>
    implements OneInputStreamOperator<ReceiptDraft, OutboundMessage> {
  private static final long serialVersionUID = 1L;
  static final int DRAFTS_MAX = 65_536;
  private static final ValueStateDescriptor<ChainHead> HEAD =
      new ValueStateDescriptor<>("chain-head", TypeInformation.of(ChainHead.class));

  private final RecordOptions options;

  private transient ValueState<ChainHead> head;
  private transient Map<String, List<ReceiptDraft>> waiting;
  private transient int waitingCount;
  private transient Counter receipts;

  public RecordOperator(RecordOptions options) {
    this.options = options;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    head = context.getKeyedStateStore().getState(HEAD);
  }

  @Override
  public void open() throws Exception {
    super.open();
    waiting = new TreeMap<>();
    waitingCount = 0;
    receipts = getMetricGroup().counter(Telemetry.RECORD_RECEIPTS);
  }

  @Override
  public void processElement(StreamRecord<ReceiptDraft> element) throws Exception {
    ReceiptDraft draft = element.getValue();
    waiting.computeIfAbsent(draft.sector(), sector -> new ArrayList<>()).add(draft);
    waitingCount++;
    if (waitingCount == DRAFTS_MAX) {
      numberAll();
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    numberAll();
  }

  @Override
  public void finish() throws Exception {
    numberAll();
    super.finish();
  }

  private void numberAll() throws Exception {
    for (Map.Entry<String, List<ReceiptDraft>> sector : waiting.entrySet()) {
      setCurrentKey(sector.getKey());
      number(sector.getKey(), sector.getValue());
    }
    waiting.clear();
    waitingCount = 0;
  }

  private void number(String sector, List<ReceiptDraft> drafts) throws Exception {
    drafts.sort(DraftOrder.ORDER);
    ChainHead stored = head.value();
    ReceiptChain.Head next =
        stored == null
            ? ReceiptChain.Head.empty()
            : new ReceiptChain.Head(
                stored.nextSeq(), stored.lastHash().isEmpty() ? null : stored.lastHash());
    for (ReceiptDraft draft : drafts) {
      ReceiptChain.Numbered numbered =
          ReceiptChain.number(next, options.log(), options.keyId(), draft);
      output.collect(
          new StreamRecord<>(
              new OutboundMessage(
                  Topics.RECEIPTS, sector, Receipts.PAYLOAD_TYPE, numbered.body())));
      next = numbered.next();
    }
    receipts.inc(drafts.size());
    String lastHash = next.lastHash();
    head.update(new ChainHead(next.nextSeq(), lastHash == null ? "" : lastHash));
  }
}
