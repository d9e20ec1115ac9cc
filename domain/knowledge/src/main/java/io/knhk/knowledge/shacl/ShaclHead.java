package io.knhk.knowledge.shacl;

import io.knhk.knowledge.shacl.ParsedShape.Ready;
import io.knhk.knowledge.shacl.ParsedShape.Refused;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.jena.graph.Node;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the shapes of a graph as it is: those with targets, what each looks at, and the
 * results there are. Changed by {@link #apply} alone. Not thread-safe.
 */
final class ShaclHead {
  private final ShapeSource source;
  private final TargetIndex targets = new TargetIndex();
  private final Map<Node, Ready> active = new HashMap<>();
  private final Map<Node, Refused> refused = new HashMap<>();
  private final Map<Node, Set<Node>> byPredicate = new HashMap<>();
  private final Set<Node> always = new LinkedHashSet<>();
  private final Set<Node> unfinished = new LinkedHashSet<>();
  private final Map<Node, Map<Node, List<ShaclResult>>> results = new HashMap<>();

  ShaclHead(ShapeSource source) {
    this.source = source;
  }

  TargetIndex targets() {
    return targets;
  }

  /** The shape with this name; null when it has no targets in the graph, or cannot be run. */
  @Nullable Ready active(Node root) {
    return active.get(root);
  }

  /** Shapes that cannot be run. */
  Map<Node, Refused> refused() {
    return refused;
  }

  /** Shapes that look at triples with this predicate; with {@link Node#ANY}, at all. */
  Set<Node> looking(Node predicate) {
    return byPredicate.getOrDefault(predicate, Set.of());
  }

  /** Shapes that are evaluated in full whatever changes. */
  Set<Node> inFull() {
    Set<Node> roots = new LinkedHashSet<>(always);
    roots.addAll(unfinished);
    return roots;
  }

  /** By shape and target; there are none that are empty. */
  Map<Node, Map<Node, List<ShaclResult>>> results() {
    return results;
  }

  /** After the graph has moved. */
  void apply(ShaclMove move) {
    move.dropped.forEach(this::drop);
    move.read.forEach(this::keep);
    for (Node root : move.retargeted) {
      if (TargetIndex.isRoot(source, root)) {
        targets.put(source, root);
      } else {
        targets.remove(root);
      }
    }
    move.evaluatedInFull.forEach(results::remove);
    unfinished.removeAll(move.evaluatedInFull);
    unfinished.addAll(move.unfinished);
    move.results.forEach(
        (root, byTarget) -> {
          Map<Node, List<ShaclResult>> kept = results.computeIfAbsent(root, key -> new HashMap<>());
          byTarget.forEach(
              (target, found) -> {
                if (found.isEmpty()) {
                  kept.remove(target);
                } else {
                  kept.put(target, found);
                }
              });
          if (kept.isEmpty()) {
            results.remove(root);
          }
        });
  }

  private void drop(Node root) {
    refused.remove(root);
    always.remove(root);
    unfinished.remove(root);
    Ready old = active.remove(root);
    if (old != null) {
      keys(old).forEach(key -> byPredicate.getOrDefault(key, new HashSet<>()).remove(root));
    }
  }

  private void keep(Node root, ParsedShape parsed) {
    drop(root);
    if (parsed instanceof Refused why) {
      refused.put(root, why);
    } else if (parsed instanceof Ready ready) {
      active.put(root, ready);
      if (!ready.unbounded().isEmpty()) {
        always.add(root);
      }
      keys(ready)
          .forEach(key -> byPredicate.computeIfAbsent(key, k -> new LinkedHashSet<>()).add(root));
    }
  }

  /** The predicates it looks at; {@link Node#ANY} for all. */
  private static Set<Node> keys(Ready ready) {
    Set<Node> keys = new HashSet<>(ready.dependence().predicates());
    if (ready.dependence().looksAtAll()) {
      keys.add(Node.ANY);
    }
    return keys;
  }
}
