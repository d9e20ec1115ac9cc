package io.knhk.schemas.knowledge;

import java.util.List;

/**
 * A change of triples (DeltaSigma). Its inverse swaps the two lists.
 *
 * @param added N-Triples lines without line ends, sorted, distinct, none of them in {@code removed}
 * @param removed likewise
 */
public record Delta(List<String> added, List<String> removed) {
  /** Triples added and removed together. */
  public static final int TRIPLES_MAX = 1_000;

  public Delta {
    added = added.stream().sorted().distinct().toList();
    removed = removed.stream().sorted().distinct().toList();
    if (added.size() + removed.size() > TRIPLES_MAX) {
      throw new IllegalArgumentException(
          "expected a bounded delta: triples="
              + (added.size() + removed.size())
              + ", limit="
              + TRIPLES_MAX);
    }
    for (String line : added) {
      if (removed.contains(line)) {
        throw new IllegalArgumentException(
            "expected no triple both added and removed: triple=" + line);
      }
    }
  }

  public Delta inverse() {
    return new Delta(removed, added);
  }
}
