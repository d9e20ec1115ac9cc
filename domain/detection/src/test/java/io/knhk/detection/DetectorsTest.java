package io.knhk.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.detection.MismatchTally;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.DetectorParameters;
import io.knhk.schemas.observation.Datatype;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DetectorsTest {
  private static MismatchTally unknown(String attribute, Datatype datatype, double number, int n) {
    MismatchTally tally =
        MismatchTally.of(
            new Mismatch(MismatchKind.UNKNOWN_ATTRIBUTE, attribute, datatype, number), 0, 7);
    MismatchTally sum = tally;
    for (int i = 1; i < n; i++) {
      sum = sum.plus(tally);
    }
    return sum;
  }

  @Nested
  class Frequency {
    @Test
    void shouldReportOnceWhenBurstPersistsAndAgainWhenItReturns() {
      Key key = new Key(Params.of(4, 0, 0, 0, 0));
      long i = 0;
      for (; i < 10; i++) {
        key.next(i, 10, 0, 1);
      }
      assertThat(key.found).isEmpty();
      key.next(i++, 60, 0, 1).next(i++, 60, 0, 1);
      assertThat(key.kinds()).containsExactly(PatternKind.FREQUENCY_ANOMALY);
      assertThat(key.found.get(0).expected()).isEqualTo(10);
      assertThat(key.found.get(0).observed()).isEqualTo(60);
      for (int n = 0; n < KeyState.NORMAL_BUCKETS_TO_END; n++) {
        key.next(i++, 10, 0, 1);
      }
      assertThat(key.state.active()).isEmpty();
      key.next(i, 60, 0, 1);
      assertThat(key.found).hasSize(2);
    }

    @Test
    void shouldAdoptNewLevelWhenItPersistsForAWarmUp() {
      Key key = new Key(Params.of(4, 0, 0, 0, 0));
      for (long i = 0; i < 40; i++) {
        key.next(i, i < 20 ? 10 : 100, 0, 1);
      }
      assertThat(key.found).hasSize(1);
      assertThat(key.state.frequency().mean()).isEqualTo(100);
      assertThat(key.state.active()).isEmpty();
    }

    @Test
    void shouldNotLearnBurstWhenItIsShort() {
      Key key = new Key(Params.of(4, 0, 0, 0, 0));
      for (long i = 0; i < 20; i++) {
        key.next(i, i == 12 ? 500 : 10, 0, 1);
      }
      assertThat(key.state.frequency().mean()).isEqualTo(10);
    }

    @Test
    void shouldReportEmptyBucketsWhenTheyLieInAGap() {
      Key key = new Key(Params.of(4, 0, 0, 0, 0));
      for (long i = 0; i < 10; i++) {
        key.next(i, 50, 0, 1);
      }
      key.judge(12_000);
      assertThat(key.kinds()).containsExactly(PatternKind.FREQUENCY_ANOMALY);
      assertThat(key.found.get(0).observed()).isZero();
      assertThat(key.found.get(0).windowStartMs()).isEqualTo(10_000);
    }

    @Test
    void shouldNotReportFewMoreWhenCountsAreRegularAndSmall() {
      Key key = new Key(Params.of(4, 0, 0, 0, 0));
      for (long i = 0; i < 10; i++) {
        key.next(i, 4, 0, 1);
      }
      key.next(10, 10, 0, 1);
      assertThat(key.found).isEmpty();
    }

    @Test
    void shouldReportRateWhenAboveTheLimitWithoutBaseline() {
      Key key = new Key(Params.of(0, 20, 0, 0, 0));
      key.next(0, 20, 0, 1);
      assertThat(key.found).isEmpty();
      key.next(1, 21, 0, 1);
      assertThat(key.kinds()).containsExactly(PatternKind.RATE_EXCEEDED);
    }

    @Test
    void shouldSkipRestOfGapWhenItIsLong() {
      Key key = new Key(Params.of(4, 0, 0, 0, 0));
      key.next(0, 5, 0, 1).judge(365L * 86_400_000);
      assertThat(key.state.emptyBuckets()).isEqualTo(KeyState.GAP_BUCKETS_MAX);
      assertThat(key.state.judgedUntilMs()).isEqualTo(365L * 86_400_000);
      assertThat(key.state.frequency().buckets()).isEqualTo(1 + KeyState.GAP_BUCKETS_MAX);
    }
  }

  @Nested
  class Errors {
    @Test
    void shouldReportSpikeWhenShareAndCountAreReached() {
      Key key = new Key(Params.of(0, 0, 0.25, 0, 0));
      key.next(0, 3, 3, 1).next(1, 4, 1, 1);
      assertThat(key.found).isEmpty();
      key.next(2, 4, 2, 1);
      assertThat(key.kinds()).containsExactly(PatternKind.ERROR_SPIKE);
      assertThat(key.found.get(0).observed()).isEqualTo(0.5);
    }
  }

  @Nested
  class DriftOfValues {
    @Test
    void shouldReportWhenValuesAreAHundredTimesTooLarge() {
      Key key = new Key(Params.of(0, 0, 0, 0, 5));
      for (long i = 0; i < 12; i++) {
        key.next(i, 5, 0, 20.0 + (double) (i % 3));
      }
      assertThat(key.found).isEmpty();
      key.next(12, 5, 0, 2_100);
      assertThat(key.kinds()).containsExactly(PatternKind.VALUE_DRIFT);
      assertThat(key.found.get(0).confidence()).isGreaterThan(0.99);
    }

    @Test
    void shouldAdoptNewLevelWhenItPersistsForAWarmUp() {
      Key key = new Key(Params.of(0, 0, 0, 0, 5));
      for (long i = 0; i < 40; i++) {
        key.next(i, 5, 0, (i < 20 ? 20.0 : 2_000.0) + (double) (i % 3));
      }
      assertThat(key.found).hasSize(1);
      assertThat(key.state.active()).isEmpty();
      assertThat(key.state.drift().centre()).isBetween(1_999.0, 2_003.0);
    }

    @Test
    void shouldChangeNothingWhenBucketHasNoSummableValue() {
      Key key = new Key(Params.of(0, 0, 0, 0, 5));
      key.next(0, 5, 0, 20);
      Drift before = key.state.drift();
      key.next(1, 5, 0, 1e300);
      assertThat(key.state.drift()).isEqualTo(before);
    }
  }

  @Nested
  class Absence {
    private final Key key = new Key(Params.of(0, 0, 0, 5_000, 0));

    @Test
    void shouldReportOnceWhenSourceMovesOnAndAgainAfterSomethingCame() {
      key.next(0, 1, 0, 1);
      key.judgeSilence(5_999, 0, 0);
      assertThat(key.found).isEmpty();
      key.judgeSilence(6_000, 0, 0).judgeSilence(9_000, 0, 0);
      assertThat(key.kinds()).containsExactly(PatternKind.ABSENCE);
      assertThat(key.found.get(0).windowStartMs()).isEqualTo(999);
      assertThat(key.found.get(0).windowEndMs()).isEqualTo(6_000);
      key.next(9, 1, 0, 1);
      assertThat(key.found).as("the gap has been reported while it lasted").hasSize(1);
      assertThat(key.state.active()).isEmpty();
      key.judgeSilence(20_000, 0, 0);
      assertThat(key.found).hasSize(2);
    }

    @Test
    void shouldReportWhenSourceItselfIsSilentOnRecordedTime() {
      key.next(0, 1, 0, 1);
      long lastMs = 1_000_999;
      key.judgeSilence(999, lastMs, lastMs + 5_000);
      assertThat(key.found).isEmpty();
      key.judgeSilence(999, lastMs + 4_000, lastMs + 6_000);
      assertThat(key.found).as("the source sent something else").isEmpty();
      key.judgeSilence(999, lastMs, lastMs + 5_001);
      assertThat(key.kinds()).containsExactly(PatternKind.ABSENCE);
    }

    @Test
    void shouldReportGapWhenReplayWasFasterThanJudgements() {
      key.merge(Key.bucket(0, 1, 0, 1)).merge(Key.bucket(30_000, 1, 0, 1)).judge(31_000);
      assertThat(key.kinds()).containsExactly(PatternKind.ABSENCE);
      assertThat(key.found.get(0).windowStartMs()).isEqualTo(1_000);
      assertThat(key.found.get(0).windowEndMs()).isEqualTo(30_000);
    }

    @Test
    void shouldReportNothingWhenNothingWasEverSeen() {
      key.judgeSilence(Long.MAX_VALUE, 0, Long.MAX_VALUE).judge(Long.MAX_VALUE - 1);
      assertThat(key.found).isEmpty();
    }
  }

  @Nested
  class Mismatches {
    private final Key key = new Key(Params.OFF);

    private void send(MismatchTally tally) {
      key.merge(Key.bucket(0, (int) tally.count(), 0, 1), tally).judge(KeyState.NEVER);
    }

    @Test
    void shouldReportAtMinCountAndThenWhenItDoubles() {
      send(unknown("risk_score", Datatype.DECIMAL, 0.5, 19));
      assertThat(key.found).isEmpty();
      send(unknown("risk_score", Datatype.DECIMAL, 0.5, 1));
      assertThat(key.kinds()).containsExactly(PatternKind.SCHEMA_MISMATCH);
      send(unknown("risk_score", Datatype.DECIMAL, 0.5, 19));
      assertThat(key.found).hasSize(1);
      send(unknown("risk_score", Datatype.DECIMAL, 0.5, 1));
      assertThat(key.found).hasSize(2);
      assertThat(key.found.get(0).confidence()).isGreaterThanOrEqualTo(0.9);
      assertThat(key.found.get(1).confidence()).isGreaterThan(key.found.get(0).confidence());
    }

    @Test
    void shouldStayBelowEvolveWhenDatatypesAreMixed() {
      send(
          unknown("x", Datatype.DECIMAL, 0.5, 1_000)
              .plus(unknown("x", Datatype.STRING, Double.NaN, 1_000)));
      assertThat(key.found.get(0).confidence()).isLessThan(0.9);
    }

    @Test
    void shouldForgetWhenSnapshotChangesAndIgnoreThoseOfAnOlderOne() {
      send(unknown("x", Datatype.DECIMAL, 0.5, 20));
      key.version = 2;
      key.judge(KeyState.NEVER);
      assertThat(key.state.mismatches()).isEmpty();
      assertThat(key.state.active()).isEmpty();
      key.version = 1;
      send(unknown("x", Datatype.DECIMAL, 0.5, 20));
      assertThat(key.state.mismatches()).isEmpty();
      assertThat(key.state.setAside().staleMismatches()).isEqualTo(20);
      assertThat(key.found).hasSize(1);
    }

    @Test
    void shouldHoldBackNewElementsWhenTenAreActiveButNotOtherKinds() {
      key.parameters = Params.of(0, 10, 0, 0, 0);
      for (int i = 0; i < 12; i++) {
        send(unknown("a" + i, Datatype.DECIMAL, 1, 20));
      }
      assertThat(key.found).hasSize(KeyState.ACTIVE_PATTERNS_MAX);
      assertThat(key.state.setAside().suppressed()).isPositive();
      key.judge(1_000);
      assertThat(key.kinds()).contains(PatternKind.RATE_EXCEEDED);
      assertThat(key.state.active()).hasSize(KeyState.ACTIVE_PATTERNS_MAX);
    }
  }

  @Nested
  class Buckets {
    @Test
    void shouldCountPartAsLateButKeepItsMismatchesWhenBucketWasJudged() {
      Key key = new Key(Params.OFF);
      key.next(5, 3, 0, 1);
      key.merge(Key.bucket(2_000, 4, 0, 1), unknown("x", Datatype.DECIMAL, 1, 2));
      assertThat(key.state.lateCount()).isEqualTo(4);
      assertThat(key.state.openBuckets()).isEmpty();
      assertThat(key.state.mismatches().get(0).tally().count()).isEqualTo(2);
    }

    @Test
    void shouldJudgeOldestEarlyAndHandItsFindingOnWhenTooManyAreOpen() {
      Key key = new Key(Params.of(0, 10, 0, 0, 0));
      for (long i = 0; i <= KeyState.OPEN_BUCKETS_MAX; i++) {
        key.merge(Key.bucket(i * 1_000, i == 0 ? 11 : 1, 0, 1));
      }
      assertThat(key.state.openBuckets()).hasSize(KeyState.OPEN_BUCKETS_MAX);
      assertThat(key.state.setAside().closedEarly()).isEqualTo(1);
      key.judge(KeyState.NEVER);
      assertThat(key.kinds()).containsExactly(PatternKind.RATE_EXCEEDED);
      assertThat(key.state.earlyFindings()).isEmpty();
    }

    @Test
    void shouldKeepCountsWhenDecimalsChangeWithinABucket() {
      BucketStats two = Key.bucket(0, 3, 1, 1.25);
      BucketStats six = BucketStats.empty(0, 1_000, 6).with(2.5, false);
      KeyState a = new Key(Params.OFF).merge(two).merge(six).state;
      KeyState b = new Key(Params.OFF).merge(six).merge(two).state;
      assertThat(a).isEqualTo(b);
      BucketStats sum = a.openBuckets().get(0);
      assertThat(sum.count()).isEqualTo(4);
      assertThat(sum.errors()).isEqualTo(1);
      assertThat(sum.mean()).isEqualTo(2.5);
    }
  }

  @Nested
  class ChangedParameters {
    @Test
    void shouldResetFrequencyAloneWhenOnlyItsParametersChange() {
      Key key = new Key(Params.of(4, 0, 0, 0, 4));
      for (long i = 0; i < 8; i++) {
        key.next(i, 5, 0, 20.0 + (double) (i % 2));
      }
      Drift drift = key.state.drift();
      key.parameters = Params.of(5, 0, 0, 0, 4);
      key.version = 2;
      key.judge(KeyState.NEVER);
      assertThat(key.state.frequency()).isEqualTo(Baseline.NONE);
      assertThat(key.state.drift()).isEqualTo(drift);
    }

    @Test
    void shouldMoveOpenBucketsWhenTheNewLengthHoldsThem() {
      Key key = new Key(Params.bucketMs(1_000));
      key.merge(Key.bucket(0, 2, 0, 1)).merge(Key.bucket(1_000, 3, 0, 1));
      key.parameters = Params.bucketMs(10_000);
      key.version = 2;
      key.judge(KeyState.NEVER);
      assertThat(key.state.openBuckets()).extracting(BucketStats::count).containsExactly(5L);
    }

    @Test
    void shouldCountMisfitsWhenTheNewLengthCutsOpenBuckets() {
      Key key = new Key(Params.bucketMs(10_000));
      key.merge(BucketStats.empty(0, 10_000, 2).with(1, false));
      key.parameters = Params.bucketMs(3_000);
      key.version = 2;
      key.judge(KeyState.NEVER);
      assertThat(key.state.openBuckets()).isEmpty();
      assertThat(key.state.setAside().misfit()).isEqualTo(1);
    }

    @Test
    void shouldIgnoreParametersWhenTheyAreOfAnOlderSnapshot() {
      Key key = new Key(Params.bucketMs(1_000));
      key.version = 2;
      key.next(0, 3, 0, 1);
      KeyState before = key.state;
      Judged judged = Detectors.judge(before, KeyState.NEVER, DetectorParameters.UNKNOWN_TYPE, 1);
      assertThat(judged.state()).isSameAs(before);
      assertThat(judged.findings()).isEqualTo(List.<Finding>of());
    }
  }
}
