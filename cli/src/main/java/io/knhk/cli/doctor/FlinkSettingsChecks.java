package io.knhk.cli.doctor;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.RestartStrategyOptions.RestartStrategyType;
import org.apache.flink.configuration.SecurityOptions;
import org.apache.flink.configuration.StateBackendOptions;

/**
 * The settings of a cluster, one check a method. A setting that nobody set counts as its default.
 */
final class FlinkSettingsChecks {
  private static final int KEPT_MIN = 3;

  /** A dead TaskManager is noticed after this; the goal for its replacement is 15 s in all. */
  private static final Duration HEARTBEAT_MAX = Duration.ofSeconds(20);

  /** A garbage collection or a busy machine is no death. */
  private static final Duration HEARTBEAT_MIN = Duration.ofSeconds(3);

  /** What waits for Kafka or PostgreSQL fails again and again until they are back. */
  private static final int ATTEMPTS_MIN = 1_000;

  private final FlinkState state;
  private final Configuration settings;
  private final Findings findings;

  FlinkSettingsChecks(FlinkState state, Findings findings) {
    this.state = state;
    this.settings = Configuration.fromMap(state.settings());
    this.findings = findings;
  }

  void check() {
    guarded("checkpoint storage", this::checkStorage);
    guarded("savepoint folder", this::checkSavepoints);
    guarded("checkpoints kept", this::checkKept);
    guarded("checkpoint retention", this::checkRetention);
    guarded("aligned checkpoints", this::checkAligned);
    guarded("state backend", this::checkBackend);
    guarded("restart strategy", this::checkRestarts);
    guarded("heartbeat", this::checkHeartbeat);
    guarded("high availability", this::checkHighAvailability);
    guarded("rest address", this::checkRest);
  }

  private void guarded(String check, Runnable one) {
    try {
      one.run();
    } catch (IllegalArgumentException e) {
      findings.failed(
          check,
          "expected a value that Flink can read: problem=" + e.getMessage(),
          "Mend it in Flink's config.yaml, then restart the cluster.");
    }
  }

  private void checkStorage() {
    Optional<String> storage = settings.getOptional(CheckpointingOptions.CHECKPOINT_STORAGE);
    Optional<String> folder = settings.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY);
    String found = "storage=" + storage.orElse("unset") + ", dir=" + folder.orElse("unset");
    boolean inMemory = storage.map("jobmanager"::equalsIgnoreCase).orElse(folder.isEmpty());
    if (inMemory || folder.isEmpty()) {
      findings.failed(
          "checkpoint storage",
          found
              + ", want=filesystem and a folder: what is in the JobManager's memory is gone with"
              + " it",
          lines(
              CheckpointingOptions.CHECKPOINT_STORAGE.key() + ": filesystem",
              CheckpointingOptions.CHECKPOINTS_DIRECTORY.key() + ": s3://BUCKET/knhk/checkpoints"));
      return;
    }
    findings.advise(
        !isLocal(folder.get()) || state.hosts().size() <= 1,
        "checkpoint storage",
        found + (isLocal(folder.get()) ? ", hosts of TaskManagers=" + state.hosts().size() : ""),
        "A local folder has to be one that all hosts share (NFS). Otherwise "
            + lines(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY.key()
                    + ": s3://BUCKET/knhk/checkpoints"));
  }

  private void checkSavepoints() {
    Optional<String> folder = settings.getOptional(CheckpointingOptions.SAVEPOINT_DIRECTORY);
    findings.advise(
        folder.isPresent(),
        "savepoint folder",
        "dir=" + folder.orElse("unset, so that each savepoint has to name one"),
        lines(CheckpointingOptions.SAVEPOINT_DIRECTORY.key() + ": s3://BUCKET/knhk/savepoints"));
  }

  private void checkKept() {
    int kept = settings.get(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS);
    findings.require(
        kept >= KEPT_MIN,
        "checkpoints kept",
        "got=" + kept + ", want>=" + KEPT_MIN,
        lines(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS.key() + ": " + KEPT_MIN));
  }

  /** The jobs bring it themselves, so that this is what the cluster's other tools believe. */
  private void checkRetention() {
    Optional<ExternalizedCheckpointRetention> retention =
        settings.getOptional(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION);
    findings.advise(
        retention.isEmpty()
            || retention.get() == ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION,
        "checkpoint retention",
        retention
            .map(value -> "got=" + value.name())
            .orElse("unset; the jobs ask for RETAIN_ON_CANCELLATION"),
        lines(
            CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION.key()
                + ": RETAIN_ON_CANCELLATION"));
  }

  private void checkAligned() {
    boolean unaligned = settings.get(CheckpointingOptions.ENABLE_UNALIGNED);
    findings.require(
        !unaligned,
        "aligned checkpoints",
        unaligned ? "unaligned=true, want=false: every decision is taken on a barrier" : "aligned",
        lines(CheckpointingOptions.ENABLE_UNALIGNED.key() + ": false"));
  }

  private void checkBackend() {
    Optional<String> backend = settings.getOptional(StateBackendOptions.STATE_BACKEND);
    if (backend.isEmpty()) {
      findings.ok("state backend", "unset; the jobs bring rocksdb, incremental");
      return;
    }
    boolean isRocks = backend.get().toLowerCase(Locale.ROOT).contains("rocksdb");
    boolean incremental = settings.get(CheckpointingOptions.INCREMENTAL_CHECKPOINTS);
    findings.advise(
        isRocks && incremental,
        "state backend",
        "got="
            + backend.get()
            + ", incremental="
            + incremental
            + ", want=rocksdb, incremental=true",
        lines(
            StateBackendOptions.STATE_BACKEND.key() + ": rocksdb",
            CheckpointingOptions.INCREMENTAL_CHECKPOINTS.key() + ": true"));
  }

  private void checkRestarts() {
    Optional<String> name = settings.getOptional(RestartStrategyOptions.RESTART_STRATEGY);
    if (name.isEmpty()) {
      findings.ok("restart strategy", "unset, which is exponential-delay without an end");
      return;
    }
    RestartStrategyType type = RestartStrategyType.of(name.get().toLowerCase(Locale.ROOT));
    int attempts =
        switch (type) {
          case NO_RESTART_STRATEGY -> 0;
          case FIXED_DELAY ->
              settings.get(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS);
          case FAILURE_RATE ->
              settings.get(
                  RestartStrategyOptions.RESTART_STRATEGY_FAILURE_RATE_MAX_FAILURES_PER_INTERVAL);
          case EXPONENTIAL_DELAY ->
              settings.get(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS);
        };
    findings.require(
        attempts >= ATTEMPTS_MIN,
        "restart strategy",
        "got="
            + type.getMainValue()
            + (attempts == Integer.MAX_VALUE
                ? " without an end"
                : ", attempts=" + attempts + ", want=exponential-delay without an end"),
        lines(RestartStrategyOptions.RESTART_STRATEGY.key() + ": exponential-delay")
            + " Remove "
            + RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS.key()
            + ".");
  }

  private void checkHeartbeat() {
    Duration timeout = settings.get(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT);
    Duration interval = settings.get(HeartbeatManagerOptions.HEARTBEAT_INTERVAL);
    findings.advise(
        timeout.compareTo(HEARTBEAT_MIN) >= 0
            && timeout.compareTo(HEARTBEAT_MAX) <= 0
            && interval.multipliedBy(2).compareTo(timeout) <= 0,
        "heartbeat",
        "timeout="
            + timeout.toMillis()
            + " ms, interval="
            + interval.toMillis()
            + " ms, want="
            + HEARTBEAT_MIN.toMillis()
            + " to "
            + HEARTBEAT_MAX.toMillis()
            + " ms and at most half of it: nothing goes on before a dead TaskManager is noticed",
        lines(
            HeartbeatManagerOptions.HEARTBEAT_TIMEOUT.key() + ": 10 s",
            HeartbeatManagerOptions.HEARTBEAT_INTERVAL.key() + ": 2 s"));
  }

  private void checkHighAvailability() {
    String mode = settings.get(HighAvailabilityOptions.HA_MODE);
    boolean none = mode.equalsIgnoreCase("none");
    findings.advise(
        !none,
        "high availability",
        none
            ? "got=NONE: a JobManager that dies takes the jobs with it until somebody resumes them"
            : mode,
        lines(
            HighAvailabilityOptions.HA_MODE.key() + ": zookeeper",
            HighAvailabilityOptions.HA_ZOOKEEPER_QUORUM.key() + ": HOST:2181",
            HighAvailabilityOptions.HA_STORAGE_PATH.key() + ": s3://BUCKET/knhk/ha"));
  }

  /** REST has no login: who reaches it may cancel a job, and run any code where it takes jars. */
  private void checkRest() {
    Optional<String> bind = settings.getOptional(RestOptions.BIND_ADDRESS);
    boolean loopback = bind.map(FlinkSettingsChecks::isLoopback).orElse(false);
    boolean tls = settings.get(SecurityOptions.SSL_REST_ENABLED);
    boolean login = tls && settings.get(SecurityOptions.SSL_REST_AUTHENTICATION_ENABLED);
    String found =
        RestOptions.BIND_ADDRESS.key()
            + "="
            + bind.orElse("unset, which is every interface")
            + ", tls="
            + tls
            + ", client certificates="
            + login;
    findings.require(
        loopback || tls,
        "rest address",
        found,
        lines(RestOptions.BIND_ADDRESS.key() + ": 127.0.0.1")
            + " Or "
            + SecurityOptions.SSL_REST_ENABLED.key()
            + ": true, "
            + SecurityOptions.SSL_REST_AUTHENTICATION_ENABLED.key()
            + ": true.");
    findings.require(
        loopback || !state.webSubmit(),
        "web submit",
        "web.submit.enable="
            + state.webSubmit()
            + (loopback ? ", on loopback" : ", off loopback, want=false"),
        lines("web.submit.enable: false", "web.cancel.enable: false"));
  }

  private static boolean isLoopback(String address) {
    return address.startsWith("127.") || address.equals("localhost") || address.equals("::1");
  }

  private static boolean isLocal(String folder) {
    try {
      String scheme = URI.create(folder).getScheme();
      return scheme == null || scheme.equals("file");
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private static String lines(String... lines) {
    return "In Flink's config.yaml, then restart the cluster: " + String.join(", ", lines) + ".";
  }
}
