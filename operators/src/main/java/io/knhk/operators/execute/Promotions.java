package io.knhk.operators.execute;

import io.knhk.knowledge.Ancestor;
import io.knhk.knowledge.CompiledChange;
import io.knhk.knowledge.Proposer;
import io.knhk.knowledge.Snapshot;
import io.knhk.knowledge.Validation;
import io.knhk.knowledge.governance.Answer;
import io.knhk.knowledge.governance.Held;
import io.knhk.knowledge.governance.Holds;
import io.knhk.knowledge.governance.Request;
import io.knhk.knowledge.governance.RequestState;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.Proposal;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes a validated change the head: state, receipts, what is broadcast, and what follows. */
final class Promotions {
  private final ExecuteOptions options;
  private final SectorKnowledge knowledge;
  private final PromotionWatch watch;
  private final Aftercare aftercare;

  Promotions(
      ExecuteOptions options,
      SectorKnowledge knowledge,
      PromotionWatch watch,
      Aftercare aftercare) {
    this.options = options;
    this.knowledge = knowledge;
    this.watch = watch;
    this.aftercare = aftercare;
  }

  /**
   * Promotes what the validation found good; false when what would be broadcast is too large, and
   * then nothing happens.
   *
   * @param request that people approved, null when the change promotes by itself
   */
  boolean promote(
      Proposal proposal,
      Validation validation,
      String verdictId,
      @Nullable Request request,
      Now now)
      throws Exception {
    Snapshot next = validation.shadow().orElseThrow();
    CompiledChange change = validation.change().orElseThrow();
    SectorKnowledge.Head before = knowledge.head(now.sector());
    boolean isWayBack = proposal.rule().equals(Proposal.ROLLBACK);
    long toVersion = isWayBack ? versionOf(next.id(), now.sector()) : 0;
    List<StoredDelta> undone = isWayBack ? knowledge.deltasAfter(toVersion) : List.of();
    SortedSet<String> elements = ChangedElements.of(change);
    if (!proposal.element().startsWith(Proposer.BY_PERSON)) {
      elements.add(proposal.element());
    }
    SectorKnowledge.Head head =
        knowledge.promote(
            now.sector(),
            next,
            change.types(),
            proposal.delta(),
            proposal.id(),
            elements,
            now.ms());
    if (head == null) {
      return false;
    }
    if (request != null) {
      now.governance().end(request.id(), RequestState.APPROVED, "promoted", now.ms());
    }
    now.outlet().receipt(ExecuteReceipts.promoted(proposal, head, verdictId, request));
    if (isWayBack) {
      aftercare.endFrom(toVersion + 1);
      now.outlet()
          .receipt(
              ExecuteReceipts.rolledBack(
                  now.sector(),
                  head,
                  before.state().version(),
                  toVersion,
                  proposal.summary(),
                  List.of(proposal.id()),
                  now.ms()));
      holdUndone(undone, elements, request == null ? "" : request.id(), proposal.summary(), now);
    }
    send(proposal, head, now);
    watchTypes(head, change, now);
    Notices.promoted(proposal, head, request, now);
    return true;
  }

  /**
   * Leaves a promotion that was found harmful, for what was promoted before it and validated then;
   * with it goes everything since. Nobody is asked: what protects observations from a change may
   * not wait for people. What was undone is held, and watched no more. What cannot be undone stops
   * all promotions until a person has looked.
   */
  void rollBack(Aftercare.Violation violation, Now now) throws Exception {
    WatchedPromotion promotion = violation.promotion();
    SectorKnowledge.Head head = knowledge.head(now.sector());
    now.outlet().receipt(ExecuteReceipts.violated(now.sector(), violation, now.ms()));
    Notices.violation(violation, now);
    aftercare.endFrom(promotion.version());
    List<StoredDelta> since = knowledge.deltasAfter(promotion.version() - 1);
    String reason =
        "invariant Q2 was found broken: eventType="
            + violation.eventType()
            + ", version="
            + promotion.version();
    if (since.isEmpty()
        || since.get(0).version() != promotion.version()
        || !undo(promotion, since, head, reason, now)) {
      hold(HoldTarget.PROMOTIONS, reason + ", and it cannot be undone", now);
    }
  }

  private boolean undo(
      WatchedPromotion promotion,
      List<StoredDelta> since,
      SectorKnowledge.Head head,
      String reason,
      Now now)
      throws Exception {
    Delta delta = knowledge.wayBack(promotion.version() - 1);
    if (!(head.snapshot().apply(delta) instanceof Snapshot.Applied.Changed changed)
        || !(CompiledChange.of(head.snapshot(), head.compiled(), delta)
            instanceof CompiledChange.Outcome.Compiled compiled)) {
      return false;
    }
    SortedSet<String> elements = ChangedElements.of(compiled.change());
    SectorKnowledge.Head next =
        knowledge.promote(
            now.sector(),
            changed.snapshot(),
            compiled.change().types(),
            delta,
            "",
            elements,
            now.ms());
    if (next == null) {
      return false;
    }
    now.outlet()
        .receipt(
            ExecuteReceipts.rolledBack(
                now.sector(),
                next,
                head.state().version(),
                promotion.version() - 1,
                reason,
                List.of(promotion.snapshotId()),
                now.ms()));
    holdUndone(since, elements, "", reason, now);
    sendTriples(next, delta, now);
    now.outlet().snapshot(next);
    now.governance().headChanged(next.state().snapshotId(), now.ms());
    return true;
  }

  private static void hold(HoldTarget target, String reason, Now now) {
    if (!now.governance().isHeld(target)
        && now.governance().hold(target, "", "", reason, "", now.ms())
            instanceof Answer.Accepted<Held> held) {
      Governed.publish(held.value(), now.outlet());
    }
  }

  /** What this state knows holds again, after snapshots whose triples were lost. */
  void promoteAgain(LostPromotion last, Now now) throws Exception {
    SectorKnowledge.Head head = knowledge.promoteAgain(now.sector(), last, now.ms());
    aftercare.endFrom(0);
    now.outlet()
        .receipt(ExecuteReceipts.promotedAgain(now.sector(), head, last.version(), now.ms()));
    now.outlet().snapshot(head);
    now.outlet()
        .triples(
            head.state().version(),
            head.state().snapshotId(),
            "",
            head.state().parentId(),
            new Delta(knowledge.baseLines(), List.of()),
            now.ms());
  }

  /** Publishes the triples of every version that this state knows, once. */
  void publishHistory(Now now) throws Exception {
    if (!knowledge.takeUnpublished()) {
      return;
    }
    List<Ancestor> history = knowledge.history(now.sector());
    Ancestor first = history.get(0);
    now.outlet()
        .triples(
            first.version(),
            first.snapshotId(),
            "",
            first.parentId(),
            new Delta(knowledge.baseLines(), List.of()),
            now.ms());
    for (StoredDelta delta : knowledge.deltasInOrder()) {
      now.outlet()
          .triples(
              delta.version(),
              delta.snapshotId(),
              delta.parentId(),
              delta.parentId(),
              new Delta(delta.added(), delta.removed()),
              now.ms());
    }
  }

  private void send(Proposal proposal, SectorKnowledge.Head head, Now now) throws Exception {
    sendTriples(head, proposal.delta(), now);
    now.outlet().snapshot(head);
    watch.await(
        new AwaitedPromotion(
            head.state().version(), head.state().snapshotId(), proposal.id(), now.ms(), List.of()));
    now.governance().headChanged(head.state().snapshotId(), now.ms());
  }

  private static void sendTriples(SectorKnowledge.Head head, Delta delta, Now now) {
    SectorHead state = head.state();
    now.outlet()
        .triples(
            state.version(),
            state.snapshotId(),
            state.parentId(),
            state.parentId(),
            delta,
            now.ms());
  }

  private void watchTypes(SectorKnowledge.Head head, CompiledChange change, Now now)
      throws Exception {
    List<CompiledType> changed =
        change.typesBefore().values().stream()
            .filter(type -> !type.equals(change.typesAfter().get(type.name())))
            .toList();
    aftercare.watch(head, changed, head.compiled().types(), now.ms() + options.watchMs());
  }

  /** What was left is not proposed again by drift that goes on, until a person lets it. */
  private static void holdUndone(
      List<StoredDelta> undone,
      SortedSet<String> elements,
      String requestId,
      String reason,
      Now now) {
    SortedSet<String> keys = new TreeSet<>(elements);
    for (StoredDelta delta : undone) {
      keys.add(Holds.contentKey(new Delta(delta.added(), delta.removed())));
    }
    for (Held held : now.governance().holdChanges(keys, "", reason, requestId, now.ms())) {
      Governed.publish(held, now.outlet());
    }
  }

  /** The latest version before the head that said what this snapshot says. */
  private long versionOf(String snapshotId, String sector) throws Exception {
    List<Ancestor> history = knowledge.history(sector);
    for (int i = history.size() - 2; i >= 0; i--) {
      if (history.get(i).snapshotId().equals(snapshotId)) {
        return history.get(i).version();
      }
    }
    throw new IllegalStateException("expected an ancestor: snapshotId=" + snapshotId);
  }
}
