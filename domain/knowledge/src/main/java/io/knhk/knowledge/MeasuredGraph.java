package io.knhk.knowledge;

import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Triple;
import org.apache.jena.graph.impl.GraphBase;
import org.apache.jena.util.iterator.ExtendedIterator;

/**
 * A graph that may be read a bounded amount: each look into it counts, and each triple that it
 * gives. So what is too much does not depend on the machine. Read-only; not thread-safe.
 */
final class MeasuredGraph extends GraphBase {
  private final Graph base;
  private final long readsMax;
  private long reads;

  MeasuredGraph(Graph base, long readsMax) {
    this.base = base;
    this.readsMax = readsMax;
  }

  @Override
  protected ExtendedIterator<Triple> graphBaseFind(Triple pattern) {
    read(pattern);
    return base.find(pattern).mapWith(this::read);
  }

  private Triple read(Triple triple) {
    if (++reads > readsMax) {
      throw new SpentException(readsMax);
    }
    return triple;
  }

  /** More was read than may be. */
  static final class SpentException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private SpentException(long readsMax) {
      super("expected few triples read: limit=" + readsMax, null, false, false);
    }
  }
}
