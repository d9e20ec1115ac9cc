package io.knhk.knowledge;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What one stage of the pipeline found. */
public sealed interface StageResult {
  /** One of {@link ValidationPipeline#STAGES}. */
  String stage();

  /** One sentence: what was asked. */
  String checked();

  /** Counts of what was looked at, by name; no times, so that a replay reports the same. */
  SortedMap<String, Long> figures();

  record Passed(String stage, String checked, SortedMap<String, Long> figures)
      implements StageResult {
    public Passed {
      figures = copy(figures);
    }
  }

  /**
   * The stage did not hold.
   *
   * @param witnesses at least one, at most {@link #WITNESSES_MAX}
   */
  record Failed(
      String stage, String checked, SortedMap<String, Long> figures, List<Witness> witnesses)
      implements StageResult {
    public static final int WITNESSES_MAX = 8;

    public Failed {
      figures = copy(figures);
      witnesses = List.copyOf(witnesses.subList(0, Math.min(witnesses.size(), WITNESSES_MAX)));
      if (witnesses.isEmpty()) {
        throw new IllegalArgumentException("expected a witness: stage=" + stage);
      }
    }
  }

  private static SortedMap<String, Long> copy(Map<String, Long> figures) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(figures));
  }
}
