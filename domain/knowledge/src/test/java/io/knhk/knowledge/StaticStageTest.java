package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.shacl.Deadline;
import io.knhk.knowledge.shacl.ShaclOutcome;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.Proposal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.GraphMemFactory;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.graph.Triple;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the static stage says of shapes that a sector wrote, of names, and of hostile input. */
class StaticStageTest {
  private static final Snapshot HEAD = Bundled.of("finance");
  private static final String PREFIXES =
      """
      @prefix : <https://knhk.io/ns/finance#> .
      @prefix knhk: <https://knhk.io/ns/core#> .
      @prefix owl: <http://www.w3.org/2002/07/owl#> .
      @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
      @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
      @prefix sh: <http://www.w3.org/ns/shacl#> .
      @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
      """;
  private static final String SH = "http://www.w3.org/ns/shacl#";
  private static final String OWN = "https://knhk.io/ns/finance#";
  private static final String BRANCHES =
      """
      :Branch a owl:Class . :BranchShape a sh:NodeShape ; sh:targetClass :Branch ;
        sh:property [ sh:path :code ; sh:minCount 1 ; sh:datatype xsd:string ] ,
          [ sh:path [ sh:inversePath :branch ] ; sh:maxCount 2 ] ,
          [ sh:path ( :branch :code ) ; sh:maxCount 1 ; sh:severity sh:Warning ] .
      :b1 a :Branch ; :code "1" . :b2 a :Branch ; :code "2" ; :branch :b1 .
      """;

  private final ValidationPipeline pipeline = ValidationPipeline.bundled();
  private Snapshot head = HEAD;

  @Nested
  class OfShapesOfASector {
    @Test
    void shouldHoldASectorsShapesWhenDataChanges() {
      promote(BRANCHES);
      assertThat(witness(added(":b3 a :Branch .")).focusNode())
          .isEqualTo("<https://knhk.io/ns/finance#b3>");
      Witness witness = witness(removed(":b1 :code \"1\" ."));
      assertThat(witness.source()).isEqualTo("<https://knhk.io/ns/finance#BranchShape> MinCount");
      assertThat(witness.mend()).isEqualTo("Add the value that is missing.");
      // Through a path that had been a blank node.
      assertThat(witness(added(":x :branch :b1 . :y :branch :b1 .")).path()).startsWith("^");
      promote(":b4 a :Branch ; :code \"4\" ; :branch :b2 .");
    }

    @Test
    void shouldRemarkAndPassWhenTheSeverityIsLess() {
      promote(BRANCHES);
      StageResult.Passed passed = passed(added(":b1 :code \"one\" ."));
      assertThat(passed.remarks())
          .extracting(Witness::source)
          .containsExactly("<https://knhk.io/ns/finance#BranchShape> MaxCount");
    }

    @Test
    void shouldFindWhatWasThereWhenAShapeComes() {
      promote(":b1 a :Branch . :Branch a owl:Class .");
      assertThat(
              witness(
                      added(
                          BRANCHES
                              .replace(":Branch a owl:Class . ", "")
                              .replace(":b1 a :Branch ; :code \"1\" .", "")))
                  .focusNode())
          .isEqualTo("<https://knhk.io/ns/finance#b1>");
    }

    @Test
    void shouldNameTheShapeWhenItIsEvaluatedInFull() {
      promote(BRANCHES);
      String query = "SELECT $this WHERE { $this <https://knhk.io/ns/finance#code> \\\"9\\\" }";
      promote(
          ":QueryShape a sh:NodeShape ; sh:targetClass :Branch ; sh:sparql [ sh:select \""
              + query
              + "\" ] .");
      StageResult.Passed passed = passed(added(":b3 a :Branch ; :code \"3\" ."));
      assertThat(passed.figures()).containsEntry("shapesInFull", 1L);
      assertThat(passed.remarks())
          .extracting(Witness::source)
          .contains("<https://knhk.io/ns/finance#QueryShape>");
      assertThat(witness(added(":b3 a :Branch ; :code \"9\" .")).source())
          .isEqualTo("<https://knhk.io/ns/finance#QueryShape> SPARQL");
    }

    @Test
    void shouldFailWithTheLimitWhenAQueryTakesTooLong() {
      promote(BRANCHES);
      // A clock that moves a millisecond whenever it is looked at.
      AtomicLong now = new AtomicLong();
      ValidationPipeline hurried =
          ValidationPipeline.bundled(
              ValidationLimits.builder().fullShapesMsMax(5).build(),
              () -> now.getAndAdd(1_000_000));
      String query =
          "SELECT $this WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER (?a = ?i && ?b = ?f && ?c = ?d) }";
      Delta delta =
          added(
              ":QueryShape a sh:NodeShape ; sh:targetClass :Branch ; sh:sparql [ sh:select \""
                  + query
                  + "\" ] .");
      StageResult.Failed failed =
          hurried.validate(candidate(delta, Proposal.BY_HAND)).failure().orElseThrow();
      assertThat(failed.witnesses().get(0).message())
          .isEqualTo("expected shapes that are evaluated in full to be so in time: limitMs=5");
      assertThat(failed.witnesses().get(0).source())
          .isEqualTo("<https://knhk.io/ns/finance#QueryShape>");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          ":S a sh:NodeShape ; sh:targetNode :b1 ; sh:property [ sh:path :p ; sh:minCount \"many\" ] .",
          ":S a sh:NodeShape ; sh:property [ sh:minCount 1 ] .",
          ":S a sh:NodeShape ; sh:property :nothing .",
          ":S a sh:NodeShape ; sh:node :S .",
          ":S a sh:NodeShape ; sh:node :T . :T a sh:NodeShape ; sh:not :S .",
          ":S a sh:NodeShape ; sh:and ( :T ) . :T a sh:NodeShape ; sh:property [ sh:path :p ; sh:node :S ] .",
          ":S a sh:NodeShape ; sh:in \"x\" .",
          ":S a sh:NodeShape ; sh:pattern \"[\" .",
          ":S a sh:NodeShape ; sh:pattern \"(a+)+\" .",
          ":S a sh:PropertyShape ; sh:path [ sh:inversePath [ sh:oneOrMorePath \"x\" ] ] .",
          ":S a sh:NodeShape ; sh:sparql [ sh:message \"no query\" ] .",
          ":S a sh:NodeShape ; sh:sparql [ sh:select \"no query\" ] .",
          ":S a sh:NodeShape ; sh:qualifiedValueShape [ ] ."
        })
    void shouldSayWhyWhenAShapeIsMalformed(String shape) {
      promote(":b1 a :Branch .");
      StageResult.Failed failed = failed(added(shape));
      assertThat(failed.stage()).isEqualTo("static");
      assertThat(failed.witnesses())
          .allSatisfy(w -> assertThat(w.message()).startsWith("expected "));
      assertThat(failed.witnesses().get(0).mend()).isNotEmpty();
      // And nothing of it stays.
      passed(added(":b2 a :Branch ."));
    }
  }

  @Nested
  class OfNames {
    @Test
    void shouldFailWhenATermDiffersByCaseAlone() {
      assertMessage(
          "expected a new term that differs from others by more than case: other=<https://knhk.io/ns/finance#payment.authorised>",
          added(":Payment.Authorised rdfs:label \"x\" ."));
      assertMessage(
          "expected a new term that differs from others by more than case",
          added(":one rdfs:label \"x\" . :ONE rdfs:label \"x\" ."));
      promote(":one rdfs:label \"x\" .");
      Delta renamed =
          new Delta(
              added(":ONE rdfs:label \"x\" .").added(), added(":one rdfs:label \"x\" .").added());
      passed(renamed);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          ":payment.authorised::four-eyes a owl:Class .",
          ":payment.authorised a owl:DatatypeProperty .",
          "<https://knhk.io/ns/finance/attribute#channel> a owl:Class .",
          ":payment.authorised::watch a sh:PropertyShape , knhk:AttributeConstraint .",
          ":x a rdfs:Class . :y rdfs:subClassOf :x . :z a sh:PropertyShape ; sh:path :x ."
        })
    void shouldFailWhenATermIsTwoThings(String turtle) {
      assertMessage("expected a term that is one thing: roles=", added(turtle));
    }

    @Test
    void shouldFailWhenATermOfAnotherSectorIsMeant() {
      assertMessage(
          "expected no term of another sector",
          added(":x rdfs:seeAlso <https://knhk.io/ns/energy#meter.reading> ."));
    }

    @Test
    void shouldFailWhenTheDeltaIsTooLargeUnlessItIsBulk() {
      Delta large =
          new Delta(
              IntStream.rangeClosed(0, Delta.TRIPLES_MAX)
                  .mapToObj(
                      i ->
                          "<https://knhk.io/ns/finance#x> <http://www.w3.org/2000/01/rdf-schema#label> \""
                              + i
                              + "\" .")
                  .toList(),
              List.of());
      assertMessage("expected a bounded delta: triples=1001, limit=1000", large);
      assertThat(pipeline.validate(candidate(large, Proposal.IMPORT)).stages().get(0))
          .isInstanceOf(StageResult.Passed.class);
    }
  }

  @Nested
  class OfHostileInput {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "SELECT $this WHERE { SERVICE <http://127.0.0.1:PORT/> { $this ?p ?o } }",
          "SELECT $this FROM <http://127.0.0.1:PORT/> WHERE { $this ?p ?o }",
          "SELECT $this WHERE { GRAPH <http://127.0.0.1:PORT/> { $this ?p ?o } }",
          "LOAD <http://127.0.0.1:PORT/>"
        })
    void shouldOpenNoSocketWhenAQueryWouldReachOut(String query) throws IOException {
      AtomicInteger connections = new AtomicInteger();
      try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
        Thread listener =
            new Thread(
                () -> {
                  try {
                    while (true) {
                      server.accept().close();
                      connections.incrementAndGet();
                    }
                  } catch (IOException e) {
                    // closed at the end of the test
                  }
                });
        listener.setDaemon(true);
        listener.start();
        String text = query.replace("PORT", Integer.toString(server.getLocalPort()));
        promote(":b1 a :Branch .");
        for (String kind : List.of("sh:select", "sh:ask")) {
          Witness witness =
              witness(
                  added(
                      ":S a sh:NodeShape ; sh:targetClass :Branch ; sh:sparql [ "
                          + kind
                          + " \""
                          + text
                          + "\" ] ."));
          assertThat(witness.focusNode()).isEqualTo("<https://knhk.io/ns/finance#S>");
          assertThat(witness.source()).isEqualTo(text);
        }
        // Nobody can connect after the port is closed; whoever did before is counted by then.
        assertThat(connections).hasValue(0);
      }
    }

    @Test
    void shouldRefuseWhenAShapeHasAScript() {
      assertMessage(
          "expected a predicate that a sector may use",
          added(":S a sh:NodeShape ; sh:js [ sh:jsFunctionName \"f\" ] ."));
      assertMessage(
          "expected a shape without scripts",
          added(":S a sh:NodeShape ; sh:sparql [ a sh:JSConstraint ] ."));
    }

    @Test
    void shouldFailRatherThanOverflowWhenAQueryIsNested() {
      String nested = "(".repeat(10_000) + "1" + ")".repeat(10_000);
      assertMessage(
          "expected a bounded query",
          added(
              ":S a sh:NodeShape ; sh:sparql [ sh:select \"SELECT $this WHERE { FILTER "
                  + nested
                  + " }\" ] ."));
    }

    @ParameterizedTest
    @CsvSource({"node,100", "property,100", "not,100", "node,10000", "property,10000", "not,10000"})
    void shouldFailRatherThanOverflowWhenShapesAreNested(String by, int depth) {
      List<String> lines = new ArrayList<>();
      for (int i = 0; i <= depth; i++) {
        if (i < depth) {
          lines.add(line("s" + i, SH + by, OWN + "s" + (i + 1)));
        }
        lines.add(line("s" + i, SH + "path", OWN + "p"));
      }
      lines.add(
          line("s0", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", SH + "PropertyShape"));
      assertThat(
              pipeline.validate(candidate(new Delta(lines, List.of()), Proposal.IMPORT)).failure())
          .hasValueSatisfying(
              failed ->
                  assertThat(failed.witnesses().get(0).message())
                      .startsWith(
                          depth == 100
                              ? "expected shapes nested at most so deep: depth=65, limit=64"
                              : "expected a bounded shape: root=<https://knhk.io/ns/finance#s0>"));
      passed(added(":x rdfs:label \"x\" ."));
    }

    @Test
    void shouldFailWithAWitnessWhenJenaOverflowsItsStackOnData() {
      List<String> lines = new ArrayList<>(head.lines());
      for (int i = 0; i < 50_000; i++) {
        lines.add(line("n" + i, OWN + "next", OWN + "n" + (i + 1)));
      }
      head = Snapshot.of(lines);
      Delta deep =
          added(
              ":S a sh:NodeShape ; sh:targetNode :n0 ; sh:property [ sh:path [ sh:zeroOrMorePath :next ] ; sh:nodeKind sh:IRI ] .");
      assertMessage("expected an evaluation that ends: reason=StackOverflowError", deep);
      // The head is as it was.
      passed(added(":x rdfs:label \"x\" ."));
    }

    @Test
    void shouldFailWithTheLimitWhenAQueryLoopsWithoutLookingAtData() {
      String both = "{ BIND (1 AS ?x%d) } UNION { BIND (2 AS ?x%d) } ";
      StringBuilder query = new StringBuilder("SELECT $this WHERE { ");
      IntStream.range(0, 30)
          .forEach(i -> query.append("{ ").append(both.formatted(i, i)).append("} "));
      query.append("FILTER (?x0 + ?x29 > 9) }");
      promote(":b1 a :Branch .");
      assertMessage(
          "expected a query of bounded work: rows>200000, limit=200000",
          added(
              ":S a sh:NodeShape ; sh:targetClass :Branch ; sh:sparql [ sh:select \""
                  + query
                  + "\" ] ."));
    }
  }

  @Nested
  class OfTheHead {
    @Test
    void shouldReportTheSameWhenTheHeadCameAnotherWay() {
      promote(BRANCHES);
      Snapshot there = head;
      Delta bad = removed(":b1 :code \"1\" .");
      StageResult expected =
          ValidationPipeline.bundled().validate(candidate(bad, Proposal.BY_HAND)).stages().get(0);
      head = HEAD;
      ValidationPipeline used = ValidationPipeline.bundled();
      used.validate(candidate(added(":x rdfs:label \"x\" ."), Proposal.BY_HAND));
      head = there;
      assertThat(used.validate(candidate(bad, Proposal.BY_HAND)).stages().get(0))
          .isEqualTo(expected);
    }

    @Test
    void shouldReportWhatJenaReportsOfTheWholeWhenTheSectorsShapesHadBlankNodes() {
      promote(BRANCHES);
      List<Delta> deltas =
          List.of(
              added(":b3 a :Branch ; :branch :b1 . :b4 :branch :b1 ."),
              removed(":b1 :code \"1\" ."),
              added(":b1 :code \"one\" , 1 ."),
              added(":BranchShape sh:closed true ; sh:ignoredProperties ( rdf:type :code ) ."));
      ShadowGraph graph = new ShadowGraph(ShadowGraph.graph(Ontologies.core()));
      graph.at(head, Deadline::never);
      for (Delta delta : deltas) {
        Snapshot shadow = ((Snapshot.Applied.Changed) head.apply(delta)).snapshot();
        ShaclOutcome outcome =
            graph.validate(
                ShadowGraph.triples(delta.added()),
                ShadowGraph.triples(delta.removed()),
                100,
                Deadline.never());
        assertThat(outcome).isInstanceOf(ShaclOutcome.Validated.class);
        assertThat(((ShaclOutcome.Validated) outcome).results())
            .isNotEmpty()
            .extracting(r -> r.focusNode() + " " + r.value() + " " + r.component())
            .containsExactlyInAnyOrderElementsOf(full(shadow));
      }
    }
  }

  /** By Jena, blank nodes being blank again. */
  private static List<String> full(Snapshot snapshot) {
    Graph graph = GraphMemFactory.createDefaultGraphSameTerm();
    for (String line : snapshot.lines()) {
      Triple triple = ShadowGraph.triple(line);
      graph.add(
          Triple.create(
              blank(triple.getSubject()), triple.getPredicate(), blank(triple.getObject())));
    }
    return ShaclValidator.get().validate(Shapes.parse(graph), graph).getEntries().stream()
        .map(e -> e.focusNode() + " " + e.value() + " " + e.sourceConstraintComponent())
        .toList();
  }

  private static Node blank(Node node) {
    return node.isURI() && node.getURI().contains("/node#")
        ? NodeFactory.createBlankNode(node.getURI())
        : node;
  }

  private static String line(String subject, String predicate, String object) {
    return "<https://knhk.io/ns/finance#%s> <%s> <%s> .".formatted(subject, predicate, object);
  }

  private static Delta added(String turtle) {
    try {
      return new Delta(
          RdfReader.lines(
              "finance",
              RdfFormat.TURTLE,
              "https://knhk.io/ns/finance",
              (PREFIXES + turtle).getBytes(StandardCharsets.UTF_8),
              ReadLimits.FILE),
          List.of());
    } catch (RefusedException e) {
      throw new IllegalArgumentException(turtle, e);
    }
  }

  private static Delta removed(String turtle) {
    return added(turtle).inverse();
  }

  private void promote(String turtle) {
    Validation validation = pipeline.validate(candidate(added(turtle), Proposal.BY_HAND));
    assertThat(validation.failure()).isEmpty();
    head = validation.shadow().orElseThrow();
  }

  private StageResult.Passed passed(Delta delta) {
    StageResult result = pipeline.validate(candidate(delta, Proposal.BY_HAND)).stages().get(0);
    assertThat(result).isInstanceOf(StageResult.Passed.class);
    return (StageResult.Passed) result;
  }

  private StageResult.Failed failed(Delta delta) {
    StageResult result = pipeline.validate(candidate(delta, Proposal.BY_HAND)).stages().get(0);
    assertThat(result).isInstanceOf(StageResult.Failed.class);
    return (StageResult.Failed) result;
  }

  private Witness witness(Delta delta) {
    return failed(delta).witnesses().get(0);
  }

  private void assertMessage(String start, Delta delta) {
    assertThat(failed(delta).witnesses())
        .extracting(Witness::message)
        .anySatisfy(message -> assertThat(message).startsWith(start));
  }

  private Candidate candidate(Delta delta, String rule) {
    Proposal proposal =
        new Proposal(
            "00".repeat(32),
            "finance",
            "payment.authorised",
            rule,
            false,
            1,
            "ab".repeat(32),
            1,
            head.id(),
            0,
            0,
            "test",
            delta);
    return Candidates.of(head, List.of(new Ancestor(1, head.id(), "", 0)), proposal, 0, 0);
  }
}
