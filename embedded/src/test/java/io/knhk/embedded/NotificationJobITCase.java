package io.knhk.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.knhk.jobs.KafkaOptions;
import io.knhk.jobs.LedgerOptions;
import io.knhk.jobs.launch.KnhkJob;
import io.knhk.jobs.launch.LaunchException;
import io.knhk.jobs.launch.LaunchPlan;
import io.knhk.jobs.launch.RetainedState;
import io.knhk.jobs.notify.NotificationJob;
import io.knhk.jobs.notify.NotificationOptions;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.Topics;
import io.knhk.schemas.notification.Notification;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a real topic, through a real cluster, to a real server. */
final class NotificationJobITCase {
  private static final String SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final SigningKey KEY = SigningKey.generate(new SecureRandom());

  @TempDir Path folder;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Received> received = new ArrayList<>();
  private volatile int status = 204;
  private HttpServer server;
  private StateDirectory state;
  private EmbeddedKafka kafka;

  @BeforeEach
  void start() throws Exception {
    listen(0);
    state = StateDirectory.open(folder);
    kafka = EmbeddedKafka.start(state, OptionalInt.empty());
    kafka.createTopics();
    SecretFiles.write(state.keys().resolve("webhook.secret"), "whsec_" + SECRET + "\n");
    Files.writeString(state.keys().resolve("trusted.pem"), KEY.publicKey().toPem());
  }

  @AfterEach
  void stop() {
    kafka.close();
    state.close();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void shouldDeliverSignedAndInOrderThroughOutagesAndRestarts() throws Exception {
    status = 500;
    try (EmbeddedFlink flink = EmbeddedFlink.start(state, OptionalInt.empty(), 1)) {
      submit(flink);
      send("finance", KEY, "n0");
      send("finance", SigningKey.generate(new SecureRandom()), "forged");
      send("finance", KEY, "n1");
      await("a first attempt", () -> ids().contains("n0"));
      assertThat(ids()).as("n0 is first in its lane").containsOnly("n0");

      server.stop(0);
      send("energy", KEY, "e0");
      status = 204;
      listen(server.getAddress().getPort());
      await("the server is up again", () -> taken().containsAll(List.of("n0", "n1", "e0")));

      // It waits in the state while the cluster is stopped, under its id.
      status = 503;
      send("finance", KEY, "n2");
      await("an attempt at n2", () -> ids().contains("n2"));
      awaitCheckpoint();
    }
    status = 204;
    try (EmbeddedFlink flink = EmbeddedFlink.start(state, OptionalInt.empty(), 1)) {
      submit(flink);
      await("n2 from the state", () -> taken().contains("n2"));
      send("finance", KEY, "n3");
      await("n3", () -> taken().contains("n3"));
    }

    List<String> finance = taken().stream().filter(id -> id.startsWith("n")).distinct().toList();
    assertThat(finance).containsExactly("n0", "n1", "n2", "n3");
    assertThat(ids()).doesNotContain("forged");
    synchronized (received) {
      assertThat(received)
          .allSatisfy(
              each -> {
                assertThat(each.signature()).isEqualTo("v1," + signature(each));
                assertThat(each.body())
                    .contains("\"id\":\"" + each.id() + "\"", "\"specversion\":\"1.0\"");
              });
    }
  }

  private void submit(EmbeddedFlink flink) throws Exception {
    Configuration config = new Configuration();
    config.set(KafkaOptions.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
    config.set(LedgerOptions.TRUSTED_KEYS_FILE, state.keys().resolve("trusted.pem").toString());
    config.set(
        NotificationOptions.WEBHOOK_URLS,
        List.of("http://localhost:" + server.getAddress().getPort() + "/hook"));
    config.set(NotificationOptions.SECRET_FILE, state.keys().resolve("webhook.secret").toString());
    config.set(NotificationOptions.BACKOFF_MAX, Duration.ofMillis(200));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(EmbeddedFlink.base(state));
    env.setParallelism(1);
    flink.submit(NotificationJob.graph(env, config), KnhkJob.NOTIFY, note -> {});
  }

  private void send(String sector, SigningKey key, String id) throws Exception {
    Notification notification =
        Notification.of(
            Notification.Kind.PENDING,
            LedgerOptions.LOG.defaultValue(),
            sector,
            id,
            "request",
            5,
            JsonNodeFactory.instance.objectNode());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  Topics.NOTIFICATIONS,
                  sector.getBytes(StandardCharsets.UTF_8),
                  Dsse.sign(key, Notification.PAYLOAD_TYPE, notification.encode()).toJson()))
          .get();
    }
  }

  /** The second from now: the first may have been begun before. */
  private void awaitCheckpoint() throws Exception {
    for (int i = 0; i < 2; i++) {
      Optional<RetainedState> before = newest();
      await("a checkpoint", () -> newest().isPresent() && !newest().equals(before));
    }
  }

  private Optional<RetainedState> newest() throws LaunchException {
    return LaunchPlan.resume(KnhkJob.NOTIFY, List.of(state.checkpoints()), Set.of()).from();
  }

  private static void await(String what, Callable<Boolean> holds) throws Exception {
    Eventually.until(Duration.ofSeconds(90), what, holds);
  }

  private void listen(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/hook", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    int answer = status;
    synchronized (received) {
      received.add(
          new Received(
              exchange.getRequestHeaders().getFirst("webhook-id"),
              exchange.getRequestHeaders().getFirst("webhook-timestamp"),
              exchange.getRequestHeaders().getFirst("webhook-signature"),
              body,
              answer));
    }
    exchange.sendResponseHeaders(answer, -1);
    exchange.close();
  }

  /** Of every attempt. */
  private List<String> ids() {
    synchronized (received) {
      return received.stream().map(Received::id).toList();
    }
  }

  private List<String> taken() {
    synchronized (received) {
      return received.stream().filter(each -> each.answer() == 204).map(Received::id).toList();
    }
  }

  /** As a receiver computes it. */
  private static String signature(Received each) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(Base64.getDecoder().decode(SECRET), "HmacSHA256"));
      String signed = each.id() + "." + each.timestamp() + "." + each.body();
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private record Received(String id, String timestamp, String signature, String body, int answer) {}
}
