package io.knhk.operators.analyze;

import io.knhk.detection.KeyState;

/**
 * State: all that is kept of one watched key and source.
 *
 * @param latestRuns the runs of the last epoch that brought something: what an open window began
 *     with
 */
public record WatchState(
    KeyState detectors, RunLineage lineage, java.util.List<String> latestRuns) {
  static final WatchState EMPTY =
      new WatchState(KeyState.empty(), RunLineage.NONE, java.util.List.of());
}
