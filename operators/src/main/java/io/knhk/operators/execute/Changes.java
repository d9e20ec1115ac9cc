package io.knhk.operators.execute;

import io.knhk.knowledge.Author;
import io.knhk.knowledge.Candidate;
import io.knhk.knowledge.ChangeScope;
import io.knhk.knowledge.CompiledChange;
import io.knhk.knowledge.Context;
import io.knhk.knowledge.GuardImpact;
import io.knhk.knowledge.ShadowTestResult;
import io.knhk.knowledge.StageResult;
import io.knhk.knowledge.Validation;
import io.knhk.knowledge.ValidationPipeline;
import io.knhk.knowledge.governance.Answer;
import io.knhk.knowledge.governance.Asked;
import io.knhk.knowledge.governance.Criticality;
import io.knhk.knowledge.governance.Holds;
import io.knhk.knowledge.governance.NewRequest;
import io.knhk.knowledge.governance.Person;
import io.knhk.knowledge.governance.Refusal;
import io.knhk.knowledge.governance.Request;
import io.knhk.knowledge.governance.RequestKind;
import io.knhk.knowledge.governance.RequestState;
import io.knhk.registry.Telemetry;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.observation.SampledObservation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What happens to a change of triples, whoever it comes from: it is validated in the shadow, and
 * then promoted, left to people, or refused.
 */
final class Changes {
  private static final int WINDOW = 1_000;
  private static final String NOBODY_DECIDED = "nobody decided in time";

  private final ExecuteOptions options;
  private final SectorKnowledge knowledge;
  private final ProposalBook book;
  private final RecentObservations recent;
  private final Promotions promotions;
  private final ValidationPipeline pipeline;
  private final Counter passed;
  private final Counter failed;
  private final Counter expired;
  private final Histogram validationMs;

  Changes(
      ExecuteOptions options,
      SectorKnowledge knowledge,
      ProposalBook book,
      RecentObservations recent,
      Promotions promotions,
      MetricGroup metrics) {
    this.options = options;
    this.knowledge = knowledge;
    this.book = book;
    this.recent = recent;
    this.promotions = promotions;
    this.pipeline = ValidationPipeline.bundled(options.limits(), System::nanoTime);
    this.passed = validations(metrics, "passed");
    this.failed = validations(metrics, "failed");
    this.expired = metrics.counter(Telemetry.EXECUTE_EXPIRED);
    this.validationMs =
        metrics.histogram(
            Telemetry.EXECUTE_VALIDATION_DURATION, new DescriptiveStatisticsHistogram(WINDOW));
  }

  /** Validates a new change and decides what becomes of it. */
  void submit(Proposal proposal, Origin origin, Now now) throws Exception {
    String snapshotId = headId(now);
    now.outlet().receipt(ExecuteReceipts.proposed(proposal, snapshotId));
    Judged judged = judge(proposal, origin, ProposalDocuments.SUBMITTED, now);
    Validation validation = judged.validation();
    if (origin.isDryRun()) {
      decide(proposal, "tried", failure(validation), judged.verdictId(), origin.requestId(), now);
      return;
    }
    Optional<CompiledChange> change = validation.change();
    if (!validation.passed() || change.isEmpty()) {
      refuse(proposal, failure(validation), judged.verdictId(), origin.requestId(), now);
      return;
    }
    Asked.Change asked = asked(proposal, origin.kind(), change.get());
    Optional<String> why = whyPeopleDecide(proposal, origin, asked, change.get(), now);
    if (why.isPresent()) {
      letWait(proposal, origin, asked, judged.verdictId(), why.get(), now);
    } else if (!promotions.promote(proposal, validation, judged.verdictId(), null, now)) {
      refuse(proposal, tooLarge(), judged.verdictId(), origin.requestId(), now);
    }
  }

  /** Carries out a change that people approved: validated once more, against the head as it is. */
  void carryOut(Request request, Now now) throws Exception {
    Asked.Change asked = (Asked.Change) request.asked().asked();
    Optional<PendingProposal> waiting = book.find(asked.proposalId());
    if (waiting.isEmpty()) {
      Request ended =
          now.governance()
              .end(
                  request.id(),
                  RequestState.REFUSED,
                  "its triples are not known any more",
                  now.ms());
      now.outlet().receipt(receipts(now).ended(ended, "refused"));
      Notices.ended(ended, now);
      return;
    }
    book.remove(asked.proposalId());
    Proposal proposal = waiting.get().proposal().at(now.ms());
    now.outlet()
        .receipt(
            receipts(now)
                .ended(
                    request,
                    "approved",
                    "enough people agreed",
                    proposal,
                    waiting.get().verdictId()));
    Judged judged = judge(proposal, origin(request, now), ProposalDocuments.CARRIED_OUT, now);
    String reason = failure(judged.validation());
    if (judged.validation().passed() && asksForMore(request, asked, proposal, judged)) {
      reason = "it needs more agreement than when it was asked for: ask again";
    } else if (judged.validation().passed()) {
      if (promotions.promote(proposal, judged.validation(), judged.verdictId(), request, now)) {
        return;
      }
      reason = tooLarge();
    }
    now.governance().end(request.id(), RequestState.REFUSED, reason, now.ms());
    refuse(proposal, reason, judged.verdictId(), request.id(), now);
  }

  /** Whether against the head as it is now the change does more than people were asked about. */
  private static boolean asksForMore(
      Request request, Asked.Change asked, Proposal proposal, Judged judged) {
    Optional<CompiledChange> change = judged.validation().change();
    if (change.isEmpty()) {
      return true;
    }
    Asked.Change now = asked(proposal, request.kind(), change.get());
    return now.criticality().compareTo(request.requirement().criticality()) < 0
        || !asked.scope().effects().containsAll(now.scope().effects())
        || !(asked.scope().eventTypes().isEmpty()
            || asked.scope().eventTypes().containsAll(now.scope().eventTypes()));
  }

  /** Ends a change that waited, as its request ended: rejected, revoked or expired. */
  void end(Request request, Now now) throws Exception {
    Asked.Change asked = (Asked.Change) request.asked().asked();
    Optional<PendingProposal> waiting = book.find(asked.proposalId());
    if (waiting.isEmpty()) {
      return;
    }
    book.remove(asked.proposalId());
    String reason = request.reason();
    if (request.state() == RequestState.REVOKED) {
      book.free(asked.element());
    } else if (request.state() == RequestState.EXPIRED) {
      expired.inc();
      reason = NOBODY_DECIDED;
    }
    String outcome = request.state().code();
    ReceiptDraft decision =
        receipts(now)
            .ended(request, outcome, reason, waiting.get().proposal(), waiting.get().verdictId());
    now.outlet().receipt(decision);
    complete(waiting.get().proposal(), outcome, decision.subject(), now);
  }

  /** Opens requests for what waited in state of a release in which nobody could decide. */
  void openPending(Now now) throws Exception {
    for (PendingProposal waiting : book.all()) {
      Proposal proposal = waiting.proposal();
      SectorKnowledge.Head head = knowledge.head(now.sector());
      Answer<Request> answer =
          CompiledChange.of(head.snapshot(), head.compiled(), proposal.delta())
                  instanceof CompiledChange.Outcome.Compiled compiled
              ? now.governance()
                  .open(
                      new NewRequest(
                          proposal.id(),
                          asked(proposal, RequestKind.CHANGE, compiled.change()),
                          proposal.summary(),
                          "",
                          ""),
                      headId(now),
                      now.ms())
              : Answer.refused(Refusal.ENDED, "the change does not apply to the head any more");
      if (answer instanceof Answer.Refused<Request> no) {
        book.remove(proposal.id());
        refuse(proposal, no.reason().code() + ": " + no.detail(), waiting.verdictId(), "", now);
      }
    }
  }

  private record Judged(Validation validation, String verdictId) {}

  /**
   * @param revision of the document that says what was found
   */
  private Judged judge(Proposal proposal, Origin origin, long revision, Now now) throws Exception {
    SectorKnowledge.Head head = knowledge.head(now.sector());
    Map<String, List<SampledObservation>> sample = recent.all();
    Validation validation =
        pipeline.validate(
            new Candidate(
                head.snapshot(),
                head.compiled(),
                knowledge.history(now.sector()),
                proposal,
                origin.evidenceRecordedAtMs(),
                now.ms(),
                new Context(
                    origin.author(),
                    sample,
                    now.governance().doctrine().rules(),
                    now.governance().relaxedGuards(now.ms()))));
    (validation.passed() ? passed : failed).inc();
    validationMs.update(
        validation.measuredNs().values().stream().mapToLong(Long::longValue).sum() / 1_000_000);
    String snapshotId = head.state().snapshotId();
    for (ShadowTestResult result : validation.shadowTests()) {
      now.outlet().receipt(ExecuteReceipts.shadowTest(proposal, result, snapshotId, now.ms()));
    }
    ReceiptDraft verdict = ExecuteReceipts.validated(proposal, validation, snapshotId, now.ms());
    now.outlet().receipt(verdict);
    now.outlet()
        .document(
            Kind.PROPOSAL,
            proposal.id(),
            revision,
            now.ms(),
            ProposalDocuments.of(proposal, origin, validation, sample));
    return new Judged(validation, verdict.subject());
  }

  private static Asked.Change asked(Proposal proposal, RequestKind kind, CompiledChange change) {
    SortedSet<String> keys = new TreeSet<>();
    keys.add(Holds.contentKey(proposal.delta()));
    keys.add(proposal.element());
    return new Asked.Change(
        kind,
        proposal.id(),
        proposal.element(),
        keys,
        ChangeScope.of(proposal, change),
        criticality(change));
  }

  /** Of the most critical guard that the change weakens and people may agree to. */
  private static Criticality criticality(CompiledChange change) {
    Criticality most = Criticality.LOW;
    for (GuardImpact impact : GuardImpact.of(change)) {
      if (impact.weakened() && impact.takesApproval()) {
        Criticality criticality = Criticality.ofRank(impact.guard().criticalityRank());
        most = criticality.compareTo(most) < 0 ? criticality : most;
      }
    }
    return most;
  }

  /** Empty when the change promotes by itself. */
  private Optional<String> whyPeopleDecide(
      Proposal proposal, Origin origin, Asked.Change asked, CompiledChange change, Now now) {
    if (!origin.author().isLoop()) {
      return Optional.of("a person asks for it");
    }
    if (proposal.loosens()) {
      return Optional.of("it loosens what was stated");
    }
    if (options.evolutionOf(now.sector()) != Evolution.EVOLVE) {
      return Optional.of("people decide in this sector");
    }
    SortedSet<String> guards = new TreeSet<>();
    for (GuardImpact impact : GuardImpact.of(change)) {
      if (impact.changed() || impact.weakened()) {
        guards.add(impact.guard().iri());
      }
    }
    return now.governance().whyPeopleDecide(asked, proposal.confidence(), guards, now.ms());
  }

  private void letWait(
      Proposal proposal,
      Origin origin,
      Asked.Change asked,
      String verdictId,
      String reason,
      Now now)
      throws Exception {
    Answer<Request> answer =
        now.governance()
            .open(
                new NewRequest(
                    origin.requestId(),
                    asked,
                    proposal.summary(),
                    origin.author().person(),
                    origin.author().onBehalfOf()),
                headId(now),
                now.ms());
    if (answer instanceof Answer.Refused<Request> refused) {
      refuse(
          proposal,
          refused.reason().code() + ": " + refused.detail(),
          verdictId,
          origin.requestId(),
          now);
      return;
    }
    Request request = ((Answer.Accepted<Request>) answer).value();
    book.wait(proposal, verdictId, request.expiresAtMs());
    decide(proposal, "pending", reason, verdictId, request.id(), now);
    Notices.pending(request, now);
  }

  private void refuse(Proposal proposal, String reason, String verdictId, String requestId, Now now)
      throws Exception {
    if (!isByPerson(proposal)) {
      book.hold(proposal);
    }
    ReceiptDraft decision = decide(proposal, "refused", reason, verdictId, requestId, now);
    complete(proposal, "refused", decision.subject(), now);
    Notices.refused(proposal, reason, requestId, now);
  }

  private ReceiptDraft decide(
      Proposal proposal, String outcome, String reason, String cause, String requestId, Now now)
      throws Exception {
    ReceiptDraft decision =
        ExecuteReceipts.decided(proposal, outcome, reason, cause, headId(now), now.ms(), requestId);
    now.outlet().receipt(decision);
    return decision;
  }

  /** Ends a proposal otherwise than by promotion, which completes its cycle. */
  private void complete(Proposal proposal, String outcome, String cause, Now now) throws Exception {
    now.outlet()
        .receipt(
            ExecuteReceipts.completed(
                now.sector(), proposal.id(), outcome, cause, headId(now), now.ms()));
  }

  private static Origin origin(Request request, Now now) {
    NewRequest asked = request.asked();
    SortedSet<Role> roles =
        now.governance()
            .registry()
            .person(asked.author())
            .map(Person::roles)
            .orElseGet(TreeSet::new);
    return new Origin(
        request.kind(),
        new Author(asked.author(), roles, asked.onBehalfOf()),
        request.id(),
        request.submittedAtMs(),
        false);
  }

  private GovernanceReceipts receipts(Now now) throws Exception {
    return new GovernanceReceipts(now.sector(), headId(now), now.ms());
  }

  private String headId(Now now) throws Exception {
    return knowledge.head(now.sector()).state().snapshotId();
  }

  private static String failure(Validation validation) {
    return validation
        .failure()
        .map(StageResult.Failed::stage)
        .map(stage -> "stage " + stage + " failed")
        .orElse("every stage passed");
  }

  /** What a person asks for is not proposed again by itself, so nothing has to be kept quiet. */
  private static boolean isByPerson(Proposal proposal) {
    return proposal.rule().equals(Proposal.BY_HAND) || proposal.isBulk();
  }

  private static String tooLarge() {
    return "the compiled snapshot would be beyond " + CompiledSnapshot.BYTES_MAX + " bytes";
  }

  private static Counter validations(MetricGroup metrics, String outcome) {
    return metrics
        .addGroup(Telemetry.KEY_EXECUTE_OUTCOME, outcome)
        .counter(Telemetry.EXECUTE_VALIDATIONS);
  }
}
