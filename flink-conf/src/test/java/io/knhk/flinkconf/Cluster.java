package io.knhk.flinkconf;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Flink cluster, started and driven by the script {@code flink-conf/cluster} as people do. */
final class Cluster implements AutoCloseable {
  static final String LOOP = "loop";
  static final String ARCHIVE = "archive";

  private static final Path HOME =
      Path.of(System.getProperty("knhk.home", "..")).toAbsolutePath().normalize();
  private static final Duration ANSWER_WITHIN = Duration.ofMinutes(5);
  private static final Duration RUNS_WITHIN = Duration.ofMinutes(3);

  private final Path folder;
  private final Map<String, String> environment;
  private final FlinkRest rest;

  private Cluster(Path folder, Map<String, String> environment, FlinkRest rest) {
    this.folder = folder;
    this.environment = environment;
    this.rest = rest;
  }

  /**
   * What a command said.
   *
   * @param out standard output
   * @param err standard error
   */
  record Result(int code, String out, String err) {
    Result expect(int expected) {
      if (code != expected) {
        throw new AssertionError(
            "expected exit code " + expected + ": code=" + code + ", said=" + err + out);
      }
      return this;
    }
  }

  /**
   * Two TaskManagers, either of which has room for both jobs.
   *
   * @param environment of every process of it, beside that of this one
   */
  static Cluster start(Path folder, Map<String, String> environment)
      throws IOException, InterruptedException {
    int port = Processes.freePort();
    Map<String, String> all = new LinkedHashMap<>(environment);
    all.put("KNHK_CLUSTER_DIR", folder.toString());
    all.put("KNHK_BUILD", "never");
    Cluster cluster = new Cluster(folder, all, new FlinkRest(port));
    try {
      cluster.script("start", "--port", Integer.toString(port)).expect(0);
    } catch (AssertionError e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  FlinkRest rest() {
    return rest;
  }

  Path folder() {
    return folder;
  }

  Path log() {
    return folder.resolve("log");
  }

  Result run(String job, Path config, String... more) throws IOException, InterruptedException {
    return script(with("run", job, List.of("--config", config.toString()), more));
  }

  Result resume(String job, String... more) throws IOException, InterruptedException {
    return script(with("resume", job, List.of(), more));
  }

  /** Returns where it is. */
  Path savepoint(String job, String... more) throws IOException, InterruptedException {
    Result result = script(with("savepoint", job, List.of(), more)).expect(0);
    String path = result.out().strip();
    return path.startsWith("file:") ? Path.of(URI.create(path)) : Path.of(path);
  }

  Result rescale(String job, int parallelism) throws IOException, InterruptedException {
    return script("rescale", job, Integer.toString(parallelism));
  }

  /** Flink's own command line, without the script. */
  Result flink(String... arguments) throws IOException, InterruptedException {
    Path flink = HOME.resolve("flink-conf").resolve("target").resolve("flink");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String opened : List.of("java.util", "java.lang", "java.time")) {
      command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
    }
    command.addAll(
        List.of(
            "-Xmx512m",
            "-cp",
            flink.resolve("lib") + File.separator + "*",
            "org.apache.flink.client.cli.CliFrontend"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("FLINK_CONF_DIR", folder.resolve("conf").toString());
    return result(builder);
  }

  static Path jobsJar() {
    return HOME.resolve("flink-conf/target/flink/jobs/jobs-cluster.jar");
  }

  /** The id of the job's newest run. */
  String jobId(String job) throws IOException, InterruptedException {
    String end = job.equals(LOOP) ? "00000001" : "00000002";
    String id = "";
    long newest = -1;
    for (JsonNode one : rest.json("/jobs/overview").path("jobs")) {
      if (one.path("jid").asText().endsWith(end) && one.path("start-time").asLong() > newest) {
        id = one.path("jid").asText();
        newest = one.path("start-time").asLong();
      }
    }
    if (id.isEmpty()) {
      throw new IOException("expected a job: job=" + job);
    }
    return id;
  }

  /** Waits until all tasks of the job run. */
  void awaitRuns(String job) throws InterruptedException {
    Eventually.until(RUNS_WITHIN, job + " runs", () -> rest.allTasksRun(jobId(job)));
  }

  /** Process id of the TaskManager that runs an operator of a job. */
  long taskManagerOf(String job, String operator) throws IOException, InterruptedException {
    return pid(rest.taskManagersOf(jobId(job), operator).get(0));
  }

  /** Process id of the JobManager. */
  long jobManager() throws IOException {
    return pid("jobmanager");
  }

  /** Process ids of JobManager and TaskManagers by name. */
  Map<String, Long> pids() throws IOException {
    Map<String, Long> pids = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(folder.resolve("run"))) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.matches("(jobmanager|taskmanager-[0-9]+)\\.pid")) {
          String part = name.substring(0, name.length() - ".pid".length());
          pids.put(part, pid(part));
        }
      }
    }
    return pids;
  }

  /** By the name that the script gave it, which is Flink's id of a TaskManager too. */
  private long pid(String name) throws IOException {
    return Long.parseLong(
        Files.readString(folder.resolve("run").resolve(name + ".pid"), StandardCharsets.UTF_8)
            .strip());
  }

  @Override
  public void close() throws IOException, InterruptedException {
    script("stop");
  }

  private static String[] with(String verb, String job, List<String> options, String... more) {
    List<String> arguments = new ArrayList<>(List.of(verb, job));
    arguments.addAll(options);
    arguments.addAll(Arrays.asList(more));
    return arguments.toArray(String[]::new);
  }

  private Result script(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add("sh");
    command.add(HOME.resolve("flink-conf").resolve("cluster").toString());
    command.addAll(List.of(arguments));
    return result(new ProcessBuilder(command));
  }

  private Result result(ProcessBuilder builder) throws IOException, InterruptedException {
    builder.environment().putAll(environment);
    Path out = Files.createTempFile(folder.getParent(), "out", ".txt");
    Path err = Files.createTempFile(folder.getParent(), "err", ".txt");
    // Into files: what the script leaves running in the background would hold a pipe open.
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    if (!process.waitFor(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(
          "expected an end within "
              + ANSWER_WITHIN
              + ": command="
              + builder.command()
              + ", said="
              + Files.readString(err));
    }
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
