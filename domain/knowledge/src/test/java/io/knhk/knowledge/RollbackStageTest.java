package io.knhk.knowledge;

import static io.knhk.knowledge.Changes.KNHK;
import static io.knhk.knowledge.Changes.SH;
import static io.knhk.knowledge.Changes.change;
import static io.knhk.knowledge.Changes.fin;
import static io.knhk.knowledge.Changes.integer;
import static io.knhk.knowledge.Changes.recent;
import static io.knhk.knowledge.Changes.seen;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.observation.Attribute;
import org.junit.jupiter.api.Test;

class RollbackStageTest {
  private static final Changes DECIMALS =
      change().replace(fin("payment.authorised"), KNHK + "decimals", integer(3));

  @Test
  void shouldFailWhenTheInverseDoesNotLeadBack() {
    Candidate candidate = DECIMALS.candidate(Context.NONE);
    CompiledChange compiled = DECIMALS.compiled();
    assertThat(RollbackStage.check(candidate, DECIMALS.shadow(), compiled))
        .isInstanceOf(StageResult.Passed.class);
    Snapshot other =
        change().replace(fin("payment.settled"), KNHK + "decimals", integer(3)).shadow();
    Snapshot both = ((Snapshot.Applied.Changed) other.apply(DECIMALS.delta())).snapshot();
    assertThat(RollbackStage.check(candidate, both, compiled))
        .isInstanceOfSatisfying(
            StageResult.Failed.class,
            failed ->
                assertThat(failed.witnesses().get(0).message())
                    .startsWith("expected the head's id"));
    assertThat(RollbackStage.check(candidate, Changes.HEAD, compiled))
        .isInstanceOf(StageResult.Failed.class);
  }

  @Test
  void shouldFailWhenAnAttributeThatIsObservedIsRemoved() {
    Changes removed =
        change()
            .removeAll(fin("payment.settled:scheme"))
            .remove(fin("payment.settled"), SH + "property", fin("payment.settled:scheme"));
    Context carrying = recent(seen("payment.settled", 1, Attribute.ofText("scheme", "sepa")));
    StageResult result =
        RollbackStage.check(removed.candidate(carrying), removed.shadow(), removed.compiled());
    assertThat(result.figures())
        .containsEntry("attributesRemoved", 1L)
        .containsEntry("removedButUsed", 1L)
        .containsEntry("otherSectorsTriplesRemoved", 0L);
    assertThat(((StageResult.Failed) result).witnesses())
        .containsExactly(
            new Witness(
                "payment.settled",
                "scheme",
                "expected nothing removed that is still observed: observations=1",
                "//bank/core/id-1.0 at partition 2, offset 77",
                "stop sending it first"));
    Context without = recent(seen("payment.settled", 1));
    assertThat(
            RollbackStage.check(removed.candidate(without), removed.shadow(), removed.compiled()))
        .isInstanceOf(StageResult.Passed.class);
    StageResult back =
        RollbackStage.check(
            removed.candidate(Proposal.ROLLBACK, carrying), removed.shadow(), removed.compiled());
    assertThat(((StageResult.Passed) back).remarks()).hasSize(1);
  }

  @Test
  void shouldFailWhenAnEventTypeThatIsObservedIsRemovedOrRenamed() {
    Changes renamed = change().replace(fin("payment.settled"), KNHK + "eventType", "\"settled\"");
    StageResult result =
        RollbackStage.check(
            renamed.candidate(recent(seen("payment.settled", 1))),
            renamed.shadow(),
            renamed.compiled());
    assertThat(result).isInstanceOf(StageResult.Failed.class);
    assertThat(result.figures()).containsEntry("eventTypesRemoved", 1L);
  }

  @Test
  void shouldBeReportedWhenAStageBeforeItFailed() {
    Validation validation =
        change()
            .replace(fin("transfer.initiated::value"), SH + "maxInclusive", integer(2_000_000))
            .validate(Context.NONE);
    assertThat(validation.failure().orElseThrow().stage()).isEqualTo("guards");
    assertThat(validation.stages().get(5)).isInstanceOf(StageResult.Passed.class);
    assertThat(validation.stages().get(6)).isInstanceOf(StageResult.Passed.class);
    assertThat(validation.shadow()).isEmpty();
    assertThat(validation.compiled()).isEmpty();
    assertThat(validation.compatibility()).hasValue(Compatibility.BACKWARD);
  }

  @Test
  void shouldNotRunWhenThereIsNoShadow() {
    Validation validation =
        change().add(fin("x"), KNHK + "eventType", "broken").validate(Context.NONE);
    assertThat(validation.stages())
        .extracting(StageResult::stage)
        .isEqualTo(ValidationPipeline.STAGES);
    assertThat(validation.stages().subList(1, 7)).allMatch(StageResult.NotRun.class::isInstance);
    assertThat(validation.compatibility()).isEmpty();
  }

  @Test
  void shouldMeasureEachStageThatRanWithTheClockItWasGiven() {
    long[] now = {0};
    Validation validation =
        ValidationPipeline.bundled(ValidationLimits.DEFAULT, () -> now[0] += 5)
            .validate(DECIMALS.candidate(Context.NONE));
    assertThat(validation.passed()).isTrue();
    // The static stage and the shadow tests look at the clock for limits of their own too.
    assertThat(validation.measuredNs())
        .containsOnlyKeys(ValidationPipeline.STAGES)
        .containsEntry("guards", 5L)
        .containsEntry("compatibility", 5L);
  }
}
