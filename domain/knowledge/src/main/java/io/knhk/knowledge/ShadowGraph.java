package io.knhk.knowledge;

import io.knhk.knowledge.shacl.Deadline;
import io.knhk.knowledge.shacl.IncrementalShacl;
import io.knhk.knowledge.shacl.ShaclMove;
import io.knhk.knowledge.shacl.ShaclOutcome;
import io.knhk.schemas.knowledge.Delta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.jena.datatypes.TypeMapper;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.GraphMemFactory;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.graph.Triple;
import org.apache.jena.util.iterator.ExtendedIterator;
import org.jspecify.annotations.Nullable;

/**
 * The head of one sector as a Jena graph, with all that is known of its shapes. A change is looked
 * at in an overlay and leaves nothing here; when it becomes the head, this is moved on by it. Built
 * anew only when the head is another one altogether. Not thread-safe.
 */
final class ShadowGraph {
  /** Changes that were looked at and of which one may become the head: the latest. */
  static final int EXPECTED_MAX = 16;

  /** Triples beyond which another head is read anew rather than moved to. */
  static final int MOVE_TRIPLES_MAX = 10_000;

  private static final String NODES = "/node#";

  private final Graph coreShapes;
  private Graph graph = GraphMemFactory.createDefaultGraphSameTerm();
  private IncrementalShacl shacl = over(graph);
  private TermIndex terms = new TermIndex();
  private @Nullable Snapshot head;
  private final Map<String, Expected> expected = new LinkedHashMap<>();

  /**
   * @param coreShapes the core, whose shapes hold whatever a snapshot says of them
   */
  ShadowGraph(Graph coreShapes) {
    this.coreShapes = coreShapes;
  }

  /**
   * Moves to a head, if this is not there.
   *
   * @param deadline for shapes that are evaluated in full while the head is read anew
   */
  void at(Snapshot to, Supplier<Deadline> deadline) {
    Snapshot from = head;
    if (from != null && from.id().equals(to.id())) {
      return;
    }
    Expected next = expected.get(to.id());
    expected.clear();
    head = null;
    if (next != null) {
      shacl.move(next.move);
      terms.move(next.delta);
    } else if (from == null || !moved(from.deltaTo(to), deadline.get())) {
      read(to, deadline.get());
    }
    head = to;
  }

  private boolean moved(Delta delta, Deadline deadline) {
    if (delta.size() > MOVE_TRIPLES_MAX
        || !(validate(triples(delta.added()), triples(delta.removed()), Integer.MAX_VALUE, deadline)
            instanceof ShaclOutcome.Validated validated)) {
      return false;
    }
    shacl.move(validated.move());
    terms.move(delta);
    return true;
  }

  private void read(Snapshot snapshot, Deadline deadline) {
    graph = GraphMemFactory.createDefaultGraphSameTerm();
    terms = new TermIndex();
    List<String> lines = snapshot.lines();
    for (String line : lines) {
      graph.add(triple(line));
    }
    terms.move(new Delta(lines, List.of()));
    shacl = over(graph);
    shacl.load(deadline);
  }

  private IncrementalShacl over(Graph base) {
    return new IncrementalShacl(base, coreShapes, ShadowGraph::isOfCore, ShadowGraph::isNamedBlank);
  }

  /** The head; read it only. */
  Graph graph() {
    return graph;
  }

  /** How the head's terms are written; read it only. */
  TermIndex terms() {
    return terms;
  }

  /** What the shapes say of the head after a delta that applies exactly. */
  ShaclOutcome validate(
      List<Triple> added, List<Triple> removed, int evaluationsMax, Deadline deadline) {
    return shacl.validate(added, removed, evaluationsMax, deadline);
  }

  /** Says what the next head may be. */
  void expect(String shadowId, Delta toShadow, ShaclMove move) {
    if (expected.size() == EXPECTED_MAX) {
      expected.remove(expected.keySet().iterator().next());
    }
    expected.put(shadowId, new Expected(toShadow, move));
  }

  static Graph graph(List<String> lines) {
    Graph graph = GraphMemFactory.createDefaultGraphSameTerm();
    lines.forEach(line -> graph.add(triple(line)));
    return graph;
  }

  static List<Triple> triples(List<String> lines) {
    List<Triple> triples = new ArrayList<>(lines.size());
    lines.forEach(line -> triples.add(triple(line)));
    return triples;
  }

  private static boolean isOfCore(Node node) {
    return node.isURI() && SectorIris.owns(SectorIris.CORE, Terms.iri(node.getURI()));
  }

  static boolean isNamedBlank(Node node) {
    return node.isURI()
        && node.getURI().startsWith(Vocabulary.ROOT)
        && node.getURI().contains(NODES);
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

  private record Expected(Delta delta, ShaclMove move) {}
}
