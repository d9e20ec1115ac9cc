package io.knhk.operators.execute;

/** How far a sector may change by itself. Learning is not obeying. */
public enum Evolution {
  /** Nothing is proposed. */
  FREEZE,
  /** Everything waits for people. */
  PROPOSE,
  /**
   * An addition of high confidence promotes by itself; what loosens a range, a type or a guard
   * never does.
   */
  EVOLVE
}
