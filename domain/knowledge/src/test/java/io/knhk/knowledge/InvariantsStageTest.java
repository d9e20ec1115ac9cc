package io.knhk.knowledge;

import static io.knhk.knowledge.Changes.KNHK;
import static io.knhk.knowledge.Changes.SH;
import static io.knhk.knowledge.Changes.change;
import static io.knhk.knowledge.Changes.fin;
import static io.knhk.knowledge.Changes.integer;
import static io.knhk.knowledge.Changes.payment;
import static io.knhk.knowledge.Changes.recent;
import static io.knhk.knowledge.Changes.relaxed;
import static io.knhk.knowledge.Changes.seen;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.SampledObservation;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Q1 in the pipeline is {@link ValidationPipelineTest}'s; here are its way back, and Q2 to Q5. */
class InvariantsStageTest {
  private static final String VALUE = fin("payment.authorised::value");
  private static final ValidationLimits LIMITS = ValidationLimits.DEFAULT;

  @Test
  void shouldAskEveryInvariantWhenOneFails() {
    Changes narrower = change().replace(VALUE, SH + "maxInclusive", integer(50));
    StageResult.Failed failed =
        narrower.validate(recent(payment(100, "EUR"))).failure().orElseThrow();
    assertThat(failed.stage()).isEqualTo("invariants");
    assertThat(failed.figures())
        .containsKeys("Q1.versions", "Q2.sampled", "Q3.guards", "Q4.hotSteps", "Q5.memoryBytes");
    assertThat(failed.checked()).contains("Q1 ", "; Q2 ", "; Q3 ", "; Q4 ", "; Q5 ");
  }

  @Test
  void shouldShowTheFirstOfEachWhenManyAreViolated() {
    Witness many = new Witness("a", "", "many");
    Witness last = new Witness("b", "", "last");
    List<Witness> filled = new ArrayList<>(IntStream.range(0, 20).mapToObj(i -> many).toList());
    StageResult result =
        InvariantsStage.result(
            List.of(
                new Invariant("Q2", "", new TreeMap<>(), filled, List.of()),
                new Invariant("Q5", "", new TreeMap<>(), List.of(last), List.of())));
    assertThat(((StageResult.Failed) result).witnesses()).startsWith(many).contains(last);
  }

  @Nested
  class OfQ1 {
    private final Changes narrower = change().replace(VALUE, SH + "maxInclusive", integer(9_000));
    private final Snapshot shadow = narrower.shadow();
    private final List<Ancestor> back =
        List.of(
            new Ancestor(1, shadow.id(), "", 100),
            new Ancestor(2, Changes.HEAD.id(), shadow.id(), 200));

    @Test
    void shouldLeadBackWhenItIsARollback() {
      assertThat(check(back, Proposal.ROLLBACK).violations()).isEmpty();
      assertThat(check(back, Proposal.BY_HAND).violations())
          .extracting(Witness::message)
          .anyMatch(message -> message.contains("is a rollback, not a change"));
    }

    @Test
    void shouldFailWhenARollbackLeadsSomewhereNew() {
      List<Ancestor> history = List.of(new Ancestor(2, Changes.HEAD.id(), "", 200));
      assertThat(check(history, Proposal.ROLLBACK).violations())
          .extracting(Witness::message)
          .containsExactly("expected a rollback to lead to a snapshot of the history");
    }

    @Test
    void shouldGoOnAfterARollback() {
      List<Ancestor> after = new ArrayList<>(back);
      after.add(0, new Ancestor(0, Changes.HEAD.id(), "", 50));
      after.set(1, new Ancestor(1, "11".repeat(32), Changes.HEAD.id(), 100));
      after.set(2, new Ancestor(2, Changes.HEAD.id(), "11".repeat(32), 200, true));
      assertThat(check(after, Proposal.BY_HAND).violations()).isEmpty();
      after.set(2, new Ancestor(2, Changes.HEAD.id(), "11".repeat(32), 200, false));
      assertThat(check(after, Proposal.BY_HAND).violations()).hasSize(1);
    }

    private Invariant check(List<Ancestor> history, String rule) {
      Proposal proposal = narrower.proposal(rule);
      Proposal based =
          new Proposal(
              proposal.id(),
              proposal.sector(),
              proposal.element(),
              rule,
              false,
              1,
              proposal.patternId(),
              2,
              Changes.HEAD.id(),
              0,
              0,
              "test",
              proposal.delta());
      return NoRetrocausation.check(
          new Candidate(Changes.HEAD, Changes.COMPILED, history, based, 300, 300, Context.NONE),
          shadow);
    }
  }

  @Nested
  class OfQ2 {
    private final Changes narrower = change().replace(VALUE, SH + "maxInclusive", integer(50));

    @Test
    void shouldNameTheObservationWhenOneThatConformedFails() {
      Invariant found = check(narrower, payment(10, "EUR"), payment(100, "EUR"));
      assertThat(found.figures())
          .containsEntry("sampled", 2L)
          .containsEntry("conformedBefore", 2L)
          .containsEntry("failAfter", 1L);
      assertThat(found.violations().get(0).message())
          .contains("failing=1", "conformed=2", "limit=0.01");
      assertThat(found.violations().get(1))
          .isEqualTo(
              new Witness(
                  "payment.authorised",
                  "",
                  "expected an observation that conformed to conform: VALUE_OUT_OF_RANGE",
                  "//bank/core/id-100.0 at partition 2, offset 77",
                  ""));
    }

    @Test
    void shouldHoldAtTheShareAndFailBeyondIt() {
      List<SampledObservation> recent = new ArrayList<>();
      IntStream.range(0, 99).forEach(i -> recent.add(payment(10, "EUR")));
      recent.add(payment(100, "EUR"));
      assertThat(check(narrower, recent.toArray(SampledObservation[]::new)).violations()).isEmpty();
      recent.remove(0);
      assertThat(check(narrower, recent.toArray(SampledObservation[]::new)).violations())
          .isNotEmpty();
    }

    @Test
    void shouldNotCountWhatDidNotConformBefore() {
      Invariant found = check(narrower, payment(10, "EUR"), payment(100, "XXX"));
      assertThat(found.violations()).isEmpty();
      assertThat(found.figures()).containsEntry("conformedBefore", 1L);
    }

    @Test
    void shouldLookAtAffectedTypesAlone() {
      assertThat(check(narrower, seen("payment.settled", 1)).figures())
          .containsEntry("sampled", 0L);
    }

    @Test
    void shouldFailWhenTheEventTypeIsRenamed() {
      Changes renamed =
          change().replace(fin("payment.authorised"), KNHK + "eventType", "\"payment.approved\"");
      assertThat(check(renamed, payment(10, "EUR")).violations().get(1).message())
          .contains("UNKNOWN_EVENT_TYPE");
    }

    @Test
    void shouldRemarkWhenItIsAWayBack() {
      Invariant found =
          TypeSoundness.check(
              narrower.candidate(Proposal.ROLLBACK, recent(payment(100, "EUR"))),
              narrower.compiled(),
              0.01);
      assertThat(found.violations()).isEmpty();
      assertThat(found.remarks()).hasSize(2);
    }

    private Invariant check(Changes changes, SampledObservation... recent) {
      return TypeSoundness.check(changes.candidate(recent(recent)), changes.compiled(), 0.01);
    }
  }

  @Nested
  class OfQ3 {
    private final String guard = fin("payment.authorised::four-eyes");

    @Test
    void shouldFailWhenAGuardIsRemovedOrMovedAway() {
      Changes removed =
          change().removeAll(guard).remove(fin("payment.authorised"), KNHK + "guardedBy");
      Changes moved =
          change()
              .remove(fin("payment.authorised"), KNHK + "guardedBy")
              .add(fin("payment.settled"), KNHK + "guardedBy", guard);
      for (Changes changes : List.of(removed, moved)) {
        assertThat(check(changes, Context.NONE).violations().get(0).source())
            .isEqualTo(Terms.lexical(guard));
        assertThat(check(changes, relaxed(Terms.lexical(guard))).violations()).isEmpty();
      }
    }

    @Test
    void shouldFailWhenAHotCheckTakesMoreStepsThanItMay() {
      List<String> texts = new ArrayList<>(IntStream.range(0, 320).mapToObj(i -> "T" + i).toList());
      Changes atLimit = change().allow("payment.authorised", "currency", texts);
      assertThat(check(atLimit, Context.NONE).violations()).isEmpty();
      assertThat(check(atLimit, Context.NONE).figures()).containsEntry("stepsHighest", 8L);
      texts.add("one more");
      Changes beyond = change().allow("payment.authorised", "currency", texts);
      Witness witness = check(beyond, Context.NONE).violations().get(0);
      assertThat(witness.path()).isEqualTo("currency");
      assertThat(witness.message())
          .isEqualTo("expected a hot check of few steps: steps=9, limit=8");
      assertThat(witness.mend()).contains("321");
    }

    private Invariant check(Changes changes, Context context) {
      return GuardPreservation.check(
          changes.candidate(context), changes.compiled(), LIMITS.hotStepsMax());
    }
  }

  @Nested
  class OfQ4 {
    @Test
    void shouldFailWhenWarmWorkTimesCostsIsBeyondItsLimit() {
      CompiledChange change = change().replace(VALUE, SH + "maxInclusive", integer(50)).compiled();
      assertThat(WorkBounds.check(change, LIMITS).violations()).isEmpty();
      long ms = WorkBounds.check(change, LIMITS).figures().get("warmWorkMs");
      ValidationLimits.Costs dear =
          new ValidationLimits.Costs(3, 1, 2_000, 1_000, 30_000, 300, 512, 1_000, 100_000, 60_000);
      ValidationLimits limits = LIMITS.toBuilder().costs(dear).build();
      assertThat(WorkBounds.check(change, limits).figures().get("warmWorkMs"))
          .isGreaterThan(ms * 100);
      assertThat(WorkBounds.check(change, limits).violations())
          .extracting(Witness::message)
          .allMatch(message -> message.startsWith("expected bounded warm work: ms="));
      assertThat(WorkBounds.check(change, limits).violations()).hasSize(1);
    }

    @Test
    void shouldFailWhenHotStepsAreBeyondTheirLimit() {
      CompiledChange change = change().replace(VALUE, SH + "maxInclusive", integer(50)).compiled();
      ValidationLimits few = LIMITS.toBuilder().hotStepsMax(3).build();
      assertThat(WorkBounds.check(change, few).violations())
          .extracting(Witness::message)
          .containsExactly("expected few hot steps: steps=4, limit=3");
    }
  }

  @Nested
  class OfQ5 {
    private final Changes watched =
        change().add(fin("payment.settled"), KNHK + "watchEachSubject", Terms.truth(true));

    @Test
    void shouldFailWhenWatchedKeysTakeMoreThanTheSectorMay() {
      long now = check(watched, LIMITS).figures().get("memoryBytes");
      assertThat(check(watched, LIMITS).violations()).isEmpty();
      ValidationLimits atLimit = LIMITS.toBuilder().memoryBytesMax(now).build();
      assertThat(check(watched, atLimit).violations()).isEmpty();
      ValidationLimits below = LIMITS.toBuilder().memoryBytesMax(now - 1).build();
      assertThat(check(watched, below).violations().get(0).message())
          .isEqualTo(
              "expected bounded memory of the sector: bytes=" + now + ", limit=" + (now - 1));
    }

    @Test
    void shouldNotFailWhenASectorThatIsBeyondAlreadyAddsNothing() {
      Changes range = change().replace(VALUE, SH + "maxInclusive", integer(50));
      ValidationLimits tiny = LIMITS.toBuilder().memoryBytesMax(1).tailMsMax(1).build();
      assertThat(check(range, tiny).violations()).isEmpty();
    }

    @Test
    void shouldFailWhenBucketsOfAWatchedTypeGetVeryShort() {
      Changes shorter =
          change().replace(fin("payment.authorised::watch"), KNHK + "bucketMs", integer(1_000));
      Witness witness = check(shorter, LIMITS).violations().get(0);
      assertThat(witness.focusNode()).isEqualTo("payment.authorised");
      assertThat(witness.message())
          .startsWith("expected a bounded tail: ms=")
          .contains("limit=500");
    }

    private Invariant check(Changes changes, ValidationLimits limits) {
      return MemoryBounds.check(changes.candidate(Context.NONE), changes.compiled(), limits);
    }
  }

  @Test
  void shouldPassWhenAnOptionalAttributeIsAdded() {
    Validation validation =
        change()
            .attribute("payment.authorised", "risk_score", "decimal", false)
            .validate(
                recent(
                    seen(
                        "payment.authorised",
                        5,
                        Attribute.ofText("currency", "EUR"),
                        Attribute.ofNumber("risk_score", "0.5", 0.5, false))));
    assertThat(validation.failure()).isEmpty();
    assertThat(validation.compiled().orElseThrow())
        .isEqualTo(SnapshotCompiler.types(Facts.of(validation.shadow().orElseThrow())));
  }
}
