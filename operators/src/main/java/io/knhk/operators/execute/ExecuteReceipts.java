package io.knhk.operators.execute;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.knowledge.StageResult;
import io.knhk.knowledge.Validation;
import io.knhk.ledger.Subjects;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.List;

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
    evidence.put("summary", proposal.summary());
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

  static ReceiptDraft validated(Proposal proposal, Validation validation, String snapshotId) {
    ObjectNode evidence = proposalEvidence(proposal);
    evidence.put("parentId", snapshotId);
    ArrayNode stages = evidence.putArray("stages");
    for (StageResult result : validation.stages()) {
      addStage(stages.addObject(), result);
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
        proposal.recordedAtMs());
  }

  /**
   * @param outcome pending, refused or expired
   * @param cause subject of the verdict, or of the decision before, that this follows from
   */
  static ReceiptDraft decided(
      Proposal proposal,
      String outcome,
      String reason,
      String cause,
      String snapshotId,
      long recordedAtMs) {
    ObjectNode evidence = proposalEvidence(proposal);
    evidence.put("reason", reason);
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

  static ReceiptDraft promoted(Proposal proposal, SectorKnowledge.Head head, String verdictId) {
    ObjectNode evidence = proposalEvidence(proposal);
    evidence.put("version", head.state().version());
    evidence.put("parentId", head.state().parentId());
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
  static ReceiptDraft rolledBack(
      String sector, SectorKnowledge.Head head, long lostVersion, long recordedAtMs) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("fromSnapshotId", head.state().parentId());
    evidence.put("fromVersion", lostVersion);
    evidence.put("reason", "the state was behind the committed log");
    evidence.put("version", head.state().version());
    return new ReceiptDraft(
        sector,
        Operation.RollbackExecuted,
        recordedAtMs,
        recordedAtMs,
        "executed",
        head.state().snapshotId(),
        head.state().snapshotId(),
        List.of(head.state().parentId()),
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

  private static void addStage(ObjectNode stage, StageResult result) {
    stage.put("stage", result.stage());
    stage.put("checked", result.checked());
    ObjectNode figures = stage.putObject("figures");
    result.figures().forEach((name, figure) -> figures.put(name, (long) figure));
    if (result instanceof StageResult.Failed failed) {
      WitnessEvidence.addTo(stage, failed.witnesses());
    }
    stage.put("passed", result instanceof StageResult.Passed);
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
