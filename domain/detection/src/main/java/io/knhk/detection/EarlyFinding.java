package io.knhk.detection;

import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.PatternKind;

/**
 * A finding from a bucket that was closed early to make room, waiting for the next judgement to
 * hand it on. As {@link Finding}, without what Flink's record serializer does not take.
 */
public record EarlyFinding(
    PatternKind kind,
    long windowStartMs,
    long windowEndMs,
    double confidence,
    double observed,
    double expected,
    long count) {
  static EarlyFinding of(Finding finding) {
    return new EarlyFinding(
        finding.kind(),
        finding.windowStartMs(),
        finding.windowEndMs(),
        finding.confidence(),
        finding.observed(),
        finding.expected(),
        finding.count());
  }

  Finding finding() {
    return new Finding(
        kind, windowStartMs, windowEndMs, confidence, observed, expected, count, null);
  }
}
