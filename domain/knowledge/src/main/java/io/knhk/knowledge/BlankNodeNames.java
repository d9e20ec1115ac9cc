package io.knhk.knowledge;

import io.knhk.knowledge.ImportResult.Reason;
import io.knhk.knowledge.TurtleReader.RefusedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;

/**
 * Gives blank nodes IRIs (RDF 1.1 Concepts, section 3.5, skolemization) that follow from what is
 * said with them, not from labels or order: colour refinement, in which a node's next colour is the
 * hash of its colour and of its sorted edges out and in, until no more colours come apart. Two
 * nodes that end with one colour cannot be told apart this way; the file is refused rather than
 * named at random, and so it is when the work would pass {@link #STEPS_MAX}.
 */
final class BlankNodeNames {
  /** Edges looked at in all rounds together. */
  static final long STEPS_MAX = 2_000_000;

  private BlankNodeNames() {}

  static List<String> ground(String namespace, List<Triple> triples) throws RefusedException {
    Map<Node, List<Edge>> edges = edges(triples);
    Map<Node, String> names = edges.isEmpty() ? Map.of() : names(namespace, edges);
    Set<String> lines = new TreeSet<>();
    for (Triple triple : triples) {
      NTriple ground =
          new NTriple(
              name(triple.getSubject(), names),
              name(triple.getPredicate(), names),
              name(triple.getObject(), names));
      try {
        NTriple.parse(ground.line());
      } catch (IllegalArgumentException e) {
        throw new RefusedException(Reason.NOT_TURTLE, String.valueOf(e.getMessage()));
      }
      lines.add(ground.line());
    }
    return List.copyOf(lines);
  }

  private static Map<Node, List<Edge>> edges(List<Triple> triples) {
    Map<Node, List<Edge>> edges = new LinkedHashMap<>();
    for (Triple triple : triples) {
      Node subject = triple.getSubject();
      Node object = triple.getObject();
      String predicate = triple.getPredicate().getURI();
      if (subject.isBlank()) {
        edges
            .computeIfAbsent(subject, key -> new ArrayList<>())
            .add(new Edge("o " + predicate, object));
      }
      if (object.isBlank()) {
        edges
            .computeIfAbsent(object, key -> new ArrayList<>())
            .add(new Edge("i " + predicate, subject));
      }
    }
    return edges;
  }

  private static Map<Node, String> names(String namespace, Map<Node, List<Edge>> edges)
      throws RefusedException {
    long stepsPerRound = 0;
    for (List<Edge> of : edges.values()) {
      stepsPerRound += of.size();
    }
    Map<Node, String> colours = new HashMap<>();
    edges.keySet().forEach(node -> colours.put(node, ""));
    int distinct = 1;
    long steps = 0;
    // One round more than the last that told some apart: every colour then rests on the same number
    // of rounds.
    while (true) {
      steps += stepsPerRound;
      if (steps > STEPS_MAX) {
        throw new RefusedException(
            Reason.AMBIGUOUS_BLANK_NODES,
            "expected blank nodes that are named with bounded work: steps="
                + steps
                + ", limit="
                + STEPS_MAX);
      }
      Map<Node, String> next = new HashMap<>();
      for (Map.Entry<Node, List<Edge>> node : edges.entrySet()) {
        next.put(
            node.getKey(),
            colour(colours.getOrDefault(node.getKey(), ""), node.getValue(), colours));
      }
      int now = new HashSet<>(next.values()).size();
      colours.putAll(next);
      if (now == distinct) {
        break;
      }
      distinct = now;
    }
    if (distinct < edges.size()) {
      throw new RefusedException(
          Reason.AMBIGUOUS_BLANK_NODES,
          "expected blank nodes that can be told apart: nodes="
              + edges.size()
              + ", distinct="
              + distinct);
    }
    Map<Node, String> names = new HashMap<>();
    colours.forEach((node, colour) -> names.put(node, Terms.iri(namespace + colour)));
    return names;
  }

  private static String colour(String own, List<Edge> edges, Map<Node, String> colours) {
    String[] parts = new String[edges.size()];
    for (int i = 0; i < parts.length; i++) {
      Edge edge = edges.get(i);
      parts[i] =
          edge.label
              + " "
              + (edge.other.isBlank()
                  ? "_:" + colours.get(edge.other)
                  : TurtleReader.term(edge.other));
    }
    Arrays.sort(parts);
    byte[] hash = Sha256.of(own + "\n" + String.join("\n", parts));
    return HexFormat.of().formatHex(hash, 0, 16);
  }

  private static String name(Node node, Map<Node, String> names) {
    String name = node.isBlank() ? names.get(node) : TurtleReader.term(node);
    if (name == null) {
      throw new IllegalStateException("expected every blank node to have a name");
    }
    return name;
  }

  private record Edge(String label, Node other) {}
}
