package io.knhk.cli;

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

/** Asks Flink's REST interface. */
final class FlinkPage {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private FlinkPage() {}

  /**
   * The jobs and how they are.
   *
   * @throws IOException if Flink does not answer
   */
  static List<Job> jobs(String url) throws IOException, InterruptedException {
    String base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    HttpClient client =
        HttpClient.newBuilder().connectTimeout(PATIENCE).proxy(HttpClient.Builder.NO_PROXY).build();
    HttpRequest request;
    try {
      request =
          HttpRequest.newBuilder(URI.create(base + "/jobs/overview")).timeout(PATIENCE).build();
    } catch (IllegalArgumentException e) {
      throw new IOException("expected a URL: flink=" + url, e);
    }
    HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    List<Job> jobs = new ArrayList<>();
    for (JsonNode job : new ObjectMapper().readTree(response.body()).path("jobs")) {
      jobs.add(
          new Job(job.path("name").asText(), job.path("jid").asText(), job.path("state").asText()));
    }
    return jobs;
  }

  record Job(String name, String id, String state) {}
}
