package io.knhk.flinkconf;

import io.knhk.embedded.EmbeddedKafka;
import io.knhk.embedded.StateDirectory;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * A Kafka broker as a process of its own, to be killed and started again on the same folder and
 * ports. It has two listeners, so that what lies between the jobs and the broker is not between the
 * test and the broker.
 */
final class Broker implements AutoCloseable {
  private static final Duration START_WITHIN = Duration.ofMinutes(3);
  private static final int ASK_MS = 10_000;

  private final Path folder;
  private final Path settings;
  private final int port;
  private final int jobsPort;
  private final Map<String, String> environment;
  private Process process;

  private Broker(
      Path folder, Path settings, int port, int jobsPort, Map<String, String> environment) {
    this.folder = folder;
    this.settings = settings;
    this.port = port;
    this.jobsPort = jobsPort;
    this.environment = environment;
  }

  /**
   * Makes a folder as {@code knhk up} would, with its topics, and starts a broker on it.
   *
   * @param proxyPort where the jobs are told to connect to; empty for the broker itself
   * @param environment of the process, beside that of this one
   */
  static Broker start(Path folder, OptionalInt proxyPort, Map<String, String> environment)
      throws IOException, InterruptedException {
    int port = Processes.freePort();
    try (StateDirectory state = StateDirectory.open(folder);
        EmbeddedKafka kafka = EmbeddedKafka.start(state, OptionalInt.of(port))) {
      kafka.createTopics();
    }
    int jobsPort = Processes.freePort();
    Path settings = folder.resolve("broker.properties");
    write(
        settings,
        folder.resolve("kafka").resolve("server.properties"),
        jobsPort,
        proxyPort.orElse(jobsPort));
    Broker broker = new Broker(folder, settings, port, jobsPort, environment);
    try {
      broker.start();
    } catch (AssertionError e) {
      broker.close();
      throw e;
    }
    return broker;
  }

  /** For the test's own clients. */
  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Where the broker serves the jobs, or who stands between. */
  int jobsPort() {
    return jobsPort;
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("expected the broker to be gone: pid=" + process.pid());
    }
  }

  /** Starts it, again; back when it serves. */
  void start() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx400m",
                "-XX:+UseSerialGC",
                "-Dlog4j2.configurationFile=log4j2-broker.properties",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "kafka.Kafka",
                settings.toString()));
    builder.environment().putAll(environment);
    process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("broker.log").toFile()))
            .start();
    Eventually.until(START_WITHIN, "the broker serves, see " + folder, this::serves);
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }

  private boolean serves() throws Exception {
    if (!process.isAlive()) {
      throw new AssertionError(
          "expected a broker that stays: "
              + Files.readString(folder.resolve("broker.log"), StandardCharsets.UTF_8));
    }
    try (Admin admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers(),
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                ASK_MS,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                ASK_MS))) {
      return !admin.describeCluster().nodes().get().isEmpty();
    }
  }

  private static void write(Path settings, Path embedded, int jobsPort, int jobsAdvertisedPort)
      throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(embedded, StandardCharsets.UTF_8)) {
      properties.load(reader);
    }
    append(properties, "listeners", ",JOBS://127.0.0.1:" + jobsPort);
    append(properties, "advertised.listeners", ",JOBS://127.0.0.1:" + jobsAdvertisedPort);
    append(properties, "listener.security.protocol.map", ",JOBS:PLAINTEXT");
    try (Writer writer = Files.newBufferedWriter(settings, StandardCharsets.UTF_8)) {
      properties.store(writer, null);
    }
  }

  private static void append(Properties properties, String name, String more) {
    properties.setProperty(name, properties.getProperty(name) + more);
  }
}
