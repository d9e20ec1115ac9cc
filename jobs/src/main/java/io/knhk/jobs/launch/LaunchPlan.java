package io.knhk.jobs.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;

/**
 * Under which id a job is started, and from what.
 *
 * @param id that the cluster has not seen end
 * @param from where it goes on; empty for a job without state
 * @param passedOver newer state that is damaged, with what is wrong with it, a line each. Whether
 *     the older one will do is not decided here: a job refuses state that is behind its committed
 *     log.
 */
public record LaunchPlan(JobID id, Optional<RetainedState> from, List<String> passedOver) {
  private static final String CHECKPOINT = "chk-";
  private static final String SAVEPOINT = "savepoint-";

  public LaunchPlan {
    passedOver = List.copyOf(passedOver);
  }

  /**
   * Goes on from the newest state of a job that is complete and undamaged; without any it starts
   * anew.
   *
   * @param folders that hold a folder an id, with retained checkpoints or savepoints in it
   * @param taken ids that the cluster knows already
   * @throws LaunchException when there is state and all of it is damaged
   */
  public static LaunchPlan resume(KnhkJob job, List<Path> folders, Set<JobID> taken)
      throws LaunchException {
    List<String> damaged = new ArrayList<>();
    List<RetainedState> states = find(job, folders, damaged);
    for (RetainedState state : states) {
      try {
        StateCheck.require(state.folder());
        // What is damaged is left as it is: its numbers will come up again.
        long generation =
            damaged.isEmpty() ? newestGeneration(job, folders) : nextGeneration(job, folders);
        return new LaunchPlan(free(job, generation, taken), Optional.of(state), damaged);
      } catch (IOException e) {
        damaged.add(state.folder() + ": " + e.getMessage());
      }
    }
    if (!damaged.isEmpty()) {
      throw new LaunchException(
          "KNHK-1210: expected state of the job that is complete and undamaged: job="
              + job.word()
              + ", damaged="
              + String.join("; ", damaged)
              + ". Bring a file back from a copy, or name a savepoint with --from.");
    }
    return new LaunchPlan(
        free(job, newestGeneration(job, folders), taken), Optional.empty(), List.of());
  }

  /**
   * Goes on from one that was named.
   *
   * @throws LaunchException when it is not there or damaged
   */
  public static LaunchPlan from(Path state, KnhkJob job, List<Path> folders, Set<JobID> taken)
      throws LaunchException {
    try {
      StateFiles files = StateCheck.require(state);
      long generation = nextGeneration(job, folders);
      return new LaunchPlan(
          free(job, generation, taken),
          Optional.of(new RetainedState(state, generation, files.checkpointId())),
          List.of());
    } catch (IOException e) {
      throw new LaunchException(
          "KNHK-1211: expected a checkpoint or savepoint that is complete and undamaged: from="
              + state
              + ", problem="
              + e.getMessage());
    }
  }

  /** Starts without state; what another start left behind stays apart from what this one leaves. */
  public static LaunchPlan anew(KnhkJob job, List<Path> folders, Set<JobID> taken) {
    return new LaunchPlan(
        free(job, nextGeneration(job, folders), taken), Optional.empty(), List.of());
  }

  /**
   * The same under an id that no TaskManager can know. One that outlived its JobManager keeps a
   * job's classes until it has let go of the job's slots, and refuses the job's id with a jar that
   * was uploaded anew for as long: where it is asked in time, for ever.
   *
   * @param taken ids that the cluster knows already
   */
  LaunchPlan underNextId(KnhkJob job, Set<JobID> taken) {
    return new LaunchPlan(free(job, job.generation(id).orElse(0) + 1, taken), from, passedOver);
  }

  private static JobID free(KnhkJob job, long from, Set<JobID> taken) {
    long generation = from;
    while (taken.contains(job.id(generation))) {
      generation++;
    }
    return job.id(generation);
  }

  /** Of what is there; 0 where nothing is. */
  private static long newestGeneration(KnhkJob job, List<Path> folders) {
    return Math.max(0, nextGeneration(job, folders) - 1);
  }

  private static long nextGeneration(KnhkJob job, List<Path> folders) {
    long next = 0;
    for (Path folder : folders) {
      for (Path entry : list(folder)) {
        OptionalLong generation = generation(job, entry);
        if (generation.isPresent() && !list(entry).isEmpty()) {
          next = Math.max(next, generation.getAsLong() + 1);
        }
      }
    }
    return next;
  }

  /** Newest first; what has no readable metadata goes to {@code damaged}. */
  private static List<RetainedState> find(KnhkJob job, List<Path> folders, List<String> damaged) {
    List<RetainedState> found = new ArrayList<>();
    for (Path folder : folders) {
      for (Path entry : list(folder)) {
        OptionalLong generation = generation(job, entry);
        if (generation.isPresent()) {
          for (Path state : list(entry)) {
            add(found, damaged, generation.getAsLong(), state);
          }
        }
      }
    }
    found.sort(RetainedState.NEWEST_FIRST);
    return found;
  }

  /** The states in the folder of one id, newest first. */
  static List<RetainedState> statesOf(KnhkJob job, Path folder) {
    List<RetainedState> found = new ArrayList<>();
    OptionalLong generation = generation(job, folder);
    if (generation.isPresent()) {
      for (Path state : list(folder)) {
        add(found, new ArrayList<>(), generation.getAsLong(), state);
      }
    }
    found.sort(RetainedState.NEWEST_FIRST);
    return found;
  }

  private static void add(
      List<RetainedState> found, List<String> damaged, long generation, Path state) {
    String name = String.valueOf(state.getFileName());
    if (name.startsWith(CHECKPOINT)) {
      OptionalLong number = number(name.substring(CHECKPOINT.length()));
      // Flink writes the metadata last: without it, the checkpoint was never completed.
      if (number.isPresent() && Files.exists(state.resolve(StateFiles.METADATA))) {
        found.add(new RetainedState(state, generation, number.getAsLong()));
      }
    } else if (name.startsWith(SAVEPOINT) && Files.exists(state.resolve(StateFiles.METADATA))) {
      try {
        found.add(new RetainedState(state, generation, StateFiles.read(state).checkpointId()));
      } catch (IOException | RuntimeException e) {
        damaged.add(state + ": expected metadata that can be read: problem=" + e);
      }
    }
  }

  private static OptionalLong number(String digits) {
    try {
      return OptionalLong.of(Long.parseLong(digits));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static OptionalLong generation(KnhkJob job, Path folder) {
    try {
      return job.generation(JobID.fromHexString(String.valueOf(folder.getFileName())));
    } catch (IllegalArgumentException e) {
      return OptionalLong.empty();
    }
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
