package io.knhk.knowledge;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What must hold of every change: {@link NoRetrocausation Q1}, {@link TypeSoundness Q2}, {@link
 * GuardPreservation Q3}, {@link WorkBounds Q4}, {@link MemoryBounds Q5}, and the sector's {@link
 * ShadowTests}. All are asked, whatever one of them finds; a figure's name begins with the
 * invariant's.
 */
final class InvariantsStage {
  static final String NAME = "invariants";

  private InvariantsStage() {}

  static StageResult check(
      Candidate candidate,
      Snapshot shadow,
      CompiledChange change,
      Invariant shadowTests,
      ValidationLimits limits) {
    List<Invariant> found =
        List.of(
            NoRetrocausation.check(candidate, shadow),
            TypeSoundness.check(candidate, change, limits.nonConformingShareMax()),
            GuardPreservation.check(candidate, change, limits.hotStepsMax()),
            WorkBounds.check(change, limits),
            MemoryBounds.check(candidate, change, limits),
            shadowTests);
    return result(found);
  }

  /** The first violation of each comes before the others, so that none is cut off. */
  static StageResult result(List<Invariant> found) {
    StringBuilder checked = new StringBuilder();
    SortedMap<String, Long> figures = new TreeMap<>();
    List<Witness> first = new ArrayList<>();
    List<Witness> others = new ArrayList<>();
    List<Witness> remarks = new ArrayList<>();
    for (Invariant invariant : found) {
      checked.append(checked.isEmpty() ? "" : "; ").append(invariant.name()).append(' ');
      checked.append(invariant.asks());
      invariant
          .figures()
          .forEach((name, figure) -> figures.put(invariant.name() + "." + name, figure));
      List<Witness> violations = invariant.violations();
      if (!violations.isEmpty()) {
        first.add(violations.get(0));
        others.addAll(violations.subList(1, violations.size()));
      }
      remarks.addAll(invariant.remarks());
    }
    first.addAll(others);
    return first.isEmpty()
        ? new StageResult.Passed(NAME, checked.toString(), figures, remarks)
        : new StageResult.Failed(NAME, checked.toString(), figures, first);
  }
}
