package io.knhk.knowledge.shacl;

import java.util.function.LongSupplier;

/**
 * A moment until which work may go on, by a clock that is passed in. Not thread-safe.
 *
 * <p>It is a fence against queries that would never end, not part of any answer: within it, the
 * answer does not depend on time.
 */
public final class Deadline {
  /** Steps between two looks at the clock; a power of two. */
  private static final int STEPS = 64;

  private final LongSupplier nanoClock;
  private final long startNs;
  private final long limitNs;
  private int steps;

  private Deadline(LongSupplier nanoClock, long limitNs) {
    this.nanoClock = nanoClock;
    this.startNs = nanoClock.getAsLong();
    this.limitNs = limitNs;
  }

  /** Begins now. */
  public static Deadline after(LongSupplier nanoClock, long limitNs) {
    return new Deadline(nanoClock, limitNs);
  }

  /** Of work that is bounded otherwise. */
  public static Deadline never() {
    return new Deadline(() -> 0, Long.MAX_VALUE);
  }

  /**
   * One step of work.
   *
   * @throws ExpiredException when time is up
   */
  void step() {
    if ((++steps & (STEPS - 1)) == 0) {
      check();
    }
  }

  void check() {
    if (nanoClock.getAsLong() - startNs > limitNs) {
      throw new ExpiredException(limitNs);
    }
  }

  /** Time is up; carries no stack, since where it happened says nothing. */
  static final class ExpiredException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private ExpiredException(long limitNs) {
      super("expected an answer in time: limitNs=" + limitNs, null, false, false);
    }
  }
}
