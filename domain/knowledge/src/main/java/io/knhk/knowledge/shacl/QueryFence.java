package io.knhk.knowledge.shacl;

import org.apache.jena.query.ARQ;
import org.apache.jena.sparql.algebra.Op;
import org.apache.jena.sparql.engine.ExecutionContext;
import org.apache.jena.sparql.engine.QueryIterator;
import org.apache.jena.sparql.engine.binding.Binding;
import org.apache.jena.sparql.engine.iterator.QueryIteratorWrapper;
import org.apache.jena.sparql.engine.main.OpExecutor;
import org.apache.jena.sparql.engine.main.OpExecutorFactory;
import org.apache.jena.sparql.engine.main.QC;

/**
 * Bounds what a query over an {@link OverlayGraph} may do: every row that passes between two of its
 * operators is a step towards the graph's deadline, and is counted. The engine's own timeout is
 * looked at too seldom while it joins, and counts nothing.
 */
final class QueryFence extends OpExecutor {
  /** Rows between all operators of one query at one focus node; also what they hold in memory. */
  static final long ROWS_MAX = 200_000;

  private final Deadline deadline;
  private long rows;

  private QueryFence(ExecutionContext context, Deadline deadline) {
    super(context);
    this.deadline = deadline;
  }

  /** Puts it around every query over an overlay in this process; others are left alone. */
  static void raise() {
    OpExecutorFactory factory = QC.getFactory(ARQ.getContext());
    OpExecutorFactory others = factory == null ? OpExecutor.stdFactory : factory;
    QC.setFactory(
        ARQ.getContext(),
        context ->
            context.getActiveGraph() instanceof OverlayGraph overlay
                ? new QueryFence(context, overlay.deadline())
                : others.create(context));
  }

  @Override
  protected QueryIterator exec(Op op, QueryIterator input) {
    return new Counted(super.exec(op, input));
  }

  private final class Counted extends QueryIteratorWrapper {
    Counted(QueryIterator rows) {
      super(rows);
    }

    @Override
    protected Binding moveToNextBinding() {
      deadline.step();
      if (++rows > ROWS_MAX) {
        throw new WorkLimitException();
      }
      return super.moveToNextBinding();
    }
  }

  /** The limit is reached; carries no stack, since where that was says nothing. */
  static final class WorkLimitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    WorkLimitException() {
      super(
          "expected a query of bounded work: rows>" + ROWS_MAX + ", limit=" + ROWS_MAX,
          null,
          false,
          false);
    }
  }
}
