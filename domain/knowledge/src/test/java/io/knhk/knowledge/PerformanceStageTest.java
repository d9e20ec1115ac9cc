package io.knhk.knowledge;

import static io.knhk.knowledge.Changes.SH;
import static io.knhk.knowledge.Changes.change;
import static io.knhk.knowledge.Changes.fin;
import static io.knhk.knowledge.Changes.integer;
import static io.knhk.knowledge.Changes.payment;
import static io.knhk.knowledge.Changes.recent;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PerformanceStageTest {
  private static final Changes CHANGE =
      change().replace(fin("payment.authorised::value"), SH + "maxInclusive", integer(9_000));

  @Test
  void shouldCountTheSampleWhenThereIsOne() {
    StageResult result =
        check(ValidationLimits.DEFAULT, recent(payment(1, "EUR"), payment(2, "USD")));
    // 1 for the type, 2 for the value; the currency: found, datatype, required, one table of texts.
    assertThat(result.figures())
        .containsEntry("observations", 2L)
        .containsEntry("steps", 2L * (1 + 2 + 4))
        .containsEntry("stepsHighest", 7L)
        .containsEntry("bytes", 2L * ("payment.authorised".length() + "currency".length() + 3))
        .containsEntry("nsHighest", (long) Math.ceil(7 * 5 + 29 * 0.5));
    assertThat(result).isInstanceOf(StageResult.Passed.class);
  }

  @Test
  void shouldFailWhenTheDearestObservationIsBeyondTheBudget() {
    ValidationLimits at = ValidationLimits.builder().observationNsMax(50).build();
    assertThat(check(at, recent(payment(1, "EUR")))).isInstanceOf(StageResult.Passed.class);
    ValidationLimits below = ValidationLimits.builder().observationNsMax(49).build();
    StageResult.Failed failed = (StageResult.Failed) check(below, recent(payment(1, "EUR")));
    assertThat(failed.witnesses().get(0).message())
        .isEqualTo("expected a cheap check of an observation: ns=50, limit=49, steps=7, bytes=29");
    assertThat(failed.witnesses().get(0).source()).startsWith("//bank/core/");
  }

  @Test
  void shouldTakeTheDearestAllowedWhenNothingWasSampled() {
    StageResult result = check(ValidationLimits.DEFAULT, Context.NONE);
    assertThat(result.figures()).containsEntry("observations", 0L);
    assertThat(result.figures().get("stepsHighest")).isEqualTo(1 + 2 + 4 + 2 + 2);
  }

  private static StageResult check(ValidationLimits limits, Context context) {
    return PerformanceStage.check(CHANGE.candidate(context), CHANGE.compiled(), limits);
  }
}
