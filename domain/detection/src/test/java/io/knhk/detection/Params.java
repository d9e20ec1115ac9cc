package io.knhk.detection;

import io.knhk.schemas.knowledge.DetectorParameters;

/**
 * Parameters with every detector off but those that a test switches on. One-second buckets, warm-up
 * of five.
 */
final class Params {
  static final long BUCKET_MS = 1_000;
  static final DetectorParameters OFF = of(0, 0, 0, 0, 0);

  private Params() {}

  static DetectorParameters of(
      double frequencyZ,
      long maxPerBucket,
      double errorRateMax,
      long expectedEveryMs,
      double driftZ) {
    return new DetectorParameters(
        BUCKET_MS, 10, 5, frequencyZ, maxPerBucket, errorRateMax, 4, expectedEveryMs, driftZ, 20);
  }

  static DetectorParameters bucketMs(long bucketMs) {
    return new DetectorParameters(bucketMs, 10, 5, 4, 0, 0, 4, 0, 4, 20);
  }
}
