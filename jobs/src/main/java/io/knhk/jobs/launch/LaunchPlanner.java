package io.knhk.jobs.launch;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.util.ParameterTool;

/**
 * A {@link LaunchPlan} for a script. On standard output a line {@code job-id=..} and, where there
 * is state to go on from, {@code from=..}; on standard error what was passed over and why.
 */
public final class LaunchPlanner {
  private static final String USAGE =
      """
      Usage: LaunchPlanner --job loop|archive|notify --checkpoints DIR --savepoints DIR [--from STATE | --resume] [--taken ID,ID..]
             LaunchPlanner --seal SAVEPOINT
        --resume  goes on from the newest state that is complete and undamaged
        --from    goes on from that checkpoint or savepoint
        neither   starts without state
        --taken   ids that the cluster knows already
        --seal    writes the SHA-256 of each file of a finished savepoint beside them
      """;

  private LaunchPlanner() {}

  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  static int run(String[] args, PrintStream out, PrintStream err) {
    try {
      ParameterTool given = ParameterTool.fromArgs(args);
      if (given.has("seal")) {
        Seal.writeOfSavepoint(folder(given, "seal"));
        return 0;
      }
      print(plan(given), out, err);
      return 0;
    } catch (LaunchException e) {
      err.println(e.getMessage());
      return 1;
    } catch (IOException e) {
      err.println("KNHK-1213: expected a savepoint that can be sealed: problem=" + e);
      return 1;
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      err.print(USAGE);
      return 2;
    }
  }

  static void print(LaunchPlan plan, PrintStream out, PrintStream err) {
    for (String damaged : plan.passedOver()) {
      err.println("KNHK-1212: passed over damaged state: " + damaged);
    }
    out.println("job-id=" + plan.id().toHexString());
    plan.from().ifPresent(state -> out.println("from=" + state.uri()));
  }

  private static LaunchPlan plan(ParameterTool given) throws LaunchException {
    KnhkJob job = KnhkJob.of(given.get("job", ""));
    List<Path> folders = List.of(folder(given, "checkpoints"), folder(given, "savepoints"));
    Set<JobID> taken =
        Arrays.stream(given.get("taken", "").split(","))
            .filter(id -> !id.isBlank())
            .map(id -> JobID.fromHexString(id.trim()))
            .collect(Collectors.toSet());
    if (given.has("from")) {
      return LaunchPlan.from(folder(given, "from"), job, folders, taken);
    }
    return given.has("resume")
        ? LaunchPlan.resume(job, folders, taken)
        : LaunchPlan.anew(job, folders, taken);
  }

  private static Path folder(ParameterTool given, String option) {
    String value =
        Optional.ofNullable(given.get(option))
            .filter(text -> !text.isBlank())
            .orElseThrow(
                () -> new IllegalArgumentException("expected a folder: --" + option + " DIR"));
    Path path =
        value.startsWith("file:") ? Path.of(java.net.URI.create(value).getPath()) : Path.of(value);
    return path.toAbsolutePath().normalize();
  }
}
