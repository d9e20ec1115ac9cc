package io.knhk.schemas.knowledge;

/**
 * How one event type is watched. A zero switches the detector off where that is said.
 *
 * @param bucketMs length of a bucket of event time, at least 1,000
 * @param baselineBuckets how many buckets the moving baseline remembers, at least 2
 * @param warmupBuckets buckets before the baseline is trusted, at least 2
 * @param frequencyZ standard deviations from the baseline that are an anomaly; 0: off
 * @param maxPerBucket observations in a bucket beyond which it is one; 0: off
 * @param errorRateMax share of errors beyond which it is a spike; 0: off
 * @param errorMinCount observations in a bucket before its share of errors is judged
 * @param expectedEveryMs the longest silence that is normal; 0: off
 * @param driftZ standard deviations of the mean from the baseline that are a drift; 0: off
 * @param mismatchMinCount mismatches on one element before they are a pattern, at least 1
 */
public record DetectorParameters(
    long bucketMs,
    int baselineBuckets,
    int warmupBuckets,
    double frequencyZ,
    long maxPerBucket,
    double errorRateMax,
    long errorMinCount,
    long expectedEveryMs,
    double driftZ,
    long mismatchMinCount) {
  /** For an event type that no snapshot knows: five-minute buckets, mismatches only. */
  public static final DetectorParameters UNKNOWN_TYPE =
      new DetectorParameters(300_000, 12, 6, 0, 0, 0, 0, 0, 0, 20);

  public DetectorParameters {
    if (bucketMs < 1_000 || baselineBuckets < 2 || warmupBuckets < 2 || mismatchMinCount < 1) {
      throw new IllegalArgumentException(
          "expected bucketMs >= 1000, baselineBuckets >= 2, warmupBuckets >= 2, mismatchMinCount >= 1: bucketMs="
              + bucketMs
              + ", baselineBuckets="
              + baselineBuckets
              + ", warmupBuckets="
              + warmupBuckets
              + ", mismatchMinCount="
              + mismatchMinCount);
    }
  }
}
