package io.knhk.knowledge;

import static io.knhk.knowledge.Changes.KNHK;
import static io.knhk.knowledge.Changes.SH;
import static io.knhk.knowledge.Changes.change;
import static io.knhk.knowledge.Changes.fin;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.Proposal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShadowTestsTest {
  private static final String TEST = fin("test-currency");
  private static final String PAYMENT =
      "{\"eventType\":\"payment.authorised\",\"value\":5,\"attributes\":{\"currency\":\"EUR\"}}";
  private static final String WITHOUT_CURRENCY =
      "{\"eventType\":\"payment.authorised\",\"value\":5}";

  @Test
  void shouldPassAndBeReportedWhenAnswersAreAsExpected() {
    Validation validation =
        validate(
            test()
                .add(TEST, KNHK + "ask", text("ASK { ?s knhk:attributeName \"currency\" }"))
                .add(TEST, KNHK + "mustConform", text(PAYMENT))
                .add(TEST, KNHK + "mustNotConform", text(WITHOUT_CURRENCY)));
    assertThat(validation.failure()).isEmpty();
    assertThat(validation.shadowTests())
        .containsExactly(
            new ShadowTestResult(Terms.lexical(TEST), "Payments name their currency", 3, null));
    assertThat(validation.stages().get(1).figures())
        .containsEntry("tests.run", 1L)
        .containsEntry("tests.failed", 0L)
        .containsEntry("tests.checks", 3L);
  }

  @Test
  void shouldFailTheChangeWhenATestOfTheOntologyFails() {
    Snapshot with =
        applied(
            Changes.HEAD,
            test().add(TEST, KNHK + "mustNotConform", text(WITHOUT_CURRENCY)).delta());
    Changes optional = change().remove(fin("payment.authorised:currency"), SH + "minCount");
    Validation validation = validate(with, optional.delta());
    assertThat(validation.failure().orElseThrow().stage()).isEqualTo("invariants");
    assertThat(validation.failure().orElseThrow().witnesses())
        .contains(
            new Witness(TEST, "", "expected the example not to conform", WITHOUT_CURRENCY, ""));
    assertThat(validation.shadowTests()).hasSize(1);
    assertThat(validation.shadowTests().get(0).passed()).isFalse();
  }

  @Test
  void shouldCompareRowsWhateverTheirOrderWhenItSelects() {
    String query =
        "SELECT ?name ?min { ?s knhk:attributeName ?name . OPTIONAL { ?s sh:minCount ?min }"
            + " FILTER(STRSTARTS(STR(?s), \"https://knhk.io/ns/finance#payment.authorised:\")) }";
    Changes right =
        test()
            .add(TEST, KNHK + "select", text(query))
            .add(TEST, KNHK + "expects", text("currency\t1"))
            .add(TEST, KNHK + "expects", text("channel\t"))
            .add(TEST, KNHK + "expects", text("merchant_category\t"));
    assertThat(validate(right).failure()).isEmpty();
    Changes wrong =
        test()
            .add(TEST, KNHK + "select", text(query))
            .add(TEST, KNHK + "expects", text("currency\t1"));
    assertThat(failure(wrong).message())
        .isEqualTo(
            "expected the answer: expected=[currency\t1], found=[channel\t, currency\t1, merchant_category\t]");
    assertThat(failure(wrong).source()).isEqualTo(query);
    Changes none =
        test().add(TEST, KNHK + "select", text("SELECT ?s { ?s knhk:attributeName 'x' }"));
    assertThat(validate(none).failure()).isEmpty();
  }

  @Test
  void shouldExpectFalseWhenItSaysSo() {
    Changes no = test().add(TEST, KNHK + "ask", text("ASK { ?s knhk:attributeName 'x' }"));
    assertThat(failure(no).message()).isEqualTo("expected the answer: expected=true, found=false");
    no.add(TEST, KNHK + "expects", Terms.truth(false));
    assertThat(validate(no).failure()).isEmpty();
  }

  @Test
  void shouldSeeTheShadowAndNotTheHead() {
    Changes changes =
        test()
            .attribute("payment.settled", "risk", "decimal", false)
            .add(TEST, KNHK + "ask", text("ASK { ?s knhk:attributeName 'risk' }"))
            .add(
                TEST,
                KNHK + "mustConform",
                text(
                    "{\"eventType\":\"payment.settled\",\"value\":5,\"attributes\":{\"risk\":1}}"));
    // It is no attribute of the head; what the settled payment lacks there, it lacks here.
    StageResult.Failed failed = validate(changes).failure().orElse(null);
    if (failed != null) {
      assertThat(failed.witnesses().get(0).message()).doesNotContain("UNKNOWN_ATTRIBUTE");
    }
  }

  @Test
  void shouldLeaveNothingBehindWhenItFails() {
    ValidationPipeline used = ValidationPipeline.bundled();
    Changes failing = test().add(TEST, KNHK + "ask", text("ASK { ?s knhk:attributeName 'x' }"));
    Changes harmless = change().add(fin("payment.settled"), Vocabulary.RDFS + "comment", "\"x\"");
    List<StageResult> fresh =
        ValidationPipeline.bundled().validate(harmless.candidate(Context.NONE)).stages();
    for (int i = 0; i < 2; i++) {
      assertThat(used.validate(failing.candidate(Context.NONE)).passed()).isFalse();
      Validation after = used.validate(harmless.candidate(Context.NONE));
      assertThat(after.stages()).isEqualTo(fresh);
      assertThat(after.shadowTests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ASK { SERVICE <http://127.0.0.1:PORT/sparql> { ?s ?p ?o } }",
        "ASK { { SELECT * { SERVICE SILENT <http://127.0.0.1:PORT/sparql> { ?s ?p ?o } } } }",
        "ASK FROM <http://127.0.0.1:PORT/x.ttl> { ?s ?p ?o }",
        "ASK FROM NAMED <http://127.0.0.1:PORT/x.ttl> { GRAPH ?g { ?s ?p ?o } }",
        "ASK { GRAPH <http://127.0.0.1:PORT/x> { ?s ?p ?o } }",
        "LOAD <http://127.0.0.1:PORT/x.ttl>",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "DESCRIBE <http://127.0.0.1:PORT/x>",
        "ASK { ?s <java:java.io.File> ?o }",
        "ASK { FILTER(<java:java.lang.System>(1)) }",
        "ASK { FILTER(NOW() > 0) }",
        "ASK { FILTER(RAND() > 0) }",
        "ASK {",
        "ASK { ?s ?p"
      })
  void shouldFailAndOpenNoSocketWhenAQueryLooksElsewhere(String query) throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String hostile = query.replace("PORT", String.valueOf(listener.getLocalPort()));
      Witness failure = failure(test().add(TEST, KNHK + "ask", text(hostile)));
      assertThat(failure.message()).startsWith("expected ");
      listener.setSoTimeout(1);
      assertThat(accepts(listener)).isFalse();
    }
  }

  @Test
  void shouldFailWhenAQueryReadsTooMuch() {
    // Each of the head's triples with each with each.
    String query =
        "ASK { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f . FILTER(CONCAT(STR(?a), STR(?d), STR(?f)) = \"x\") }";
    ValidationLimits patient = ValidationLimits.builder().shadowTestsMsMax(600_000).build();
    Validation validation =
        ValidationPipeline.bundled(patient, () -> 0)
            .validate(test().add(TEST, KNHK + "ask", text(query)).candidate(Context.NONE));
    assertThat(validation.failure().orElseThrow().witnesses().get(0).message())
        .isEqualTo("expected few triples read: limit=2000000");
  }

  @Test
  void shouldFailWhenTimeIsUpOrAnAnswerHasManyRows() {
    long[] now = {0};
    Changes changes =
        test().add(TEST, KNHK + "ask", text("ASK { ?s knhk:attributeName \"currency\" }"));
    ValidationLimits patientShapes = ValidationLimits.builder().fullShapesMsMax(1L << 40).build();
    Validation late =
        ValidationPipeline.bundled(patientShapes, () -> now[0] += 5_000_000_000L)
            .validate(changes.candidate(Context.NONE));
    assertThat(late.failure().orElseThrow().witnesses().get(0).message())
        .isEqualTo("expected all shadow tests to end in time: limitMs=5000");
    Changes many = test().add(TEST, KNHK + "select", text("SELECT ?s ?p ?o { ?s ?p ?o }"));
    assertThat(failure(many).message()).isEqualTo("expected an answer of few rows: limit=1000");
  }

  @Test
  void shouldFailWhenThereAreMoreTestsThanMayBe() {
    Changes changes = change();
    IntStream.range(0, 3)
        .forEach(
            i ->
                changes
                    .add(fin("t" + i), Vocabulary.RDF + "type", Vocabulary.SHADOW_TEST)
                    .add(fin("t" + i), KNHK + "mustConform", text(PAYMENT)));
    assertThat(run(changes, 3).violations()).isEmpty();
    assertThat(run(changes, 2).violations())
        .extracting(Witness::message)
        .containsExactly("expected a bounded number of shadow tests: tests=3, limit=2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "7",
        "{",
        "{\"eventType\":\"payment.authorised\"}",
        "{\"eventType\":\"x\",\"value\":1},\"id\":\"2\"",
        "{\"eventType\":\"x\",\"value\":1}}",
        ""
      })
  void shouldFailWhenAnExampleIsNoData(String data) {
    assertThat(failure(test().add(TEST, KNHK + "mustNotConform", text(data))).message())
        .startsWith("expected the data of an observation: ");
  }

  @Test
  void shouldRemarkWhenATestIsRemoved() {
    Changes adds = test().add(TEST, KNHK + "mustNotConform", text(WITHOUT_CURRENCY));
    Snapshot with = applied(Changes.HEAD, adds.delta());
    Validation validation = validate(with, new Delta(List.of(), adds.delta().added()), true);
    assertThat(validation.failure()).isEmpty();
    assertThat(((StageResult.Passed) validation.stages().get(1)).remarks())
        .containsExactly(new Witness(TEST, "", "a shadow test is removed and was not run"));
  }

  @Test
  void shouldBeMalformedWhenItAsksNothing() {
    StageResult.Failed failed = validate(test()).failure().orElseThrow();
    assertThat(failed.stage()).isEqualTo("static");
    assertThat(failed.witnesses())
        .extracting(Witness::message)
        .contains("expected 1 to 64 questions and examples");
    assertThat(run(test(), 100).violations())
        .extracting(Witness::message)
        .containsExactly("expected a question or examples, and at most one question");
  }

  private static Changes test() {
    return change()
        .add(TEST, Vocabulary.RDF + "type", Vocabulary.SHADOW_TEST)
        .add(TEST, Vocabulary.RDFS + "label", "\"Payments name their currency\"");
  }

  private static String text(String lexical) {
    return Terms.text(lexical);
  }

  private static Invariant run(Changes changes, int testsMax) {
    return ShadowTests.check(
            Facts.of(Changes.HEAD),
            ShadowGraphs.of(Changes.HEAD),
            changes.compiled(),
            "finance",
            ValidationLimits.builder().shadowTestsMax(testsMax).build(),
            () -> 0)
        .invariant();
  }

  private static Witness failure(Changes changes) {
    Validation validation = validate(changes);
    StageResult.Failed failed = validation.failure().orElseThrow();
    assertThat(failed.stage()).isEqualTo("invariants");
    return failed.witnesses().get(0);
  }

  private static Validation validate(Changes changes) {
    return changes.validate(Context.NONE);
  }

  private static Validation validate(Snapshot head, Delta delta) {
    return validate(head, delta, false);
  }

  /** With every guard relaxed: it is the tests that are looked at. */
  private static Validation validate(Snapshot head, Delta delta, boolean back) {
    List<Ancestor> history = new ArrayList<>();
    if (back) {
      history.add(new Ancestor(1, Changes.HEAD.id(), "", 0));
      history.add(new Ancestor(2, head.id(), Changes.HEAD.id(), 0));
    } else {
      history.add(new Ancestor(1, head.id(), "", 0));
    }
    Ancestor last = history.get(history.size() - 1);
    Proposal proposal =
        new Proposal(
            "00".repeat(32),
            "finance",
            "x",
            back ? Proposal.ROLLBACK : Proposal.BY_HAND,
            false,
            1,
            "",
            last.version(),
            last.snapshotId(),
            0,
            0,
            "test",
            delta);
    return ValidationPipeline.bundled().validate(Candidates.of(head, history, proposal, 0, 0));
  }

  private static Snapshot applied(Snapshot head, Delta delta) {
    return ((Snapshot.Applied.Changed) head.apply(delta)).snapshot();
  }

  private static boolean accepts(ServerSocket listener) throws IOException {
    try {
      listener.accept().close();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }
}
