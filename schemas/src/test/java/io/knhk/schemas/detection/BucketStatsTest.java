package io.knhk.schemas.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class BucketStatsTest {
  private static final BucketStats EMPTY = BucketStats.empty(0, 1_000, 0);

  private static BucketStats of(List<Long> values) {
    BucketStats bucket = EMPTY;
    for (Long value : values) {
      bucket = bucket.with((double) value, false);
    }
    return bucket;
  }

  private static BigInteger wide(long high, long low) {
    return BigInteger.valueOf(high).shiftLeft(64).add(new BigInteger(Long.toUnsignedString(low)));
  }

  @Provide
  Arbitrary<List<Long>> values() {
    return Arbitraries.longs()
        .between(-BucketStats.SCALED_MAX, BucketStats.SCALED_MAX)
        .list()
        .ofMaxSize(200);
  }

  @Property(tries = 500)
  void shouldBeExactWhateverTheValues(@ForAll("values") List<Long> values) {
    BigInteger sum = BigInteger.ZERO;
    BigInteger squares = BigInteger.ZERO;
    for (Long value : values) {
      sum = sum.add(BigInteger.valueOf(value));
      squares = squares.add(BigInteger.valueOf(value).pow(2));
    }
    BucketStats bucket = of(values);
    assertThat(wide(bucket.sumHigh(), bucket.sumLow())).isEqualTo(sum);
    assertThat(wide(bucket.squaresHigh(), bucket.squaresLow())).isEqualTo(squares);
    assertThat(bucket.count()).isEqualTo(values.size());
    if (!values.isEmpty()) {
      BigDecimal n = BigDecimal.valueOf(values.size());
      BigDecimal mean = new BigDecimal(sum).divide(n, MathContext.DECIMAL128);
      double tolerance = Math.abs(mean.doubleValue()) * 1e-15;
      assertThat(bucket.mean()).isCloseTo(mean.doubleValue(), within(tolerance));
      assertThat(bucket.variance()).isNotNegative();
    }
  }

  @Property(tries = 500)
  void shouldAddUpToTheSameWhereverItIsCut(
      @ForAll("values") List<Long> values, @ForAll @IntRange(max = 200) int cut) {
    int at = Math.min(cut, values.size());
    BucketStats head = of(values.subList(0, at));
    BucketStats tail = of(values.subList(at, values.size()));
    assertThat(head.plus(tail)).isEqualTo(of(values));
    assertThat(tail.plus(head)).isEqualTo(of(values));
  }

  @Property
  void shouldHoldItsTimeWhenBeforeTheEpochToo(
      @ForAll @LongRange(min = -100_000_000_000L, max = 100_000_000_000L) long timeMs,
      @ForAll @LongRange(min = 1_000, max = 86_400_000) long lengthMs) {
    long start = BucketStats.startOf(timeMs, lengthMs);
    assertThat(timeMs).isBetween(start, start + lengthMs - 1);
    assertThat(Math.floorMod(start, lengthMs)).isZero();
  }

  @Test
  void shouldKeepTheDigitsWhenTheSumIsASmallNegativeNumber() {
    BucketStats bucket = BucketStats.empty(0, 1_000, 2).with(-5, false);
    assertThat(bucket.mean()).isEqualTo(-5);
    assertThat(bucket.variance()).isZero();
  }

  @Test
  void shouldKeepTheSpreadWhenItIsSmallBesideTheMean() {
    BucketStats bucket =
        BucketStats.empty(0, 1_000, 3).with(1_000_000.001, false).with(1_000_000.003, false);
    assertThat(bucket.variance()).isCloseTo(1e-6, within(1e-15));
  }

  @Test
  void shouldCountButNotSumWhenValueIsTooLargeOrNotANumber() {
    BucketStats bucket = BucketStats.empty(0, 1_000, 6);
    for (double value : new double[] {1e300, -1e300, Double.NaN, Double.POSITIVE_INFINITY}) {
      bucket = bucket.with(value, true);
    }
    assertThat(bucket.count()).isEqualTo(4);
    assertThat(bucket.errors()).isEqualTo(4);
    assertThat(bucket.unsummable()).isEqualTo(4);
    assertThat(bucket.mean()).isNaN();
    assertThat(bucket.variance()).isNaN();
  }

  @Test
  void shouldSumTheLimitItselfButNotBeyond() {
    assertThat(EMPTY.with((double) BucketStats.SCALED_MAX, false).unsummable()).isZero();
    assertThat(EMPTY.with((double) -BucketStats.SCALED_MAX, false).unsummable()).isZero();
    assertThat(EMPTY.with((double) BucketStats.SCALED_MAX + 2, false).unsummable()).isEqualTo(1);
  }

  @Test
  void shouldRefuseWhenBucketsDiffer() {
    assertThatThrownBy(() -> EMPTY.plus(BucketStats.empty(1_000, 1_000, 0)))
        .hasMessageContaining("same start");
    assertThatThrownBy(() -> EMPTY.plus(BucketStats.empty(0, 1_000, 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
