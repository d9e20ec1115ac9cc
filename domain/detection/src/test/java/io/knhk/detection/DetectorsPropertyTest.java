package io.knhk.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.detection.MismatchTally;
import io.knhk.schemas.knowledge.DetectorParameters;
import io.knhk.schemas.observation.Datatype;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class DetectorsPropertyTest {
  private static final DetectorParameters ALL = Params.of(4, 15, 0.3, 20_000, 4);
  private static final List<MismatchKind> KINDS = List.of(MismatchKind.values());
  private static final List<Datatype> DATATYPES = List.of(Datatype.values());

  private record Input(BucketStats part, List<MismatchTally> mismatches, long timeMs) {}

  private static Input input(Random random, long firstBucket, int buckets, int attributes) {
    long startMs = (firstBucket + random.nextInt(buckets)) * Params.BUCKET_MS;
    BucketStats part =
        BucketStats.empty(startMs, Params.BUCKET_MS, 2)
            .with(random.nextGaussian() * 100, random.nextInt(4) == 0);
    List<MismatchTally> mismatches = new ArrayList<>();
    if (random.nextBoolean()) {
      MismatchKind kind = KINDS.get(random.nextInt(KINDS.size()));
      Datatype datatype = DATATYPES.get(random.nextInt(DATATYPES.size()));
      String attribute = "a" + random.nextInt(attributes);
      Mismatch mismatch = new Mismatch(kind, attribute, datatype, random.nextGaussian());
      mismatches.add(MismatchTally.of(mismatch, random.nextInt(3), random.nextInt(1_000)));
    }
    return new Input(part, mismatches, startMs + random.nextInt(1_000));
  }

  private static KeyState merge(KeyState state, Input in) {
    return Detectors.merge(state, in.part, in.mismatches, in.timeMs, in.timeMs + 5, ALL, 1);
  }

  @Property(tries = 200)
  void shouldGiveTheSameWhateverTheOrderOfMerges(@ForAll long seed) {
    Random random = new Random(seed);
    List<Input> inputs = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      inputs.add(input(random, 0, KeyState.OPEN_BUCKETS_MAX, 40));
    }
    List<Input> shuffled = new ArrayList<>(inputs);
    Collections.shuffle(shuffled, random);
    KeyState a = KeyState.empty();
    for (Input in : inputs) {
      a = merge(a, in);
    }
    KeyState b = KeyState.empty();
    for (Input in : shuffled) {
      b = merge(b, in);
    }
    assertThat(b).isEqualTo(a);
    assertThat(Detectors.judge(b, 64_000, ALL, 1)).isEqualTo(Detectors.judge(a, 64_000, ALL, 1));
  }

  @Property(tries = 200)
  void shouldGiveTheSameWhenPartsAreAddedUpBeforeTheyAreMerged(@ForAll long seed) {
    Random random = new Random(seed);
    BucketStats sum = BucketStats.empty(0, Params.BUCKET_MS, 2);
    MismatchTally tallies = null;
    KeyState one = KeyState.empty();
    for (int i = 0; i < 50; i++) {
      BucketStats part =
          BucketStats.empty(0, Params.BUCKET_MS, 2)
              .with(random.nextGaussian() * 1e6, random.nextBoolean());
      MismatchTally tally =
          MismatchTally.of(
              new Mismatch(MismatchKind.WRONG_DATATYPE, "x", Datatype.INTEGER, random.nextInt(99)),
              random.nextInt(3),
              i);
      one = merge(one, new Input(part, List.of(tally), 500));
      sum = sum.plus(part);
      tallies = tallies == null ? tally : tallies.plus(tally);
    }
    assertThat(merge(KeyState.empty(), new Input(sum, List.of(tallies), 500))).isEqualTo(one);
  }

  @Property(tries = 100)
  void shouldFindTheSameWhenJudgedOnTheWayOrOnlyAtTheEnd(
      @ForAll long seed, @ForAll @LongRange(min = 0, max = 64_000) long onTheWayMs) {
    Random random = new Random(seed);
    KeyState state = KeyState.empty();
    for (int i = 0; i < 300; i++) {
      Input in = input(random, 0, KeyState.OPEN_BUCKETS_MAX, 3);
      state = merge(state, new Input(in.part, List.of(), in.timeMs));
    }
    Judged first = Detectors.judge(state, onTheWayMs, ALL, 1);
    Judged second = Detectors.judge(first.state(), 200_000, ALL, 1);
    List<Finding> both = new ArrayList<>(first.findings());
    both.addAll(second.findings());
    Judged once = Detectors.judge(state, 200_000, ALL, 1);
    assertThat(both).isEqualTo(once.findings());
    assertThat(second.state()).isEqualTo(once.state());
  }

  @Property(tries = 50)
  void shouldStayWithinLimitsWhateverComes(@ForAll long seed) {
    Random random = new Random(seed);
    KeyState state = KeyState.empty();
    long clock = 0;
    for (int i = 0; i < 3_000; i++) {
      state = merge(state, input(random, clock, 300, 500));
      if (random.nextInt(200) == 0) {
        clock += random.nextInt(200);
        state = Detectors.judge(state, clock * Params.BUCKET_MS, ALL, 1).state();
        state =
            Detectors.judgeSilence(state, clock * Params.BUCKET_MS, 0, random.nextInt(), ALL, 1)
                .state();
      }
      assertThat(state.openBuckets()).hasSizeLessThanOrEqualTo(KeyState.OPEN_BUCKETS_MAX);
      assertThat(state.mismatches()).hasSizeLessThanOrEqualTo(KeyState.MISMATCHES_MAX);
      assertThat(state.active()).hasSizeLessThanOrEqualTo(KeyState.ACTIVE_PATTERNS_MAX);
      assertThat(state.earlyFindings()).hasSizeLessThanOrEqualTo(KeyState.EARLY_FINDINGS_MAX);
      assertThat(state.emptyBuckets()).isLessThanOrEqualTo(KeyState.GAP_BUCKETS_MAX);
    }
    assertThat(state.setAside().excessMismatches()).isPositive();
    assertThat(state.setAside().closedEarly()).isPositive();
  }

  @Property
  void shouldBeMonotoneAndWithinZeroAndOne(
      @ForAll @DoubleRange(min = 0, max = 1e12) double a,
      @ForAll @DoubleRange(min = 0, max = 1e12) double b,
      @ForAll @DoubleRange(min = 0, max = 1e6) double limit) {
    double low = Math.min(a, b);
    double high = Math.max(a, b);
    assertOrdered(Confidence.unimodal(low), Confidence.unimodal(high));
    assertOrdered(Confidence.poissonAbove(low, limit), Confidence.poissonAbove(high, limit));
    assertOrdered(Confidence.silent(low), Confidence.silent(high));
    assertOrdered(Confidence.odds(low), Confidence.odds(high));
  }

  @Property
  void shouldBeMonotoneInTheErrors(
      @ForAll @IntRange(min = 1, max = 100_000) int n,
      @ForAll @IntRange(max = 100_000) int a,
      @ForAll @IntRange(max = 100_000) int b,
      @ForAll @DoubleRange(min = 0.01, max = 0.99) double limit) {
    int low = Math.min(n, Math.min(a, b));
    int high = Math.min(n, Math.max(a, b));
    assertOrdered(
        Confidence.binomialAbove(low, n, limit), Confidence.binomialAbove(high, n, limit));
  }

  @Property
  void shouldReachEvolveWheneverAMismatchIsDue(
      @ForAll @LongRange(min = 1, max = 1_000_000) long minCount,
      @ForAll @LongRange(max = 1_000_000) long more,
      @ForAll @LongRange(max = 1_000_000_000) long others) {
    long count = minCount + more;
    MismatchTally tally =
        new MismatchTally(MismatchKind.UNKNOWN_ATTRIBUTE, "x", Datatype.DECIMAL, count, 0, 1, 0, 0);
    double confidence = MismatchDetector.confidence(tally, count + others, minCount);
    assertThat(confidence).isBetween(0.9, 1.0);
    assertOrdered(MismatchDetector.confidence(tally, count + 2 * others, minCount), confidence);
  }

  private static void assertOrdered(double low, double high) {
    assertThat(low).isBetween(0.0, 1.0);
    assertThat(high).isBetween(low, 1.0);
  }
}
