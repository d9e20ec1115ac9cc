package io.knhk.operators.execute;

import io.knhk.knowledge.Candidate;
import io.knhk.knowledge.ProposalDecision;
import io.knhk.knowledge.Proposer;
import io.knhk.knowledge.Snapshot;
import io.knhk.knowledge.SnapshotCompiler;
import io.knhk.knowledge.StageResult;
import io.knhk.knowledge.Validation;
import io.knhk.knowledge.ValidationPipeline;
import io.knhk.ledger.Receipts;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.operators.types.SectorSignal;
import io.knhk.registry.Telemetry;
import io.knhk.schemas.Topics;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshotCodec;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Plans and executes, keyed by sector: turns a pattern into a proposal, validates it in the shadow,
 * and promotes it, lets it wait for people or refuses it. Planning is in the same operator because
 * a proposer needs the triples and has to know what became of the proposals before.
 *
 * <p>First input: patterns. Second: ticks, by which recorded time passes, and acknowledgements of
 * snapshots. Main output: snapshots to sign and send; receipts leave by {@link Edges#RECEIPTS}.
 *
 * <p>State: recorded time; see {@link SectorKnowledge}, {@link ProposalBook}, {@link
 * PromotionWatch}, {@link LostPromotions}.
 */
public final class ExecuteFunction
    extends KeyedCoProcessFunction<String, Pattern, SectorSignal, OutboundMessage> {
  private static final long serialVersionUID = 1L;

  /** Why a pattern did not become a proposal. */
  enum Suppression {
    FROZEN,
    STALE,
    OPEN,
    RATE,
    FULL,
    NOTHING_TO_PROPOSE
  }

  private static final int WINDOW = 1_000;

  private final ExecuteOptions options;
  private final HashMap<String, byte[]> genesis;

  private transient ValueState<Long> recordedTime;
  private transient SectorKnowledge knowledge;
  private transient ProposalBook book;
  private transient PromotionWatch watch;
  private transient LostPromotions lost;
  private transient ValidationPipeline pipeline;
  private transient Map<Suppression, Counter> suppressed;
  private transient Counter proposals;
  private transient Counter passed;
  private transient Counter failed;
  private transient Counter expired;
  private transient Histogram validationMs;

  /**
   * @param genesis the triples of version 1 of every sector, as N-Triples; what the other operators
   *     run is compiled from them
   */
  public ExecuteFunction(ExecuteOptions options, Map<String, byte[]> genesis) {
    this.options = options;
    this.genesis = new HashMap<>(genesis);
  }

  @Override
  public void open(OpenContext context) {
    RuntimeContext runtime = getRuntimeContext();
    recordedTime = runtime.getState(new ValueStateDescriptor<>("recorded-time", Types.LONG));
    knowledge = new SectorKnowledge(runtime, genesis);
    book = new ProposalBook(runtime, options);
    watch = new PromotionWatch(runtime, options.acknowledgedBy());
    lost = new LostPromotions(runtime);
    pipeline = ValidationPipeline.bundled();
    MetricGroup metrics = runtime.getMetricGroup();
    suppressed = new EnumMap<>(Suppression.class);
    for (Suppression reason : Suppression.values()) {
      suppressed.put(
          reason,
          metrics
              .addGroup(Telemetry.KEY_PLAN_SUPPRESSION_REASON, reason.name())
              .counter(Telemetry.PLAN_SUPPRESSED));
    }
    proposals = metrics.counter(Telemetry.PLAN_PROPOSALS);
    passed = validations(metrics, "passed");
    failed = validations(metrics, "failed");
    expired = metrics.counter(Telemetry.EXECUTE_EXPIRED);
    validationMs =
        metrics.histogram(
            Telemetry.EXECUTE_VALIDATION_DURATION, new DescriptiveStatisticsHistogram(WINDOW));
  }

  @Override
  public void processElement1(Pattern pattern, Context context, Collector<OutboundMessage> out)
      throws Exception {
    long nowMs = now(pattern.recordedAtMs());
    SectorKnowledge.Head head = begun(pattern.sector(), nowMs, context, out);
    Suppression reason = suppression(pattern, pattern.element(), head, nowMs);
    if (reason != null) {
      suppress(reason);
      return;
    }
    ProposalDecision decision = Proposer.propose(pattern, head.snapshot(), head.compiled());
    if (!(decision instanceof ProposalDecision.Proposed proposed)) {
      suppress(Suppression.NOTHING_TO_PROPOSE);
      return;
    }
    // A proposal may be about another element than the pattern behind it.
    reason = suppression(pattern, proposed.proposal().element(), head, nowMs);
    if (reason != null) {
      suppress(reason);
      return;
    }
    propose(at(proposed.proposal(), nowMs), pattern, head, context, out);
  }

  @Override
  public void processElement2(SectorSignal signal, Context context, Collector<OutboundMessage> out)
      throws Exception {
    switch (signal.kind()) {
      case TICK -> {
        long nowMs = now(signal.recordedAtMs());
        SectorKnowledge.Head head = begun(signal.sector(), nowMs, context, out);
        expire(nowMs, head, context);
        Optional<LostPromotion> last = lost.tick();
        if (last.isPresent()) {
          promoteAgain(signal.sector(), last.get(), nowMs, context, out);
        }
      }
      case ACKNOWLEDGED -> acknowledge(signal, context);
      case CONTROL, SAMPLE -> {}
    }
  }

  /**
   * Recorded time as this sector has heard of it; it never goes back. A pattern may rest on
   * evidence that is long past.
   */
  private long now(long recordedAtMs) throws Exception {
    Long before = recordedTime.value();
    long nowMs = before == null ? recordedAtMs : Math.max(before, recordedAtMs);
    recordedTime.update(nowMs);
    return nowMs;
  }

  private static Proposal at(Proposal proposal, long nowMs) {
    return new Proposal(
        proposal.id(),
        proposal.sector(),
        proposal.element(),
        proposal.rule(),
        proposal.loosens(),
        proposal.confidence(),
        proposal.patternId(),
        proposal.basisVersion(),
        proposal.basisSnapshotId(),
        proposal.eventTimeMs(),
        nowMs,
        proposal.summary(),
        proposal.delta());
  }

  private SectorKnowledge.Head begun(
      String sector, long recordedAtMs, Context context, Collector<OutboundMessage> out)
      throws Exception {
    if (knowledge.isBegun()) {
      return knowledge.head(sector);
    }
    SectorKnowledge.Head head = knowledge.begin(sector);
    emit(ExecuteReceipts.begun(sector, head, recordedAtMs), context);
    out.collect(snapshotMessage(head));
    return head;
  }

  private @Nullable Suppression suppression(
      Pattern pattern, String element, SectorKnowledge.Head head, long nowMs) throws Exception {
    if (options.evolutionOf(pattern.sector()) == Evolution.FREEZE) {
      return Suppression.FROZEN;
    }
    if (lost.isWaiting() || !knowledge.knows(pattern.sector(), pattern.snapshotVersion())) {
      return Suppression.STALE;
    }
    Long touched = head.state().touched().get(element);
    if (touched != null && touched > pattern.snapshotVersion()) {
      return Suppression.STALE;
    }
    if (book.isHeld(element, nowMs)) {
      return Suppression.OPEN;
    }
    if (book.isOverRate(nowMs)) {
      return Suppression.RATE;
    }
    return book.isFull() ? Suppression.FULL : null;
  }

  private void propose(
      Proposal proposal,
      Pattern pattern,
      SectorKnowledge.Head head,
      Context context,
      Collector<OutboundMessage> out)
      throws Exception {
    proposals.inc();
    book.countProposal(proposal.recordedAtMs());
    String snapshotId = head.state().snapshotId();
    emit(ExecuteReceipts.proposed(proposal, snapshotId), context);
    long startNs = System.nanoTime();
    Validation validation =
        pipeline.validate(
            new Candidate(
                head.snapshot(),
                head.compiled(),
                knowledge.history(proposal.sector()),
                proposal,
                pattern.recordedAtMs(),
                proposal.recordedAtMs(),
                io.knhk.knowledge.Context.NONE));
    (validation.passed() ? passed : failed).inc();
    validationMs.update((System.nanoTime() - startNs) / 1_000_000);
    ReceiptDraft verdict = ExecuteReceipts.validated(proposal, validation, snapshotId);
    emit(verdict, context);
    Optional<Snapshot> shadow = validation.shadow();
    if (shadow.isEmpty()) {
      String stage = validation.failure().map(StageResult.Failed::stage).orElse("");
      refuse(proposal, "stage " + stage + " failed", verdict.subject(), snapshotId, context);
    } else if (!promotesItself(proposal)) {
      letWait(proposal, verdict.subject(), snapshotId, context);
    } else {
      promote(proposal, shadow.get(), verdict.subject(), snapshotId, context, out);
    }
  }

  private boolean promotesItself(Proposal proposal) {
    return options.evolutionOf(proposal.sector()) == Evolution.EVOLVE
        && !proposal.loosens()
        && proposal.confidence() >= options.confidenceMin();
  }

  private void promote(
      Proposal proposal,
      Snapshot next,
      String verdictId,
      String parentId,
      Context context,
      Collector<OutboundMessage> out)
      throws Exception {
    SectorKnowledge.Head head =
        knowledge.promote(
            proposal.sector(),
            next,
            SnapshotCompiler.compile(proposal.sector(), next, 1, "", "", 0, Map.of()).types(),
            proposal.delta(),
            proposal.id(),
            List.of(proposal.element()),
            proposal.recordedAtMs());
    if (head == null) {
      refuse(
          proposal,
          "the compiled snapshot would be beyond " + CompiledSnapshot.BYTES_MAX + " bytes",
          verdictId,
          parentId,
          context);
      return;
    }
    emit(ExecuteReceipts.promoted(proposal, head, verdictId), context);
    out.collect(snapshotMessage(head));
    watch.await(
        new AwaitedPromotion(
            head.state().version(),
            head.state().snapshotId(),
            proposal.id(),
            proposal.recordedAtMs(),
            List.of()));
  }

  private void letWait(Proposal proposal, String verdictId, String snapshotId, Context context)
      throws Exception {
    book.wait(proposal, verdictId);
    String reason =
        proposal.loosens() ? "it loosens what was stated" : "people decide in this sector";
    if (!proposal.loosens() && options.evolutionOf(proposal.sector()) == Evolution.EVOLVE) {
      reason = "confidence below " + options.confidenceMin();
    }
    emit(
        ExecuteReceipts.decided(
            proposal, "pending", reason, verdictId, snapshotId, proposal.recordedAtMs()),
        context);
  }

  private void refuse(
      Proposal proposal, String reason, String verdictId, String snapshotId, Context context)
      throws Exception {
    book.hold(proposal);
    end(proposal, "refused", reason, verdictId, snapshotId, proposal.recordedAtMs(), context);
  }

  private void expire(long nowMs, SectorKnowledge.Head head, Context context) throws Exception {
    for (PendingProposal waiting : book.takeExpired(nowMs)) {
      expired.inc();
      end(
          waiting.proposal(),
          "expired",
          "nobody decided in time",
          waiting.verdictId(),
          head.state().snapshotId(),
          nowMs,
          context);
    }
  }

  /** Ends a proposal otherwise than by promotion, which completes its cycle. */
  private void end(
      Proposal proposal,
      String outcome,
      String reason,
      String cause,
      String snapshotId,
      long recordedAtMs,
      Context context) {
    ReceiptDraft decision =
        ExecuteReceipts.decided(proposal, outcome, reason, cause, snapshotId, recordedAtMs);
    emit(decision, context);
    emit(
        ExecuteReceipts.completed(
            proposal.sector(),
            proposal.id(),
            outcome,
            decision.subject(),
            snapshotId,
            recordedAtMs),
        context);
  }

  private void promoteAgain(
      String sector,
      LostPromotion last,
      long nowMs,
      Context context,
      Collector<OutboundMessage> out)
      throws Exception {
    SectorKnowledge.Head head = knowledge.promoteAgain(sector, last, nowMs);
    emit(ExecuteReceipts.rolledBack(sector, head, last.version(), nowMs), context);
    out.collect(snapshotMessage(head));
  }

  private void acknowledge(SectorSignal signal, Context context) throws Exception {
    if (knowledge.isBegun()) {
      lost.acknowledged(signal, knowledge.head(signal.sector()).state());
    }
    for (AwaitedPromotion promotion : watch.acknowledge(signal)) {
      emit(
          ExecuteReceipts.completed(
              signal.sector(),
              promotion.proposalId(),
              "promoted",
              promotion.snapshotId(),
              promotion.snapshotId(),
              promotion.recordedAtMs()),
          context);
    }
  }

  private OutboundMessage snapshotMessage(SectorKnowledge.Head head) {
    return new OutboundMessage(
        Topics.SNAPSHOTS,
        head.compiled().sector(),
        Receipts.SNAPSHOT_PAYLOAD_TYPE,
        PromotedSnapshotCodec.encode(new PromotedSnapshot(options.log(), head.compiled())));
  }

  private static Counter validations(MetricGroup metrics, String outcome) {
    return metrics
        .addGroup(Telemetry.KEY_EXECUTE_OUTCOME, outcome)
        .counter(Telemetry.EXECUTE_VALIDATIONS);
  }

  private void suppress(Suppression reason) {
    Counter counter = suppressed.get(reason);
    if (counter != null) {
      counter.inc();
    }
  }

  private static void emit(ReceiptDraft draft, Context context) {
    context.output(Edges.RECEIPTS, draft);
  }
}
