package io.knhk.operators.analyze;

import java.io.Serializable;

/**
 * @param observationsTopic of which runs are named
 * @param subjectsMax watched subjects a type, over all subtasks
 * @param unknownTypesMax event types that no snapshot knows a sector, over all subtasks
 */
public record AnalyzeOptions(String observationsTopic, int subjectsMax, int unknownTypesMax)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public AnalyzeOptions {
    if (subjectsMax < 1 || unknownTypesMax < 1) {
      throw new IllegalArgumentException(
          "expected room for at least one: subjectsMax="
              + subjectsMax
              + ", unknownTypesMax="
              + unknownTypesMax);
    }
  }
}
