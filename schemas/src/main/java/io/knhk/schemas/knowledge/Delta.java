package io.knhk.schemas.knowledge;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A change of triples (DeltaSigma). Its inverse swaps the two lists.
 *
 * @param added N-Triples lines without line ends, sorted, distinct, none of them in {@code removed}
 * @param removed likewise
 */
public record Delta(List<String> added, List<String> removed) {
  /** Triples added and removed together by a change that is no import and no way back. */
  public static final int TRIPLES_MAX = 1_000;

  /** Likewise by any change: all of one snapshot removed, and all of another added. */
  public static final int BULK_TRIPLES_MAX = 400_000;

  public Delta {
    added = added.stream().sorted().distinct().toList();
    removed = removed.stream().sorted().distinct().toList();
    if (added.size() + removed.size() > BULK_TRIPLES_MAX) {
      throw new IllegalArgumentException(
          "expected a bounded delta: triples="
              + (added.size() + removed.size())
              + ", limit="
              + BULK_TRIPLES_MAX);
    }
    Set<String> both = new HashSet<>(removed);
    for (String line : added) {
      if (both.contains(line)) {
        throw new IllegalArgumentException(
            "expected no triple both added and removed: triple=" + line);
      }
    }
  }

  public int size() {
    return added.size() + removed.size();
  }

  public Delta inverse() {
    return new Delta(removed, added);
  }
}
