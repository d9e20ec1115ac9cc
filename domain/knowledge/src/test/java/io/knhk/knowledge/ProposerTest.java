package io.knhk.knowledge;

import static io.knhk.knowledge.Patterns.observation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.knowledge.ProposalDecision.Reason;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.observation.Observation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ProposerTest {
  private static final Attribute EUR = Attribute.ofText("currency", "EUR");

  @Property(tries = 60)
  void shouldConformWhenWhatWasUnknownIsPromoted(
      @ForAll("names") String eventType,
      @ForAll("value") double value,
      @ForAll("attributes") List<Attribute> attributes) {
    Loop loop = new Loop("logistics");
    Observation observation =
        observation("logistics", eventType, value, attributes.toArray(new Attribute[0]));
    int unknown = loop.mismatches(observation).size();
    assertThat(unknown).isPositive();
    // The class first, then one promotion for each attribute that nobody knew of.
    assertThat(loop.learn(observation)).isEqualTo(1 + attributes.size());
    assertThat(loop.mismatches(observation)).isEmpty();
  }

  @Property(tries = 60)
  void shouldConformWhenAPaymentThatDidNotIsLearnt(
      @ForAll("value") double value, @ForAll("attributes") List<Attribute> attributes) {
    Loop loop = new Loop("finance");
    List<Attribute> sent = new ArrayList<>(attributes);
    sent.add(EUR);
    Observation observation =
        observation("finance", "payment.authorised", value, sent.toArray(new Attribute[0]));
    loop.learn(observation);
    assertThat(loop.mismatches(observation)).isEmpty();
  }

  @Property
  void shouldGiveDifferentIrisWhenNamesDiffer(
      @ForAll("names") String one, @ForAll("names") String other) {
    SectorIris iris = new SectorIris("energy");
    assertThat(iris.type(one).equals(iris.type(other))).isEqualTo(one.equals(other));
    assertThat(iris.attributeShape(one, other)).isNotEqualTo(iris.part(one, other));
    NTriple.parse(new NTriple(iris.type(one), Vocabulary.A, iris.attribute(other)).line());
  }

  @Example
  void shouldGiveDifferentIrisWhenNamesAreMadeToCollide() {
    SectorIris iris = new SectorIris("energy");
    List<String> names =
        List.of(
            "a",
            "a:b",
            "a%3Ab",
            "a::value",
            "A",
            "a b",
            "a%20b",
            "\u00e9",
            "e\u0301",
            "a/b",
            "#",
            "value",
            ":",
            "%");
    Set<String> all = new HashSet<>();
    int made = 0;
    for (String type : names) {
      all.add(iris.type(type));
      made++;
      for (String attribute : names) {
        all.add(iris.attributeShape(type, attribute));
        all.add(iris.part(type, attribute));
        made += 2;
      }
    }
    assertThat(all).hasSize(made);
  }

  @Example
  void shouldAddAClassWhenAnEventTypeIsUnknown() {
    Loop loop = new Loop("logistics");
    Observation observation = observation("logistics", "traffic.occupancy", 13.56);
    Proposal proposal = loop.proposal(pattern(loop, observation));
    assertThat(proposal.rule()).isEqualTo("new-class");
    assertThat(proposal.loosens()).isFalse();
    assertThat(proposal.element()).isEqualTo("traffic.occupancy");
    assertThat(proposal.delta().removed()).isEmpty();
    assertThat(proposal.id()).matches("[0-9a-f]{64}");
    loop.promote(proposal);
    assertThat(loop.mismatches(observation)).isEmpty();
    CompiledType type = type(loop, "traffic.occupancy");
    assertThat(type.decimals()).isEqualTo(6);
    assertThat(type.detectors().mismatchMinCount()).isEqualTo(20);
    assertThat(
            loop.nothing(
                    pattern(
                        loop,
                        new Mismatch(MismatchKind.UNKNOWN_EVENT_TYPE, "", Datatype.DECIMAL, 1),
                        "traffic.occupancy"))
                .reason())
        .isEqualTo(Reason.ALREADY_SAID);
  }

  @Example
  void shouldAddAnOptionalAttributeOfTheInferredTypeWhenItIsUnknown() {
    Loop loop = new Loop("finance");
    Observation with =
        observation(
            "finance",
            "payment.authorised",
            12.5,
            EUR,
            Attribute.ofNumber("risk_score", "0.2", 0.2, false));
    Proposal proposal = loop.proposal(pattern(loop, with));
    assertThat(proposal.rule()).isEqualTo("new-attribute");
    assertThat(proposal.loosens()).isFalse();
    assertThat(proposal.element()).isEqualTo("payment.authorised#risk_score");
    loop.promote(proposal);
    assertThat(loop.mismatches(with)).isEmpty();
    assertThat(loop.mismatches(observation("finance", "payment.authorised", 12.5, EUR))).isEmpty();
    assertThat(
            loop.mismatches(
                observation(
                    "finance",
                    "payment.authorised",
                    12.5,
                    EUR,
                    Attribute.ofNumber("risk_score", "1", 1, true))))
        .isEmpty();
    // The same attribute of another type is a constraint of its own on the same property.
    Observation other =
        observation(
            "finance",
            "payment.declined",
            12.5,
            EUR,
            Attribute.ofText("reason", "other"),
            Attribute.ofNumber("risk_score", "0.2", 0.2, false));
    assertThat(loop.learn(other)).isEqualTo(1);
  }

  @Example
  void shouldLoosenWhenWhatIsKnownGetsWider() {
    assertLoosens("wider-range", observation("finance", "payment.authorised", 123_456.78, EUR));
    assertLoosens("wider-range", observation("finance", "payment.authorised", -5, EUR));
    assertLoosens("optional-attribute", observation("finance", "payment.authorised", 5));
    assertLoosens(
        "any-value",
        observation("finance", "payment.authorised", 5, Attribute.ofText("currency", "SEK")));
    assertLoosens(
        "wider-range",
        observation(
            "finance",
            "loan.repayment",
            5,
            EUR,
            Attribute.ofNumber("days_past_due", "4000", 4000, true)));
    assertLoosens(
        "wider-datatype",
        observation(
            "finance",
            "loan.repayment",
            5,
            EUR,
            Attribute.ofNumber("days_past_due", "1.5", 1.5, false)));
  }

  @Example
  void shouldProposeNothingWhenNoDatatypeAcceptsBoth() {
    Loop loop = new Loop("finance");
    Observation observation =
        observation("finance", "loan.repayment", 5, EUR, Attribute.ofText("days_past_due", "many"));
    assertThat(loop.nothing(pattern(loop, observation)).reason())
        .isEqualTo(Reason.NO_COMMON_DATATYPE);
  }

  @Example
  void shouldGuardTheRateOnceWhenATypeSurges() {
    Loop loop = new Loop("finance");
    Pattern surge = behaviour(loop, PatternKind.FREQUENCY_ANOMALY, "", 327, 31.9);
    Proposal proposal = loop.proposal(surge);
    assertThat(proposal.rule()).isEqualTo("rate-guard");
    assertThat(proposal.loosens()).isFalse();
    assertThat(proposal.element()).isEqualTo("payment.authorised!rate");
    loop.promote(proposal);
    assertThat(type(loop, "payment.authorised").detectors().maxPerBucket()).isEqualTo(327);
    assertThat(loop.nothing(behaviour(loop, PatternKind.FREQUENCY_ANOMALY, "", 400, 30)).reason())
        .isEqualTo(Reason.ALREADY_SAID);
    assertThat(loop.nothing(behaviour(loop, PatternKind.FREQUENCY_ANOMALY, "", 200, 30)).reason())
        .isEqualTo(Reason.GUARD_EXISTS);

    Proposal higher = loop.proposal(behaviour(loop, PatternKind.RATE_EXCEEDED, "", 500, 327));
    assertThat(higher.loosens()).isTrue();
    loop.promote(higher);
    assertThat(type(loop, "payment.authorised").detectors().maxPerBucket()).isEqualTo(500);
  }

  @Example
  void shouldProposeNoLimitWhenOnlyOneSubjectSurgesOrATypeFalls() {
    Loop loop = new Loop("finance");
    assertThat(
            loop.nothing(behaviour(loop, PatternKind.FREQUENCY_ANOMALY, "account-1", 17, 1.5))
                .reason())
        .isEqualTo(Reason.ONE_SUBJECT_ONLY);
    assertThat(
            loop.nothing(behaviour(loop, PatternKind.RATE_EXCEEDED, "account-1", 17, 1.5)).reason())
        .isEqualTo(Reason.ONE_SUBJECT_ONLY);
    assertThat(loop.nothing(behaviour(loop, PatternKind.FREQUENCY_ANOMALY, "", 2, 30)).reason())
        .isEqualTo(Reason.NO_LIMIT_FITS);
    assertThat(loop.nothing(behaviour(loop, PatternKind.VALUE_DRIFT, "", 2, 30)).reason())
        .isEqualTo(Reason.NO_LIMIT_FITS);
  }

  @Example
  void shouldPinTheLimitInForceWhenErrorsOrSilenceAreSeen() {
    Loop loop = new Loop("finance");
    CompiledType before = type(loop, "payment.authorised");
    Proposal error = loop.proposal(behaviour(loop, PatternKind.ERROR_SPIKE, "", 0.69, 0.2));
    assertThat(error.rule()).isEqualTo("error-guard");
    assertThat(error.loosens()).isFalse();
    loop.promote(error);
    loop.promote(
        loop.proposal(behaviour(loop, PatternKind.ABSENCE, "account-1", 300_000_000, 172_800_000)));
    assertThat(type(loop, "payment.authorised")).isEqualTo(before);
    assertThat(loop.nothing(behaviour(loop, PatternKind.ERROR_SPIKE, "", 0.9, 0.2)).reason())
        .isEqualTo(Reason.GUARD_EXISTS);
    assertThat(loop.nothing(behaviour(loop, PatternKind.ABSENCE, "", 9e8, 1)).reason())
        .isEqualTo(Reason.GUARD_EXISTS);
  }

  @Example
  void shouldProposeNothingWhenANameCannotBeWritten() {
    Loop loop = new Loop("finance");
    for (String name : List.of("", "a\u0000b", "\uD800", "\uDC00x", "line\nbreak")) {
      Mismatch unknown = new Mismatch(MismatchKind.UNKNOWN_EVENT_TYPE, "", Datatype.DECIMAL, 1);
      assertThat(loop.nothing(pattern(loop, unknown, name)).reason())
          .isEqualTo(Reason.NAME_NOT_REPRESENTABLE);
    }
  }

  @Example
  void shouldProposeNothingWhenTheElementIsGone() {
    Loop loop = new Loop("finance");
    Mismatch mismatch =
        new Mismatch(MismatchKind.WRONG_DATATYPE, "gone", Datatype.STRING, Double.NaN);
    assertThat(loop.nothing(pattern(loop, mismatch, "payment.authorised")).reason())
        .isEqualTo(Reason.NOT_IN_SNAPSHOT);
    assertThat(loop.nothing(pattern(loop, mismatch, "gone")).reason())
        .isEqualTo(Reason.NOT_IN_SNAPSHOT);
  }

  @Example
  void shouldHaveAnotherIdWhenAnythingDiffers() {
    Loop loop = new Loop("finance");
    String one = loop.proposal(behaviour(loop, PatternKind.FREQUENCY_ANOMALY, "", 327, 31.9)).id();
    String other =
        loop.proposal(behaviour(loop, PatternKind.FREQUENCY_ANOMALY, "", 328, 31.9)).id();
    assertThat(one).isNotEqualTo(other);
  }

  @Example
  void shouldThrowWhenSnapshotsAreMixedUp() {
    Loop loop = new Loop("finance");
    Pattern pattern = behaviour(loop, PatternKind.FREQUENCY_ANOMALY, "", 327, 31.9);
    assertThatThrownBy(() -> Proposer.propose(pattern, Bundled.of("energy"), loop.compiled()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings()
        .withChars(
            'a', 'Z', '0', '.', '-', '_', ':', '%', ' ', '#', '/', '"', '\\', '<', '>', '\u00e9',
            '\u4e2d')
        .ofMinLength(1)
        .ofMaxLength(12);
  }

  @Provide
  Arbitrary<Double> value() {
    return Arbitraries.doubles().filter(Double::isFinite);
  }

  @Provide
  Arbitrary<List<Attribute>> attributes() {
    Arbitrary<String> name = names().map(text -> "x" + text);
    Arbitrary<Attribute> text = Combinators.combine(name, names()).as(Attribute::ofText);
    Arbitrary<Attribute> truth =
        Combinators.combine(name, Arbitraries.of(true, false)).as(Attribute::ofBoolean);
    Arbitrary<Attribute> number =
        Combinators.combine(name, value(), Arbitraries.of(true, false))
            .as((n, v, integer) -> Attribute.ofNumber(n, Double.toString(v), v, integer));
    return Arbitraries.oneOf(text, truth, number)
        .list()
        .ofMaxSize(4)
        .uniqueElements(Attribute::name);
  }

  private static void assertLoosens(String rule, Observation observation) {
    Loop loop = new Loop("finance");
    Proposal proposal = loop.proposal(pattern(loop, observation));
    assertThat(proposal.rule()).isEqualTo(rule);
    assertThat(proposal.loosens()).isTrue();
    loop.promote(proposal);
    assertThat(loop.mismatches(observation)).isEmpty();
  }

  private static Pattern pattern(Loop loop, Observation observation) {
    List<Mismatch> mismatches = loop.mismatches(observation);
    assertThat(mismatches).hasSize(1);
    return pattern(loop, mismatches.get(0), observation.eventType());
  }

  private static Pattern pattern(Loop loop, Mismatch mismatch, String eventType) {
    return Patterns.ofMismatches(loop.compiled(), eventType, List.of(mismatch));
  }

  private static Pattern behaviour(
      Loop loop, PatternKind kind, String subject, double observed, double expected) {
    return Patterns.behaviour(
        loop.compiled(), kind, "payment.authorised", subject, observed, expected);
  }

  private static CompiledType type(Loop loop, String name) {
    return loop.compiled().types().stream()
        .filter(t -> t.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
