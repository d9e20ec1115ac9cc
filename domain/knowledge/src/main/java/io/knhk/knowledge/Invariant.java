package io.knhk.knowledge;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one invariant found.
 *
 * @param name Q1 to Q5, or tests, as figures are prefixed with it
 * @param asks what it asks, a few words
 * @param figures counts of what was looked at
 * @param violations empty when it holds
 * @param remarks what people should see all the same
 */
record Invariant(
    String name,
    String asks,
    SortedMap<String, Long> figures,
    List<Witness> violations,
    List<Witness> remarks) {
  Invariant {
    figures = Collections.unmodifiableSortedMap(new TreeMap<>(figures));
    violations = List.copyOf(violations);
    remarks = List.copyOf(remarks);
  }
}
