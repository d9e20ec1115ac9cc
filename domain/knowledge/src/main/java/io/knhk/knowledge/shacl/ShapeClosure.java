package io.knhk.knowledge.shacl;

import static io.knhk.knowledge.shacl.ShapeTerms.shown;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.GraphMemFactory;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.graph.Triple;
import org.apache.jena.shacl.vocabulary.SHACL;
import org.apache.jena.sparql.graph.NodeConst;

/**
 * One shape and all that it is made of, taken out of a graph: the shapes it refers to, paths,
 * lists, queries, prefixes, the constraint components it uses. What Jena makes of these triples
 * alone is what it makes of them in the whole graph.
 *
 * <p>It is taken out without recursion and under limits, and found fault with before Jena, which
 * recurs, sees it: what comes out without a problem is free of circles and no deeper than {@link
 * #DEPTH_MAX}. Nodes of paths that had been blank are blank again, since an IRI in their place is a
 * predicate (SHACL, section 2.3.1.1).
 */
final class ShapeClosure {
  /** Shapes within shapes, and paths within paths. */
  static final int DEPTH_MAX = 64;

  /** Nodes of one shape, its lists and all it refers to included. */
  static final int NODES_MAX = 20_000;

  /** Steps of one path. */
  static final int PATH_MAX = 256;

  private final ShapeSource source;
  private final Predicate<Node> isNamedBlank;
  private final Node root;
  private final List<Triple> triples = new ArrayList<>();
  private final Map<Node, Set<Node>> shapes = new LinkedHashMap<>();
  private final Map<Node, List<Node>> queries = new LinkedHashMap<>();
  private final Set<Node> others = new HashSet<>();
  private final Set<Node> pathNodes = new HashSet<>();
  private final List<ShapeProblem> problems = new ArrayList<>();
  private final Deque<Node> open = new ArrayDeque<>();

  private ShapeClosure(ShapeSource source, Predicate<Node> isNamedBlank, Node root) {
    this.source = source;
    this.isNamedBlank = isNamedBlank;
    this.root = root;
  }

  /**
   * @param isNamedBlank whether an IRI is the name that was given to a blank node
   */
  static ShapeClosure of(ShapeSource source, Predicate<Node> isNamedBlank, Node root) {
    ShapeClosure closure = new ShapeClosure(source, isNamedBlank, root);
    closure.collect();
    if (closure.problems.isEmpty()) {
      closure.checkDepth();
    }
    return closure;
  }

  /** Empty when Jena may see the graph. */
  List<ShapeProblem> problems() {
    return problems;
  }

  /** The shapes in it, the root among them. */
  Set<Node> shapes() {
    return shapes.keySet();
  }

  /** Nodes that hold texts of queries, and these. */
  Map<Node, List<Node>> queries() {
    return queries;
  }

  Graph graph() {
    Graph graph = GraphMemFactory.createDefaultGraphSameTerm();
    Map<Node, Node> blank = new HashMap<>();
    for (Node node : pathNodes) {
      if (node.isURI()) {
        blank.put(node, NodeFactory.createBlankNode(node.getURI()));
      }
    }
    for (Triple triple : triples) {
      graph.add(
          Triple.create(
              blank.getOrDefault(triple.getSubject(), triple.getSubject()),
              triple.getPredicate(),
              blank.getOrDefault(triple.getObject(), triple.getObject())));
    }
    return graph;
  }

  private void collect() {
    shapes.put(root, new LinkedHashSet<>());
    open.add(root);
    while (!open.isEmpty() && problems.isEmpty()) {
      shape(open.remove());
    }
    if (problems.isEmpty()) {
      components();
    }
  }

  private void edge(Node from, Node to) {
    if (!shapes.containsKey(to)) {
      shapes.put(to, new LinkedHashSet<>());
      open.add(to);
      bounded(to);
    }
    shapes.computeIfAbsent(from, key -> new LinkedHashSet<>()).add(to);
  }

  private void shape(Node node) {
    for (Triple triple : source.about(node)) {
      add(triple);
      Node predicate = triple.getPredicate();
      Node object = triple.getObject();
      if (ShapeTerms.TO_SHAPE.contains(predicate)) {
        edge(node, object);
      } else if (ShapeTerms.TO_SHAPES.contains(predicate)) {
        list(object).forEach(member -> edge(node, member));
      } else if (ShapeTerms.TO_TERMS.contains(predicate)) {
        list(object);
      } else if (predicate.equals(SHACL.path)) {
        path(object);
      } else if (predicate.equals(SHACL.sparql)) {
        query(object);
      } else if (predicate.equals(SHACL.target)) {
        target(object);
      } else if (predicate.equals(ShapeTerms.TYPE)) {
        superClasses(object);
      }
    }
    if (source.says(node, SHACL.qualifiedValueShapesDisjoint, NodeConst.nodeTrue)) {
      siblings(node);
    }
  }

  /** What else the parents of a property shape have as qualified value shapes counts there too. */
  private void siblings(Node node) {
    for (Triple parent : source.matching(SHACL.property, node)) {
      for (Node sibling : source.objects(parent.getSubject(), SHACL.property)) {
        add(Triple.create(parent.getSubject(), SHACL.property, sibling));
        for (Node shape : source.objects(sibling, SHACL.qualifiedValueShape)) {
          add(Triple.create(sibling, SHACL.qualifiedValueShape, shape));
          edge(node, shape);
          // Looked up by name among the shapes that were parsed.
          add(Triple.create(shape, ShapeTerms.TYPE, SHACL.NodeShape));
        }
      }
    }
  }

  private List<Node> list(Node head) {
    List<Node> members = new ArrayList<>();
    Set<Node> cells = new HashSet<>();
    Node cell = head;
    while (!cell.equals(ShapeTerms.NIL)) {
      if (!cells.add(cell) || !bounded(cell)) {
        problem(head, "expected a bounded list: head=" + shown(head) + ", limit=" + NODES_MAX);
        return members;
      }
      List<Node> first = source.objects(cell, ShapeTerms.FIRST);
      List<Node> rest = source.objects(cell, ShapeTerms.REST);
      if (first.size() != 1 || rest.size() != 1) {
        problem(head, "expected an RDF list: head=" + shown(head) + ", cell=" + shown(cell));
        return members;
      }
      add(Triple.create(cell, ShapeTerms.FIRST, first.get(0)));
      add(Triple.create(cell, ShapeTerms.REST, rest.get(0)));
      members.add(first.get(0));
      cell = rest.get(0);
    }
    return members;
  }

  private void path(Node start) {
    Deque<PathStep> steps = new ArrayDeque<>(List.of(new PathStep(start, 0)));
    int taken = 0;
    while (!steps.isEmpty()) {
      PathStep step = steps.removeLast();
      if (++taken > PATH_MAX || step.depth > DEPTH_MAX) {
        problem(
            start,
            "expected a bounded path: steps="
                + taken
                + ", limit="
                + PATH_MAX
                + " steps and "
                + DEPTH_MAX
                + " levels");
        return;
      }
      if (step.node.isURI() && !isNamedBlank.test(step.node)) {
        continue;
      }
      boolean structured = false;
      for (Triple triple : source.about(step.node)) {
        Node predicate = triple.getPredicate();
        if (ShapeTerms.TO_PATH.contains(predicate) || predicate.equals(ShapeTerms.FIRST)) {
          steps.add(new PathStep(triple.getObject(), step.depth + 1));
        } else if (predicate.equals(SHACL.alternativePath)) {
          for (Node member : list(triple.getObject())) {
            steps.add(new PathStep(member, step.depth + 1));
          }
        } else if (predicate.equals(ShapeTerms.REST)) {
          // A sequence is as deep as it is long, which its steps bound.
          if (!triple.getObject().equals(ShapeTerms.NIL)) {
            steps.add(new PathStep(triple.getObject(), step.depth));
          }
        } else {
          continue;
        }
        add(triple);
        structured = true;
      }
      if (structured) {
        pathNodes.add(step.node);
      }
    }
  }

  private void query(Node node) {
    if (!others.add(node) || !bounded(node)) {
      return;
    }
    for (Triple triple : source.about(node)) {
      add(triple);
      if (ShapeTerms.QUERIES.contains(triple.getPredicate())) {
        queries.computeIfAbsent(node, key -> new ArrayList<>()).add(triple.getObject());
      } else if (ShapeTerms.TO_QUERY_PART.contains(triple.getPredicate())) {
        prefixes(triple.getObject());
      } else if (triple.getPredicate().equals(ShapeTerms.TYPE)) {
        superClasses(triple.getObject());
      }
    }
  }

  private void prefixes(Node start) {
    Deque<Node> found = new ArrayDeque<>(List.of(start));
    while (!found.isEmpty()) {
      Node node = found.remove();
      if (others.add(node) && bounded(node)) {
        for (Triple triple : source.about(node)) {
          if (ShapeTerms.isShacl(triple.getPredicate())
              || triple.getPredicate().equals(ShapeTerms.IMPORTS)) {
            add(triple);
          }
          if (ShapeTerms.TO_QUERY_PART.contains(triple.getPredicate())) {
            found.add(triple.getObject());
          }
        }
      }
    }
  }

  private void target(Node node) {
    query(node);
    for (Node type : source.objects(node, ShapeTerms.TYPE)) {
      if (source.types(type).contains(SHACL.SPARQLTargetType)) {
        component(type);
      }
    }
  }

  private void components() {
    for (Node component : source.instances(SHACL.ConstraintComponent)) {
      for (Node parameter : source.objects(component, SHACL.parameter)) {
        for (Node path : source.objects(parameter, SHACL.path)) {
          if (shapes.keySet().stream().anyMatch(node -> source.says(node, path, Node.ANY))) {
            component(component);
          }
        }
      }
    }
  }

  private void component(Node component) {
    query(component);
    for (Node predicate : ShapeTerms.TO_COMPONENT_PART) {
      source.objects(component, predicate).forEach(this::query);
    }
  }

  private void superClasses(Node type) {
    for (Node at : source.superClasses(type)) {
      if (others.add(at)) {
        for (Node above : source.objects(at, ShapeTerms.SUB_CLASS_OF)) {
          add(Triple.create(at, ShapeTerms.SUB_CLASS_OF, above));
        }
      }
    }
  }

  private void add(Triple triple) {
    if (ShapeTerms.isScript(triple.getPredicate()) || ShapeTerms.isScript(triple.getObject())) {
      problem(
          triple.getSubject(),
          "expected a shape without scripts: predicate=" + shown(triple.getPredicate()));
    }
    triples.add(triple);
  }

  private boolean bounded(Node node) {
    if (shapes.size() + others.size() + triples.size() <= NODES_MAX) {
      return true;
    }
    problem(node, "expected a bounded shape: root=" + shown(root) + ", limit=" + NODES_MAX);
    return false;
  }

  /** No circle, and the longest way down is short enough to be recurred on. */
  private void checkDepth() {
    Map<Node, Integer> in = new HashMap<>();
    shapes.values().forEach(all -> all.forEach(to -> in.merge(to, 1, Integer::sum)));
    Map<Node, Integer> depth = new HashMap<>();
    Deque<Node> ready = new ArrayDeque<>();
    for (Node node : shapes.keySet()) {
      if (!in.containsKey(node)) {
        ready.add(node);
      }
    }
    int done = 0;
    while (!ready.isEmpty()) {
      Node node = ready.remove();
      done++;
      int below = depth.getOrDefault(node, 0) + 1;
      if (below > DEPTH_MAX) {
        problem(
            node,
            "expected shapes nested at most so deep: depth=" + below + ", limit=" + DEPTH_MAX);
        return;
      }
      for (Node to : shapes.getOrDefault(node, Set.of())) {
        depth.merge(to, below, Math::max);
        if (in.merge(to, -1, Integer::sum) == 0) {
          ready.add(to);
        }
      }
    }
    if (done < shapes.size()) {
      Node inCircle =
          shapes.keySet().stream()
              .filter(node -> in.getOrDefault(node, 0) > 0)
              .findFirst()
              .orElse(root);
      problem(inCircle, "expected a shape that does not refer to itself: shape=" + shown(inCircle));
    }
  }

  private void problem(Node node, String message) {
    problems.add(
        new ShapeProblem(shown(node), message, shown(root), "Write the shape without it."));
  }

  private record PathStep(Node node, int depth) {}
}
