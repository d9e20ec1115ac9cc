package io.knhk.knowledge;

import static io.knhk.knowledge.Changes.KNHK;
import static io.knhk.knowledge.Changes.SH;
import static io.knhk.knowledge.Changes.change;
import static io.knhk.knowledge.Changes.fin;
import static io.knhk.knowledge.Changes.integer;
import static io.knhk.knowledge.Changes.recent;
import static io.knhk.knowledge.Changes.relaxed;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.check.ObservationCheck;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.DetectorParameters;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.SampledObservation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class GuardsStageTest {
  private static final String TYPE = fin("transfer.initiated");
  private static final String VALUE = fin("transfer.initiated::value");
  private static final String CURRENCY = fin("transfer.initiated:currency");
  private static final String SCREENING = Changes.FIN + "transfer.initiated::sanctions-screening";
  private static final String RATE = Changes.FIN + "card.blocked::rate";
  private static final String RATE_WATCH = fin("card.blocked::watch");

  /** Of a guard without figures, which protects what its class states. */
  @Nested
  class OfConstraints {
    @Test
    void shouldShowWhatNewlyConformsWhenARangeGetsWider() {
      StageResult.Failed failed =
          failed(change().replace(VALUE, SH + "maxInclusive", integer(2_000_000)), Context.NONE);
      assertThat(failed.witnesses())
          .anySatisfy(
              witness -> {
                assertThat(witness.message())
                    .isEqualTo(
                        "expected nothing to conform that did not: VALUE_MAX, before=1000000, after=2000000");
                assertThat(witness.source()).isEqualTo(SCREENING);
                assertThat(witness.mend())
                    .contains("guard sanctions-screening", "criticality Critical");
              })
          .anySatisfy(
              witness -> {
                assertThat(witness.source()).isEqualTo("made up");
                assertThat(witness.message()).contains("value=2000000");
              });
    }

    @Test
    void shouldNameTheObservationWhenOneOfTheSampleNewlyConforms() {
      StageResult.Failed failed =
          failed(
              change().replace(VALUE, SH + "maxInclusive", integer(2_000_000)),
              recent(transfer(5), transfer(1_500_000)));
      assertThat(failed.witnesses())
          .extracting(Witness::source)
          .contains("//bank/core/id-1500000.0 at partition 2, offset 77");
    }

    @Test
    void shouldPassWhenItGetsTighterOrGrowsAnOptionalAttribute() {
      assertPasses(change().replace(VALUE, SH + "maxInclusive", integer(999_999)));
      assertPasses(change().attribute("transfer.initiated", "risk_score", "decimal", false));
      assertPasses(change().attribute("transfer.initiated", "risk_score", "decimal", true));
      assertPasses(
          change().attribute("transfer.initiated", "risk", "decimal", false),
          recent(
              Changes.seen(
                  "transfer.initiated",
                  5,
                  Attribute.ofText("currency", "EUR"),
                  Attribute.ofText("beneficiary_country", "DE"),
                  Attribute.ofNumber("risk", "1", 1, true))));
      assertPasses(change().allow("transfer.initiated", "currency", List.of("EUR")));
    }

    @Test
    void shouldFailHoweverTheWeakeningIsSpelled() {
      // The bound goes, without another.
      assertFails(change().remove(VALUE, SH + "maxInclusive"));
      // The attribute goes, and could come back as anything.
      assertFails(change().remove(TYPE, SH + "property", fin("transfer.initiated:instant")));
      assertFails(change().replace(CURRENCY, SH + "minCount", integer(0)));
      assertFails(change().remove(CURRENCY, SH + "in"));
      assertFails(
          change()
              .allow(
                  "transfer.initiated",
                  "currency",
                  List.of("EUR", "USD", "GBP", "CHF", "JPY", "BTC")));
      // One more text, deep in the list.
      String list = Changes.object(CURRENCY, SH + "in");
      assertFails(change().replace(list, Vocabulary.RDF + "first", "\"BTC\""));
      assertFails(
          change()
              .replace(
                  fin("transfer.initiated:instant"),
                  SH + "datatype",
                  "<" + Vocabulary.XSD + "string>"));
      // Found later, which is to say for a while not at all.
      assertFails(
          change()
              .add(
                  fin("transfer.initiated::watch"), KNHK + "mismatchMinCount", integer(2_000_000)));
    }

    @Test
    void shouldFailWhenTheConstraintMovesToAnotherShapeAndGetsWider() {
      String moved = fin("transfer.initiated::amount");
      Changes changes = change();
      changes
          .removeAll(VALUE)
          .remove(TYPE, SH + "property", VALUE)
          .add(TYPE, SH + "property", moved)
          .add(moved, Vocabulary.RDF + "type", "<" + KNHK + "ValueConstraint>")
          .add(moved, SH + "path", "<" + KNHK + "value>")
          .add(moved, SH + "datatype", "<" + Vocabulary.XSD + "decimal>")
          .add(moved, SH + "minInclusive", "\"0.01\"^^<" + Vocabulary.XSD + "decimal>")
          .add(moved, SH + "maxInclusive", integer(1_000_001));
      assertFails(changes);
    }

    @Test
    void shouldPassWhenTheConstraintMovesToAnotherShapeAsItIs() {
      String moved = fin("transfer.initiated::amount");
      assertPasses(
          change()
              .removeAll(VALUE)
              .remove(TYPE, SH + "property", VALUE)
              .add(TYPE, SH + "property", moved)
              .add(moved, Vocabulary.RDF + "type", "<" + KNHK + "ValueConstraint>")
              .add(moved, SH + "path", "<" + KNHK + "value>")
              .add(moved, SH + "datatype", "<" + Vocabulary.XSD + "decimal>")
              .add(moved, SH + "minInclusive", "\"0.01\"^^<" + Vocabulary.XSD + "decimal>")
              .add(moved, SH + "maxInclusive", integer(1_000_000)));
    }

    @Test
    void shouldFailWhenTheTypeIsRenamedOrItsClassGoes() {
      assertFails(change().replace(TYPE, KNHK + "eventType", "\"payment.approved\""));
      assertFails(change().remove(TYPE, KNHK + "eventType"));
    }

    @Test
    void shouldFailWhenAnotherClassTakesTheNameWithoutTheGuard() {
      // The class keeps its guard under another name, a new class without one takes the old name.
      String other = fin("payment.other");
      assertFails(
          change()
              .replace(TYPE, KNHK + "eventType", "\"payment.old\"")
              .add(other, KNHK + "eventType", "\"transfer.initiated\""));
    }

    @Test
    void shouldPassWhenTheGuardIsRelaxed() {
      StageResult result =
          check(
              change().replace(VALUE, SH + "maxInclusive", integer(2_000_000)), relaxed(SCREENING));
      assertThat(result).isInstanceOf(StageResult.Passed.class);
      assertThat(((StageResult.Passed) result).remarks()).isNotEmpty();
      assertThat(result.figures()).containsEntry("relaxed", 1L);
      assertFails(change().replace(VALUE, SH + "maxInclusive", integer(2_000_000)), relaxed(RATE));
    }
  }

  /** Of an approval chain, which people's agreement to the change itself satisfies. */
  @Nested
  class OfApprovalChains {
    private final String fourEyes = fin("payment.authorised::four-eyes");
    private final Changes wider =
        change().replace(fin("payment.authorised::value"), SH + "maxInclusive", integer(20_000));

    @Test
    void shouldRemarkWhatItWeakensWhenTheChainStaysAsItIs() {
      StageResult result = check(wider, Context.NONE);
      assertThat(((StageResult.Passed) result).remarks())
          .extracting(Witness::source)
          .contains(Terms.lexical(fourEyes));
      assertThat(GuardImpact.of(wider.compiled()).get(0).takesApproval()).isTrue();
    }

    @Test
    void shouldFailWhenTheSameChangeTouchesTheChain() {
      assertFails(wider.replace(fourEyes, KNHK + "criticality", "<" + KNHK + "Low>"));
    }

    @Test
    void shouldFailWhenTheTypeIsRenamedAway() {
      assertFails(
          change().replace(fin("payment.authorised"), KNHK + "eventType", "\"payment.approved\""));
    }
  }

  @Nested
  class OfTheGuardItself {
    private final String guard = "<" + SCREENING + ">";

    @Test
    void shouldFailWhenItGetsLessCriticalOrAnotherKind() {
      assertFails(change().replace(guard, KNHK + "criticality", "<" + KNHK + "High>"));
      assertFails(change().replace(guard, KNHK + "guardKind", "<" + KNHK + "PerformanceBound>"));
    }

    @Test
    void shouldFailWhenItIsDetachedAndAnotherOfTheSameNameComes() {
      String other = fin("transfer.initiated::screening-2");
      assertFails(
          change()
              .remove(TYPE, KNHK + "guardedBy")
              .add(TYPE, KNHK + "guardedBy", other)
              .add(other, KNHK + "guardName", "\"sanctions-screening\""));
    }

    @Test
    void shouldPassWhenOnlyItsCommentChanges() {
      assertPasses(change().add(guard, Vocabulary.RDFS + "label", "\"Screening\""));
    }
  }

  /** Of a guard with figures, which protects the limits in force. */
  @Nested
  class OfFigures {
    private final String guard = "<" + RATE + ">";

    @Test
    void shouldFailWhenItStatesAHigherOneOrNone() {
      assertFails(change().replace(guard, KNHK + "maxPerBucket", integer(100_000)));
      assertFails(change().remove(guard, KNHK + "maxPerBucket"));
      assertFails(change().replace(guard, KNHK + "maxPerBucket", integer(0)));
      assertPasses(change().replace(guard, KNHK + "maxPerBucket", integer(1)));
    }

    @Test
    void shouldFailWhenBucketsGetShorterUnderARate() {
      long bucketMs = type("card.blocked").detectors().bucketMs();
      assertFails(change().replace(RATE_WATCH, KNHK + "bucketMs", integer(bucketMs / 2)));
      assertPasses(change().replace(RATE_WATCH, KNHK + "bucketMs", integer(bucketMs * 2)));
    }

    @Test
    void shouldPassWhenTheValuesGetWiderSinceItProtectsOnlyItsFigures() {
      assertPasses(change().attribute("card.blocked", "colour", "string", false));
    }
  }

  @Nested
  class OfImpacts {
    @Test
    void shouldNameTheGuardsOfTheTypesThatChangeAsTheyWere() {
      List<GuardImpact> impacts =
          GuardImpact.of(
              change()
                  .replace("<" + SCREENING + ">", KNHK + "criticality", "<" + KNHK + "Low>")
                  .compiled());
      assertThat(impacts).hasSize(1);
      assertThat(impacts.get(0).guard().criticality()).isEqualTo("Critical");
      assertThat(impacts.get(0).changed()).isTrue();
      assertThat(impacts.get(0).weakened()).isTrue();
      GuardImpact tighter =
          GuardImpact.of(change().replace(VALUE, SH + "maxInclusive", integer(5)).compiled())
              .get(0);
      assertThat(tighter.changed()).isFalse();
      assertThat(tighter.weakened()).isFalse();
    }

    @Test
    void shouldNameNoneWhenOnlyALabelChanges() {
      assertThat(GuardImpact.of(change().remove(TYPE, Vocabulary.RDFS + "label").compiled()))
          .isEmpty();
    }
  }

  @Test
  void shouldListTheGuardsOfASector() {
    assertThat(Guard.all(Changes.HEAD))
        .extracting(Guard::name)
        .contains("four-eyes", "rate", "sanctions-screening");
    assertThat(Guard.all(Changes.HEAD).stream().filter(g -> g.iri().equals(RATE)).findFirst())
        .hasValueSatisfying(g -> assertThat(g.figures()).containsOnlyKeys("maxPerBucket"));
  }

  /**
   * Whatever two versions of a type: an observation that did not conform and does, for another
   * reason than an attribute that was not known, is a weakening.
   */
  @Property(tries = 2_000)
  void shouldSeeAWeakeningWheneverAnObservationNewlyConforms(@ForAll long seed) {
    Random random = new Random(seed);
    CompiledType before = randomType(random);
    CompiledType after = random.nextInt(3) == 0 ? randomType(random) : mutated(random, before);
    boolean weakens = Difference.between(before, after).stream().anyMatch(Guards::weakens);
    ObservationCheck was = ObservationCheck.ofTypes(List.of(before));
    ObservationCheck is = ObservationCheck.ofTypes(List.of(after));
    for (int i = 0; i < 50; i++) {
      if (GuardsStage.conformsNewly(was, is, randomObservation(random))) {
        assertThat(weakens).as("%s -> %s", before, after).isTrue();
      }
    }
  }

  private static CompiledType randomType(Random random) {
    List<CompiledProperty> properties = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      if (random.nextInt(4) > 0) {
        properties.add(randomProperty(random, name));
      }
    }
    return type(random, properties);
  }

  private static CompiledType mutated(Random random, CompiledType type) {
    List<CompiledProperty> properties = new ArrayList<>(type.properties());
    if (!properties.isEmpty()) {
      int at = random.nextInt(properties.size());
      properties.set(at, randomProperty(random, properties.get(at).name()));
    }
    return new CompiledType(
        "t", 2, false, type.valueMin(), type.valueMax(), properties, type.detectors());
  }

  private static CompiledType type(Random random, List<CompiledProperty> properties) {
    double[] bounds = bounds(random);
    return new CompiledType(
        "t", 2, false, bounds[0], bounds[1], properties, DetectorParameters.UNKNOWN_TYPE);
  }

  private static CompiledProperty randomProperty(Random random, String name) {
    Datatype datatype = List.of(Datatype.values()).get(random.nextInt(4));
    double[] bounds =
        datatype == Datatype.INTEGER || datatype == Datatype.DECIMAL
            ? bounds(random)
            : new double[] {Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY};
    List<String> allowed =
        switch (random.nextInt(4)) {
          case 0 -> List.of("1", "2");
          case 1 -> List.of("1");
          default -> List.of();
        };
    return new CompiledProperty(
        name, datatype, random.nextBoolean(), bounds[0], bounds[1], allowed);
  }

  private static double[] bounds(Random random) {
    double min = random.nextInt(3) == 0 ? Double.NEGATIVE_INFINITY : random.nextInt(8) / 2.0 - 2;
    double max = random.nextInt(3) == 0 ? Double.POSITIVE_INFINITY : min + random.nextInt(8) / 2.0;
    return new double[] {min, Double.isNaN(max) ? 2 : Math.max(min, max)};
  }

  private static Observation randomObservation(Random random) {
    List<Attribute> attributes = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      double number = random.nextInt(16) / 2.0 - 4;
      boolean integer = number == Math.rint(number);
      switch (random.nextInt(4)) {
        case 0 ->
            attributes.add(Attribute.ofText(name, List.of("1", "2", "x").get(random.nextInt(3))));
        case 1 -> attributes.add(Attribute.ofBoolean(name, random.nextBoolean()));
        case 2 -> attributes.add(Attribute.ofNumber(name, Terms.plain(number), number, integer));
        default -> {
          // Not sent.
        }
      }
    }
    return new Observation(
        "finance", "s", "i", 0, "u", "t", random.nextInt(16) / 2.0 - 4, false, attributes);
  }

  private static CompiledType type(String name) {
    return Changes.COMPILED.types().stream()
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static SampledObservation transfer(double value) {
    return Changes.seen(
        "transfer.initiated",
        value,
        Attribute.ofText("currency", "EUR"),
        Attribute.ofText("beneficiary_country", "DE"));
  }

  private static StageResult check(Changes changes, Context context) {
    return GuardsStage.check(changes.candidate(context), changes.compiled());
  }

  private static void assertPasses(Changes changes) {
    assertPasses(changes, Context.NONE);
  }

  private static void assertPasses(Changes changes, Context context) {
    assertThat(check(changes, context)).isInstanceOf(StageResult.Passed.class);
  }

  private static void assertFails(Changes changes) {
    assertFails(changes, Context.NONE);
  }

  private static void assertFails(Changes changes, Context context) {
    failed(changes, context);
  }

  private static StageResult.Failed failed(Changes changes, Context context) {
    StageResult result = check(changes, context);
    assertThat(result).isInstanceOf(StageResult.Failed.class);
    return (StageResult.Failed) result;
  }
}
