package io.knhk.embedded;

import io.knhk.jobs.KafkaOptions;
import io.knhk.jobs.LedgerOptions;
import io.knhk.jobs.archive.ArchiveOptions;
import io.knhk.jobs.loop.ClosedLoopOptions;
import io.knhk.jobs.loop.GovernanceSettings;
import io.knhk.jobs.notify.NotificationOptions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What both jobs need beside Flink, on one machine: the state folder with the ledger's keys, a
 * Kafka broker with the topics, PostgreSQL with the tables.
 */
public final class Servers implements AutoCloseable {
  /**
   * The bundled configuration: two sectors learn additions by themselves, in the others people
   * decide.
   */
  private static final Map<String, String> BUNDLED =
      Map.of(ClosedLoopOptions.EVOLUTION.key(), "finance:evolve,logistics:evolve");

  private static final Logger LOG = LoggerFactory.getLogger(Servers.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Map<String, String> jobOptions;
  private final StateDirectory state;
  private final Optional<String> logBefore;
  private final String log;
  private final StackKeys keys;
  private final @Nullable DemonstrationApprovers approvers;
  private final EmbeddedKafka kafka;
  private final EmbeddedPostgresql postgresql;

  private Servers(StackOptions options, Consumer<String> progress) {
    jobOptions = options.jobOptions();
    progress.accept("state folder " + options.state());
    state = opened(StateDirectory.open(options.state()));
    try {
      keys = StackKeys.open(state.keys());
      approvers =
          jobOptions.containsKey(GovernanceSettings.FILE.key())
              ? null
              : DemonstrationApprovers.open(state.keys(), state.root().resolve("governance.json"));
      logBefore = state.readLog();
      String named = jobOptions.get(LedgerOptions.LOG.key());
      log = named != null ? named : logBefore.orElse(LedgerOptions.LOG.defaultValue());
      if (named != null) {
        state.writeLog(Optional.of(named));
      }
      progress.accept("starting Kafka");
      kafka = opened(EmbeddedKafka.start(state, options.kafkaPort()));
      kafka.createTopics();
      progress.accept("starting PostgreSQL");
      postgresql = opened(EmbeddedPostgresql.start(state, options.postgresqlPort()));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts them. Nobody is told where they are before {@link #announce}.
   *
   * @param progress takes a line before each step
   * @throws StackException when something does not start; what did is stopped again
   */
  public static Servers start(StackOptions options, Consumer<String> progress) {
    return new Servers(options, progress);
  }

  public StateDirectory state() {
    return state;
  }

  public StackKeys keys() {
    return keys;
  }

  /** Empty where the configuration names persons of its own. */
  public Optional<DemonstrationApprovers> approvers() {
    return Optional.ofNullable(approvers);
  }

  public EmbeddedPostgresql postgresql() {
    return postgresql;
  }

  public EmbeddedKafka kafka() {
    return kafka;
  }

  /** Where they are, without Flink. */
  public Endpoints endpoints() {
    return endpoints(null);
  }

  Endpoints endpoints(@Nullable String flinkUrl) {
    return new Endpoints(
        kafka.bootstrapServers(),
        postgresql.jdbcUrl(),
        postgresql.uri(),
        postgresql.auditor().user(),
        postgresql.auditor().passwordFile(),
        postgresql.writer().user(),
        postgresql.writer().passwordFile(),
        flinkUrl,
        log,
        keys.publicFile(),
        ProcessHandle.current().pid());
  }

  /**
   * Writes where they are, and the options with which jobs on another Flink work with them: {@code
   * jobs/loop.properties}, {@code jobs/archive.properties} and, where there is a webhook, {@code
   * jobs/notify.properties}. Keys and passwords are named in there by their files.
   */
  public void announce() {
    state.writeJobOptions("loop", loopOptions().toMap());
    state.writeJobOptions("archive", archiveOptions().toMap());
    notifyOptions().ifPresent(options -> state.writeJobOptions("notify", options.toMap()));
    state.writeEndpoints(endpoints().toMap());
  }

  /** Options of ClosedLoopJob. A new copy each time. */
  Configuration loopOptions() {
    Configuration config = Configuration.fromMap(BUNDLED);
    config.addAll(commonOptions());
    config.set(ClosedLoopOptions.SIGNING_KEY_FILE, keys.signingFile().toString());
    if (approvers != null) {
      config.set(GovernanceSettings.FILE, approvers.file().toString());
    }
    return config;
  }

  /** Options of ReceiptArchiveJob. A new copy each time. */
  Configuration archiveOptions() {
    Configuration config = commonOptions();
    config.set(ArchiveOptions.JDBC_URL, postgresql.jdbcUrl());
    config.set(ArchiveOptions.USER, postgresql.writer().user());
    config.set(ArchiveOptions.PASSWORD_FILE, postgresql.writer().passwordFile().toString());
    return config;
  }

  /** Options of NotificationJob, where a webhook was named. A new copy each time. */
  Optional<Configuration> notifyOptions() {
    return jobOptions.containsKey(NotificationOptions.WEBHOOK_URLS.key())
        ? Optional.of(commonOptions())
        : Optional.empty();
  }

  /** Stops them, in the reverse order. May be called twice. */
  @Override
  public void close() {
    state.removeEndpoints();
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) { // AutoCloseable declares no less
        LOG.warn("{} did not stop in order", part.getClass().getSimpleName(), e);
      }
    }
  }

  /** The ledger that was to be begun is not begun: the folder keeps the name that it had. */
  void forgetNewLog() {
    state.writeLog(logBefore);
  }

  private Configuration commonOptions() {
    Configuration config = Configuration.fromMap(jobOptions);
    config.set(KafkaOptions.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
    config.set(LedgerOptions.LOG, log);
    config.set(LedgerOptions.TRUSTED_KEYS_FILE, keys.publicFile().toString());
    return config;
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }
}
