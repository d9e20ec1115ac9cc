package io.knhk.operators.promote;

/**
 * State: which snapshot was let in last.
 *
 * @param log the ledger that it is in force in: after another was begun, the old one's name until
 *     the new one's first snapshot is read
 */
public record InForce(String log, long version, String snapshotId) {}
