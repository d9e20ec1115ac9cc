package io.knhk.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knhk.jobs.launch.KnhkJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.JobID;

/**
 * What a Flink cluster says of itself over REST, read once.
 *
 * @param version of Flink, as {@code 2.2.1}
 * @param hosts of the TaskManagers
 * @param webSubmit whether a jar can be uploaded and run through the web page
 * @param settings of the JobManager by Flink's names; Flink masks the values of some
 * @param jobs that are KNHK's by id or by name, those that have ended included
 */
record FlinkState(
    String version,
    int slotsTotal,
    int slotsFree,
    Set<String> hosts,
    boolean webSubmit,
    Map<String, String> settings,
    List<Job> jobs) {
  private static final Set<String> ENDED = Set.of("FINISHED", "CANCELED", "FAILED");

  FlinkState {
    hosts = Set.copyOf(hosts);
    settings = Map.copyOf(settings);
    jobs = List.copyOf(jobs);
  }

  /**
   * @throws IOException when Flink does not answer as Flink does
   */
  static FlinkState read(FlinkRest rest) throws IOException, InterruptedException {
    JsonNode overview = rest.get("/overview");
    JsonNode page = rest.get("/config");
    Set<String> hosts = new TreeSet<>();
    for (JsonNode taskManager : rest.get("/taskmanagers").path("taskmanagers")) {
      hosts.add(host(taskManager.path("path").asText()));
    }
    Map<String, String> settings = new HashMap<>();
    for (JsonNode setting : rest.get("/jobmanager/config")) {
      settings.put(setting.path("key").asText(), setting.path("value").asText());
    }
    List<Job> jobs = new ArrayList<>();
    for (JsonNode job : rest.get("/jobs/overview").path("jobs")) {
      Optional<KnhkJob> kind = kind(job.path("jid").asText(), job.path("name").asText());
      if (kind.isPresent()) {
        jobs.add(Job.read(rest, kind.get(), job));
      }
    }
    return new FlinkState(
        overview.path("flink-version").asText(),
        overview.path("slots-total").asInt(),
        overview.path("slots-available").asInt(),
        hosts,
        page.path("features").path("web-submit").asBoolean(),
        settings,
        jobs);
  }

  /** Whether the cluster was started for one job, which is the only one that it will ever run. */
  boolean isOfOneJob() {
    return settings.containsKey("$internal.application.main");
  }

  /** Whether the JobManager starts TaskManagers itself, on Kubernetes or YARN. */
  boolean isElastic() {
    return settings.containsKey("kubernetes.cluster-id")
        || settings.containsKey("yarn.application.id");
  }

  /**
   * {@code pekko.tcp://flink@HOST:PORT/user/rpc/taskmanager_0}; in one process there is no host.
   */
  private static String host(String path) {
    int at = path.indexOf('@');
    int end = path.indexOf('/', at);
    int colon = end < 0 ? -1 : path.lastIndexOf(':', end);
    return at < 0 || colon < at ? "localhost" : path.substring(at + 1, colon);
  }

  private static Optional<KnhkJob> kind(String id, String name) {
    for (KnhkJob kind : KnhkJob.values()) {
      if (kind.title().equals(name) || hasIdOf(kind, id)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  private static boolean hasIdOf(KnhkJob kind, String id) {
    return kind.generation(JobID.fromHexString(id)).isPresent();
  }

  /**
   * A job.
   *
   * @param now time of the JobManager, ms since the epoch
   * @param tasksMissing tasks of it that do not run
   * @param execution parallelism and the user's options
   * @param checkpointing its settings; missing where it makes no checkpoints
   * @param checkpoints what became of them
   */
  record Job(
      KnhkJob kind,
      String id,
      String state,
      long startedAtMs,
      long now,
      int tasksMissing,
      JsonNode execution,
      JsonNode checkpointing,
      JsonNode checkpoints) {
    private static Job read(FlinkRest rest, KnhkJob kind, JsonNode overview)
        throws IOException, InterruptedException {
      String id = overview.path("jid").asText();
      JsonNode missing = JsonNodeFactory.instance.missingNode();
      JsonNode tasks = overview.path("tasks");
      return new Job(
          kind,
          id,
          overview.path("state").asText(),
          overview.path("start-time").asLong(),
          rest.find("/jobs/" + id).orElse(missing).path("now").asLong(),
          tasks.path("total").asInt() - tasks.path("running").asInt(),
          rest.find("/jobs/" + id + "/config").orElse(missing).path("execution-config"),
          rest.find("/jobs/" + id + "/checkpoints/config").orElse(missing),
          rest.find("/jobs/" + id + "/checkpoints").orElse(missing));
    }

    boolean hasEnded() {
      return ENDED.contains(state);
    }

    boolean hasFixedId() {
      return hasIdOf(kind, id);
    }

    int parallelism() {
      return execution.path("job-parallelism").asInt(1);
    }

    Map<String, String> userOptions() {
      Map<String, String> options = new HashMap<>();
      execution
          .path("user-config")
          .properties()
          .forEach(option -> options.put(option.getKey(), option.getValue().asText()));
      return options;
    }
  }
}
