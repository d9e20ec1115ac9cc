package io.knhk.detection;

import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.DetectorParameters;
import java.util.ArrayList;
import java.util.List;

/**
 * Too many or too few observations in a bucket.
 *
 * <p>A Shewhart c-chart on a moving {@link Baseline}: the count is compared with the mean of the
 * key's own recent counts, in standard deviations. The variance is taken to be at least the mean,
 * as a Poisson process has it (and at least 1), so that a key with few, regular observations does
 * not call each one more an anomaly. An unusual count is not learnt, unless as many in a row are
 * unusual as a warm-up takes. Confidence is {@link Confidence#unimodal}.
 *
 * <p>Beside it the plain limit: more than {@code maxPerBucket} is RATE_EXCEEDED, baseline or not,
 * with the confidence that it is the rate and not only this count that is beyond the limit ({@link
 * Confidence#poissonAbove}).
 */
final class FrequencyDetector {
  private static final double VARIANCE_MIN = 1;

  private FrequencyDetector() {}

  /** The baseline from now on, and at most one finding of each kind. */
  record Step(Baseline baseline, List<Finding> findings) {}

  static Step judge(Baseline baseline, BucketStats bucket, DetectorParameters parameters) {
    List<Finding> findings = new ArrayList<>(2);
    double count = (double) bucket.count();
    double z =
        baseline.deviations(
            count, Math.max(baseline.mean(), VARIANCE_MIN), parameters.baselineBuckets());
    boolean unusual =
        parameters.frequencyZ() > 0
            && baseline.trusted(parameters.warmupBuckets())
            && z > parameters.frequencyZ();
    if (unusual) {
      findings.add(
          finding(PatternKind.FREQUENCY_ANOMALY, bucket, Confidence.unimodal(z), baseline.mean()));
    }
    if (parameters.maxPerBucket() > 0 && bucket.count() > parameters.maxPerBucket()) {
      findings.add(
          finding(
              PatternKind.RATE_EXCEEDED,
              bucket,
              Confidence.poissonAbove(count, (double) parameters.maxPerBucket()),
              (double) parameters.maxPerBucket()));
    }
    Baseline next =
        unusual
            ? baseline.setAside(count, parameters.warmupBuckets())
            : baseline.learn(count, parameters.baselineBuckets());
    return new Step(next, findings);
  }

  private static Finding finding(
      PatternKind kind, BucketStats bucket, double confidence, double expected) {
    return new Finding(
        kind,
        bucket.startMs(),
        bucket.endMs(),
        confidence,
        (double) bucket.count(),
        expected,
        bucket.count(),
        null);
  }
}
