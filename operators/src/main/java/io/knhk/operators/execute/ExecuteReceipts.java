package io.knhk.operators.execute;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.knowledge.Compatibility;
import io.knhk.knowledge.ShadowTestResult;
import io.knhk.knowledge.StageResult;
import io.knhk.knowledge.Validation;
import io.knhk.knowledge.Witness;
import io.knhk.knowledge.governance.Request;
import io.knhk.ledger.Subjects;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.observation.SampledObservation;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What execute says of each step. The evidence is bounded: a delta is named by its hash and its
 * size.
 */
final class ExecuteReceipts {
  private ExecuteReceipts() {}

  static ReceiptDraft begun(String sector, SectorKnowledge.Head head, long recordedAtMs) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("version", head.state().version());
    evidence.put("triples", head.snapshot().size());
    evidence.put("eventTypes", head.compiled().types().size());
    return new ReceiptDraft(
        sector,
        Operation.SectorUpdated,
        recordedAtMs,
        recordedAtMs,
        "begun",
        head.state().snapshotId(),
        head.state().snapshotId(),
        List.of(),
        evidence.toString());
  }

  static ReceiptDraft proposed(Proposal proposal, String snapshotId) {
    ObjectNode evidence = proposalEvidence(proposal);
    evidence.put("rule", proposal.rule());
    evidence.put("summary", WitnessEvidence.cut(proposal.summary()));
    evidence.put("loosens", proposal.loosens());
    evidence.put("confidence", proposal.confidence());
    evidence.put("basisVersion", proposal.basisVersion());
    evidence.put("added", proposal.delta().added().size());
    evidence.put("removed", proposal.delta().removed().size());
    evidence.put("delta", deltaId(proposal));
    return draft(
        proposal,
        Operation.ProposalGenerated,
        "proposed",
        proposal.id(),
        snapshotId,
        List.of(proposal.patternId()),
        evidence,
        proposal.recordedAtMs());
  }

  static ReceiptDraft validated(
      Proposal proposal, Validation validation, String snapshotId, long recordedAtMs) {
    ObjectNode evidence = proposalEvidence(proposal);
    evidence.put("parentId", snapshotId);
    validation.compatibility().ifPresent(is -> evidence.put("compatibility", lower(is)));
    ArrayNode stages = evidence.putArray("stages");
    for (StageResult result : validation.stages()) {
      addStage(stages.addObject(), result, validation);
    }
    String outcome = validation.passed() ? "passed" : "failed";
    ObjectNode identity = evidence.deepCopy();
    identity.put("outcome", outcome);
    return draft(
        proposal,
        Operation.ValidationExecuted,
        outcome,
        Subjects.ofContent(identity),
        snapshotId,
        List.of(proposal.id()),
        evidence,
        recordedAtMs);
  }

  /**
   * @param outcome pending, tried, approved, refused, rejected, revoked or expired
   * @param cause subject of the verdict, or of the decision before, that this follows from
   * @param requestId that people decided on, empty for none
   */
  static ReceiptDraft decided(
      Proposal proposal,
      String outcome,
      String reason,
      String cause,
      String snapshotId,
      long recordedAtMs,
      String requestId) {
    ObjectNode evidence = proposalEvidence(proposal);
    evidence.put("reason", reason);
    if (!requestId.isEmpty()) {
      evidence.put("requestId", requestId);
    }
    return draft(
        proposal,
        Operation.TransactionDecided,
        outcome,
        identity(evidence, outcome),
        snapshotId,
        List.of(cause),
        evidence,
        recordedAtMs);
  }

  /**
   * @param request that people approved, null when it promotes by itself
   */
  static ReceiptDraft promoted(
      Proposal proposal, SectorKnowledge.Head head, String verdictId, @Nullable Request request) {
    ObjectNode evidence = proposalEvidence(proposal);
    evidence.put("version", head.state().version());
    evidence.put("parentId", head.state().parentId());
    if (request != null) {
      evidence.put("requestId", request.id());
      evidence.put("demonstration", request.isByDemonstration());
    }
    return draft(
        proposal,
        Operation.SnapshotPromoted,
        "promoted",
        head.state().snapshotId(),
        head.state().snapshotId(),
        List.of(verdictId),
        evidence,
        proposal.recordedAtMs());
  }

  /** What the head says holds again, after versions whose triples were lost with the state. */
  static ReceiptDraft promotedAgain(
      String sector, SectorKnowledge.Head head, long lostVersion, long recordedAtMs) {
    return rolledBack(
        sector,
        head,
        lostVersion,
        head.state().version(),
        "the state was behind the committed log",
        List.of(head.state().parentId()),
        recordedAtMs);
  }

  /**
   * What an earlier version said holds again.
   *
   * @param fromVersion that was in force
   * @param toVersion whose content holds again, or the new one where that is not known
   */
  static ReceiptDraft rolledBack(
      String sector,
      SectorKnowledge.Head head,
      long fromVersion,
      long toVersion,
      String reason,
      List<String> causes,
      long recordedAtMs) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("fromSnapshotId", head.state().parentId());
    evidence.put("fromVersion", fromVersion);
    evidence.put("toVersion", toVersion);
    evidence.put("reason", WitnessEvidence.cut(reason));
    evidence.put("version", head.state().version());
    return new ReceiptDraft(
        sector,
        Operation.RollbackExecuted,
        recordedAtMs,
        recordedAtMs,
        "executed",
        head.state().snapshotId(),
        head.state().snapshotId(),
        causes,
        evidence.toString());
  }

  /** One shadow test that was run for a proposal. */
  static ReceiptDraft shadowTest(
      Proposal proposal, ShadowTestResult result, String snapshotId, long recordedAtMs) {
    ObjectNode evidence = proposalEvidence(proposal);
    evidence.put("test", WitnessEvidence.cut(result.test()));
    evidence.put("label", WitnessEvidence.cut(result.label()));
    evidence.put("checks", result.checks());
    Witness failure = result.failure();
    if (failure != null) {
      WitnessEvidence.addTo(evidence, List.of(failure));
    }
    String outcome = result.passed() ? "passed" : "failed";
    return draft(
        proposal,
        Operation.ShadowTestExecuted,
        outcome,
        identity(evidence, outcome),
        snapshotId,
        List.of(proposal.id()),
        evidence,
        recordedAtMs);
  }

  /** A promoted snapshot that was found to break an invariant on what was observed after it. */
  static ReceiptDraft violated(String sector, Aftercare.Violation violation, long recordedAtMs) {
    WatchedPromotion promotion = violation.promotion();
    WatchedType figures = violation.figures();
    SampledObservation witness = violation.witness();
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("invariant", "Q2 type soundness");
    evidence.put("proposalId", promotion.proposalId());
    evidence.put("version", promotion.version());
    evidence.put("eventType", violation.eventType());
    evidence.put("checked", figures.checked());
    evidence.put("nonConforming", figures.nonConforming());
    evidence.put("examined", figures.examined());
    evidence.put("regressed", figures.regressed());
    ObjectNode example = evidence.putObject("witness");
    example.put("source", witness.observation().source());
    example.put("id", witness.observation().id());
    example.put("partition", witness.partition());
    example.put("offset", witness.offset());
    return new ReceiptDraft(
        sector,
        Operation.InvariantViolation,
        recordedAtMs,
        recordedAtMs,
        "violated",
        identity(evidence, "violated"),
        promotion.snapshotId(),
        List.of(promotion.snapshotId()),
        evidence.toString());
  }

  /**
   * @param cause the snapshot that every subtask runs now, or the decision that ended the proposal
   */
  static ReceiptDraft completed(
      String sector,
      String proposalId,
      String outcome,
      String cause,
      String snapshotId,
      long recordedAtMs) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("proposalId", proposalId);
    ObjectNode identity = evidence.deepCopy();
    identity.put("cause", cause);
    return new ReceiptDraft(
        sector,
        Operation.LoopCycleCompleted,
        recordedAtMs,
        recordedAtMs,
        outcome,
        identity(identity, outcome),
        snapshotId,
        List.of(cause),
        evidence.toString());
  }

  private static ReceiptDraft draft(
      Proposal proposal,
      Operation operation,
      String outcome,
      String subject,
      String snapshotId,
      List<String> causes,
      ObjectNode evidence,
      long recordedAtMs) {
    return new ReceiptDraft(
        proposal.sector(),
        operation,
        proposal.eventTimeMs(),
        recordedAtMs,
        outcome,
        subject,
        snapshotId,
        causes,
        evidence.toString());
  }

  /** The witnesses are those of the first failure; the document of the proposal has all. */
  private static void addStage(ObjectNode stage, StageResult result, Validation validation) {
    stage.put("stage", result.stage());
    stage.put("checked", result.checked());
    ObjectNode figures = stage.putObject("figures");
    result.figures().forEach((name, figure) -> figures.put(name, (long) figure));
    if (result instanceof StageResult.Passed passed) {
      stage.put("passed", true);
      if (!passed.remarks().isEmpty()) {
        stage.put("remarks", passed.remarks().size());
      }
    } else if (result instanceof StageResult.Failed failed) {
      stage.put("passed", false);
      if (validation.failure().filter(failed::equals).isPresent()) {
        WitnessEvidence.addTo(stage, failed.witnesses());
      } else {
        stage.put("witnessesLeftOut", failed.witnesses().size());
      }
    } else if (result instanceof StageResult.NotRun notRun) {
      stage.putNull("passed");
      stage.put("reason", notRun.reason());
    }
  }

  private static String lower(Compatibility compatibility) {
    return compatibility.name().toLowerCase(Locale.ROOT);
  }

  private static ObjectNode proposalEvidence(Proposal proposal) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("proposalId", proposal.id());
    evidence.put("element", proposal.element());
    return evidence;
  }

  private static String identity(ObjectNode evidence, String outcome) {
    ObjectNode content = evidence.deepCopy();
    content.put("outcome", outcome);
    return Subjects.ofContent(content);
  }

  private static String deltaId(Proposal proposal) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    ArrayNode added = content.putArray("added");
    proposal.delta().added().forEach(added::add);
    ArrayNode removed = content.putArray("removed");
    proposal.delta().removed().forEach(removed::add);
    return Subjects.ofContent(content);
  }
}
