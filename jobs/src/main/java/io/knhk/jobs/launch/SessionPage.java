package io.knhk.jobs.launch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the REST interface of a Flink session cluster says of it and of the jobs on it. */
final class SessionPage {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int OK = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI base;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(PATIENCE).proxy(HttpClient.Builder.NO_PROXY).build();

  /**
   * @param page for instance {@code http://127.0.0.1:18082}
   */
  SessionPage(URI page) {
    this.base = page;
  }

  /**
   * Every job that the cluster knows, ended ones included.
   *
   * @throws IOException when the page does not answer, or not with what was expected
   */
  List<SessionJob> jobs() throws IOException, InterruptedException {
    List<SessionJob> jobs = new ArrayList<>();
    for (JsonNode job : get("/jobs/overview").path("jobs")) {
      jobs.add(
          new SessionJob(
              job.path("jid").asText(), job.path("name").asText(), job.path("state").asText()));
    }
    return jobs;
  }

  /**
   * How many TaskManagers have registered, and their slots.
   *
   * @throws IOException likewise
   */
  Workers workers() throws IOException, InterruptedException {
    JsonNode overview = get("/overview");
    return new Workers(
        overview.path("taskmanagers").asInt(),
        overview.path("slots-total").asInt(),
        overview.path("slots-available").asInt());
  }

  /**
   * One job: its state, and how many of its vertices run.
   *
   * @throws IOException likewise, also when the cluster does not know the job
   */
  Progress progress(String id) throws IOException, InterruptedException {
    JsonNode job = get("/jobs/" + id);
    int running = 0;
    int parallelism = 0;
    for (JsonNode vertex : job.path("vertices")) {
      running += vertex.path("status").asText().equals("RUNNING") ? 1 : 0;
      parallelism = Math.max(parallelism, vertex.path("parallelism").asInt());
    }
    return new Progress(
        job.path("state").asText(), job.path("vertices").size(), running, parallelism);
  }

  /**
   * The newest checkpoint that was completed, as Flink names it; empty before the first.
   *
   * @throws IOException likewise
   */
  Optional<String> newestCheckpoint(String id) throws IOException, InterruptedException {
    JsonNode latest = get("/jobs/" + id + "/checkpoints").path("latest").path("completed");
    return latest.hasNonNull("external_path")
        ? Optional.of(latest.path("external_path").asText())
        : Optional.empty();
  }

  /**
   * Why the job failed last, as {@link RootCause} shortens it; empty when it never did.
   *
   * @throws IOException likewise
   */
  Optional<String> lastFailure(String id) throws IOException, InterruptedException {
    JsonNode history = get("/jobs/" + id + "/exceptions").path("exceptionHistory").path("entries");
    return history.isEmpty()
        ? Optional.empty()
        : Optional.of(RootCause.of(history.get(0).path("stacktrace").asText()));
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        client.send(
            HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != OK) {
      throw new IOException(
          "expected an answer: page=" + base + path + ", status=" + response.statusCode());
    }
    return JSON.readTree(response.body());
  }

  /**
   * @param taskManagers that are registered
   * @param slots of all of them
   * @param free of these
   */
  record Workers(int taskManagers, int slots, int free) {}

  /**
   * @param state of the whole job, in Flink's word
   * @param vertices of its graph
   * @param running of these, every subtask included
   * @param parallelism the highest of a vertex
   */
  record Progress(String state, int vertices, int running, int parallelism) {
    boolean isRunning() {
      return state.equals("RUNNING") && vertices > 0 && running == vertices;
    }
  }

  /**
   * @param id 32 hexadecimal digits
   * @param name as on the page
   * @param state in Flink's word
   */
  record SessionJob(String id, String name, String state) {
    private static final Set<String> ENDED = Set.of("FINISHED", "CANCELED", "FAILED");

    boolean hasEnded() {
      return ENDED.contains(state);
    }
  }
}
