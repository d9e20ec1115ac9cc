package io.knhk.schemas;

import java.util.List;

/** The sectors KNHK knows. A receipt chain exists for each, and one for {@link #INGEST}. */
public final class Sectors {
  /** Reserved: the chain of rejected observations. No observation may name it. */
  public static final String INGEST = "_ingest";

  /** In alphabetical order. */
  public static final List<String> ALL =
      List.of("energy", "finance", "healthcare", "logistics", "manufacturing");

  private Sectors() {}

  public static boolean isKnown(String sector) {
    return ALL.contains(sector);
  }
}
