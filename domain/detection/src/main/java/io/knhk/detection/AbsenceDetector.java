package io.knhk.detection;

import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.DetectorParameters;
import java.util.Optional;

/**
 * Nothing for longer than the snapshot says there should be something. The window begins when
 * something was last seen.
 *
 * <p>A silence shows in one of three ways. The source has moved on in event time and the key has
 * not. The source itself has sent nothing, so that its event time stands still, and recorded time
 * shows how long. Or it is over already: data that are replayed faster than judgements are made can
 * hold a whole silence between two of them, and then the gap between two buckets, which is never
 * longer than the silence, is what tells.
 *
 * <p>Confidence is one less the chance that a Poisson process at the key's usual rate (its
 * frequency baseline, and at least one in {@code expectedEveryMs}) is silent for as long ({@link
 * Confidence#silent}): at least 0.63.
 */
final class AbsenceDetector {
  private AbsenceDetector() {}

  /**
   * The silence that began with the last observation, if it is too long.
   *
   * @param lastSeenMs when the key was last seen, event time
   * @param sourceClockMs of the source, event time, {@link KeyState#NEVER} when unknown
   * @param sourceRecordedAtMs recorded time of the last that the source sent of anything
   * @param nowRecordedMs recorded time now
   */
  static Optional<Finding> judge(
      long lastSeenMs,
      long sourceClockMs,
      long sourceRecordedAtMs,
      long nowRecordedMs,
      Baseline frequency,
      DetectorParameters parameters) {
    long expectedMs = parameters.expectedEveryMs();
    if (expectedMs <= 0 || lastSeenMs == KeyState.NEVER) {
      return Optional.empty();
    }
    long byClockMs = silence(sourceClockMs, lastSeenMs);
    long byRecordMs = silence(nowRecordedMs, sourceRecordedAtMs);
    long silenceMs = byRecordMs > expectedMs ? Math.max(byClockMs, byRecordMs) : byClockMs;
    return silenceMs > expectedMs
        ? Optional.of(finding(lastSeenMs, silenceMs, frequency, parameters))
        : Optional.empty();
  }

  /** The silence between two buckets that held something, if it is too long. */
  static Optional<Finding> judgeGap(
      long fromMs, long untilMs, Baseline frequency, DetectorParameters parameters) {
    long expectedMs = parameters.expectedEveryMs();
    long silenceMs = silence(untilMs, fromMs);
    return expectedMs > 0 && silenceMs > expectedMs
        ? Optional.of(finding(fromMs, silenceMs, frequency, parameters))
        : Optional.empty();
  }

  private static long silence(long nowMs, long sinceMs) {
    return nowMs == KeyState.NEVER || sinceMs == KeyState.NEVER ? 0 : Math.max(0, nowMs - sinceMs);
  }

  private static Finding finding(
      long sinceMs, long silenceMs, Baseline frequency, DetectorParameters parameters) {
    double perMs = 1.0 / (double) parameters.expectedEveryMs();
    if (frequency.trusted(parameters.warmupBuckets())) {
      perMs = Math.max(perMs, frequency.mean() / (double) parameters.bucketMs());
    }
    return new Finding(
        PatternKind.ABSENCE,
        sinceMs,
        sinceMs + silenceMs,
        Confidence.silent(perMs * (double) silenceMs),
        (double) silenceMs,
        (double) parameters.expectedEveryMs(),
        0,
        null);
  }
}
