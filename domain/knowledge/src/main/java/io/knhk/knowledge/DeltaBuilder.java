package io.knhk.knowledge;

import io.knhk.schemas.knowledge.Delta;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Collects a change against a head so that it applies exactly: what is there is not added again.
 */
final class DeltaBuilder {
  private final Snapshot head;
  private final Set<String> added = new TreeSet<>();
  private final Set<String> removed = new TreeSet<>();

  DeltaBuilder(Snapshot head) {
    this.head = head;
  }

  DeltaBuilder add(String subject, String predicate, String object) {
    String line = new NTriple(subject, predicate, object).line();
    if (!removed.remove(line) && !head.contains(line)) {
      added.add(line);
    }
    return this;
  }

  DeltaBuilder remove(NTriple triple) {
    String line = triple.line();
    if (!added.remove(line) && head.contains(line)) {
      removed.add(line);
    }
    return this;
  }

  int size() {
    return added.size() + removed.size();
  }

  Delta build() {
    return new Delta(List.copyOf(added), List.copyOf(removed));
  }
}
