package io.knhk.knowledge;

import io.knhk.schemas.knowledge.Delta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.jena.datatypes.TypeMapper;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.GraphMemFactory;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.graph.Triple;
import org.apache.jena.util.iterator.ExtendedIterator;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot as a Jena graph that is moved on by deltas rather than built anew, so that looking at
 * a change costs what the change costs. Not thread-safe.
 */
final class ShadowGraph {
  private final Graph graph = GraphMemFactory.createDefaultGraphSameTerm();
  private String snapshotId = "";
  private @Nullable String shadowId;
  private @Nullable Delta toShadow;

  /**
   * The graph of {@code head}, built only when it is neither this one nor the last shadow that
   * passed.
   */
  Graph at(Snapshot head) {
    String id = head.id();
    if (id.equals(shadowId) && toShadow != null) {
      move(toShadow);
    } else if (!id.equals(snapshotId)) {
      graph.clear();
      for (String line : head.lines()) {
        graph.add(triple(line));
      }
    }
    snapshotId = id;
    shadowId = null;
    toShadow = null;
    return graph;
  }

  void move(Delta delta) {
    delta.removed().forEach(line -> graph.delete(triple(line)));
    delta.added().forEach(line -> graph.add(triple(line)));
  }

  /** Says what the graph's next head is likely to be. */
  void expect(String shadowId, Delta toShadow) {
    this.shadowId = shadowId;
    this.toShadow = toShadow;
  }

  /** Makes the next {@link #at} build the graph anew. */
  void forget() {
    snapshotId = "";
    shadowId = null;
    toShadow = null;
  }

  static Triple triple(String line) {
    NTriple triple = NTriple.parse(line);
    return Triple.create(node(triple.subject()), node(triple.predicate()), node(triple.object()));
  }

  static Node node(String term) {
    String lexical = Terms.lexical(term);
    if (!Terms.isLiteral(term)) {
      return NodeFactory.createURI(lexical);
    }
    String suffix = Terms.suffix(term);
    if (suffix.startsWith("^^")) {
      String datatype = suffix.substring(3, suffix.length() - 1);
      return NodeFactory.createLiteralDT(
          lexical, TypeMapper.getInstance().getSafeTypeByName(datatype));
    }
    return suffix.isEmpty()
        ? NodeFactory.createLiteralString(lexical)
        : NodeFactory.createLiteralLang(lexical, suffix.substring(1));
  }

  /** The graph's triples by subject and predicate, looked up as they are asked for, each once. */
  static Facts facts(Graph graph) {
    return new Facts() {
      private final Map<String, List<NTriple>> bySubject = new HashMap<>();

      @Override
      List<NTriple> about(String subject) {
        return bySubject.computeIfAbsent(
            subject, key -> sorted(graph.find(node(key), Node.ANY, Node.ANY)));
      }

      @Override
      List<NTriple> saying(String predicate) {
        return sorted(graph.find(Node.ANY, node(predicate), Node.ANY));
      }

      @Override
      List<String> subjects(String predicate, String object) {
        return sorted(graph.find(Node.ANY, node(predicate), node(object))).stream()
            .map(NTriple::subject)
            .toList();
      }
    };
  }

  private static List<NTriple> sorted(ExtendedIterator<Triple> found) {
    List<NTriple> triples = new ArrayList<>();
    try {
      while (found.hasNext()) {
        Triple triple = found.next();
        triples.add(
            new NTriple(
                RdfReader.term(triple.getSubject()),
                RdfReader.term(triple.getPredicate()),
                RdfReader.term(triple.getObject())));
      }
    } finally {
      found.close();
    }
    triples.sort(Comparator.comparing(NTriple::line));
    return triples;
  }
}
