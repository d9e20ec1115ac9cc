package io.knhk.flinkconf;

import io.knhk.embedded.StackKeys;
import io.knhk.jobs.KafkaOptions;
import io.knhk.jobs.LedgerOptions;
import io.knhk.jobs.archive.ArchiveOptions;
import io.knhk.jobs.loop.ClosedLoopOptions;
import io.knhk.schemas.Topics;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Everything that KNHK runs on, each part in processes of its own: a broker, a database and a
 * cluster, and the keys. The jobs reach the broker through a proxy, which lets everything pass
 * unless a test says otherwise.
 */
final class Site implements AutoCloseable {
  static final String LOG = LedgerOptions.LOG.defaultValue();

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Path folder;
  private final StackKeys keys;
  private final KafkaProxy proxy;
  private final Broker broker;
  private final Postgresql postgresql;
  private final Cluster cluster;
  private final Ledgers ledgers;

  private Site(Path folder, Map<String, String> environment) throws Exception {
    this.folder = folder;
    try {
      keys = StackKeys.open(Files.createDirectories(folder.resolve("keys")));
      FutureTask<Cluster> starting =
          new FutureTask<>(() -> Cluster.start(folder.resolve("cluster"), environment));
      new Thread(starting, "cluster-start").start();
      opened(() -> closeStarted(starting));
      proxy = opened(KafkaProxy.start(Topics.RECEIPTS));
      broker =
          opened(Broker.start(folder.resolve("kafka"), OptionalInt.of(proxy.port()), environment));
      proxy.leadTo(broker.jobsPort(), Topic.id(broker.bootstrapServers(), Topics.RECEIPTS));
      postgresql = opened(Postgresql.start(folder.resolve("postgresql")));
      cluster = starting.get();
      ledgers = new Ledgers(broker.bootstrapServers(), postgresql, keys.publicFile());
    } catch (Exception | AssertionError e) {
      close();
      throw e;
    }
  }

  /** Starts all but the jobs. */
  static Site start(Path folder) throws Exception {
    return start(folder, Map.of());
  }

  /**
   * @param environment of the broker and of every process of the cluster, beside that of this one
   */
  static Site start(Path folder, Map<String, String> environment) throws Exception {
    Site site = new Site(folder, environment);
    said("started in " + folder);
    return site;
  }

  /** Submits both jobs and waits until they run. */
  void runBoth() throws Exception {
    Path archive = archiveConfig(Map.of());
    FutureTask<Cluster.Result> running =
        new FutureTask<>(() -> cluster.run(Cluster.ARCHIVE, archive));
    new Thread(running, "archive-run").start();
    cluster.run(Cluster.LOOP, loopConfig(Map.of())).expect(0);
    running.get().expect(0);
    cluster.awaitRuns(Cluster.LOOP);
    cluster.awaitRuns(Cluster.ARCHIVE);
    said("both jobs run");
  }

  Path loopConfig(Map<String, String> more) throws IOException {
    Map<String, String> options = new HashMap<>(common());
    options.put(ClosedLoopOptions.SIGNING_KEY_FILE.key(), keys.signingFile().toString());
    options.put(ClosedLoopOptions.EVOLUTION.key(), "finance:evolve");
    options.putAll(more);
    return write("loop.properties", options);
  }

  Path archiveConfig(Map<String, String> more) throws IOException {
    Map<String, String> options = new HashMap<>(common());
    options.put(ArchiveOptions.JDBC_URL.key(), postgresql.jdbcUrl());
    options.put(ArchiveOptions.USER.key(), postgresql.writer().user());
    options.put(ArchiveOptions.PASSWORD_FILE.key(), postgresql.writer().passwordFile().toString());
    options.putAll(more);
    return write("archive.properties", options);
  }

  Broker broker() {
    return broker;
  }

  KafkaProxy proxy() {
    return proxy;
  }

  Postgresql postgresql() {
    return postgresql;
  }

  Cluster cluster() {
    return cluster;
  }

  Ledgers ledgers() {
    return ledgers;
  }

  StackKeys keys() {
    return keys;
  }

  /** How many receipts Kafka was sent, duplicates included. */
  long receiptsInKafka() {
    return Topic.size(broker.bootstrapServers(), Topics.RECEIPTS);
  }

  /** Stops the publisher, waits until all is archived, and checks all of it. */
  Ledgers.Log settleAndCheck(Publisher publisher, Duration within) throws Exception {
    long published = publisher.stop();
    Duration took = ledgers.awaitArchived(within, LOG);
    Ledgers.Log log = ledgers.check(LOG);
    said(
        "published %d, all archived after another %.1f s, receipts %d, duplicates in Kafka %d",
        published, seconds(took), log.payloads().size(), log.duplicates());
    return log;
  }

  /** A line of what was measured, for who reads the build's output. */
  static void said(String format, Object... arguments) {
    System.out.println("[faults] " + String.format(Locale.ROOT, format, arguments));
  }

  static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  /** Stops everything, in the reverse order. */
  @Override
  public void close() throws Exception {
    try {
      if (!parts.isEmpty()) {
        parts.pop().close();
      }
    } finally {
      if (!parts.isEmpty()) {
        close();
      }
    }
  }

  /** One that did not start has stopped itself, and said why to who waited for it. */
  private static void closeStarted(FutureTask<Cluster> starting) throws Exception {
    Cluster started;
    try {
      started = starting.get();
    } catch (ExecutionException e) {
      return;
    }
    started.close();
  }

  private Map<String, String> common() {
    return Map.of(
        KafkaOptions.BOOTSTRAP_SERVERS.key(),
        "127.0.0.1:" + proxy.port(),
        LedgerOptions.TRUSTED_KEYS_FILE.key(),
        keys.publicFile().toString());
  }

  private Path write(String name, Map<String, String> options) throws IOException {
    Properties properties = new Properties();
    properties.putAll(options);
    Path file = folder.resolve(name);
    try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      properties.store(writer, null);
    }
    return file;
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }
}
