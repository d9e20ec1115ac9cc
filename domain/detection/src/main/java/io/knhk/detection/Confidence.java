package io.knhk.detection;

/**
 * How sure a detector may be: bounds that hold whatever the data look like, so 0 to 1 and monotone
 * in the deviation.
 */
final class Confidence {
  private static final double UNIMODAL_TURN = Math.sqrt(8.0 / 3.0);

  private Confidence() {}

  /**
   * One less the largest share of buckets that any distribution with one mode lets fall {@code z}
   * or more standard deviations from its mean (D. F. Vysochanskij and Y. I. Petunin, 1980): 0.95 at
   * 3, 0.97 at 4, 0.99 at 6.7.
   */
  static double unimodal(double z) {
    double share = z >= UNIMODAL_TURN ? 4 / (9 * z * z) : 4 / (3 * z * z) - 1.0 / 3;
    return clip(1 - share);
  }

  /**
   * One less the chance, at most, that a Poisson process with mean {@code limit} gives {@code
   * count} or more (H. Chernoff, 1952); 0 when the count is not above the limit.
   */
  static double poissonAbove(double count, double limit) {
    if (!(count > limit)) {
      return 0;
    }
    return limit <= 0 ? 1 : clip(-Math.expm1(-(count * Math.log(count / limit) - count + limit)));
  }

  /**
   * One less the chance, at most, of {@code hits} or more in {@code n} independent trials of
   * probability {@code limit} (Chernoff's one-sided bound in W. Hoeffding's form, 1963: exp(-n
   * KL(hits/n, limit))); 0 when the share is not above the limit.
   */
  static double binomialAbove(long hits, long n, double limit) {
    double share = (double) hits / n;
    if (!(share > limit)) {
      return 0;
    }
    if (limit <= 0) {
      return 1;
    }
    double rest = share >= 1 ? 0 : (1 - share) * (Math.log1p(-share) - Math.log1p(-limit));
    return clip(-Math.expm1(-n * (share * Math.log(share / limit) + rest)));
  }

  /**
   * One less the chance that a Poisson process that lets expect {@code expected} events shows none.
   */
  static double silent(double expected) {
    return clip(-Math.expm1(-expected));
  }

  /** The probability that odds of {@code odds} to one stand for. */
  static double odds(double odds) {
    return clip(1 - 1 / (1 + odds));
  }

  private static double clip(double confidence) {
    return Double.isNaN(confidence) ? 0 : Math.min(1, Math.max(0, confidence));
  }
}
