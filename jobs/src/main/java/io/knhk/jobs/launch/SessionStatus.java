package io.knhk.jobs.launch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The processes of the script's cluster, by its pid files, and the jobs on it. */
final class SessionStatus {
  private static final String PID = ".pid";
  private static final String PROCESS_ROW = "%-16s %-8s%n";
  private static final String JOB_ROW = "%-8s %-32s  %-10s %11s  %s%n";

  private final SessionPage page;
  private final Path dir;

  /**
   * @param dir of the cluster; {@code run/NAME.pid} there names a process each
   */
  SessionStatus(SessionPage page, Path dir) {
    this.page = page;
    this.dir = dir;
  }

  /** Returns an exit code of {@link SessionCluster}: 5 when the page does not answer. */
  int print(PrintStream out, boolean json) throws IOException, InterruptedException {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("dir", dir.toString());
    addProcesses(status.putArray("processes"));
    int exitCode = SessionCluster.OK;
    try {
      SessionPage.Workers workers = page.workers();
      status.put("taskManagers", workers.taskManagers());
      status.put("slots", workers.slots());
      status.put("freeSlots", workers.free());
      addJobs(status.putArray("jobs"));
    } catch (IOException e) {
      status.put("problem", "the page does not answer: " + e);
      exitCode = SessionCluster.UNREACHABLE;
    }
    if (json) {
      out.println(new ObjectMapper().writeValueAsString(status));
    } else {
      printTable(out, status);
    }
    return exitCode;
  }

  private void addProcesses(ArrayNode processes) throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("run"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(PID)).sorted().toList()) {
        String name = String.valueOf(file.getFileName());
        long pid = Long.parseLong(Files.readString(file).strip());
        processes
            .addObject()
            .put("name", name.substring(0, name.length() - PID.length()))
            .put("pid", pid)
            .put("alive", ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
      }
    } catch (NumberFormatException e) {
      throw new IOException("expected a process id in every file: dir=" + dir.resolve("run"), e);
    }
  }

  private void addJobs(ArrayNode jobs) throws IOException, InterruptedException {
    List<SessionPage.SessionJob> all = page.jobs();
    for (KnhkJob job : KnhkJob.values()) {
      for (SessionPage.SessionJob known : all) {
        if (!known.hasEnded() && SessionCluster.isOne(job, known)) {
          SessionPage.Progress progress = page.progress(known.id());
          Optional<String> checkpoint = page.newestCheckpoint(known.id());
          jobs.addObject()
              .put("job", job.word())
              .put("id", known.id())
              .put("state", progress.isRunning() ? "RUNNING" : starting(known.state()))
              .put("parallelism", progress.parallelism())
              .put("checkpoint", checkpoint.orElse(null));
        }
      }
    }
  }

  /** Flink says RUNNING from the moment on that it looks for slots. */
  private static String starting(String state) {
    return state.equals("RUNNING") ? "STARTING" : state;
  }

  private static void printTable(PrintStream out, ObjectNode status) {
    out.printf(Locale.ROOT, PROCESS_ROW, "process", "pid");
    status
        .path("processes")
        .forEach(
            process ->
                out.printf(
                    Locale.ROOT,
                    PROCESS_ROW,
                    process.path("name").asText(),
                    process.path("alive").asBoolean() ? process.path("pid").asText() : "gone"));
    out.println();
    if (status.has("problem")) {
      out.println(status.path("problem").asText());
      return;
    }
    out.printf(
        Locale.ROOT,
        "%d TaskManagers, %d of %d slots free%n%n",
        status.path("taskManagers").asInt(),
        status.path("freeSlots").asInt(),
        status.path("slots").asInt());
    out.printf(Locale.ROOT, JOB_ROW, "job", "id", "state", "parallelism", "newest checkpoint");
    status
        .path("jobs")
        .forEach(
            job ->
                out.printf(
                    Locale.ROOT,
                    JOB_ROW,
                    job.path("job").asText(),
                    job.path("id").asText(),
                    job.path("state").asText(),
                    job.path("parallelism").asInt(),
                    job.path("checkpoint").asText("")));
  }
}
