package io.knhk.jobs.launch;

import java.nio.file.Path;
import java.util.Comparator;

/**
 * A checkpoint or savepoint that a job left behind.
 *
 * @param folder with its {@code _metadata}
 * @param generation of the job that wrote it
 * @param checkpointId Flink's number of it; it counts on when a job is restored
 */
public record RetainedState(Path folder, long generation, long checkpointId) {
  /** Of one job's, the one that was written last comes first. */
  static final Comparator<RetainedState> NEWEST_FIRST =
      Comparator.comparingLong(RetainedState::generation)
          .thenComparingLong(RetainedState::checkpointId)
          .thenComparing(RetainedState::folder)
          .reversed();

  /** As Flink takes it. */
  public String uri() {
    return uri(folder);
  }

  /** A folder as Flink takes it: nothing is escaped, or a blank would be looked for as %20. */
  public static String uri(Path folder) {
    return "file://" + folder.toAbsolutePath();
  }
}
