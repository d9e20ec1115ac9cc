package io.knhk.knowledge.shacl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.apache.jena.util.iterator.ExtendedIterator;

/**
 * Which triples the evaluation of one shape can look at, seen from a focus node.
 *
 * <p>It is a finite automaton. A state stands for the nodes at which some part of the shape is
 * evaluated; state 0 is the focus node. An edge from state a to state b with a predicate says that
 * from a node at a the triples with that predicate are looked at, and that their other ends are at
 * b. Edges without a predicate join states that hold the same node. Property paths become edges as
 * regular expressions become automata (Thompson 1968); a shape that is referred to twice is one
 * part. Beside edges there are two ways to look: at all triples from a node (sh:closed), and at
 * whether a node is of a class (sh:class).
 *
 * <pre>
 *   [ sh:targetClass :A ; sh:property [ sh:path ( :p [ sh:inversePath :q ] ) ; sh:class :C ] ]
 *
 *   (0) ---- (1) --:p--> (2) --^:q--> (3)  of class :C?
 * </pre>
 *
 * If the answer for a focus node differs between two graphs, some triple that only one of them has
 * was looked at, from a node that is reached in both: the first look that differs comes after looks
 * that do not. So walking back along the edges, in the union of both graphs, from every place where
 * a changed triple can be looked at, reaches each focus node whose answer can have changed.
 */
final class Dependence {
  private final Map<Node, List<Edge>> byPredicate;
  private final Map<Integer, List<Edge>> into;
  private final List<ClassLook> classLooks;
  private final Set<Integer> allLooks;

  Dependence(List<Edge> edges, Collection<ClassLook> classLooks, Collection<Integer> allLooks) {
    this.byPredicate = new HashMap<>();
    this.into = new HashMap<>();
    for (Edge edge : edges) {
      into.computeIfAbsent(edge.to, key -> new ArrayList<>()).add(edge);
      edge.predicate.ifPresent(
          predicate -> byPredicate.computeIfAbsent(predicate, key -> new ArrayList<>()).add(edge));
    }
    this.classLooks = List.copyOf(classLooks);
    this.allLooks = Set.copyOf(allLooks);
  }

  /** Predicates of the triples that are looked at, those of classes included. */
  Set<Node> predicates() {
    Set<Node> predicates = new HashSet<>(byPredicate.keySet());
    if (!classLooks.isEmpty()) {
      predicates.add(ShapeTerms.TYPE);
      predicates.add(ShapeTerms.SUB_CLASS_OF);
    }
    return predicates;
  }

  /** Whether triples of any predicate are looked at. */
  boolean looksAtAll() {
    return !allLooks.isEmpty();
  }

  /**
   * The nodes for which the answer can have changed, among them some that are no focus nodes; empty
   * when more than {@code limit} steps would have to be taken to find out.
   */
  Optional<Set<Node>> affected(Change change, int limit) {
    Walk walk = new Walk(change.union(), limit);
    for (Triple triple : change.triples()) {
      for (Edge edge : byPredicate.getOrDefault(triple.getPredicate(), List.of())) {
        walk.reach(edge.from, edge.inverse ? triple.getObject() : triple.getSubject());
      }
      for (int state : allLooks) {
        walk.reach(state, triple.getSubject());
      }
    }
    for (ClassLook look : classLooks) {
      for (Node node : change.changedMembers(look.type)) {
        walk.reach(look.state, node);
      }
    }
    return walk.run();
  }

  /**
   * @param predicate empty where both states hold the same node
   * @param inverse whether the triple is gone along from its object to its subject
   */
  record Edge(int from, Optional<Node> predicate, boolean inverse, int to) {}

  /** That nodes at a state are asked whether they are of a class. */
  record ClassLook(int state, Node type) {}

  private final class Walk {
    private final Graph union;
    private final int limit;
    private final Set<At> reached = new HashSet<>();
    private final Deque<At> open = new ArrayDeque<>();
    private final Set<Node> focus = new LinkedHashSet<>();

    private Walk(Graph union, int limit) {
      this.union = union;
      this.limit = limit;
    }

    void reach(int state, Node node) {
      At at = new At(state, node);
      if (reached.add(at)) {
        open.add(at);
      }
    }

    Optional<Set<Node>> run() {
      while (!open.isEmpty()) {
        if (reached.size() > limit) {
          return Optional.empty();
        }
        At at = open.remove();
        if (at.state == 0) {
          focus.add(at.node);
        }
        for (Edge edge : into.getOrDefault(at.state, List.of())) {
          if (edge.predicate.isEmpty()) {
            reach(edge.from, at.node);
          } else {
            back(edge, edge.predicate.get(), at.node);
          }
        }
      }
      return Optional.of(focus);
    }

    private void back(Edge edge, Node predicate, Node node) {
      ExtendedIterator<Triple> found =
          edge.inverse
              ? union.find(node, predicate, Node.ANY)
              : union.find(Node.ANY, predicate, node);
      try {
        while (found.hasNext() && reached.size() <= limit) {
          Triple triple = found.next();
          reach(edge.from, edge.inverse ? triple.getObject() : triple.getSubject());
        }
      } finally {
        found.close();
      }
    }
  }

  private record At(int state, Node node) {}
}
