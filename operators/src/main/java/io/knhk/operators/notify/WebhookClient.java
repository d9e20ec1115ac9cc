package io.knhk.operators.notify;

import io.knhk.schemas.notification.Notification;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Posts one notification. Redirects are not followed: a signed body goes where the configuration
 * says and nowhere else. An answer's body is not kept.
 */
final class WebhookClient implements AutoCloseable {
  private static final int OK_FIRST = 200;
  private static final int OK_LAST = 299;
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR_FIRST = 500;

  private final WebhookSecrets secrets;
  private final Duration timeout;
  private final ExecutorService executor;
  private final HttpClient client;

  /**
   * @param threads for those that wait for the name of a host, of which there is at most one a
   *     webhook
   */
  WebhookClient(WebhookSecrets secrets, Duration timeout, int threads) {
    this.secrets = secrets;
    this.timeout = timeout;
    this.executor =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "knhk-webhooks");
              thread.setDaemon(true);
              return thread;
            });
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .executor(executor)
            .build();
  }

  /**
   * @param timestamp of this attempt, seconds since the epoch
   * @return what came of it, never a failure
   */
  CompletableFuture<Answer> post(URI url, QueuedNotification notification, long timestamp) {
    byte[] body = notification.body();
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(timeout)
            .header("content-type", Notification.MEDIA_TYPE)
            .header("user-agent", "knhk")
            .header("webhook-id", notification.id())
            .header("webhook-timestamp", Long.toString(timestamp))
            .header("webhook-signature", secrets.sign(notification.id(), timestamp, body))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    CompletableFuture<HttpResponse<Void>> exchange =
        client.sendAsync(request, HttpResponse.BodyHandlers.discarding());
    // The request's own timeout ends with the answer's headers; its body may go on for ever.
    return exchange
        .copy()
        .orTimeout(2 * timeout.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (response, failure) -> {
              if (failure != null) {
                exchange.cancel(true);
                return new Answer.Later(problem(failure), OptionalLong.empty());
              }
              return answer(response);
            });
  }

  /** May be called twice. */
  @Override
  public void close() {
    executor.shutdownNow();
  }

  private static Answer answer(HttpResponse<Void> response) {
    int status = response.statusCode();
    if (status >= OK_FIRST && status <= OK_LAST) {
      return new Answer.Taken();
    }
    if (status == TOO_MANY || status >= SERVER_ERROR_FIRST) {
      return new Answer.Later("status=" + status, retryAfterMs(response));
    }
    return new Answer.Never("status=" + status);
  }

  /** The header's seconds (RFC 9110, 10.2.3); its other form, a date, is not looked at. */
  private static OptionalLong retryAfterMs(HttpResponse<Void> response) {
    try {
      return response
          .headers()
          .firstValue("retry-after")
          .map(Integer::parseUnsignedInt)
          .map(seconds -> OptionalLong.of(Integer.toUnsignedLong(seconds) * 1_000))
          .orElse(OptionalLong.empty());
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** By its kind alone: a message may hold the URL. */
  private static String problem(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof TimeoutException ? "no answer in time" : cause.getClass().getName();
  }

  /** What came of an attempt. */
  sealed interface Answer {
    /** 2xx. */
    record Taken() implements Answer {}

    /** No answer, 429 or 5xx: try again. */
    record Later(String problem, OptionalLong afterMs) implements Answer {}

    /** Any other status: it will not be taken. */
    record Never(String problem) implements Answer {}
  }
}
