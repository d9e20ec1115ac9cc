package io.knhk.detection;

import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.DetectorParameters;
import java.util.Optional;

/**
 * Values that have moved away from the key's own recent values.
 *
 * <p>A moving centre line EWMA control chart (D. C. Montgomery and C. M. Mastrangelo, "Some
 * statistical process control methods for autocorrelated data", Journal of Quality Technology
 * 23(3), 1991): the centre line is an exponentially weighted mean of the buckets' means, which
 * forecasts the next one, and what is charted is the error of the forecast, against a moving {@link
 * Baseline} of the errors. The buckets of a real stream follow each other closely; a chart with a
 * fixed centre calls their slow waves a drift, or has limits too wide to see a fault. The price is
 * that a creep slower than the centre line is followed and not reported.
 *
 * <p>The variance is at least what the spread within the bucket leaves open of its mean, and at
 * least one unit of the last declared decimal. A bucket beyond the limits moves neither the line
 * nor the limits, unless as many in a row are as a warm-up takes: then the line moves to their
 * level. Confidence is {@link Confidence#unimodal}.
 */
final class DriftDetector {
  /**
   * Share of the forecast's error by which the centre line moves; 0.05 to 0.25 is what the
   * textbooks advise.
   */
  static final double CENTRE_WEIGHT = 0.2;

  private DriftDetector() {}

  /** What to keep from now on, and what was found. */
  record Step(Drift drift, Optional<Finding> finding) {}

  /** A bucket without values says nothing and changes nothing. */
  static Step judge(Drift drift, BucketStats bucket, DetectorParameters parameters) {
    if (bucket.summed() == 0) {
      return new Step(drift, Optional.empty());
    }
    Baseline errors = drift.errors();
    double mean = bucket.mean();
    double centre = errors.buckets() == 0 ? mean : drift.centre();
    double error = mean - centre;
    double unit = Math.pow(10, -bucket.decimals());
    double floor = Math.max(unit * unit, bucket.variance() / bucket.summed());
    double z = errors.deviations(error, floor, parameters.baselineBuckets());
    boolean unusual =
        parameters.driftZ() > 0
            && errors.trusted(parameters.warmupBuckets())
            && z > parameters.driftZ();
    if (!unusual) {
      Baseline learnt = errors.learn(error, parameters.baselineBuckets());
      return new Step(new Drift(learnt, centre + CENTRE_WEIGHT * error), Optional.empty());
    }
    Finding finding =
        new Finding(
            PatternKind.VALUE_DRIFT,
            bucket.startMs(),
            bucket.endMs(),
            Confidence.unimodal(z),
            mean,
            centre + errors.mean(),
            bucket.count(),
            null);
    Drift next = setAside(errors, error, centre, parameters.warmupBuckets());
    return new Step(next, Optional.of(finding));
  }

  private static Drift setAside(Baseline errors, double error, double centre, int warmupBuckets) {
    Baseline next = errors.setAside(error, warmupBuckets);
    if (next.run() > 0) {
      return new Drift(next, centre);
    }
    Baseline adopted = new Baseline(next.buckets(), 0, next.variance(), 0, 0, 0);
    return new Drift(adopted, centre + next.mean());
  }
}
