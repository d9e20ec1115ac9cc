package io.knhk.knowledge;

import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.Proposal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.shacl.validation.ReportEntry;
import org.apache.jena.util.iterator.ExtendedIterator;

/**
 * Whether the shadow is well formed: the delta speaks about what the sector owns in terms it may
 * use, it applies exactly, the nodes it can affect conform to the core's meta-shapes (SHACL, W3C
 * 2017), and what it leads to compiles within its limit, which {@link CompiledChange} says.
 *
 * <p>The shapes are the bundled core's, read once. Shapes in the data are data: they are never
 * parsed or run.
 */
final class StaticStage {
  static final String NAME = "static";

  /** Nodes that one change may affect. */
  static final int FOCUS_MAX = 10_000;

  /** Triples that a report names when a delta says what it may not. */
  static final int WITNESSES_MAX = 100;

  private static final String CHECKED =
      "the delta is the sector's own and applies exactly, every node it affects conforms to the core's shapes, and the result"
          + " compiles";

  /** Against these, whoever refers to a node is affected by what the node says. */
  private static final List<Node> REFERRING =
      List.of(
          ShadowGraph.node(Vocabulary.PROPERTY),
          ShadowGraph.node(Vocabulary.WATCH),
          ShadowGraph.node(Vocabulary.GUARDED_BY),
          ShadowGraph.node(Vocabulary.IN),
          ShadowGraph.node(Vocabulary.REST),
          ShadowGraph.node(Vocabulary.PATH));

  private final Shapes shapes;

  StaticStage(Shapes shapes) {
    this.shapes = shapes;
  }

  /** What the delta says by itself, before there is a shadow; empty when that is well formed. */
  List<Witness> wellFormed(Snapshot head, Proposal proposal) {
    Delta delta = proposal.delta();
    boolean isBulk = proposal.isBulk();
    List<Witness> witnesses = new ArrayList<>();
    if (delta.size() == 0) {
      witnesses.add(new Witness("", "", "expected a delta with a triple in it"));
    }
    if (!isBulk && delta.size() > Delta.TRIPLES_MAX) {
      witnesses.add(
          new Witness(
              "",
              "",
              "expected a bounded delta: triples="
                  + delta.size()
                  + ", limit="
                  + Delta.TRIPLES_MAX));
    }
    String sector = proposal.sector();
    SectorNamespaces namespaces = SectorNamespaces.of(sector, head);
    if (isBulk) {
      namespaces = namespaces.and(SectorNamespaces.adoptedBy(sector, delta.added()));
    }
    for (List<String> lines : List.of(delta.added(), delta.removed())) {
      for (String line : lines) {
        Refusal refusal = namespaces.refusal(line, isBulk).orElse(null);
        if (refusal != null && witnesses.size() < WITNESSES_MAX) {
          witnesses.add(witness(line, refusal));
        }
      }
    }
    return witnesses;
  }

  private static Witness witness(String line, Refusal refusal) {
    if (refusal.reason() == RefusalReason.MALFORMED) {
      return new Witness("", "", refusal.detail());
    }
    NTriple triple = NTriple.parse(line);
    return new Witness(triple.subject(), triple.predicate(), refusal.detail());
  }

  StageResult failed(Delta delta, List<Witness> witnesses) {
    return new StageResult.Failed(NAME, CHECKED, figures(delta), witnesses);
  }

  /** Looks at the shadow, which {@code graph} holds. */
  StageResult check(Graph graph, Delta delta) {
    SortedMap<String, Long> figures = figures(delta);
    Set<Node> focus = affected(graph, delta);
    figures.put("focusNodes", (long) focus.size());
    if (focus.size() > FOCUS_MAX) {
      return new StageResult.Failed(
          NAME,
          CHECKED,
          figures,
          List.of(
              new Witness(
                  "",
                  "",
                  "expected a change that affects a bounded number of nodes: limit=" + FOCUS_MAX)));
    }
    List<Witness> witnesses = new ArrayList<>();
    for (Node node : focus) {
      for (ReportEntry entry : ShaclValidator.get().validate(shapes, graph, node).getEntries()) {
        witnesses.add(
            new Witness(
                shown(entry.focusNode()),
                entry.resultPath() == null ? "" : entry.resultPath().toString(),
                entry.message()));
      }
    }
    figures.put("violations", (long) witnesses.size());
    witnesses.sort(
        Comparator.comparing(Witness::focusNode)
            .thenComparing(Witness::path)
            .thenComparing(Witness::message));
    return witnesses.isEmpty()
        ? new StageResult.Passed(NAME, CHECKED, figures)
        : new StageResult.Failed(NAME, CHECKED, figures, witnesses);
  }

  private static Set<Node> affected(Graph graph, Delta delta) {
    Set<Node> focus = new LinkedHashSet<>();
    Deque<Node> open = new ArrayDeque<>();
    for (List<String> lines : List.of(delta.added(), delta.removed())) {
      for (String line : lines) {
        Triple triple = ShadowGraph.triple(line);
        reach(triple.getSubject(), focus, open);
        if (triple.getObject().isURI() && graph.contains(triple.getObject(), Node.ANY, Node.ANY)) {
          focus.add(triple.getObject());
        }
      }
    }
    while (!open.isEmpty() && focus.size() <= FOCUS_MAX) {
      Node node = open.remove();
      for (Node predicate : REFERRING) {
        ExtendedIterator<Triple> found = graph.find(Node.ANY, predicate, node);
        try {
          while (found.hasNext() && focus.size() <= FOCUS_MAX) {
            reach(found.next().getSubject(), focus, open);
          }
        } finally {
          found.close();
        }
      }
    }
    return focus;
  }

  private static void reach(Node node, Set<Node> focus, Deque<Node> open) {
    if (focus.add(node)) {
      open.add(node);
    }
  }

  private static SortedMap<String, Long> figures(Delta delta) {
    SortedMap<String, Long> figures = new TreeMap<>();
    figures.put("triplesAdded", (long) delta.added().size());
    figures.put("triplesRemoved", (long) delta.removed().size());
    return figures;
  }

  private static String shown(Node node) {
    return node.isURI() ? Terms.iri(node.getURI()) : node.toString();
  }
}
