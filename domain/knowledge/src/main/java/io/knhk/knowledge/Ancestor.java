package io.knhk.knowledge;

/**
 * A version of a sector's snapshot that was promoted.
 *
 * @param version 1 for the first
 * @param snapshotId 64 hex digits
 * @param parentId snapshotId of the version before, empty for version 1
 * @param promotedAtMs recordedAtMs of the decision
 * @param rollback whether it says again what an earlier version said, on purpose
 */
public record Ancestor(
    long version, String snapshotId, String parentId, long promotedAtMs, boolean rollback) {
  /** One that is no way back. */
  public Ancestor(long version, String snapshotId, String parentId, long promotedAtMs) {
    this(version, snapshotId, parentId, promotedAtMs, false);
  }
}
