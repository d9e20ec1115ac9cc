package io.knhk.schemas.detection;

import org.jspecify.annotations.Nullable;

/**
 * What a detector says of one window, before anybody knows which receipts it rests on.
 *
 * @param windowStartMs event time, inclusive
 * @param windowEndMs event time, exclusive
 * @param confidence 0 to 1: how unlikely the window is if nothing had changed, 1 being certain
 * @param observed the figure that was judged (a count, a share, a mean, a silence in ms)
 * @param expected what the baseline or the snapshot let expect, in the same unit
 * @param count observations in the window
 * @param mismatch the mismatches that make up a SCHEMA_MISMATCH, else null
 */
public record Finding(
    PatternKind kind,
    long windowStartMs,
    long windowEndMs,
    double confidence,
    double observed,
    double expected,
    long count,
    @Nullable MismatchTally mismatch) {
  public Finding {
    if (!(confidence >= 0 && confidence <= 1)) {
      throw new IllegalArgumentException(
          "expected a confidence between 0 and 1: confidence=" + confidence);
    }
  }
}
