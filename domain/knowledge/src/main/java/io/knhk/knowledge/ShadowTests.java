package io.knhk.knowledge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.knhk.knowledge.check.ObservationCheck;
import io.knhk.knowledge.shacl.OverlayGraph;
import io.knhk.knowledge.shacl.QueryRules;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.observation.Decoded;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.query.ARQ;
import org.apache.jena.query.Query;
import org.apache.jena.query.QueryCancelledException;
import org.apache.jena.query.QueryFactory;
import org.apache.jena.query.Syntax;
import org.apache.jena.sparql.core.DatasetGraph;
import org.apache.jena.sparql.core.DatasetGraphFactory;
import org.apache.jena.sparql.core.Var;
import org.apache.jena.sparql.engine.binding.Binding;
import org.apache.jena.sparql.exec.QueryExec;
import org.apache.jena.sparql.exec.RowSet;
import org.jspecify.annotations.Nullable;

/**
 * Runs the shadow tests of a sector in the shadow: {@code knhk:ShadowTest}s, which are triples of
 * the sector like all else and so belong to the ontology, and to the change that brings them. Every
 * change runs all of them.
 *
 * <pre>
 *   fin:test-one-currency a knhk:ShadowTest ;
 *       rdfs:label "Payments name their currency" ;
 *       knhk:ask "ASK { ?shape knhk:attributeName 'currency' ; sh:minCount 1 }" ;
 *       knhk:mustNotConform "{\"eventType\":\"payment.authorised\",\"value\":5}" .
 * </pre>
 *
 * A test asks at most one question: {@code knhk:ask}, answered {@code true} unless {@code
 * knhk:expects} says {@code false}; or {@code knhk:select}, whose distinct rows are the {@code
 * knhk:expects}, each the lexical forms of the row's terms in the order of the query's variables,
 * with tabs between. {@code knhk:mustConform} and {@code knhk:mustNotConform} are examples: the
 * {@code data} of an observation. The prefixes knhk, sh, rdf, rdfs, owl and xsd are declared.
 *
 * <p>A query is held against {@link QueryRules} and sees the shadow alone, in an overlay that
 * leaves nothing behind. How much of the graph it reads is bounded, which makes what is too much
 * the same on every machine; the time limit behind that is a fence against what does not read.
 */
final class ShadowTests {
  static final String NAME = "tests";
  private static final String ASKS = "the sector's shadow tests pass";

  /** Rows of an answer. */
  static final int ROWS_MAX = 1_000;

  /** Looks into the graph by one query, and triples that they give it, together. */
  static final int READS_MAX = 2_000_000;

  private static final String PREFIXES =
      "PREFIX knhk: <"
          + Vocabulary.CORE
          + "> PREFIX sh: <"
          + Vocabulary.SH
          + "> PREFIX rdf: <"
          + Vocabulary.RDF
          + "> PREFIX rdfs: <"
          + Vocabulary.RDFS
          + "> PREFIX owl: <"
          + Vocabulary.OWL
          + "> PREFIX xsd: <"
          + Vocabulary.XSD
          + "> ";

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final Facts facts;
  private final Graph head;
  private final CompiledChange change;
  private final String sector;
  private final ValidationLimits limits;
  private final LongSupplier nanoClock;

  private ShadowTests(
      Facts facts,
      Graph head,
      CompiledChange change,
      String sector,
      ValidationLimits limits,
      LongSupplier nanoClock) {
    this.facts = facts;
    this.head = head;
    this.change = change;
    this.sector = sector;
    this.limits = limits;
    this.nanoClock = nanoClock;
  }

  /** What came of all of a sector's tests. */
  record Outcome(Invariant invariant, List<ShadowTestResult> results) {}

  /**
   * @param before the head's triples
   * @param head the same
   */
  static Outcome check(
      Facts before,
      Graph head,
      CompiledChange change,
      String sector,
      ValidationLimits limits,
      LongSupplier nanoClock) {
    Facts after = before.after(change.delta());
    return new ShadowTests(after, head, change, sector, limits, nanoClock)
        .run(removed(before, after));
  }

  private static List<Witness> removed(Facts before, Facts after) {
    List<String> kept = after.subjects(Vocabulary.A, Vocabulary.SHADOW_TEST);
    List<Witness> remarks = new ArrayList<>();
    for (String test : before.subjects(Vocabulary.A, Vocabulary.SHADOW_TEST)) {
      if (!kept.contains(test)) {
        remarks.add(new Witness(test, "", "a shadow test is removed and was not run"));
      }
    }
    return remarks;
  }

  private Outcome run(List<Witness> remarks) {
    List<String> tests = facts.subjects(Vocabulary.A, Vocabulary.SHADOW_TEST);
    List<Witness> violations = new ArrayList<>();
    List<ShadowTestResult> results = new ArrayList<>();
    if (tests.size() > limits.shadowTestsMax()) {
      violations.add(
          new Witness(
              "",
              "",
              "expected a bounded number of shadow tests: tests="
                  + tests.size()
                  + ", limit="
                  + limits.shadowTestsMax()));
    } else {
      long startNs = nanoClock.getAsLong();
      for (String test : tests) {
        ShadowTestResult result = run(test, startNs);
        results.add(result);
        if (result.failure() != null) {
          violations.add(result.failure());
        }
      }
    }
    SortedMap<String, Long> figures = new TreeMap<>();
    figures.put("run", (long) results.size());
    figures.put("failed", results.stream().filter(result -> !result.passed()).count());
    figures.put("checks", results.stream().mapToLong(ShadowTestResult::checks).sum());
    return new Outcome(
        new Invariant(NAME, ASKS, figures, violations, remarks), List.copyOf(results));
  }

  private ShadowTestResult run(String test, long startNs) {
    List<String> asks = texts(test, Vocabulary.ASK);
    List<String> selects = texts(test, Vocabulary.SELECT);
    List<String> expects = texts(test, Vocabulary.EXPECTS);
    List<String> conforming = texts(test, Vocabulary.MUST_CONFORM);
    List<String> failing = texts(test, Vocabulary.MUST_NOT_CONFORM);
    List<String> labels = texts(test, Vocabulary.LABEL);
    int checks = asks.size() + selects.size() + conforming.size() + failing.size();
    Witness failure = null;
    if (checks == 0 || asks.size() + selects.size() > 1) {
      failure = new Witness(test, "", "expected a question or examples, and at most one question");
    }
    for (String query : asks) {
      failure = failure != null ? failure : ask(test, query, expects, startNs);
    }
    for (String query : selects) {
      failure = failure != null ? failure : select(test, query, expects, startNs);
    }
    for (String example : conforming) {
      failure = failure != null ? failure : example(test, example, true);
    }
    for (String example : failing) {
      failure = failure != null ? failure : example(test, example, false);
    }
    return new ShadowTestResult(
        Terms.lexical(test), labels.isEmpty() ? "" : labels.get(0), checks, failure);
  }

  private @Nullable Witness ask(String test, String query, List<String> expects, long startNs) {
    String expected = expects.isEmpty() ? "true" : String.join(" and ", expects);
    SortedSet<String> found = new TreeSet<>();
    String problem = answer(query, startNs, found);
    return verdict(test, query, expected, problem == null ? String.join("", found) : "", problem);
  }

  private @Nullable Witness select(String test, String query, List<String> expects, long startNs) {
    SortedSet<String> found = new TreeSet<>();
    String problem = answer(query, startNs, found);
    return verdict(
        test, query, String.valueOf(new TreeSet<>(expects)), String.valueOf(found), problem);
  }

  private static @Nullable Witness verdict(
      String test, String query, String expected, String found, @Nullable String problem) {
    if (problem != null) {
      return new Witness(test, "", problem, query, "");
    }
    return found.equals(expected)
        ? null
        : new Witness(
            test, "", "expected the answer: expected=" + expected + ", found=" + found, query, "");
  }

  /** Puts the rows into {@code found}; says what is wrong where there are none to be had. */
  private @Nullable String answer(String text, long startNs, SortedSet<String> found) {
    String query = PREFIXES + text;
    String problem = QueryRules.problem(query);
    if (problem != null) {
      return problem;
    }
    long leftMs = limits.shadowTestsMsMax() - (nanoClock.getAsLong() - startNs) / 1_000_000;
    if (leftMs <= 0) {
      return tooLate();
    }
    Graph shadow =
        new OverlayGraph(
            head,
            change.delta().added().stream().map(ShadowGraph::triple).toList(),
            change.delta().removed().stream().map(ShadowGraph::triple).toList());
    try {
      return answer(query, new MeasuredGraph(shadow, READS_MAX), leftMs, found);
    } catch (QueryCancelledException e) {
      return tooLate();
    } catch (MeasuredGraph.SpentException e) {
      return String.valueOf(e.getMessage());
    } catch (RuntimeException | StackOverflowError e) {
      return "expected a query that can be answered: " + e;
    }
  }

  private String tooLate() {
    return "expected all shadow tests to end in time: limitMs=" + limits.shadowTestsMsMax();
  }

  private static @Nullable String answer(
      String text, Graph shadow, long leftMs, SortedSet<String> found) {
    Query query = new Query();
    QueryFactory.parse(query, text, null, Syntax.syntaxSPARQL_11);
    DatasetGraph dataset = DatasetGraphFactory.wrap(shadow);
    try (QueryExec run =
        QueryExec.dataset(dataset)
            .query(query)
            .set(ARQ.enablePropertyFunctions, false)
            .timeout(leftMs, TimeUnit.MILLISECONDS)
            .build()) {
      if (query.isAskType()) {
        found.add(String.valueOf(run.ask()));
        return null;
      }
      RowSet rows = run.select();
      List<Var> variables = rows.getResultVars();
      while (rows.hasNext()) {
        found.add(row(rows.next(), variables));
        if (found.size() > ROWS_MAX) {
          return "expected an answer of few rows: limit=" + ROWS_MAX;
        }
      }
      return null;
    }
  }

  private static String row(Binding binding, List<Var> variables) {
    List<String> terms = new ArrayList<>();
    for (Var variable : variables) {
      Node term = binding.get(variable);
      terms.add(
          term == null ? "" : term.isLiteral() ? term.getLiteralLexicalForm() : term.toString());
    }
    return String.join("\t", terms);
  }

  private @Nullable Witness example(String test, String data, boolean mustConform) {
    Decoded decoded = decoded(data);
    if (!(decoded instanceof Decoded.Accepted accepted)) {
      return new Witness(
          test, "", "expected the data of an observation: " + reason(decoded), data, "");
    }
    List<Mismatch> mismatches = new ArrayList<>();
    Observation observation = accepted.observation();
    List<CompiledType> types = change.type(observation.eventType()).map(List::of).orElse(List.of());
    ObservationCheck.ofTypes(types).check(observation, mismatches);
    if (mismatches.isEmpty() == mustConform) {
      return null;
    }
    return new Witness(
        test,
        mustConform ? mismatches.get(0).attribute() : "",
        mustConform
            ? "expected the example to conform: " + mismatches.get(0).kind()
            : "expected the example not to conform",
        data,
        "");
  }

  /** As if it had come over the wire; null when it is no JSON object. */
  private @Nullable Decoded decoded(String data) {
    try {
      if (!JSON.readTree(data).isObject()) {
        return null;
      }
    } catch (JsonProcessingException e) {
      return null;
    }
    String event =
        "{\"specversion\":\"1.0\",\"type\":\""
            + Observation.TYPE
            + "\",\"source\":\"//shadow\",\"id\":\"1\",\"time\":\"1970-01-01T00:00:00Z\",\"subject\":\"1\","
            + "\"sector\":\""
            + sector
            + "\",\"data\":"
            + data
            + "}";
    return ObservationCodec.decode(event.getBytes(StandardCharsets.UTF_8), 0);
  }

  private static String reason(@Nullable Decoded decoded) {
    return decoded instanceof Decoded.Rejected rejected
        ? rejected.detail()
        : "it is no JSON object";
  }

  private List<String> texts(String test, String predicate) {
    return facts.objects(test, predicate).stream().map(Terms::lexical).toList();
  }
}
