package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.doctrine.Effect;
import io.knhk.knowledge.doctrine.Scope;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.DoctrineRule;
import io.knhk.schemas.knowledge.DoctrineRule.Constraint;
import io.knhk.schemas.knowledge.DoctrineRule.Enforcement;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.observation.Datatype;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DoctrineStageTest {
  private static final Snapshot HEAD = Bundled.of("finance");
  private static final CompiledSnapshot COMPILED = Bundled.compiled("finance", HEAD, 1);
  private static final String PAYMENT = "https://knhk.io/ns/finance#payment.authorised";
  private static final String CURRENCY = "<" + PAYMENT + ":currency>";
  private static final String SH = "http://www.w3.org/ns/shacl#";
  private static final String LABEL = "http://www.w3.org/2000/01/rdf-schema#label";
  private static final long NOW_MS = Instant.parse("2026-11-25T12:00:00Z").toEpochMilli();

  private static final Proposal ADDS_A_TYPE =
      proposed("refund.requested", MismatchKind.UNKNOWN_EVENT_TYPE, "");
  private static final Proposal ADDS_AN_ATTRIBUTE =
      proposed("payment.authorised", MismatchKind.UNKNOWN_ATTRIBUTE, "riskScore");
  private static final Proposal MAKES_OPTIONAL =
      of(new Delta(List.of(), List.of(line(CURRENCY + " <" + SH + "minCount>"))));

  private static final DoctrineRule NO_SMALL =
      rule("small", Constraint.RESOURCE_LIMIT, Enforcement.MANDATORY, "max-types", "1");

  @ParameterizedTest
  @EnumSource(Enforcement.class)
  void shouldFailWhenItIsMandatoryAndRemarkOtherwise(Enforcement enforcement) {
    StageResult result =
        check(ADDS_A_TYPE, rule("small", Constraint.RESOURCE_LIMIT, enforcement, "max-types", "1"));
    List<Witness> witnesses =
        enforcement == Enforcement.MANDATORY
            ? ((StageResult.Failed) result).witnesses()
            : ((StageResult.Passed) result).remarks();
    assertThat(witnesses).hasSize(1);
    assertThat(witnesses.get(0).source()).isEqualTo("small@1");
    assertThat(witnesses.get(0).message())
        .isEqualTo(
            "expected bounded eventTypes: eventTypes="
                + (COMPILED.types().size() + 1)
                + ", limit=1");
    assertThat(witnesses.get(0).mend()).isEqualTo("make it smaller; A rule.");
    assertThat(result.figures()).containsEntry("rules", 1L).containsEntry("inForce", 1L);
  }

  @ParameterizedTest
  @CsvSource({"-1, false", "0, true", "9, true", "10, false", "11, false"})
  void shouldAskOnlyWhatIsInForce(long afterMs, boolean inForce) {
    DoctrineRule windowed =
        new DoctrineRule(
            "small",
            "finance",
            Constraint.RESOURCE_LIMIT,
            NO_SMALL.parameters(),
            Enforcement.MANDATORY,
            NOW_MS,
            NOW_MS + 10,
            1,
            "A rule.");
    StageResult result =
        check(ADDS_A_TYPE, NOW_MS + afterMs, Author.LOOP, List.of(), List.of(windowed));
    assertThat(result instanceof StageResult.Failed).isEqualTo(inForce);
    assertThat(result.figures()).containsEntry("inForce", inForce ? 1L : 0L);
  }

  @Test
  void shouldStopThePipelineWhenItFails() {
    Validation validation =
        validation(ADDS_A_TYPE, NOW_MS, Author.LOOP, List.of(), List.of(NO_SMALL));
    assertThat(validation.passed()).isFalse();
    assertThat(validation.failure().orElseThrow().stage()).isEqualTo("doctrine");
    assertThat(validation.stages().get(3)).isInstanceOf(StageResult.NotRun.class);
    assertThat(validation(ADDS_A_TYPE, NOW_MS, Author.LOOP, List.of(), List.of()).passed())
        .isTrue();
  }

  @Nested
  class ResourceLimits {
    @Test
    void shouldLetPassWhatMakesItSmallerWhenItIsBeyondTheLimitAlready() {
      DoctrineRule few =
          rule("few", Constraint.RESOURCE_LIMIT, Enforcement.MANDATORY, "max-triples", "10");
      assertThat(check(MAKES_OPTIONAL, few)).isInstanceOf(StageResult.Passed.class);
      assertThat(message(check(ADDS_AN_ATTRIBUTE, few)))
          .startsWith("expected bounded triples: triples=");
    }

    @Test
    void shouldCountTheAttributesOfTheTypesThatChange() {
      int attributes =
          COMPILED.types().stream()
              .filter(type -> type.name().equals("payment.authorised"))
              .findFirst()
              .orElseThrow()
              .properties()
              .size();
      assertThat(check(ADDS_AN_ATTRIBUTE, limit("max-attributes-a-type", attributes + 1)))
          .isInstanceOf(StageResult.Passed.class);
      assertThat(message(check(ADDS_AN_ATTRIBUTE, limit("max-attributes-a-type", attributes))))
          .isEqualTo(
              "expected bounded attributes: attributes="
                  + (attributes + 1)
                  + ", limit="
                  + attributes);
      assertThat(check(ADDS_A_TYPE, limit("max-attributes-a-type", 1)))
          .isInstanceOf(StageResult.Passed.class);
    }

    @Test
    void shouldCountThePromotionsOfTheDayBefore() {
      long day = 24L * 3_600_000;
      List<Ancestor> history =
          List.of(
              new Ancestor(1, "a", "", NOW_MS),
              new Ancestor(2, "b", "a", NOW_MS - day),
              new Ancestor(3, "c", "b", NOW_MS - day + 1),
              new Ancestor(4, "d", "c", NOW_MS));
      assertThat(changesADay(history, 3)).isInstanceOf(StageResult.Passed.class);
      assertThat(message(changesADay(history, 2)))
          .isEqualTo("expected bounded changesADay: changesADay=3, limit=2");
    }

    private StageResult changesADay(List<Ancestor> history, long limit) {
      CompiledChange change = change(ADDS_A_TYPE);
      return DoctrineStage.check(
          new Candidate(
              HEAD,
              COMPILED,
              history,
              ADDS_A_TYPE,
              0,
              NOW_MS,
              context(Author.LOOP, List.of(limit("max-changes-a-day", limit)))),
          shadow(ADDS_A_TYPE),
          change,
          Compatibility.FULL);
    }

    private DoctrineRule limit(String name, long limit) {
      return rule(
          "limit", Constraint.RESOURCE_LIMIT, Enforcement.MANDATORY, name, Long.toString(limit));
    }
  }

  @Nested
  class Schemas {
    @Test
    void shouldFailWithTheBreakingWitnessWhenItIsNotCompatible() {
      Witness witness =
          witness(
              check(
                  MAKES_OPTIONAL,
                  rule("c", Constraint.SCHEMA, Enforcement.MANDATORY, "compatibility", "full")));
      assertThat(witness.focusNode()).isEqualTo("payment.authorised");
      assertThat(witness.path()).isEqualTo("currency");
      assertThat(witness.message())
          .startsWith("expected a change that is full compatible: forward");
      assertThat(
              check(
                  MAKES_OPTIONAL,
                  rule("c", Constraint.SCHEMA, Enforcement.MANDATORY, "compatibility", "backward")))
          .isInstanceOf(StageResult.Passed.class);
    }

    @Test
    void shouldAskForTheFormOfNewNamesAlone() {
      DoctrineRule names =
          rule(
              "n",
              Constraint.SCHEMA,
              Enforcement.MANDATORY,
              "type-style",
              "lower-snake",
              "attribute-style",
              "lower-snake");
      Witness attribute = witness(check(ADDS_AN_ATTRIBUTE, names));
      assertThat(attribute.message())
          .isEqualTo("expected a name of the form lower-snake: attribute=riskScore");
      assertThat(attribute.path()).isEqualTo("riskScore");
      assertThat(message(check(ADDS_A_TYPE, names)))
          .isEqualTo("expected a name of the form lower-snake: type=refund.requested");
      // payment.authorised itself is not of that form, and not new.
      assertThat(check(MAKES_OPTIONAL, names)).isInstanceOf(StageResult.Passed.class);
    }

    @Test
    void shouldAskForThePatternOfNewNames() {
      DoctrineRule names =
          rule("n", Constraint.SCHEMA, Enforcement.MANDATORY, "type-names", "payment.*");
      assertThat(message(check(ADDS_A_TYPE, names)))
          .isEqualTo("expected a name of the form payment.*: type=refund.requested");
    }
  }

  @Nested
  class Customs {
    @Test
    void shouldFailWhenSomethingNewHasAForbiddenPredicate() {
      DoctrineRule custom =
          rule(
              "x",
              Constraint.CUSTOM,
              Enforcement.MANDATORY,
              "forbid-predicate",
              "http://www.w3.org/2000/01/rdf-schema#subClassOf");
      assertThat(witness(check(ADDS_A_TYPE, custom)).focusNode())
          .isEqualTo("https://knhk.io/ns/finance#refund.requested");
      assertThat(check(ADDS_AN_ATTRIBUTE, custom)).isInstanceOf(StageResult.Passed.class);
    }

    @Test
    void shouldFailWhenSomethingNewHasNoAnnotation() {
      DoctrineRule custom =
          rule(
              "x",
              Constraint.CUSTOM,
              Enforcement.MANDATORY,
              "require-annotation",
              "http://www.w3.org/2002/07/owl#versionInfo");
      assertThat(message(check(ADDS_A_TYPE, custom)))
          .startsWith("expected an annotation of what is new");
      List<String> annotated = new ArrayList<>(ADDS_A_TYPE.delta().added());
      annotated.add(
          "<https://knhk.io/ns/finance#refund.requested>"
              + " <http://www.w3.org/2002/07/owl#versionInfo> \"1\" .");
      assertThat(check(of(new Delta(annotated, List.of())), custom))
          .isInstanceOf(StageResult.Passed.class);
      assertThat(check(MAKES_OPTIONAL, custom)).isInstanceOf(StageResult.Passed.class);
    }
  }

  @Nested
  class People {
    @Test
    void shouldFailWhenTheAuthorHoldsBothRoles() {
      DoctrineRule duties =
          rule(
              "duties",
              Constraint.SEGREGATION_OF_DUTIES,
              Enforcement.MANDATORY,
              "role-a",
              "steward",
              "role-b",
              "approver");
      Author both = author(Role.STEWARD, Role.APPROVER);
      assertThat(message(check(ADDS_A_TYPE, NOW_MS, both, List.of(), List.of(duties))))
          .isEqualTo(
              "expected an author who does not hold both roles: first=steward, second=approver");
      for (Author one : List.of(author(Role.STEWARD, Role.ADMINISTRATOR), Author.LOOP)) {
        assertThat(check(ADDS_A_TYPE, NOW_MS, one, List.of(), List.of(duties)))
            .isInstanceOf(StageResult.Passed.class);
      }
    }

    @Test
    void shouldRemarkHowManyHaveToAgree() {
      DoctrineRule chain =
          rule(
              "chain",
              Constraint.APPROVAL_CHAIN,
              Enforcement.MANDATORY,
              "quorum",
              "2",
              "applies-to",
              "loosening");
      StageResult.Passed passed = (StageResult.Passed) check(MAKES_OPTIONAL, chain);
      assertThat(passed.remarks())
          .containsExactly(
              new Witness(
                  "", "", "needs approvals: role=approver, quorum=2", "chain@1", "A rule."));
      assertThat(((StageResult.Passed) check(ADDS_A_TYPE, chain)).remarks()).isEmpty();
    }

    private Author author(Role... roles) {
      return new Author("sue", new TreeSet<>(Set.of(roles)), "");
    }
  }

  @Test
  void shouldFailWhenItIsDecidedInADeniedWindow() {
    DoctrineRule noon =
        rule(
            "noon",
            Constraint.TIME_WINDOW,
            Enforcement.MANDATORY,
            "mode",
            "deny",
            "from",
            "12:00",
            "until",
            "13:00",
            "zone",
            "UTC",
            "event-types",
            "payment.*");
    assertThat(message(check(ADDS_AN_ATTRIBUTE, noon)))
        .startsWith("expected a change outside the window: at=2026-11-25T12:00Z[UTC], from=12:00");
    assertThat(check(ADDS_A_TYPE, noon)).isInstanceOf(StageResult.Passed.class);
    assertThat(check(ADDS_AN_ATTRIBUTE, NOW_MS - 1, Author.LOOP, List.of(), List.of(noon)))
        .isInstanceOf(StageResult.Passed.class);
  }

  @Test
  void shouldSeeThatAChangeLoosensWhateverItsAuthorSays() {
    assertThat(MAKES_OPTIONAL.loosens()).isFalse();
    assertThat(ChangeScope.of(MAKES_OPTIONAL, change(MAKES_OPTIONAL)))
        .isEqualTo(scope("payment.authorised", Effect.REMOVAL, Effect.LOOSENING));
    assertThat(ChangeScope.of(ADDS_A_TYPE, change(ADDS_A_TYPE)))
        .isEqualTo(scope("refund.requested", Effect.ADDITION));
    assertThat(ChangeScope.of(ADDS_AN_ATTRIBUTE, change(ADDS_AN_ATTRIBUTE)))
        .isEqualTo(scope("payment.authorised", Effect.ADDITION));
    Proposal addsALabel =
        of(new Delta(List.of("<" + PAYMENT + "> <" + LABEL + "> \"Another\" ."), List.of()));
    assertThat(ChangeScope.of(addsALabel, change(addsALabel)).effects())
        .containsExactly(Effect.ADDITION);
  }

  private static Scope scope(String eventType, Effect... effects) {
    return new Scope(new TreeSet<>(Set.of(effects)), new TreeSet<>(Set.of(eventType)));
  }

  private static DoctrineRule rule(
      String id, Constraint constraint, Enforcement enforcement, String... parameters) {
    SortedMap<String, String> map = new TreeMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      map.put(parameters[i], parameters[i + 1]);
    }
    return new DoctrineRule(
        id, "finance", constraint, map, enforcement, 0, Long.MAX_VALUE, 1, "A rule.");
  }

  private static StageResult check(Proposal proposal, DoctrineRule... rules) {
    return check(proposal, NOW_MS, Author.LOOP, List.of(), List.of(rules));
  }

  private static StageResult check(
      Proposal proposal,
      long atMs,
      Author author,
      List<Ancestor> history,
      List<DoctrineRule> rules) {
    return validation(proposal, atMs, author, history, rules).stages().get(2);
  }

  private static Validation validation(
      Proposal proposal,
      long atMs,
      Author author,
      List<Ancestor> history,
      List<DoctrineRule> rules) {
    List<Ancestor> ancestors =
        history.isEmpty() ? List.of(new Ancestor(1, HEAD.id(), "", 0)) : history;
    return ValidationPipeline.bundled()
        .validate(
            new Candidate(HEAD, COMPILED, ancestors, proposal, 0, atMs, context(author, rules)));
  }

  private static Context context(Author author, List<DoctrineRule> rules) {
    return new Context(author, Map.of(), rules, Set.of());
  }

  private static CompiledChange change(Proposal proposal) {
    return ((CompiledChange.Outcome.Compiled) CompiledChange.of(HEAD, COMPILED, proposal.delta()))
        .change();
  }

  private static Snapshot shadow(Proposal proposal) {
    return ((Snapshot.Applied.Changed) HEAD.apply(proposal.delta())).snapshot();
  }

  private static Witness witness(StageResult result) {
    assertThat(result).isInstanceOf(StageResult.Failed.class);
    return ((StageResult.Failed) result).witnesses().get(0);
  }

  private static String message(StageResult result) {
    return witness(result).message();
  }

  private static Proposal proposed(String eventType, MismatchKind kind, String attribute) {
    Mismatch mismatch = new Mismatch(kind, attribute, Datatype.DECIMAL, 1);
    ProposalDecision decision =
        Proposer.propose(
            Patterns.ofMismatches(COMPILED, eventType, List.of(mismatch)), HEAD, COMPILED);
    return of(((ProposalDecision.Proposed) decision).proposal().delta());
  }

  private static Proposal of(Delta delta) {
    return new Proposal(
        "00".repeat(32),
        "finance",
        "payment.authorised",
        "test",
        false,
        1,
        "ab".repeat(32),
        1,
        HEAD.id(),
        0,
        0,
        "test",
        delta);
  }

  private static String line(String start) {
    return HEAD.lines().stream().filter(line -> line.startsWith(start)).findFirst().orElseThrow();
  }
}
