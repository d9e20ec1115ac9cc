package io.knhk.knowledge;

import io.knhk.schemas.knowledge.Delta;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How the terms that a snapshot speaks about are written, to find those that differ by case alone.
 * What had been blank nodes is left out: nobody wrote those names. Not thread-safe.
 */
final class TermIndex {
  /** By what a term is in lower case: each way it is written, and the triples about it. */
  private final Map<String, Map<String, Integer>> written = new HashMap<>();

  /** After a delta that applies exactly. */
  void move(Delta delta) {
    delta.removed().forEach(line -> count(subject(line), -1));
    delta.added().forEach(line -> count(subject(line), 1));
  }

  /** Another term that differs by case alone, the first one in order; empty if there is none. */
  Optional<String> alike(String term) {
    return written.getOrDefault(term.toLowerCase(Locale.ROOT), Map.of()).keySet().stream()
        .filter(other -> !other.equals(term))
        .findFirst();
  }

  /** The terms that a delta speaks about, as it leaves them. */
  static TermIndex of(List<String> lines) {
    TermIndex index = new TermIndex();
    lines.forEach(line -> index.count(subject(line), 1));
    return index;
  }

  private void count(String term, int by) {
    if (term.startsWith("<" + Vocabulary.ROOT) && term.contains("/node#")) {
      return;
    }
    String lower = term.toLowerCase(Locale.ROOT);
    Map<String, Integer> ways = written.computeIfAbsent(lower, key -> new TreeMap<>());
    ways.merge(term, by, Integer::sum);
    ways.values().removeIf(count -> count <= 0);
    if (ways.isEmpty()) {
      written.remove(lower);
    }
  }

  /** Of a canonical line: all up to the first space. */
  private static String subject(String line) {
    return line.substring(0, line.indexOf(' '));
  }
}
