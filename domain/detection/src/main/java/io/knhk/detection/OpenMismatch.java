package io.knhk.detection;

import io.knhk.schemas.detection.MismatchTally;

/**
 * Mismatches on one element since the snapshot last changed.
 *
 * @param tally all of them
 * @param fromMs start of the first bucket that held one, event time, inclusive
 * @param untilMs event time by which the last had been seen, exclusive
 * @param reportedCount how many there were when they were last reported, 0 when they never were
 */
public record OpenMismatch(MismatchTally tally, long fromMs, long untilMs, long reportedCount) {
  OpenMismatch plus(MismatchTally more, long moreFromMs, long moreUntilMs) {
    return new OpenMismatch(
        tally.plus(more),
        Math.min(fromMs, moreFromMs),
        Math.max(untilMs, moreUntilMs),
        reportedCount);
  }

  OpenMismatch reported() {
    return new OpenMismatch(tally, fromMs, untilMs, tally.count());
  }

  /** Name within the key: one element has one. */
  String element() {
    return tally.kind().name() + "#" + tally.attribute();
  }

  static int order(MismatchTally a, MismatchTally b) {
    int byKind = a.kind().compareTo(b.kind());
    return byKind != 0 ? byKind : a.attribute().compareTo(b.attribute());
  }
}
