package io.knhk.knowledge.shacl;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.apache.jena.shacl.vocabulary.SHACL;

/** Which shapes have which targets, so that a changed triple leads to the shapes it may concern. */
final class TargetIndex {
  private final Map<Node, Targets> byRoot = new HashMap<>();
  private final Map<Node, Set<Node>> byClass = new HashMap<>();
  private final Map<Node, Set<Node>> bySubjectsOf = new HashMap<>();
  private final Map<Node, Set<Node>> byObjectsOf = new HashMap<>();

  /** Whether a node is a shape with a target. */
  static boolean isRoot(ShapeSource source, Node node) {
    return ShapeTerms.TARGETS.stream().anyMatch(target -> source.says(node, target, Node.ANY))
        || isImplicit(source, node);
  }

  /** All shapes with targets. */
  static Set<Node> roots(ShapeSource source) {
    Set<Node> roots = new LinkedHashSet<>();
    for (Node target : ShapeTerms.TARGETS) {
      source.matching(target, Node.ANY).forEach(triple -> roots.add(triple.getSubject()));
    }
    for (Node type : List.of(SHACL.NodeShape, SHACL.PropertyShape)) {
      for (Triple triple : source.matching(ShapeTerms.TYPE, type)) {
        if (!roots.contains(triple.getSubject()) && isImplicit(source, triple.getSubject())) {
          roots.add(triple.getSubject());
        }
      }
    }
    return roots;
  }

  /** Whether a node says by its type that it is a shape. */
  static boolean isDeclared(ShapeSource source, Node node) {
    Set<Node> types = source.types(node);
    return types.contains(SHACL.NodeShape) || types.contains(SHACL.PropertyShape);
  }

  private static boolean isImplicit(ShapeSource source, Node node) {
    return (source.says(node, ShapeTerms.TYPE, SHACL.NodeShape)
            || source.says(node, ShapeTerms.TYPE, SHACL.PropertyShape))
        && source.types(node).contains(ShapeTerms.RDFS_CLASS);
  }

  Set<Node> roots() {
    return byRoot.keySet();
  }

  void put(ShapeSource source, Node root) {
    remove(root);
    Targets targets = Targets.of(source, root);
    byRoot.put(root, targets);
    targets.classes.forEach(type -> add(byClass, type, root));
    targets.subjectsOf.forEach(predicate -> add(bySubjectsOf, predicate, root));
    targets.objectsOf.forEach(predicate -> add(byObjectsOf, predicate, root));
  }

  void remove(Node root) {
    Targets targets = byRoot.remove(root);
    if (targets != null) {
      targets.classes.forEach(type -> remove(byClass, type, root));
      targets.subjectsOf.forEach(predicate -> remove(bySubjectsOf, predicate, root));
      targets.objectsOf.forEach(predicate -> remove(byObjectsOf, predicate, root));
    }
  }

  /** Nodes that the change may have made targets of a shape, or no longer, by shape. */
  Map<Node, Set<Node>> moved(Change change) {
    Map<Node, Set<Node>> moved = new LinkedHashMap<>();
    for (Node type : change.changedClasses()) {
      for (Node root : byClass.getOrDefault(type, Set.of())) {
        moved
            .computeIfAbsent(root, key -> new LinkedHashSet<>())
            .addAll(change.changedMembers(type));
      }
    }
    for (Triple triple : change.triples()) {
      for (Node root : bySubjectsOf.getOrDefault(triple.getPredicate(), Set.of())) {
        moved.computeIfAbsent(root, key -> new LinkedHashSet<>()).add(triple.getSubject());
      }
      for (Node root : byObjectsOf.getOrDefault(triple.getPredicate(), Set.of())) {
        moved.computeIfAbsent(root, key -> new LinkedHashSet<>()).add(triple.getObject());
      }
    }
    return moved;
  }

  /**
   * Whether a node is a target, after the change, of a shape that has no target that is a query.
   */
  boolean isTarget(Node root, Node node, Change change) {
    Targets targets = byRoot.get(root);
    if (targets == null) {
      return false;
    }
    Graph data = change.after();
    return targets.nodes.contains(node)
        || targets.subjectsOf.stream().anyMatch(p -> data.contains(node, p, Node.ANY))
        || targets.objectsOf.stream().anyMatch(p -> data.contains(Node.ANY, p, node))
        || (!targets.classes.isEmpty()
            && !Collections.disjoint(change.typesAfter(node), targets.classes));
  }

  private static void add(Map<Node, Set<Node>> index, Node key, Node root) {
    index.computeIfAbsent(key, unused -> new LinkedHashSet<>()).add(root);
  }

  private static void remove(Map<Node, Set<Node>> index, Node key, Node root) {
    Set<Node> roots = index.get(key);
    if (roots != null && roots.remove(root) && roots.isEmpty()) {
      index.remove(key);
    }
  }

  private record Targets(
      List<Node> nodes, List<Node> classes, List<Node> subjectsOf, List<Node> objectsOf) {
    static Targets of(ShapeSource source, Node root) {
      List<Node> classes = new ArrayList<>(source.objects(root, SHACL.targetClass));
      if (isImplicit(source, root)) {
        classes.add(root);
      }
      return new Targets(
          source.objects(root, SHACL.targetNode),
          classes,
          source.objects(root, SHACL.targetSubjectsOf),
          source.objects(root, SHACL.targetObjectsOf));
    }
  }
}
