package io.knhk.operators.promote;

/** State: a verified snapshot that waits for the versions before it. */
public record PendingSnapshot(long version, long recordedAtMs, byte[] encoded) {}
