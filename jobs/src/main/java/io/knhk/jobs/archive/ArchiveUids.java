package io.knhk.jobs.archive;

/**
 * Permanent names: state in a savepoint is found again by them. Committed as a list in the tests;
 * never change one.
 */
final class ArchiveUids {
  static final String RECEIPTS = "receipts";
  static final String SNAPSHOTS = "snapshots";
  static final String DEAD_LETTERS = "dead-letters";
  static final String KNOWLEDGE = "knowledge";
  static final String VERIFY_RECEIPTS = "verify-receipts";
  static final String VERIFY_SNAPSHOTS = "verify-snapshots";
  static final String READ_DEAD_LETTERS = "read-dead-letters";
  static final String VERIFY_KNOWLEDGE = "verify-knowledge";
  static final String TABLES = "tables";

  private ArchiveUids() {}
}
