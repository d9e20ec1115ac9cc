package io.knhk.knowledge;

import io.knhk.knowledge.Snapshot.Applied;
import io.knhk.schemas.knowledge.Delta;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether the change can be taken back exactly: applied and inverted in the shadow, the head's id
 * comes out again.
 */
final class RollbackStage {
  static final String NAME = "rollback";

  private static final String CHECKED = "the delta applied and inverted gives the head's id again";

  private RollbackStage() {}

  static StageResult check(Snapshot head, Snapshot shadow, Delta delta) {
    SortedMap<String, Long> figures = new TreeMap<>();
    figures.put("triplesBefore", (long) head.size());
    figures.put("triplesAfter", (long) shadow.size());
    Applied back = shadow.apply(delta.inverse());
    String found;
    if (back instanceof Applied.Changed changed) {
      if (changed.snapshot().id().equals(head.id())) {
        return new StageResult.Passed(NAME, CHECKED, figures);
      }
      found = "expected the head's id: head=" + head.id() + ", found=" + changed.snapshot().id();
    } else {
      found = ((Applied.Refused) back).detail();
    }
    return new StageResult.Failed(
        NAME, CHECKED, figures, List.of(new Witness(shadow.id(), "", found)));
  }
}
