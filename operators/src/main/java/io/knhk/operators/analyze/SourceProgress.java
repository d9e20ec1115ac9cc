package io.knhk.operators.analyze;

/** State: how far a source has come, as monitor last broadcast it. */
public record SourceProgress(
    String sector, String source, long clockMs, long seenMs, long recordedAtMs) {}
