package io.knhk.cli.doctor;

import io.knhk.jobs.launch.KnhkJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.jspecify.annotations.Nullable;

/** Whether a Flink cluster is as the jobs need it. */
public final class FlinkChecks {
  static final String VERSION = "2.2.";

  private FlinkChecks() {}

  /**
   * @param url of Flink's web page
   * @param parallelism of a job that does not run yet; null for the cluster's default
   * @return the largest parallelism of the jobs, or empty when Flink does not answer
   */
  public static OptionalInt check(String url, @Nullable Integer parallelism, Findings findings)
      throws InterruptedException {
    FlinkState state;
    try {
      state = FlinkState.read(new FlinkRest(url));
    } catch (IOException e) {
      findings.failed(
          "flink",
          "expected Flink's REST interface to answer: flink=" + url + ", problem=" + e,
          "Start the cluster, or name its page: --flink http://HOST:8081");
      return OptionalInt.empty();
    }
    return OptionalInt.of(check(state, url, parallelism, findings));
  }

  /** As {@link #check(String, Integer, Findings)}, of what was read. */
  static int check(FlinkState state, String url, @Nullable Integer parallelism, Findings findings) {
    findings.require(
        state.version().startsWith(VERSION),
        "flink version",
        "got=" + state.version() + ", want=" + VERSION + "x",
        "Run the jobs on a Flink of the version that they were built for: " + VERSION + "x");
    int wanted = parallelism != null ? parallelism : defaultParallelism(state);
    checkSlots(state, wanted, findings);
    new FlinkSettingsChecks(state, findings).check();
    checkSecrets(state, findings);
    FlinkJobChecks jobs = new FlinkJobChecks(state, url, findings);
    return Math.max(wanted, jobs.check());
  }

  private static int defaultParallelism(FlinkState state) {
    try {
      return Configuration.fromMap(state.settings()).get(CoreOptions.DEFAULT_PARALLELISM);
    } catch (IllegalArgumentException e) {
      return CoreOptions.DEFAULT_PARALLELISM.defaultValue();
    }
  }

  /** A job needs as many slots as it has parallel instances; one that runs has them. */
  private static void checkSlots(FlinkState state, int parallelism, Findings findings) {
    long running =
        state.jobs().stream()
            .filter(job -> !job.hasEnded())
            .map(FlinkState.Job::kind)
            .filter(kind -> !kind.isOptional())
            .distinct()
            .count();
    long needed = Arrays.stream(KnhkJob.values()).filter(kind -> !kind.isOptional()).count();
    long jobs = state.isOfOneJob() ? 1 : needed;
    long wanted = Math.max(0, jobs - running) * parallelism;
    String detail =
        "free="
            + state.slotsFree()
            + " of "
            + state.slotsTotal()
            + ", want="
            + wanted
            + " ("
            + running
            + " of the jobs hold theirs, parallelism="
            + parallelism
            + ")";
    if (state.slotsFree() < wanted && state.isElastic()) {
      findings.skipped(
          "flink slots", detail + "; TaskManagers are started when they are asked for");
      return;
    }
    findings.require(
        state.slotsFree() >= wanted,
        "flink slots",
        detail,
        "Start another TaskManager, or in Flink's config.yaml: taskmanager.numberOfTaskSlots: "
            + Math.max(wanted, 1));
  }

  private static void checkSecrets(FlinkState state, Findings findings) {
    List<String> names = new ArrayList<>(Secrets.in(state.settings()));
    for (FlinkState.Job job : state.jobs()) {
      Secrets.in(job.userOptions()).forEach(name -> names.add(job.kind().word() + ": " + name));
    }
    findings.require(
        names.isEmpty(),
        "flink secrets",
        names.isEmpty()
            ? "the configuration page shows none"
            : "whoever sees the configuration page can read: " + names,
        "Take it out of config.yaml and of the job's options, put it into a file of mode 600, name"
            + " the file, and change the secret: it was seen.");
  }
}
