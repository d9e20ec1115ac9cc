package io.knhk.schemas.detection;

import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * What happened in one half-open bucket of event time, [startMs, startMs + lengthMs). Sums are
 * exact 128-bit two's complement integers of values scaled by 10^decimals, so that merging does not
 * depend on order.
 *
 * @param count observations, those counted in {@code unsummable} included
 * @param errors observations whose outcome was not ok
 * @param unsummable observations whose scaled value was beyond 2^53 and is in no sum, minimum or
 *     maximum
 * @param sumHigh high 64 bits of the sum of scaled values
 * @param sumLow low 64 bits
 * @param squaresHigh high 64 bits of the sum of squared scaled values
 * @param squaresLow low 64 bits
 * @param min smallest scaled value, Long.MAX_VALUE when there is none
 * @param max largest scaled value, Long.MIN_VALUE when there is none
 */
public record BucketStats(
    long startMs,
    long lengthMs,
    int decimals,
    long count,
    long errors,
    long unsummable,
    long sumHigh,
    long sumLow,
    long squaresHigh,
    long squaresLow,
    long min,
    long max) {
  /** Scaled values beyond this are counted and flagged but not summed. */
  public static final long SCALED_MAX = 1L << 53;

  public static BucketStats empty(long startMs, long lengthMs, int decimals) {
    return new BucketStats(
        startMs, lengthMs, decimals, 0, 0, 0, 0, 0, 0, 0, Long.MAX_VALUE, Long.MIN_VALUE);
  }

  /**
   * Start of the bucket of length {@code lengthMs} that holds {@code timeMs}; right before the
   * epoch too.
   */
  public static long startOf(long timeMs, long lengthMs) {
    return Math.floorDiv(timeMs, lengthMs) * lengthMs;
  }

  public long endMs() {
    return startMs + lengthMs;
  }

  /** This bucket with one more observation in it. */
  public BucketStats with(double value, boolean error) {
    double scaled = Math.rint(value * Math.pow(10, decimals));
    long errorsNow = errors + (error ? 1 : 0);
    if (!(Math.abs(scaled) <= SCALED_MAX)) {
      return new BucketStats(
          startMs,
          lengthMs,
          decimals,
          count + 1,
          errorsNow,
          unsummable + 1,
          sumHigh,
          sumLow,
          squaresHigh,
          squaresLow,
          min,
          max);
    }
    long v = (long) scaled;
    long low = sumLow + v;
    long high = sumHigh + (v >> 63) + carry(sumLow, v, low);
    long squareLow = v * v;
    long squares = squaresLow + squareLow;
    long squaresUp = squaresHigh + Math.multiplyHigh(v, v) + carry(squaresLow, squareLow, squares);
    return new BucketStats(
        startMs,
        lengthMs,
        decimals,
        count + 1,
        errorsNow,
        unsummable,
        high,
        low,
        squaresUp,
        squares,
        Math.min(min, v),
        Math.max(max, v));
  }

  /** Both buckets together. They must have the same start, length and decimals. */
  public BucketStats plus(BucketStats other) {
    if (startMs != other.startMs || lengthMs != other.lengthMs || decimals != other.decimals) {
      throw new IllegalArgumentException(
          "expected buckets of the same start, length and decimals: " + this + ", other=" + other);
    }
    long low = sumLow + other.sumLow;
    long squares = squaresLow + other.squaresLow;
    return new BucketStats(
        startMs,
        lengthMs,
        decimals,
        count + other.count,
        errors + other.errors,
        unsummable + other.unsummable,
        sumHigh + other.sumHigh + carry(sumLow, other.sumLow, low),
        low,
        squaresHigh + other.squaresHigh + carry(squaresLow, other.squaresLow, squares),
        squares,
        Math.min(min, other.min),
        Math.max(max, other.max));
  }

  /** Observations that are in the sums. */
  public long summed() {
    return count - unsummable;
  }

  /** Mean value in the unit the values were sent in; NaN when nothing is in the sums. */
  public double mean() {
    return summed() == 0
        ? Double.NaN
        : toBigInteger(sumHigh, sumLow).doubleValue() / summed() / Math.pow(10, decimals);
  }

  /**
   * Population variance in the square of that unit; NaN when nothing is in the sums, never
   * negative.
   */
  public double variance() {
    if (summed() == 0) {
      return Double.NaN;
    }
    // n * sum of squares - square of the sum, exactly: of two large doubles nothing would be left
    // but rounding.
    BigInteger n = BigInteger.valueOf(summed());
    BigInteger sum = toBigInteger(sumHigh, sumLow);
    BigInteger spread =
        n.multiply(toBigInteger(squaresHigh, squaresLow)).subtract(sum.multiply(sum));
    double scaled = spread.doubleValue() / summed() / summed();
    return scaled / Math.pow(10, decimals) / Math.pow(10, decimals);
  }

  /** 1 when adding a to b, both taken as unsigned, to give sum carried over, else 0. */
  private static long carry(long a, long b, long sum) {
    return ((a & b) | ((a | b) & ~sum)) >>> 63;
  }

  private static BigInteger toBigInteger(long high, long low) {
    byte[] bytes = ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
    return new BigInteger(bytes);
  }
}
