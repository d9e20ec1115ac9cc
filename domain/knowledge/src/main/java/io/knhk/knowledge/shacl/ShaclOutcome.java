package io.knhk.knowledge.shacl;

import java.util.List;
import java.util.SortedMap;

/** What came of validating a graph as a change would make it. */
public sealed interface ShaclOutcome {
  /**
   * A report, equal to that of a full validation.
   *
   * @param results in order of their targets
   * @param inFull shapes that were evaluated on all their targets, each with the reason
   * @param evaluations pairs of a shape and a node that were evaluated
   * @param shapesTouched shapes that the change itself changes
   */
  record Validated(
      List<ShaclResult> results,
      SortedMap<String, String> inFull,
      int evaluations,
      int shapesTouched,
      ShaclMove move)
      implements ShaclOutcome {
    public Validated {
      results = List.copyOf(results);
    }
  }

  /**
   * There is no report: a shape is malformed or would reach out, or the work is beyond a limit.
   *
   * @param problems at least one
   */
  record Refused(List<ShapeProblem> problems) implements ShaclOutcome {
    public Refused {
      problems = List.copyOf(problems);
    }
  }
}
