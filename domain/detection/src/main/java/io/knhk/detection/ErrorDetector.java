package io.knhk.detection;

import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.DetectorParameters;
import java.util.Optional;

/**
 * A larger share of errors in a bucket than the snapshot allows, of enough observations for a share
 * to mean something. Keeps nothing. Confidence is that the true rate is beyond the limit, by a
 * one-sided binomial bound ({@link Confidence#binomialAbove}): half of ten says less than half of
 * ten thousand.
 */
final class ErrorDetector {
  private ErrorDetector() {}

  static Optional<Finding> judge(BucketStats bucket, DetectorParameters parameters) {
    long count = bucket.count();
    if (parameters.errorRateMax() <= 0 || count == 0 || count < parameters.errorMinCount()) {
      return Optional.empty();
    }
    double share = (double) bucket.errors() / count;
    if (share <= parameters.errorRateMax()) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            PatternKind.ERROR_SPIKE,
            bucket.startMs(),
            bucket.endMs(),
            Confidence.binomialAbove(bucket.errors(), count, parameters.errorRateMax()),
            share,
            parameters.errorRateMax(),
            count,
            null));
  }
}
