package io.knhk.operators.record;

import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.Comparator;
import java.util.Set;

/**
 * The order in which the drafts of one epoch are numbered, whatever order they arrived in: what
 * causes comes before what is caused, then by recorded time, then by subject. Two drafts that are
 * equal in all of it are the same statement.
 */
final class DraftOrder {
  static final Comparator<ReceiptDraft> ORDER =
      Comparator.<ReceiptDraft>comparingInt(DraftOrder::phase)
          .thenComparingLong(ReceiptDraft::recordedAtMs)
          .thenComparing(ReceiptDraft::subject)
          .thenComparing(ReceiptDraft::outcome)
          .thenComparing(ReceiptDraft::evidence);

  /** Outcomes of a SectorUpdated that somebody asked for. */
  private static final Set<String> BY_PEOPLE = Set.of("approver", "held", "released");

  private DraftOrder() {}

  private static int phase(ReceiptDraft draft) {
    return switch (draft.operation()) {
      case LedgerRestored -> -1;
      case KeyRotated -> 0;
      // A sector begins before all else; what people change in it follows from what they decided.
      case SectorUpdated -> BY_PEOPLE.contains(draft.outcome()) ? 8 : 0;
      case ObservationIngested, ObservationsRejected -> 1;
      case PatternDetected -> 2;
      case GuardRelaxationRequested -> 3;
      case ProposalGenerated -> 4;
      case ShadowTestExecuted -> 5;
      case ValidationExecuted -> 6;
      case TransactionDecided, InvariantViolation -> 7;
      case SnapshotPromoted,
          RollbackExecuted,
          GuardRelaxationApproved,
          DoctrineRuleAdded,
          CodegenCompleted,
          WeaverValidationPassed ->
          8;
      case LoopCycleCompleted -> 9;
    };
  }
}
