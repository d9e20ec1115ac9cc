package io.knhk.knowledge;

import io.knhk.schemas.knowledge.Delta;
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
  List<Witness> wellFormed(String sector, Delta delta) {
    List<Witness> witnesses = new ArrayList<>();
    if (delta.added().isEmpty() && delta.removed().isEmpty()) {
      witnesses.add(new Witness("", "", "expected a delta with a triple in it"));
    }
    for (List<String> lines : List.of(delta.added(), delta.removed())) {
      for (String line : lines) {
        try {
          NTriple triple = NTriple.parse(line);
          if (!SectorIris.owns(sector, triple.subject())) {
            witnesses.add(
                witness(triple, "expected a subject that the sector owns: sector=" + sector));
          } else if (!AllowedTerms.allows(triple)) {
            witnesses.add(witness(triple, "expected a predicate that a sector may use"));
          }
        } catch (IllegalArgumentException e) {
          witnesses.add(new Witness("", "", String.valueOf(e.getMessage())));
        }
      }
    }
    return witnesses;
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

  private static Witness witness(NTriple triple, String message) {
    return new Witness(triple.subject(), triple.predicate(), message);
  }

  private static String shown(Node node) {
    return node.isURI() ? Terms.iri(node.getURI()) : node.toString();
  }
}
