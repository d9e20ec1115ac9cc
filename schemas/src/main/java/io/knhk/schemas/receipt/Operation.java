package io.knhk.schemas.receipt;

/** What a receipt can be about, by the name in its body. */
public enum Operation {
  ObservationIngested,
  ObservationsRejected,
  PatternDetected,
  ProposalGenerated,
  ValidationExecuted,
  TransactionDecided,
  SnapshotPromoted,
  LoopCycleCompleted,
  GuardRelaxationRequested,
  GuardRelaxationApproved,
  DoctrineRuleAdded,
  ShadowTestExecuted,
  InvariantViolation,
  RollbackExecuted,
  SectorUpdated,
  CodegenCompleted,
  WeaverValidationPassed,
  KeyRotated,
  LedgerRestored
}
