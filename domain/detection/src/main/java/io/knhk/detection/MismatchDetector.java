package io.knhk.detection;

import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.detection.MismatchTally;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.DetectorParameters;
import io.knhk.schemas.observation.Datatype;

/**
 * Observations that do not conform to the ontology in the same way again and again: {@code
 * mismatchMinCount} on one element are a finding, and twice as many as last time are the next, so
 * that n mismatches give at most log2 n findings.
 *
 * <p>Confidence that what is seen is how the element is, and not a slip. {@code mismatchMinCount}
 * is how many the snapshot wants to see before it believes, which is read as odds of nine to one;
 * the odds grow with the count, as they do for the mean of a Beta(0, mismatchMinCount/9) prior
 * after that many successes, and up to twofold with the share of the key's observations that are
 * so. Never below 0.9, therefore, once there is a finding; except where an unknown attribute was
 * now a number, now a text: no datatype fits that, and the confidence is halved.
 */
final class MismatchDetector {
  private static final double ODDS_AT_MIN_COUNT = 9;
  private static final double INCONSISTENT_FACTOR = 0.5;

  private MismatchDetector() {}

  static boolean due(OpenMismatch mismatch, DetectorParameters parameters) {
    long count = mismatch.tally().count();
    return mismatch.reportedCount() == 0
        ? count >= parameters.mismatchMinCount()
        : count / 2 >= mismatch.reportedCount();
  }

  /**
   * What is said of a mismatch that is {@link #due}.
   *
   * @param observed observations of the key in the same time
   */
  static Finding finding(OpenMismatch mismatch, long observed, DetectorParameters parameters) {
    MismatchTally tally = mismatch.tally();
    return new Finding(
        PatternKind.SCHEMA_MISMATCH,
        mismatch.fromMs(),
        Math.max(mismatch.untilMs(), mismatch.fromMs()),
        confidence(tally, observed, parameters.mismatchMinCount()),
        (double) tally.count(),
        0,
        Math.max(observed, tally.count()),
        tally);
  }

  static double confidence(MismatchTally tally, long observed, long mismatchMinCount) {
    double share = (double) tally.count() / (double) Math.max(observed, tally.count());
    double times = (double) tally.count() / (double) mismatchMinCount;
    double confidence = Confidence.odds(ODDS_AT_MIN_COUNT * times * (1 + share));
    return consistent(tally) ? confidence : INCONSISTENT_FACTOR * confidence;
  }

  /** Texts have no number, so a STRING that had one was made of different datatypes. */
  private static boolean consistent(MismatchTally tally) {
    return tally.kind() != MismatchKind.UNKNOWN_ATTRIBUTE
        || tally.datatype() != Datatype.STRING
        || tally.min() > tally.max();
  }
}
