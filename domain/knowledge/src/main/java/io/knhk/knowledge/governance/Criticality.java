package io.knhk.knowledge.governance;

/** How much depends on something, the most first. */
public enum Criticality {
  CRITICAL,
  HIGH,
  MEDIUM,
  LOW;

  /**
   * By rank: 0 for low to 3 for critical. Any other is critical: what is not known may not be the
   * easiest to get.
   */
  public static Criticality ofRank(int rank) {
    return switch (rank) {
      case 0 -> LOW;
      case 1 -> MEDIUM;
      case 2 -> HIGH;
      default -> CRITICAL;
    };
  }
}
