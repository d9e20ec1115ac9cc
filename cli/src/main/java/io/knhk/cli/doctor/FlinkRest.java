package io.knhk.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Reads Flink's REST interface. Asks with GET alone, which changes nothing. */
final class FlinkRest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final String base;
  private final HttpClient client;
  private final ObjectMapper json = new ObjectMapper();

  FlinkRest(String url) {
    base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    client =
        HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();
  }

  /**
   * @param path as {@code /overview}
   * @throws IOException when Flink does not answer, or with anything but 200
   */
  JsonNode get(String path) throws IOException, InterruptedException {
    return find(path)
        .orElseThrow(() -> new IOException("expected Flink to have the page: url=" + base + path));
  }

  /** Empty where Flink says that there is no such thing. */
  Optional<JsonNode> find(String path) throws IOException, InterruptedException {
    HttpRequest request;
    try {
      request = HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE).build();
    } catch (IllegalArgumentException e) {
      throw new IOException("expected a URL: flink=" + base, e);
    }
    HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() == NOT_FOUND) {
      return Optional.empty();
    }
    if (response.statusCode() != OK) {
      throw new IOException(
          "expected status 200: url=" + base + path + ", status=" + response.statusCode());
    }
    return Optional.of(json.readTree(response.body()));
  }
}
