package io.knhk.jobs.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;

/**
 * Removes what earlier runs of a job left behind. A restored job owns the checkpoint that it came
 * from, and no older one: without this a folder would grow with every start.
 *
 * <p>Only for a folder that nobody else writes to, while the job does not run.
 */
public final class Leftovers {
  /** Checkpoints of a job that stay: as many as the running job keeps. */
  static final int KEPT = 3;

  private static final String SHARED = "shared";

  private Leftovers() {}

  /**
   * Keeps the newest checkpoints of one id, and the shared files that these are made of.
   *
   * @param checkpoints that hold a folder an id
   * @throws IOException when something cannot be read or removed
   */
  public static void remove(Path checkpoints, KnhkJob job, JobID id) throws IOException {
    Path folder = checkpoints.resolve(id.toHexString());
    if (!Files.isDirectory(folder)) {
      return;
    }
    folder = folder.toRealPath();
    List<RetainedState> states = LaunchPlan.statesOf(job, folder);
    Set<Path> used = new HashSet<>();
    for (RetainedState state : states.subList(0, Math.min(KEPT, states.size()))) {
      try {
        for (StateFiles.StateFile file : StateFiles.read(state.folder()).files()) {
          // The metadata has the path by which the folder was called then.
          used.add(file.path().toRealPath());
        }
      } catch (IOException | RuntimeException e) {
        // What a damaged one is made of is not known: then nothing is known to be unused.
        return;
      }
    }
    for (RetainedState state : states.subList(Math.min(KEPT, states.size()), states.size())) {
      removeTree(state.folder());
    }
    for (Path file : list(folder.resolve(SHARED))) {
      if (!used.contains(file) && Files.isRegularFile(file)) {
        Files.delete(file);
      }
    }
  }

  private static void removeTree(Path folder) throws IOException {
    try (Stream<Path> entries = Files.walk(folder)) {
      for (Path entry : entries.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }
}
