package io.knhk.knowledge.shacl;

import java.util.function.LongSupplier;

/**
 * How long what has no other bound may take, by a clock that is passed in. Time counts between
 * {@link #begin} and {@link #end}. Not thread-safe.
 *
 * <p>It is a fence against queries that would never end, not part of any answer: within it, the
 * answer does not depend on time.
 */
public final class Deadline {
  /** Steps between two looks at the clock; a power of two. */
  private static final int STEPS = 64;

  private final LongSupplier nanoClock;
  private final long limitNs;
  private long usedNs;
  private long beganNs;
  private boolean counts;
  private int steps;

  private Deadline(LongSupplier nanoClock, long limitNs) {
    this.nanoClock = nanoClock;
    this.limitNs = limitNs;
  }

  /** So much of it, all times together. */
  public static Deadline of(LongSupplier nanoClock, long limitNs) {
    return new Deadline(nanoClock, limitNs);
  }

  /** For work that is bounded otherwise. */
  public static Deadline never() {
    return new Deadline(() -> 0, Long.MAX_VALUE);
  }

  void begin() {
    counts = true;
    beganNs = nanoClock.getAsLong();
  }

  void end() {
    usedNs += nanoClock.getAsLong() - beganNs;
    counts = false;
  }

  /**
   * One step of work.
   *
   * @throws ExpiredException when it is over
   */
  void step() {
    if (counts && (++steps & (STEPS - 1)) == 0) {
      check();
    }
  }

  void check() {
    if (counts && usedNs + nanoClock.getAsLong() - beganNs > limitNs) {
      throw new ExpiredException(limitNs);
    }
  }

  /** It is over; carries no stack, since where that was says nothing. */
  static final class ExpiredException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private ExpiredException(long limitNs) {
      super(
          "expected shapes that are evaluated in full to be so in time: limitMs="
              + limitNs / 1_000_000,
          null,
          false,
          false);
    }
  }
}
