package io.knhk.operators.promote;

/**
 * State: a verified snapshot that waits for the versions before it.
 *
 * @param offset where it stands in the topic: of two that could follow, the first does
 */
public record PendingSnapshot(
    long version,
    String snapshotId,
    String parentId,
    long offset,
    long recordedAtMs,
    byte[] encoded) {}
