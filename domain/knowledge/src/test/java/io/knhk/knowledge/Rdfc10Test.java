package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.GraphMemFactory;
import org.apache.jena.graph.Triple;

/**
 * Cases after W3C's rdf-canon test suite: simple, duplicate paths, symmetric, cliques, poison. What
 * is expected of them in {@code rdfc10/cases.txt} is what two independent implementations in other
 * languages make of them; where these differ, the one that follows the Recommendation (a triple
 * counts once however often it names a node; order is of code points).
 */
class Rdfc10Test {
  private static final long STEPS = ReadLimits.FILE.stepsMax();

  @Example
  void shouldGiveTheDocumentsOfAnotherImplementationWhenTheCasesAreRead() throws Exception {
    Map<String, String> cases = cases();
    assertThat(cases).hasSize(13);
    for (Map.Entry<String, String> each : cases.entrySet()) {
      String[] sides = each.getValue().split("=>\n", -1);
      assertThat(document(sides[0])).as(each.getKey()).isEqualTo(sides[1]);
    }
  }

  @Example
  void shouldEscapeAsCanonicalNQuadsDoWhenLiteralsHoldControls() throws Exception {
    assertThat(document("<http://e/a> <http://e/p> \"\\t\\b\\f\\n\\r\\\"\\\\\\u0001\\u007F\" ."))
        .isEqualTo("<http://e/a> <http://e/p> \"\\t\\b\\f\\n\\r\\\"\\\\\\u0001\\u007F\" .\n");
  }

  @Property(tries = 300)
  void shouldNotDependOnLabelsOrOrderWhenTheGraphIsTheSame(
      @ForAll("graphs") List<String> lines, @ForAll Random random) throws Exception {
    Map<String, String> labels = new HashMap<>();
    List<String> fresh = new ArrayList<>(IntStream.range(0, 10).mapToObj(i -> "_:x" + i).toList());
    Collections.shuffle(fresh, random);
    for (int i = 0; i < 10; i++) {
      labels.put("_:n" + i, fresh.get(i));
    }
    List<String> other = new ArrayList<>();
    for (String line : lines) {
      other.add(
          Arrays.stream(line.split(" "))
              .map(term -> labels.getOrDefault(term, term))
              .collect(Collectors.joining(" ")));
    }
    Collections.shuffle(other, random);
    String canonical = document(String.join("\n", lines));
    assertThat(document(String.join("\n", other))).isEqualTo(canonical);
    assertThat(document(canonical)).isEqualTo(canonical);
  }

  @Property(tries = 300)
  void shouldKeepGraphsApartWhenTheyAreNotIsomorphic(
      @ForAll("graphs") List<String> one, @ForAll("graphs") List<String> two) throws Exception {
    boolean isSame = document(String.join("\n", one)).equals(document(String.join("\n", two)));
    assertThat(isSame).isEqualTo(graph(one).isIsomorphicWith(graph(two)));
  }

  @Example
  void shouldRefuseWhenAGraphIsPoison() {
    // Nine neighbours that nothing tells apart have 9! orders; a clique has as many, in each other.
    String stars =
        IntStream.range(0, 18)
            .mapToObj(i -> edge("hub" + i / 9, "leaf" + i) + edge("leaf" + i, "far" + i))
            .collect(join());
    StringBuilder clique = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      for (int j = 0; j < 12; j++) {
        clique.append(i == j ? "" : edge("k" + i, "k" + j));
      }
    }
    for (String poison : List.of(stars, clique.toString())) {
      assertThatThrownBy(() -> Rdfc10.of(triples(poison), 200_000))
          .isInstanceOfSatisfying(
              RefusedException.class,
              e -> assertThat(e.refusal().reason()).isEqualTo(RefusalReason.BLANK_NODE_WORK));
    }
  }

  @Example
  void shouldStopAtItsStepsWhenTheyAreFew() throws Exception {
    String ring = ring(20);
    long steps = Rdfc10.of(triples(ring), STEPS).steps();
    assertThat(Rdfc10.of(triples(ring), steps).steps()).isEqualTo(steps);
    assertThatThrownBy(() -> Rdfc10.of(triples(ring), steps - 1))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("limit=" + (steps - 1));
  }

  @Example
  void shouldNumberRingsWhenTheyAreAsDeepAsAllowedAndRefuseDeeper() throws Exception {
    assertThat(Rdfc10.of(triples(ring(250)), STEPS).numbers()).hasSize(250);
    assertThatThrownBy(() -> Rdfc10.of(triples(ring(5_000)), STEPS))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("depth");
  }

  @Example
  void shouldGoThroughEveryOrderOnceWhenPermuting() {
    int[] order = {0, 1, 2, 3};
    TreeSet<String> seen = new TreeSet<>();
    do {
      seen.add(Arrays.toString(order));
    } while (Rdfc10.nextPermutation(order));
    assertThat(seen).hasSize(24);
  }

  @Provide
  Arbitrary<List<String>> graphs() {
    Arbitrary<String> nodes = Arbitraries.integers().between(0, 5).map(i -> "_:n" + i);
    Arbitrary<String> ends = Arbitraries.of("<http://e/a>", "\"v\"");
    return Combinators.combine(
            nodes,
            Arbitraries.of("p", "q"),
            Arbitraries.frequencyOf(Tuple.of(5, nodes), Tuple.of(1, ends)))
        .as(
            (subject, predicate, object) ->
                subject + " <http://e/" + predicate + "> " + object + " .")
        .list()
        .ofMinSize(1)
        .ofMaxSize(9);
  }

  private static Graph graph(List<String> lines) throws RefusedException {
    Graph graph = GraphMemFactory.createDefaultGraphSameTerm();
    triples(String.join("\n", lines)).forEach(graph::add);
    return graph;
  }

  private static Collector<CharSequence, ?, String> join() {
    return Collectors.joining();
  }

  private static String ring(int size) {
    return IntStream.range(0, size)
        .mapToObj(i -> edge("r" + i, "r" + (i + 1) % size))
        .collect(join());
  }

  private static String edge(String from, String to) {
    return "_:" + from + " <http://e/p> _:" + to + " .\n";
  }

  private static String document(String nTriples) throws RefusedException {
    return Rdfc10.of(triples(nTriples), STEPS).document();
  }

  private static List<Triple> triples(String nTriples) throws RefusedException {
    return RdfReader.triples(
        RdfFormat.N_TRIPLES, null, nTriples.getBytes(StandardCharsets.UTF_8), ReadLimits.FILE);
  }

  private static Map<String, String> cases() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Rdfc10Test.class.getResourceAsStream("/rdfc10/cases.txt"))) {
      Map<String, String> cases = new LinkedHashMap<>();
      for (String part :
          new String(in.readAllBytes(), StandardCharsets.UTF_8).split("(?m)^### ", -1)) {
        if (!part.isEmpty()) {
          int name = part.indexOf('\n');
          cases.put(part.substring(0, name), part.substring(name + 1));
        }
      }
      return cases;
    }
  }
}
