package io.knhk.embedded;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;

/**
 * A Kafka broker and its KRaft controller in this process, on the loopback interface, keeping its
 * logs in the state folder. One a process: what Kafka does instead of ending the process is
 * process-wide.
 */
public final class EmbeddedKafka implements AutoCloseable {
  public static final int DEFAULT_PORT = 19_092;

  private final KafkaRaftServer server;
  private final int port;
  private final CompletableFuture<String> failure;
  private boolean closed;

  private EmbeddedKafka(KafkaRaftServer server, int port, CompletableFuture<String> failure) {
    this.server = server;
    this.port = port;
    this.failure = failure;
  }

  /**
   * Formats the log folder where that was never done, and starts. Returns once clients are served.
   *
   * @param port where clients are to be served; empty for {@link #DEFAULT_PORT}, or a free one
   *     where that is taken
   * @throws StackException when the port is taken or the broker does not start
   */
  public static EmbeddedKafka start(StateDirectory state, OptionalInt port) {
    int chosen = Ports.choose("Kafka", DEFAULT_PORT, port);
    try {
      return startOn(state, chosen);
    } catch (StackException e) {
      if (port.isPresent() || Ports.isFree(chosen)) {
        throw e;
      }
      // Somebody was quicker between the look and the bind.
      return startOn(state, Ports.free());
    }
  }

  private static EmbeddedKafka startOn(StateDirectory state, int chosen) {
    CompletableFuture<String> failure = new CompletableFuture<>();
    keepProcessAlive(failure);
    KafkaRaftServer server = null;
    try {
      Path data = state.kafka().resolve("data");
      Properties settings = KafkaSettings.broker(data, chosen, Ports.free());
      Path file = state.kafka().resolve("server.properties");
      try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
        settings.store(writer, "Written at every start");
      }
      format(data, file);
      server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
      server.startup();
      return new EmbeddedKafka(server, chosen, failure);
    } catch (IOException | RuntimeException e) {
      if (server != null) {
        shutDown(server, e);
      }
      Exit.resetExitProcedure();
      Exit.resetHaltProcedure();
      throw new StackException(
          StackException.KAFKA_FAILED,
          "expected the Kafka broker to start: state="
              + state.kafka()
              + ", port="
              + chosen
              + ", problem="
              + failure.getNow(String.valueOf(e))
              + ". See the logs in "
              + state.logs()
              + ".",
          e);
    }
  }

  /** {@code host:port}, as clients want it. */
  public String bootstrapServers() {
    return Ports.HOST + ":" + port;
  }

  public int port() {
    return port;
  }

  /** Completes with what the broker said when it gave up and would have ended the process. */
  public CompletableFuture<String> failure() {
    return failure.copy();
  }

  /** Creates the topics of {@link io.knhk.schemas.Topics} that are not there yet. */
  public void createTopics() {
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
      Map<String, KafkaFuture<Void>> created = admin.createTopics(KafkaSettings.topics()).values();
      for (NewTopic topic : KafkaSettings.topics()) {
        KafkaFuture<Void> one = created.get(topic.name());
        if (one != null) {
          await(topic.name(), one);
        }
      }
    }
  }

  /** Shuts the broker down in order: logs are flushed and need no recovery. May be called twice. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      server.shutdown();
      server.awaitShutdown();
    } finally {
      Exit.resetExitProcedure();
      Exit.resetHaltProcedure();
    }
  }

  private static void await(String topic, KafkaFuture<Void> created) {
    try {
      created.get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw topicFailed(topic, e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw topicFailed(topic, e);
    }
  }

  private static StackException topicFailed(String topic, Exception e) {
    return new StackException(
        StackException.KAFKA_FAILED,
        "expected the topic to be created: topic=" + topic + ", problem=" + e.getMessage() + ".",
        e);
  }

  private static void format(Path data, Path settings) throws IOException {
    if (Files.exists(data.resolve("meta.properties"))) {
      return;
    }
    Files.createDirectories(data);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int code;
    try (PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      code =
          StorageTool.execute(
              new String[] {
                "format",
                "--cluster-id",
                Uuid.randomUuid().toString(),
                "--config",
                settings.toString(),
                // A format that was cut off is taken up again.
                "--ignore-formatted"
              },
              stream);
    }
    if (code != 0) {
      throw new IOException(
          "expected the log folder to be formatted: folder="
              + data
              + ", said="
              + said.toString(StandardCharsets.UTF_8));
    }
  }

  /** Kafka ends the process when it cannot go on; here it ends the calling thread and says so. */
  private static void keepProcessAlive(CompletableFuture<String> failure) {
    Exit.Procedure procedure =
        (status, message) -> {
          String said = "Kafka gave up: status=" + status + ", message=" + message;
          failure.complete(said);
          throw new IllegalStateException(said);
        };
    Exit.setExitProcedure(procedure);
    Exit.setHaltProcedure(procedure);
  }

  private static void shutDown(KafkaRaftServer server, Exception because) {
    try {
      server.shutdown();
    } catch (RuntimeException e) {
      because.addSuppressed(e);
    }
  }
}
