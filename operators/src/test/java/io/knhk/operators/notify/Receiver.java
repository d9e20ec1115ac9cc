package io.knhk.operators.notify;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real server that keeps what it is sent, and answers what it is told to. */
final class Receiver implements AutoCloseable {
  /**
   * One request.
   *
   * @param timestamp as it was sent
   */
  record Request(String id, String timestamp, String signature, String type, String body) {}

  private final List<Request> requests = new ArrayList<>();
  private final Deque<Integer> statuses = new ArrayDeque<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private int status = 204;
  private String location = "";
  private String retryAfter = "";

  Receiver() throws IOException {
    start(0);
  }

  Webhook webhook() {
    return Webhook.of(url());
  }

  String url() {
    return "http://localhost:" + server.getAddress().getPort() + "/hook?token=hush";
  }

  /** What the next requests are answered, then 204. */
  synchronized void answers(int... next) {
    for (int each : next) {
      statuses.add(each);
    }
  }

  synchronized void answersAlways(int always) {
    status = always;
  }

  synchronized void redirectsTo(String url) {
    location = url;
  }

  synchronized void retryAfter(String text) {
    retryAfter = text;
  }

  synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  List<String> ids() {
    return requests().stream().map(Request::id).toList();
  }

  void stop() {
    server.stop(0);
  }

  void startAgain() throws IOException {
    start(server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void start(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    int answer;
    synchronized (this) {
      requests.add(
          new Request(
              exchange.getRequestHeaders().getFirst("webhook-id"),
              exchange.getRequestHeaders().getFirst("webhook-timestamp"),
              exchange.getRequestHeaders().getFirst("webhook-signature"),
              exchange.getRequestHeaders().getFirst("content-type"),
              body));
      answer = statuses.isEmpty() ? status : statuses.poll();
      if (!location.isEmpty()) {
        exchange.getResponseHeaders().set("location", location);
      }
      if (!retryAfter.isEmpty()) {
        exchange.getResponseHeaders().set("retry-after", retryAfter);
      }
    }
    exchange.sendResponseHeaders(answer, -1);
    exchange.close();
  }
}
