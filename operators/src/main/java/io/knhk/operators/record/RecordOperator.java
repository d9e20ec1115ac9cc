package io.knhk.operators.record;

import io.knhk.ledger.KeyRing;
import io.knhk.ledger.ReceiptChain;
import io.knhk.ledger.ReceiptChain.Head;
import io.knhk.ledger.Receipts;
import io.knhk.operators.record.CommittedReceipts.CommittedHead;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.registry.Telemetry;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.Topics;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbers and chains receipts, keyed by sector. The drafts between two checkpoint barriers are
 * numbered together, in {@link DraftOrder}, just before the second: the result depends on nothing
 * but the chain's head and the set of drafts.
 *
 * <p>Before the first of them, at every start, {@link LogGuard} compares the heads with what was
 * committed. Each subtask judges the sectors that it numbers.
 *
 * <p>State: one {@link ChainHead} a sector, and one {@link ReceiptsEnd} a partition, which the
 * first subtask writes for all. At most {@link #DRAFTS_MAX} drafts wait in memory; beyond that they
 * are numbered early.
 */
public final class RecordOperator extends AbstractStreamOperator<OutboundMessage>
    implements OneInputStreamOperator<ReceiptDraft, OutboundMessage> {
  private static final long serialVersionUID = 1L;
  static final int DRAFTS_MAX = 65_536;

  /** Barriers between two looks at where the receipts topic ends. */
  private static final int LOOK_BARRIERS = 64;

  private static final ValueStateDescriptor<ChainHead> HEAD =
      new ValueStateDescriptor<>("chain-head", TypeInformation.of(ChainHead.class));
  private static final ListStateDescriptor<ReceiptsEnd> ENDS =
      new ListStateDescriptor<>("receipts-end", TypeInformation.of(ReceiptsEnd.class));

  private static final Logger LOG = LoggerFactory.getLogger(RecordOperator.class);
  private static final List<String> CHAINS =
      Stream.concat(Sectors.ALL.stream(), Stream.of(Sectors.INGEST)).toList();

  private final RecordOptions options;

  private transient ValueState<ChainHead> head;
  private transient ListState<ReceiptsEnd> endState;
  private transient Map<Integer, Long> ends;
  private transient @Nullable ReceiptsTopic topic;
  private transient @Nullable CompletableFuture<Map<Integer, Long>> look;
  private transient int barriersSinceLook;
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
    endState = context.getOperatorStateStore().getUnionListState(ENDS);
  }

  @Override
  public void open() throws Exception {
    super.open();
    waiting = new TreeMap<>();
    waitingCount = 0;
    receipts = getMetricGroup().counter(Telemetry.RECORD_RECEIPTS);
    topic = options.topic().open();
    guard(topic);
  }

  @Override
  public void processElement(StreamRecord<ReceiptDraft> element) throws Exception {
    add(element.getValue());
    if (waitingCount == DRAFTS_MAX) {
      numberAll();
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    numberAll();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() > 0) {
      endState.update(List.of());
      return;
    }
    lookForEnds();
    List<ReceiptsEnd> written = new ArrayList<>();
    ends.forEach((partition, end) -> written.add(new ReceiptsEnd(options.log(), partition, end)));
    endState.update(written);
  }

  @Override
  public void finish() throws Exception {
    numberAll();
    super.finish();
  }

  @Override
  public void close() throws Exception {
    if (topic != null) {
      topic.close();
      topic = null;
    }
    super.close();
  }

  private void guard(ReceiptsTopic committedTo) throws Exception {
    LogGuard guard =
        new LogGuard(options.log(), KeyRing.fromPem(options.trustedKeysPem()), options.start());
    LogGuard.Start start = guard.read(committedTo, endState.get());
    if (start.beginsLog()) {
      for (String sector : CHAINS) {
        if (isMine(sector)) {
          setCurrentKey(sector);
          head.clear();
        }
      }
    }
    Map<String, CommittedHead> committed = new TreeMap<>(start.committed());
    committed.keySet().removeIf(sector -> !isMine(sector));
    Map<String, Head> state = new TreeMap<>();
    for (String sector : committed.keySet()) {
      state.put(sector, headOf(sector));
    }
    for (Map.Entry<String, CommittedHead> behind : guard.behind(state, committed).entrySet()) {
      String sector = behind.getKey();
      LOG.warn("Sector {} goes on from the committed log, its state was behind", sector);
      add(guard.restored(sector, headOf(sector), behind.getValue()));
      head.update(new ChainHead(behind.getValue().nextSeq(), behind.getValue().lastHash()));
    }
    ends = start.ends();
  }

  /** What a look found is where the topic ended before the state that it is written into. */
  private void lookForEnds() {
    if (look != null && look.isDone()) {
      if (look.isCompletedExceptionally()) {
        LOG.info("Kafka did not say where the receipts end; asked again later");
      } else {
        look.join().forEach((partition, end) -> ends.merge(partition, end, Math::max));
      }
      look = null;
    }
    barriersSinceLook++;
    if (look == null && topic != null && barriersSinceLook >= LOOK_BARRIERS) {
      barriersSinceLook = 0;
      look = topic.endsLater();
    }
  }

  private boolean isMine(String sector) {
    TaskInfo task = getRuntimeContext().getTaskInfo();
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
            sector, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
        == task.getIndexOfThisSubtask();
  }

  private Head headOf(String sector) throws Exception {
    setCurrentKey(sector);
    ChainHead stored = head.value();
    return stored == null
        ? Head.empty()
        : new Head(stored.nextSeq(), stored.lastHash().isEmpty() ? null : stored.lastHash());
  }

  private void add(ReceiptDraft draft) {
    waiting.computeIfAbsent(draft.sector(), sector -> new ArrayList<>()).add(draft);
    waitingCount++;
  }

  private void numberAll() throws Exception {
    for (Map.Entry<String, List<ReceiptDraft>> sector : waiting.entrySet()) {
      number(sector.getKey(), sector.getValue());
    }
    waiting.clear();
    waitingCount = 0;
  }

  private void number(String sector, List<ReceiptDraft> drafts) throws Exception {
    drafts.sort(DraftOrder.ORDER);
    Head next = headOf(sector);
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
