package io.knhk.knowledge.shacl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;

/**
 * A change of a graph: the graph before, the one after, both together, and what the change does to
 * classes, worked out once for all shapes. Not thread-safe.
 */
final class Change {
  private final OverlayGraph after;
  private final Graph union;
  private final Collection<Triple> added;
  private final Collection<Triple> removed;
  private final List<Triple> triples;
  private final Map<Node, Set<Node>> superClasses = new HashMap<>();
  private final Map<Node, Set<Node>> membersByClass = new HashMap<>();
  private final Map<Node, Set<Node>> typesAfter = new HashMap<>();

  Change(Graph before, Collection<Triple> added, Collection<Triple> removed, Deadline deadline) {
    this.added = added;
    this.removed = removed;
    this.after = new OverlayGraph(before, added, removed, deadline);
    this.union = new OverlayGraph(before, added, List.of(), deadline);
    this.triples = new ArrayList<>(added);
    this.triples.addAll(removed);
    for (Triple triple : triples) {
      Node predicate = triple.getPredicate();
      if (predicate.equals(ShapeTerms.TYPE)) {
        above(triple.getObject()).forEach(type -> members(type).add(triple.getSubject()));
      } else if (predicate.equals(ShapeTerms.SUB_CLASS_OF)) {
        Set<Node> members = instances(triple.getSubject());
        if (!members.isEmpty()) {
          above(triple.getObject()).forEach(type -> members(type).addAll(members));
        }
      }
    }
  }

  Collection<Triple> added() {
    return added;
  }

  Collection<Triple> removed() {
    return removed;
  }

  OverlayGraph after() {
    return after;
  }

  /** What is in one of the two or in both. */
  Graph union() {
    return union;
  }

  /** Those that are in one of the two only. */
  List<Triple> triples() {
    return triples;
  }

  /** Classes of which some nodes can have become members, or ceased to be. */
  Set<Node> changedClasses() {
    return membersByClass.keySet();
  }

  /** The nodes that can have become members of the class, or ceased to be. */
  Set<Node> changedMembers(Node type) {
    return membersByClass.getOrDefault(type, Set.of());
  }

  /** A class and all above it, in both graphs together. */
  Set<Node> above(Node type) {
    return superClasses.computeIfAbsent(
        type, start -> closure(start, at -> objects(union, at, ShapeTerms.SUB_CLASS_OF)));
  }

  /** The classes of a node after the change, and all above them. */
  Set<Node> typesAfter(Node node) {
    return typesAfter.computeIfAbsent(
        node,
        at -> {
          Set<Node> types = new LinkedHashSet<>();
          for (Node type : objects(after, at, ShapeTerms.TYPE)) {
            types.addAll(closure(type, below -> objects(after, below, ShapeTerms.SUB_CLASS_OF)));
          }
          return types;
        });
  }

  private Set<Node> members(Node type) {
    return membersByClass.computeIfAbsent(type, key -> new LinkedHashSet<>());
  }

  private Set<Node> instances(Node type) {
    Set<Node> instances = new LinkedHashSet<>();
    for (Node below : closure(type, at -> subjects(ShapeTerms.SUB_CLASS_OF, at))) {
      instances.addAll(subjects(ShapeTerms.TYPE, below));
    }
    return instances;
  }

  private static List<Node> objects(Graph graph, Node subject, Node predicate) {
    return graph.find(subject, predicate, Node.ANY).mapWith(Triple::getObject).toList();
  }

  private List<Node> subjects(Node predicate, Node object) {
    return union.find(Node.ANY, predicate, object).mapWith(Triple::getSubject).toList();
  }

  private static Set<Node> closure(Node start, Function<Node, List<Node>> next) {
    Set<Node> reached = new LinkedHashSet<>();
    Deque<Node> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      Node at = open.remove();
      if (reached.add(at)) {
        open.addAll(next.apply(at));
      }
    }
    return reached;
  }
}
