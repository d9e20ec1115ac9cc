package io.knhk.knowledge;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What one stage of the pipeline found. */
public sealed interface StageResult {
  /** Witnesses or remarks that are kept of one stage; the first ones. */
  int WITNESSES_MAX = 8;

  /** One of {@link ValidationPipeline#STAGES}. */
  String stage();

  /** One sentence: what was asked. */
  String checked();

  /** Counts of what was looked at, by name; no times, so that a replay reports the same. */
  SortedMap<String, Long> figures();

  /**
   * The stage held.
   *
   * @param remarks what people should see all the same: warnings, advice, shapes that were looked
   *     at in full; at most {@link #WITNESSES_MAX}
   */
  record Passed(
      String stage, String checked, SortedMap<String, Long> figures, List<Witness> remarks)
      implements StageResult {
    public Passed {
      figures = copy(figures);
      remarks = first(remarks);
    }

    public Passed(String stage, String checked, SortedMap<String, Long> figures) {
      this(stage, checked, figures, List.of());
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
    public Failed {
      figures = copy(figures);
      witnesses = first(witnesses);
      if (witnesses.isEmpty()) {
        throw new IllegalArgumentException("expected a witness: stage=" + stage);
      }
    }
  }

  /**
   * The stage was not asked: a stage before it failed, or there is no shadow to look at.
   *
   * @param reason one sentence
   */
  record NotRun(String stage, String checked, String reason) implements StageResult {
    @Override
    public SortedMap<String, Long> figures() {
      return Collections.emptySortedMap();
    }
  }

  private static SortedMap<String, Long> copy(Map<String, Long> figures) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(figures));
  }

  private static List<Witness> first(List<Witness> witnesses) {
    return List.copyOf(witnesses.subList(0, Math.min(witnesses.size(), WITNESSES_MAX)));
  }
}
