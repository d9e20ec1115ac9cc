package io.knhk.operators.execute;

import io.knhk.knowledge.ProposalDecision;
import io.knhk.knowledge.Proposer;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.SectorSignal;
import io.knhk.operators.types.TypeSample;
import io.knhk.registry.Telemetry;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.detection.Pattern;
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
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Plans and executes, keyed by sector: turns a pattern, or what a person asks for, into a proposal,
 * validates it in the shadow, and promotes it, lets it wait for people or refuses it; takes what
 * people sign, and watches what a promotion does. Planning is in the same operator because a
 * proposer needs the triples and has to know what became of the proposals before.
 *
 * <p>First input: patterns. Second: ticks, by which recorded time passes, acknowledgements of
 * snapshots, messages of people, samples of observations. Main output: snapshots to sign and send;
 * documents leave by {@link Edges#DOCUMENTS}, receipts by {@link Edges#RECEIPTS}, messages that
 * nobody signed by {@link Edges#DEAD_LETTERS}.
 *
 * <p>State: recorded time; see {@link SectorKnowledge}, {@link Governed}, {@link ProposalBook},
 * {@link ImportParts}, {@link RecentObservations}, {@link PromotionWatch}, {@link Aftercare},
 * {@link LostPromotions}.
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
    /** A person stopped all proposals, or this change was rejected or left before. */
    HELD,
    NOTHING_TO_PROPOSE
  }

  private final ExecuteOptions options;
  private final HashMap<String, byte[]> genesis;

  private transient ValueState<Long> recordedTime;
  private transient SectorKnowledge knowledge;
  private transient Governed governed;
  private transient ProposalBook book;
  private transient ImportParts imports;
  private transient RecentObservations recent;
  private transient PromotionWatch watch;
  private transient Aftercare aftercare;
  private transient LostPromotions lost;
  private transient Promotions promotions;
  private transient Changes changes;
  private transient Requests requests;
  private transient ControlDesk desk;
  private transient Map<Suppression, Counter> suppressed;
  private transient Counter proposals;
  private transient Counter violations;

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
    MetricGroup metrics = runtime.getMetricGroup();
    recordedTime = runtime.getState(new ValueStateDescriptor<>("recorded-time", Types.LONG));
    knowledge = new SectorKnowledge(runtime, genesis);
    governed = new Governed(runtime, options);
    book = new ProposalBook(runtime, options);
    imports = new ImportParts(runtime);
    recent = new RecentObservations(runtime);
    watch = new PromotionWatch(runtime, options.acknowledgedBy());
    aftercare = new Aftercare(runtime, options.limits().nonConformingShareMax());
    lost = new LostPromotions(runtime);
    promotions = new Promotions(options, knowledge, watch, aftercare);
    changes = new Changes(options, knowledge, book, recent, promotions, metrics);
    requests = new Requests(knowledge, book, changes);
    desk = new ControlDesk(knowledge, book, imports, changes, requests, metrics);
    suppressed = new EnumMap<>(Suppression.class);
    for (Suppression reason : Suppression.values()) {
      suppressed.put(
          reason,
          metrics
              .addGroup(Telemetry.KEY_PLAN_SUPPRESSION_REASON, reason.name())
              .counter(Telemetry.PLAN_SUPPRESSED));
    }
    proposals = metrics.counter(Telemetry.PLAN_PROPOSALS);
    violations = metrics.counter(Telemetry.EXECUTE_VIOLATIONS);
  }

  @Override
  public void processElement1(Pattern pattern, Context context, Collector<OutboundMessage> out)
      throws Exception {
    Now now = begun(pattern.sector(), pattern.recordedAtMs(), context, out);
    plan(pattern, now);
    governed.save(now.outlet(), now.ms());
  }

  @Override
  public void processElement2(SectorSignal signal, Context context, Collector<OutboundMessage> out)
      throws Exception {
    switch (signal.kind()) {
      case TICK -> {
        Now now = begun(signal.sector(), signal.recordedAtMs(), context, out);
        tick(now);
        governed.save(now.outlet(), now.ms());
      }
      case ACKNOWLEDGED -> acknowledge(signal, context, out);
      case CONTROL -> {
        RawRecord record = signal.control();
        if (record != null) {
          Now now = begun(signal.sector(), signal.recordedAtMs(), context, out);
          desk.handle(record, lost.isWaiting(), now);
          governed.save(now.outlet(), now.ms());
        }
      }
      case SAMPLE -> {
        TypeSample sample = signal.sample();
        if (sample != null) {
          Now now = begun(signal.sector(), signal.recordedAtMs(), context, out);
          observe(sample, now);
          governed.save(now.outlet(), now.ms());
        }
      }
    }
  }

  /**
   * Recorded time as this sector has heard of it; it never goes back. A pattern may rest on
   * evidence that is long past.
   */
  private long advanced(long recordedAtMs) throws Exception {
    Long before = recordedTime.value();
    long nowMs = before == null ? recordedAtMs : Math.max(before, recordedAtMs);
    recordedTime.update(nowMs);
    return nowMs;
  }

  private Now begun(
      String sector, long recordedAtMs, Context context, Collector<OutboundMessage> out)
      throws Exception {
    long nowMs = advanced(recordedAtMs);
    Outlet outlet = new Outlet(options.log(), sector, context, out);
    boolean isNew = !knowledge.isBegun();
    boolean isUngoverned = !governed.isBegun();
    if (isNew) {
      SectorKnowledge.Head head = knowledge.begin(sector);
      outlet.receipt(ExecuteReceipts.begun(sector, head, nowMs));
      outlet.snapshot(head);
    }
    Now now = new Now(sector, nowMs, governed.of(sector), outlet);
    promotions.publishHistory(now);
    if (isUngoverned) {
      changes.openPending(now);
      governed.save(outlet, nowMs);
    }
    return now;
  }

  private void plan(Pattern pattern, Now now) throws Exception {
    Suppression reason = suppression(pattern, pattern.element(), now);
    if (reason != null) {
      suppress(reason);
      return;
    }
    SectorKnowledge.Head head = knowledge.head(now.sector());
    ProposalDecision decision = Proposer.propose(pattern, head.snapshot(), head.compiled());
    if (!(decision instanceof ProposalDecision.Proposed proposed)) {
      suppress(Suppression.NOTHING_TO_PROPOSE);
      return;
    }
    // A proposal may be about another element than the pattern behind it.
    reason = suppression(pattern, proposed.proposal().element(), now);
    if (reason != null) {
      suppress(reason);
      return;
    }
    proposals.inc();
    book.countProposal(now.ms());
    changes.submit(
        proposed.proposal().at(now.ms()),
        Origin.loop(proposed.proposal().id(), pattern.recordedAtMs()),
        now);
  }

  private @Nullable Suppression suppression(Pattern pattern, String element, Now now)
      throws Exception {
    if (options.evolutionOf(pattern.sector()) == Evolution.FREEZE) {
      return Suppression.FROZEN;
    }
    if (lost.isWaiting() || !knowledge.knows(now.sector(), pattern.snapshotVersion())) {
      return Suppression.STALE;
    }
    Long touched = knowledge.head(now.sector()).state().touched().get(element);
    if (touched != null && touched > pattern.snapshotVersion()) {
      return Suppression.STALE;
    }
    if (now.governance().isHeld(HoldTarget.PROPOSALS)
        || now.governance().isChangeHeld(List.of(element))) {
      return Suppression.HELD;
    }
    if (book.isHeld(element, now.ms())) {
      return Suppression.OPEN;
    }
    if (book.isOverRate(now.ms())) {
      return Suppression.RATE;
    }
    return book.isFull() ? Suppression.FULL : null;
  }

  private void tick(Now now) throws Exception {
    Optional<LostPromotion> last = lost.tick();
    if (last.isPresent()) {
      promotions.promoteAgain(last.get(), now);
    }
    if (!lost.isWaiting()) {
      requests.settle(now);
    }
    book.freeExpired(now.ms());
    imports.expire(now.ms());
    aftercare.expire(now.ms());
  }

  private void observe(TypeSample sample, Now now) throws Exception {
    recent.add(sample);
    if (lost.isWaiting()) {
      return;
    }
    Optional<Aftercare.Violation> violation = aftercare.observe(sample);
    if (violation.isPresent()) {
      violations.inc();
      promotions.rollBack(violation.get(), now);
    }
  }

  private void acknowledge(SectorSignal signal, Context context, Collector<OutboundMessage> out)
      throws Exception {
    if (knowledge.isBegun()) {
      lost.acknowledged(signal, knowledge.head(signal.sector()).state());
    }
    Outlet outlet = new Outlet(options.log(), signal.sector(), context, out);
    for (AwaitedPromotion promotion : watch.acknowledge(signal)) {
      outlet.receipt(
          ExecuteReceipts.completed(
              signal.sector(),
              promotion.proposalId(),
              "promoted",
              promotion.snapshotId(),
              promotion.snapshotId(),
              promotion.recordedAtMs()));
    }
  }

  private void suppress(Suppression reason) {
    Counter counter = suppressed.get(reason);
    if (counter != null) {
      counter.inc();
    }
  }
}
