package io.knhk.flinkconf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Flink's REST interface, read only. */
final class FlinkRest {
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

  /** web.refresh-interval, and a second. */
  private static final Duration COPY_MAX = Duration.ofSeconds(4);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI root;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(ANSWER_WITHIN).build();

  FlinkRest(int port) {
    this.root = URI.create("http://127.0.0.1:" + port);
  }

  /** The body of a page. */
  byte[] bytes(String path) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        client.send(
            HttpRequest.newBuilder(root.resolve(path)).timeout(ANSWER_WITHIN).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException(
          "expected a page: path="
              + path
              + ", status="
              + response.statusCode()
              + ", body="
              + new String(response.body(), StandardCharsets.UTF_8));
    }
    return response.body();
  }

  JsonNode json(String path) throws IOException, InterruptedException {
    return JSON.readTree(bytes(path));
  }

  /** RUNNING, RESTARTING, FAILED and so on. */
  String state(String job) throws IOException, InterruptedException {
    return json("/jobs/" + job).path("state").asText();
  }

  /** Whether every task of the job runs, and not only the job as a whole. */
  boolean allTasksRun(String job) throws IOException, InterruptedException {
    JsonNode answer = json("/jobs/" + job);
    if (!answer.path("state").asText().equals("RUNNING")) {
      return false;
    }
    for (JsonNode vertex : answer.path("vertices")) {
      if (vertex.path("tasks").path("RUNNING").asInt() != vertex.path("parallelism").asInt()) {
        return false;
      }
    }
    return true;
  }

  /** Number of the newest completed checkpoint, 0 before the first. */
  long latestCheckpoint(String job) throws IOException, InterruptedException {
    return json("/jobs/" + job + "/checkpoints")
        .path("latest")
        .path("completed")
        .path("id")
        .asLong();
  }

  /**
   * Waits until no further checkpoint completes, for longer than Flink answers from an old copy.
   *
   * @return the number of the last completed one
   */
  long awaitStandstill(String job, Duration within) throws InterruptedException {
    long[] completed = {-1};
    long[] sinceNs = {System.nanoTime()};
    Eventually.until(
        within,
        "no further checkpoint completes",
        () -> {
          long now = latestCheckpoint(job);
          if (now != completed[0]) {
            completed[0] = now;
            sinceNs[0] = System.nanoTime();
          }
          return System.nanoTime() - sinceNs[0] > COPY_MAX.toNanos();
        });
    return completed[0];
  }

  /** Number of the checkpoint that the job last went on from, 0 if from none. */
  long restoredCheckpoint(String job) throws IOException, InterruptedException {
    return json("/jobs/" + job + "/checkpoints")
        .path("latest")
        .path("restored")
        .path("id")
        .asLong();
  }

  /** Ids of the TaskManagers that run the subtasks of the operator with that name. */
  List<String> taskManagersOf(String job, String operator)
      throws IOException, InterruptedException {
    List<String> ids = new ArrayList<>();
    for (JsonNode vertex : json("/jobs/" + job).path("vertices")) {
      if (vertex.path("name").asText().contains(operator)) {
        String path = "/jobs/" + job + "/vertices/" + vertex.path("id").asText();
        for (JsonNode subtask : json(path).path("subtasks")) {
          ids.add(subtask.path("taskmanager-id").asText());
        }
      }
    }
    return ids;
  }

  List<String> taskManagers() throws IOException, InterruptedException {
    List<String> ids = new ArrayList<>();
    json("/taskmanagers").path("taskmanagers").forEach(one -> ids.add(one.path("id").asText()));
    return ids;
  }
}
