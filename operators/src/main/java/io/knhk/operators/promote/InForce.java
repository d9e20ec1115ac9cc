package io.knhk.operators.promote;

/** State: which snapshot was let in last. */
public record InForce(long version, String snapshotId) {}
