package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.observation.Datatype;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationPipelineTest {
  private static final Snapshot HEAD = Bundled.of("finance");
  private static final String TYPE = "<https://knhk.io/ns/finance#payment.authorised>";
  private static final String CURRENCY = "<https://knhk.io/ns/finance#payment.authorised:currency>";
  private static final String VALUE = "<https://knhk.io/ns/finance#payment.authorised::value>";
  private static final String KNHK = "https://knhk.io/ns/core#";
  private static final String SH = "http://www.w3.org/ns/shacl#";

  @Nested
  class OfTheStaticStage {
    @Test
    void shouldNameWhereAndWhyWhenAConstraintHasNoDatatype() {
      StageResult.Failed failed =
          failed(
              delta(
                  List.of(),
                  List.of(
                      CURRENCY
                          + " <"
                          + SH
                          + "datatype> <http://www.w3.org/2001/XMLSchema#string> .")));
      assertThat(failed.stage()).isEqualTo("static");
      assertThat(failed.witnesses())
          .contains(
              new Witness(
                  CURRENCY,
                  "<" + SH + "datatype>",
                  "expected one datatype: string, integer, decimal or boolean",
                  "<" + KNHK + "AttributeConstraintShape> MinCount",
                  "Add the value that is missing."));
      assertThat(failed.figures()).containsEntry("triplesRemoved", 1L).containsKey("focusNodes");
    }

    @Test
    void shouldFailWhenMinIsAboveMax() {
      assertFails(
          "expected min <= max",
          replaced(
              VALUE, SH + "minInclusive", "\"20000\"^^<http://www.w3.org/2001/XMLSchema#integer>"));
    }

    @Test
    void shouldFailWhenABoundIsNoNumber() {
      assertFails("expected one largest number", replaced(VALUE, SH + "maxInclusive", "\"many\""));
      assertFails(
          "expected one largest number",
          replaced(
              VALUE, SH + "maxInclusive", "\"INF\"^^<http://www.w3.org/2001/XMLSchema#double>"));
      assertFails(
          "expected one largest number",
          replaced(
              VALUE, SH + "maxInclusive", "\"x\"^^<http://www.w3.org/2001/XMLSchema#decimal>"));
    }

    @Test
    void shouldFailWhenBoundsAreOnAText() {
      assertThat(
              failed(
                      delta(
                          List.of(
                              CURRENCY
                                  + " <"
                                  + SH
                                  + "minInclusive> \"1\"^^<http://www.w3.org/2001/XMLSchema#integer> ."),
                          List.of()))
                  .stage())
          .isEqualTo("static");
    }

    @Test
    void shouldFailWhenAWireNameIsTakenTwice() {
      assertFails(
          "expected one class for a wire name",
          replaced(TYPE, KNHK + "eventType", "\"payment.settled\""));
    }

    @Test
    void shouldFailWhenAnAttributeIsNamedTwice() {
      assertFails(
          "expected one shape for an attribute",
          replaced(CURRENCY, KNHK + "attributeName", "\"channel\""));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "\"10\"^^<http://www.w3.org/2001/XMLSchema#integer>",
          "\"-1\"^^<http://www.w3.org/2001/XMLSchema#integer>",
          "\"2\"",
          "\"2.5\"^^<http://www.w3.org/2001/XMLSchema#decimal>"
        })
    void shouldFailWhenDecimalsAreOutOfRange(String decimals) {
      assertFails("expected decimals from 0 to 9", replaced(TYPE, KNHK + "decimals", decimals));
    }

    @Test
    void shouldFailWhenAClassHasNoWireName() {
      assertFails(
          "expected a subclass of knhk:Observation to have a wire name",
          delta(List.of(), List.of(TYPE + " <" + KNHK + "eventType> \"payment.authorised\" .")));
      assertFails(
          "expected a subclass of knhk:Observation to have a wire name",
          delta(
              List.of(
                  "<https://knhk.io/ns/finance#x> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <"
                      + KNHK
                      + "Observation> ."),
              List.of()));
    }

    @Test
    void shouldFailWhenAConstraintIsCutOffOrShared() {
      assertFails(
          "expected a constraint of exactly one class",
          delta(List.of(), List.of(TYPE + " <" + SH + "property> " + CURRENCY + " .")));
      assertFails(
          "expected a constraint of exactly one class",
          delta(
              List.of(
                  "<https://knhk.io/ns/finance#payment.settled> <"
                      + SH
                      + "property> "
                      + CURRENCY
                      + " ."),
              List.of()));
    }

    @Test
    void shouldFailWhenAGuardOrAWatchRuleIsMalformed() {
      String guard = "<https://knhk.io/ns/finance#payment.authorised::four-eyes>";
      assertFails(
          "expected one criticality",
          replaced(guard, KNHK + "criticality", "<" + KNHK + "Observation>"));
      assertFails(
          "expected one kind of guard", replaced(guard, KNHK + "guardKind", "\"ApprovalChain\""));
      String watch = "<https://knhk.io/ns/finance#payment.authorised::watch>";
      assertFails(
          "expected bucketMs from a second to a week",
          replaced(watch, KNHK + "bucketMs", "\"0\"^^<http://www.w3.org/2001/XMLSchema#integer>"));
      assertFails(
          "expected errorRateMax from 0 to 1",
          replaced(
              watch, KNHK + "errorRateMax", "\"1.5\"^^<http://www.w3.org/2001/XMLSchema#decimal>"));
      assertFails(
          "expected warmupBuckets <= baselineBuckets",
          replaced(
              watch,
              KNHK + "warmupBuckets",
              "\"1000\"^^<http://www.w3.org/2001/XMLSchema#integer>"));
      assertFails(
          "expected one watch rule",
          delta(List.of(), List.of(TYPE + " <" + KNHK + "watch> " + watch + " .")));
    }

    @Test
    void shouldFailWhenAListRunsInACircleOrIsCutOff() {
      String list = object(CURRENCY, SH + "in");
      String rest = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest";
      assertFails("expected a bounded list", replaced(list, rest, list));
      assertFails(
          "expected an RDF list",
          delta(List.of(), List.of(list + " <" + rest + "> " + object(list, rest) + " .")));
    }

    @Test
    void shouldFailWhenTheCoreIsTouched() {
      assertFails(
          "expected a subject that the sector owns",
          delta(List.of("<" + KNHK + "defaultWatch> <" + KNHK + "unit> \"x\" ."), List.of()));
      String core =
          HEAD.lines().stream()
              .filter(line -> line.startsWith("<https://knhk.io/ns/core/node#"))
              .findFirst()
              .orElseThrow();
      assertFails("expected a subject that the sector owns", delta(List.of(), List.of(core)));
    }

    @Test
    void shouldFailWhenItWouldFetchOrRun() {
      assertFails(
          "expected a predicate that a sector may use",
          delta(
              List.of(
                  "<https://knhk.io/ns/finance> <http://www.w3.org/2002/07/owl#imports> <file:///etc/passwd> ."),
              List.of()));
      assertFails(
          "expected a predicate that a sector may use",
          delta(List.of(TYPE + " <" + SH + "js> <https://knhk.io/ns/finance#q> ."), List.of()));
    }

    @Test
    void shouldFailWhenTheDeltaDoesNotApply() {
      assertFails(
          "expected a triple to add that is not there",
          delta(List.of(line(TYPE, KNHK + "eventType")), List.of()));
      assertFails(
          "expected a triple to remove that is there",
          delta(List.of(), List.of(TYPE + " <" + KNHK + "unit> \"nothing\" .")));
      assertFails("expected a delta with a triple in it", delta(List.of(), List.of()));
      assertFails("expected a ground triple", delta(List.of("_:b <a:p> <a:o> ."), List.of()));
    }

    @Test
    void shouldFailWhenTheResultCouldNotBeBroadcast() {
      List<Ancestor> history = new ArrayList<>(List.of(new Ancestor(1, HEAD.id(), "", 0)));
      List<String> lines = new ArrayList<>(HEAD.lines());
      List<String> template = newType("name");
      for (int i = 0; i < 2_000; i++) {
        String name = "x".repeat(250) + i;
        template.forEach(
            line ->
                lines.add(
                    line.replace("\"name\"", "\"" + name + "\"")
                        .replace("#name>", "#" + name + ">")));
      }
      Snapshot large = Snapshot.of(lines);
      history.add(new Ancestor(2, large.id(), HEAD.id(), 0));
      Proposal proposal = proposal(new Delta(newType("one.more"), List.of()), 2, large.id());
      Validation validation =
          ValidationPipeline.bundled().validate(Candidates.of(large, history, proposal, 0, 0));
      assertThat(validation.failure().orElseThrow().witnesses().get(0).message())
          .startsWith("expected a compiled snapshot that can be broadcast");
    }

    @Test
    void shouldNotDependOnWhatItValidatedBeforeWhenAskedAgain() {
      ValidationPipeline used = ValidationPipeline.bundled();
      List<Delta> deltas =
          List.of(
              replaced(TYPE, KNHK + "eventType", "\"payment.settled\""),
              replaced(
                  TYPE, KNHK + "decimals", "\"3\"^^<http://www.w3.org/2001/XMLSchema#integer>"),
              delta(List.of(), List.of(TYPE + " <" + SH + "property> " + CURRENCY + " .")));
      for (Delta delta : deltas) {
        Validation fresh = validate(delta);
        for (int i = 0; i < 2; i++) {
          Validation again = used.validate(candidate(delta));
          assertThat(again.stages()).isEqualTo(fresh.stages());
          assertThat(again.shadow()).isEqualTo(fresh.shadow());
        }
      }
    }

    @Test
    void shouldFailRatherThanCrashWhenAListIsVeryLong() {
      List<String> lines = new ArrayList<>(HEAD.lines());
      String rest = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>";
      String first = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>";
      for (int i = 0; i < 10_000; i++) {
        lines.add(cell(i) + " " + first + " \"" + i + "\" .");
        lines.add(cell(i) + " " + rest + " " + cell(i + 1) + " .");
      }
      Snapshot head = Snapshot.of(lines);
      String old = line(CURRENCY, SH + "in");
      Delta delta = delta(List.of(CURRENCY + " <" + SH + "in> " + cell(0) + " ."), List.of(old));
      List<Ancestor> history = List.of(new Ancestor(1, head.id(), "", 0));
      Validation validation =
          ValidationPipeline.bundled()
              .validate(Candidates.of(head, history, proposal(delta, 1, head.id()), 0, 0));
      assertThat(validation.failure()).isPresent();
      // A change at the far end affects all the cells before it, which is more than a change may.
      Delta end =
          delta(
              List.of(
                  cell(10_000) + " " + first + " \"x\" .",
                  cell(10_000)
                      + " "
                      + rest
                      + " <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil> ."),
              List.of());
      Validation atEnd =
          ValidationPipeline.bundled()
              .validate(Candidates.of(head, history, proposal(end, 1, head.id()), 0, 0));
      assertThat(atEnd.failure().orElseThrow().witnesses().get(0).message())
          .contains("limit=10000");
    }

    private static String cell(int i) {
      return "<https://knhk.io/ns/finance/node#cell" + i + ">";
    }
  }

  @Nested
  class OfTheInvariants {
    private final Delta delta =
        replaced(TYPE, KNHK + "decimals", "\"3\"^^<http://www.w3.org/2001/XMLSchema#integer>");
    private final Ancestor first = new Ancestor(1, "11".repeat(32), "", 100);
    private final Ancestor second = new Ancestor(2, HEAD.id(), first.snapshotId(), 200);

    @Test
    void shouldPassAllStagesInOrderWhenEverythingHolds() {
      Validation validation =
          run(List.of(first, second), proposal(delta, 1, first.snapshotId()), 300, 300);
      assertThat(validation.passed()).isTrue();
      assertThat(validation.stages())
          .extracting(StageResult::stage)
          .isEqualTo(ValidationPipeline.STAGES);
      assertThat(
              validation
                  .shadow()
                  .orElseThrow()
                  .contains(
                      TYPE
                          + " <"
                          + KNHK
                          + "decimals> \"3\"^^<http://www.w3.org/2001/XMLSchema#integer> ."))
          .isTrue();
    }

    @Test
    void shouldFailWhenTheHistoryDoesNotEndAtTheHead() {
      assertInvariant(
          "expected a history that ends at the head",
          List.of(first),
          proposal(delta, 1, first.snapshotId()),
          300,
          300);
      assertInvariant(
          "expected a history that ends at the head",
          List.of(),
          proposal(delta, 1, first.snapshotId()),
          300,
          300);
    }

    @Test
    void shouldFailWhenTheHistoryIsBrokenOrRunsInACircle() {
      Ancestor gap = new Ancestor(3, HEAD.id(), first.snapshotId(), 200);
      assertInvariant(
          "expected the version after its parent",
          List.of(first, gap),
          proposal(delta, 1, first.snapshotId()),
          300,
          300);
      Ancestor stranger = new Ancestor(2, HEAD.id(), "22".repeat(32), 200);
      assertInvariant(
          "expected the version after its parent",
          List.of(first, stranger),
          proposal(delta, 1, first.snapshotId()),
          300,
          300);
      Ancestor early = new Ancestor(2, HEAD.id(), first.snapshotId(), 50);
      assertInvariant(
          "expected a promotion no earlier than its parent's",
          List.of(first, early),
          proposal(delta, 1, first.snapshotId()),
          300,
          300);
      Ancestor head = new Ancestor(1, HEAD.id(), "", 100);
      Ancestor between = new Ancestor(2, first.snapshotId(), HEAD.id(), 100);
      Ancestor again = new Ancestor(3, HEAD.id(), first.snapshotId(), 100);
      assertInvariant(
          "expected an acyclic history",
          List.of(head, between, again),
          proposal(delta, 1, HEAD.id()),
          300,
          300);
    }

    @Test
    void shouldFailWhenTheBasisIsNoAncestor() {
      assertInvariant(
          "expected a basis that is the head or before it",
          List.of(first, second),
          proposal(delta, 2, first.snapshotId()),
          300,
          300);
      assertInvariant(
          "expected a basis that is the head or before it",
          List.of(first, second),
          proposal(delta, 3, "33".repeat(32)),
          300,
          300);
    }

    @Test
    void shouldFailWhenTheEvidenceIsYoungerThanTheChange() {
      assertInvariant(
          "expected evidence no younger than the change",
          List.of(first, second),
          proposal(delta, 2, HEAD.id()),
          301,
          300);
    }

    @Test
    void shouldFailWhenTheChangeLeadsBackToWhatWasLeft() {
      Snapshot shadow = ((Snapshot.Applied.Changed) HEAD.apply(delta)).snapshot();
      Ancestor left = new Ancestor(1, shadow.id(), "", 100);
      Ancestor now = new Ancestor(2, HEAD.id(), shadow.id(), 200);
      assertInvariant(
          "expected a new snapshot", List.of(left, now), proposal(delta, 2, HEAD.id()), 300, 300);
    }

    private Validation run(List<Ancestor> history, Proposal proposal, long evidence, long decided) {
      return ValidationPipeline.bundled()
          .validate(Candidates.of(HEAD, history, proposal, evidence, decided));
    }

    private void assertInvariant(
        String message, List<Ancestor> history, Proposal proposal, long evidence, long decided) {
      Validation validation = run(history, proposal, evidence, decided);
      StageResult.Failed failed = validation.failure().orElseThrow();
      assertThat(failed.stage()).isEqualTo("invariants");
      assertThat(validation.stages().subList(2, 5)).allMatch(StageResult.NotRun.class::isInstance);
      assertThat(validation.stages().subList(5, 7)).noneMatch(StageResult.NotRun.class::isInstance);
      assertThat(validation.shadow()).isEmpty();
      assertThat(failed.witnesses())
          .extracting(Witness::message)
          .anyMatch(m -> m.startsWith(message));
    }
  }

  @ParameterizedTest
  @CsvSource({"FREQUENCY_ANOMALY,327", "ERROR_SPIKE,0.69", "ABSENCE,200000000"})
  void shouldPassWhenTheProposerMadeIt(PatternKind kind, double observed) {
    Loop loop = new Loop("finance");
    loop.promote(
        loop.proposal(
            Patterns.behaviour(loop.compiled(), kind, "payment.authorised", "", observed, 0.1)));
  }

  private static void assertFails(String message, Delta delta) {
    StageResult.Failed failed = failed(delta);
    assertThat(failed.stage()).isEqualTo("static");
    assertThat(failed.witnesses())
        .extracting(Witness::message)
        .anyMatch(m -> m.startsWith(message));
  }

  private static StageResult.Failed failed(Delta delta) {
    Validation validation = validate(delta);
    assertThat(validation.passed()).isFalse();
    assertThat(validation.stages().subList(1, 5)).allMatch(StageResult.NotRun.class::isInstance);
    return validation.failure().orElseThrow();
  }

  private static Validation validate(Delta delta) {
    return ValidationPipeline.bundled().validate(candidate(delta));
  }

  private static Candidate candidate(Delta delta) {
    return Candidates.of(
        HEAD, List.of(new Ancestor(1, HEAD.id(), "", 0)), proposal(delta, 1, HEAD.id()), 0, 0);
  }

  private static Proposal proposal(Delta delta, long basisVersion, String basisId) {
    return new Proposal(
        "00".repeat(32),
        "finance",
        "payment.authorised",
        "test",
        false,
        1,
        "ab".repeat(32),
        basisVersion,
        basisId,
        0,
        0,
        "test",
        delta);
  }

  private static Delta delta(List<String> added, List<String> removed) {
    return new Delta(added, removed);
  }

  private static Delta replaced(String subject, String predicate, String object) {
    return delta(
        List.of(subject + " <" + predicate + "> " + object + " ."),
        List.of(line(subject, predicate)));
  }

  private static String object(String subject, String predicate) {
    return NTriple.parse(line(subject, predicate)).object();
  }

  private static String line(String subject, String predicate) {
    return HEAD.lines().stream()
        .filter(line -> line.startsWith(subject + " <" + predicate + "> "))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> newType(String name) {
    CompiledSnapshot compiled = Bundled.compiled("finance", HEAD, 1);
    Mismatch unknown = new Mismatch(MismatchKind.UNKNOWN_EVENT_TYPE, "", Datatype.DECIMAL, 1);
    ProposalDecision decision =
        Proposer.propose(Patterns.ofMismatches(compiled, name, List.of(unknown)), HEAD, compiled);
    return ((ProposalDecision.Proposed) decision).proposal().delta().added();
  }
}
