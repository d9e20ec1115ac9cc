package io.knhk.detection;

/**
 * The level and spread of a key's own recent buckets, and of the run of unusual buckets that has
 * not been learnt.
 *
 * <p>Exponentially weighted mean and variance: each bucket moves them by a share of 1/n while there
 * are few, later of 2/(N+1), where N is how many buckets the baseline remembers (D. H. D. West,
 * "Updating mean and variance estimates: an improved method", CACM 22(9), 1979; T. Finch,
 * "Incremental calculation of weighted mean and variance", 2009). An unusual bucket is set aside,
 * so that one burst does not widen what counts as normal; when as many in a row are unusual as a
 * warm-up takes, they are the new normal, and their mean and variance replace the old.
 *
 * @param buckets how many have been learnt, 0 to 2^31-1, after which it stays
 * @param mean of what was learnt, 0 when nothing was
 * @param variance of the same, never negative
 * @param run unusual buckets in a row, at most the warm-up's length less 1
 * @param runMean mean over the run, 0 when there is none
 * @param runSquares sum of squared deviations from it
 */
public record Baseline(
    int buckets, double mean, double variance, int run, double runMean, double runSquares) {
  public static final Baseline NONE = new Baseline(0, 0, 0, 0, 0, 0);

  boolean trusted(int warmupBuckets) {
    return buckets >= warmupBuckets;
  }

  /** This baseline after a bucket that was as usual, which ends a run of unusual ones. */
  Baseline learn(double x, int rememberedBuckets) {
    int n = buckets == Integer.MAX_VALUE ? buckets : buckets + 1;
    double share = Math.max(1.0 / n, 2.0 / (rememberedBuckets + 1.0));
    double difference = x - mean;
    double step = share * difference;
    return new Baseline(
        n, mean + step, Math.max(0, (1 - share) * (variance + difference * step)), 0, 0, 0);
  }

  /** This baseline after an unusual bucket; the run's own level once it is as long as a warm-up. */
  Baseline setAside(double x, int warmupBuckets) {
    int n = run + 1;
    double difference = x - runMean;
    double nowMean = runMean + difference / n;
    double nowSquares = Math.max(0, runSquares + difference * (x - nowMean));
    if (n >= warmupBuckets) {
      return new Baseline(n, nowMean, nowSquares / n, 0, 0, 0);
    }
    return new Baseline(buckets, mean, variance, n, nowMean, nowSquares);
  }

  /**
   * How many standard deviations {@code x} is away. The variance is at least {@code floor}, above
   * 0, and widened for what a mean of few buckets leaves unknown.
   */
  double deviations(double x, double floor, int rememberedBuckets) {
    double known = Math.max(1, Math.min(buckets, rememberedBuckets));
    return Math.abs(x - mean) / Math.sqrt(Math.max(variance, floor) * (1 + 1 / known));
  }
}
