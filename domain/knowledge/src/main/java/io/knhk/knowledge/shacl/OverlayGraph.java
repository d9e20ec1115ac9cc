package io.knhk.knowledge.shacl;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.GraphMemFactory;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.apache.jena.graph.impl.GraphBase;
import org.apache.jena.util.iterator.ExtendedIterator;

/**
 * A graph as it would be after a change: a base, less some triples, plus others. The base is only
 * read, so that nothing is left behind when the change is not made; it must not change meanwhile.
 * Read-only; not thread-safe.
 */
public final class OverlayGraph extends GraphBase {
  private final Graph base;
  private final Graph added = GraphMemFactory.createDefaultGraphSameTerm();
  private final Set<Triple> removed;
  private final boolean adds;
  private final Deadline deadline;

  /**
   * @param added none of them in {@code base}
   * @param removed all of them in {@code base}
   */
  public OverlayGraph(Graph base, Collection<Triple> added, Collection<Triple> removed) {
    this(base, added, removed, Deadline.never());
  }

  /** Likewise; every look into the graph is a step towards the deadline. */
  public OverlayGraph(
      Graph base, Collection<Triple> added, Collection<Triple> removed, Deadline deadline) {
    this.base = base;
    added.forEach(this.added::add);
    this.removed = new HashSet<>(removed);
    this.adds = !added.isEmpty();
    this.deadline = deadline;
  }

  Deadline deadline() {
    return deadline;
  }

  @Override
  protected ExtendedIterator<Triple> graphBaseFind(Triple pattern) {
    deadline.step();
    ExtendedIterator<Triple> found = base.find(pattern);
    if (!removed.isEmpty()) {
      found = found.filterDrop(removed::contains);
    }
    return adds ? found.andThen(added.find(pattern)) : found;
  }

  @Override
  protected ExtendedIterator<Triple> graphBaseFind(Node s, Node p, Node o) {
    return graphBaseFind(Triple.createMatch(s, p, o));
  }

  @Override
  protected boolean graphBaseContains(Triple pattern) {
    deadline.step();
    if (adds && added.contains(pattern)) {
      return true;
    }
    if (removed.isEmpty()) {
      return base.contains(pattern);
    }
    return pattern.isConcrete()
        ? base.contains(pattern) && !removed.contains(pattern)
        : containsByFind(pattern);
  }

  @Override
  protected int graphBaseSize() {
    return base.size() - removed.size() + added.size();
  }
}
