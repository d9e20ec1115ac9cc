package io.knhk.knowledge.governance;

import java.util.Locale;
import java.util.Optional;

/** How much depends on something, the most first. */
public enum Criticality {
  CRITICAL,
  HIGH,
  MEDIUM,
  LOW;

  private static final String CORE = "https://knhk.io/ns/core#";

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

  /** Of a guard whose {@code knhk:criticality} is this IRI, without angle brackets. */
  public static Optional<Criticality> ofIri(String iri) {
    for (Criticality criticality : values()) {
      String name = criticality.name();
      if (iri.equals(CORE + name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT))) {
        return Optional.of(criticality);
      }
    }
    return Optional.empty();
  }
}
