package io.knhk.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.cli.doctor.FlinkState.Job;
import io.knhk.jobs.launch.KnhkJob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Whether both jobs run, once each, under their ids, and make the checkpoints that they need. */
final class FlinkJobChecks {
  /** Checkpoints of seconds; three that are late in a row are no accident. */
  private static final long STALE_MS_MIN = 60_000;

  private static final int STALE_INTERVALS = 10;

  private final FlinkState state;
  private final String url;
  private final Findings findings;

  FlinkJobChecks(FlinkState state, String url, Findings findings) {
    this.state = state;
    this.url = url;
    this.findings = findings;
  }

  /** Returns the largest parallelism of those that run; 1 where none does. */
  int check() {
    int parallelism = 1;
    for (KnhkJob kind : KnhkJob.values()) {
      List<Job> of = state.jobs().stream().filter(job -> job.kind() == kind).toList();
      List<Job> active = of.stream().filter(job -> !job.hasEnded()).toList();
      if (of.isEmpty() && kind.isOptional()) {
        continue;
      }
      if (of.isEmpty() && state.isOfOneJob()) {
        findings.skipped("job " + kind.word(), "not of this cluster, which is another job's alone");
        continue;
      }
      if (active.isEmpty()) {
        absent(kind, of);
        continue;
      }
      if (active.size() > 1) {
        findings.failed(
            "job " + kind.word(),
            "expected it once, since two write one ledger: ids="
                + active.stream().map(Job::id).toList(),
            "Cancel all but the one whose checkpoints are newest: flink cancel ID");
      }
      for (Job job : active) {
        checkRuns(job);
        checkSettings(job);
        checkCheckpoints(job);
        parallelism = Math.max(parallelism, job.parallelism());
      }
    }
    return parallelism;
  }

  private void absent(KnhkJob kind, List<Job> ended) {
    String check = "job " + kind.word();
    Job last = ended.stream().max(Comparator.comparingLong(Job::startedAtMs)).orElse(null);
    String resume = "flink-conf/cluster resume " + kind.word();
    if (last == null) {
      findings.warning(
          check,
          "does not run here",
          "flink run -d -c " + kind.main().getName() + " jobs-0.1.0-cluster.jar --config FILE");
    } else if (last.state().equals("FAILED")) {
      findings.failed(
          check,
          "FAILED, id=" + last.id() + ": it gave up, and will not start again by itself",
          "Read why: " + page(last, "exceptions") + " Mend that, then: " + resume);
    } else {
      findings.warning(check, last.state() + ", id=" + last.id() + ": somebody stopped it", resume);
    }
  }

  private void checkRuns(Job job) {
    String check = "job " + job.kind().word();
    String found = job.state() + ", id=" + job.id() + ", parallelism=" + job.parallelism();
    if (!job.state().equals("RUNNING")) {
      findings.failed(check, found + ", want=RUNNING", "Read why: " + page(job, "exceptions"));
    } else if (job.tasksMissing() > 0) {
      findings.warning(
          check,
          found + ", tasks that do not run=" + job.tasksMissing(),
          "Wait a minute; if it stays so, see the slots above and " + page(job, "exceptions"));
    } else {
      // Kubernetes' operator gives an id of its own, and keeps account of the state itself.
      boolean accounted = job.hasFixedId() || state.isOfOneJob();
      findings.advise(
          accounted,
          check,
          found + (accounted ? "" : ", want=" + job.kind().id(0)),
          "Its checkpoints are not found by flink-conf/cluster resume; whoever started it has to"
              + " name them. With the launcher: stop it with a savepoint, then flink-conf/cluster"
              + " run "
              + job.kind().word()
              + " --from SAVEPOINT");
    }
  }

  private void checkSettings(Job job) {
    String check = "job " + job.kind().word() + " settings";
    JsonNode settings = job.checkpointing();
    if (settings.isMissingNode()) {
      findings.failed(
          check,
          "expected checkpoints: nothing is signed before one is complete",
          "In Flink's config.yaml: execution.checkpointing.interval: 1s.");
      return;
    }
    List<String> wrong = new ArrayList<>();
    require(wrong, "mode", settings.path("mode").asText().toLowerCase(Locale.ROOT), "exactly_once");
    require(wrong, "unaligned", settings.path("unaligned_checkpoints").asText(), "false");
    JsonNode kept = settings.path("externalization");
    require(wrong, "retained", kept.path("enabled").asText(), "true");
    require(
        wrong, "deleted on cancellation", kept.path("delete_on_cancellation").asText(), "false");
    String storage = settings.path("checkpoint_storage").asText();
    if (storage.contains("JobManager")) {
      wrong.add("storage=" + storage + ", want=FileSystemCheckpointStorage");
    }
    findings.require(
        wrong.isEmpty(),
        check,
        wrong.isEmpty()
            ? "exactly once, aligned, retained, "
                + storage
                + ", "
                + settings.path("state_backend").asText()
                + ", every "
                + settings.path("interval").asLong()
                + " ms"
            : String.join("; ", wrong),
        "Stop it with a savepoint, take these settings away from its -D options and from"
            + " config.yaml, and resume it.");
  }

  private void checkCheckpoints(Job job) {
    String check = "job " + job.kind().word() + " checkpoints";
    JsonNode done = job.checkpoints().path("latest").path("completed");
    JsonNode failed = job.checkpoints().path("latest").path("failed");
    long staleMs =
        Math.max(STALE_MS_MIN, STALE_INTERVALS * job.checkpointing().path("interval").asLong());
    long doneAt = done.path("latest_ack_timestamp").asLong(job.startedAtMs());
    long ageMs = Math.max(0, job.now() - doneAt);
    String found =
        done.isObject()
            ? "newest=" + done.path("id").asLong() + ", " + ageMs / 1_000 + " s ago"
            : "none yet, started " + ageMs / 1_000 + " s ago";
    String why =
        failed.path("failure_timestamp").asLong() > doneAt
            ? ", then failed: " + failed.path("failure_message").asText()
            : "";
    String next =
        "Receipts wait for a checkpoint. Kafka or PostgreSQL that does not answer holds it back;"
            + " else see "
            + page(job, "checkpoints");
    if (ageMs > staleMs) {
      findings.failed(check, found + ", limit=" + staleMs / 1_000 + " s" + why, next);
    } else {
      findings.advise(done.isObject() && why.isEmpty(), check, found + why, next);
    }
  }

  private String page(Job job, String what) {
    return (url.endsWith("/") ? url : url + "/") + "#/job/running/" + job.id() + "/" + what;
  }

  private static void require(List<String> wrong, String name, String got, String want) {
    if (!got.equals(want)) {
      wrong.add(name + "=" + got + ", want=" + want);
    }
  }
}
