package io.knhk.embedded.savepoint;

import io.knhk.embedded.EmbeddedFlink;
import io.knhk.embedded.EmbeddedKafka;
import io.knhk.embedded.EmbeddedPostgresql;
import io.knhk.embedded.StackKeys;
import io.knhk.embedded.StateDirectory;
import io.knhk.jobs.KafkaOptions;
import io.knhk.jobs.LedgerOptions;
import io.knhk.jobs.archive.ArchiveOptions;
import io.knhk.jobs.archive.ReceiptArchiveJob;
import io.knhk.jobs.loop.ClosedLoopJob;
import io.knhk.jobs.loop.ClosedLoopOptions;
import io.knhk.jobs.notify.NotificationJob;
import io.knhk.jobs.notify.NotificationOptions;
import io.knhk.ledger.KeyRing;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;

/**
 * Real servers, and a Flink cluster on which a test starts the two jobs from what savepoint and
 * with what parallelism it likes, and stops them again.
 */
final class JobsStack implements AutoCloseable {
  static final int PARALLELISM_MAX = 4;

  private static final Duration CALL_WAIT = Duration.ofMinutes(2);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final StateDirectory state;
  private final StackKeys keys;
  private final EmbeddedKafka kafka;
  private final EmbeddedPostgresql postgresql;
  private final MiniCluster flink;
  private final Configuration cluster;

  private JobsStack(Path folder, @Nullable TestKey key, Duration checkpointInterval)
      throws Exception {
    try {
      state = opened(StateDirectory.open(folder));
      if (key != null) {
        key.putInto(state.keys());
      }
      keys = StackKeys.open(state.keys());
      kafka = opened(EmbeddedKafka.start(state, OptionalInt.empty()));
      kafka.createTopics();
      postgresql = opened(EmbeddedPostgresql.start(state, OptionalInt.empty()));
      cluster = EmbeddedFlink.base(state);
      cluster.set(RestOptions.BIND_PORT, "0");
      cluster.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
      // As few files as Flink allows, for a savepoint that is kept.
      cluster.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ofMebiBytes(1));
      flink =
          opened(
              new MiniCluster(
                  new MiniClusterConfiguration.Builder()
                      .setConfiguration(cluster)
                      .setNumTaskManagers(1)
                      .setNumSlotsPerTaskManager(EmbeddedFlink.JOBS * PARALLELISM_MAX)
                      .build()));
      flink.start();
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  /**
   * @param key of the ledger; null for a new one
   */
  static JobsStack start(Path folder, @Nullable TestKey key, Duration checkpointInterval)
      throws Exception {
    return new JobsStack(folder, key, checkpointInterval);
  }

  String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  EmbeddedPostgresql postgresql() {
    return postgresql;
  }

  StackKeys keys() {
    return keys;
  }

  KeyRing trusted() throws Exception {
    return KeyRing.fromPem(keys.publicFile());
  }

  /**
   * @param from a savepoint; null to start without state
   */
  JobID startLoop(int parallelism, @Nullable Path from) throws Exception {
    return submit(loopGraph(parallelism), from);
  }

  /**
   * @param from a savepoint; null to start without state
   */
  JobID startArchive(int parallelism, @Nullable Path from) throws Exception {
    return submit(archiveGraph(parallelism), from);
  }

  /**
   * @param webhook where it sends to
   */
  JobID startNotify(String webhook) throws Exception {
    return submit(notifyGraph(webhook), null);
  }

  StreamGraph notifyGraph(String webhook) throws Exception {
    Configuration config = ends();
    config.set(NotificationOptions.WEBHOOK_URLS, List.of(webhook));
    config.set(NotificationOptions.SECRET_FILE, webhookSecret().toString());
    return NotificationJob.graph(environment(1), config);
  }

  StreamGraph loopGraph(int parallelism) throws Exception {
    Configuration config = ends();
    config.set(ClosedLoopOptions.SIGNING_KEY_FILE, keys.signingFile().toString());
    config.setString(
        ClosedLoopOptions.EVOLUTION.key(), "finance:evolve,logistics:evolve,energy:freeze");
    // A savepoint that is kept must not expire on the shelf.
    config.set(ClosedLoopOptions.PROPOSAL_EXPIRY, Duration.ofDays(100 * 365));
    config.set(ClosedLoopOptions.TICK_INTERVAL, Duration.ofSeconds(1));
    return ClosedLoopJob.graph(environment(parallelism), config);
  }

  StreamGraph archiveGraph(int parallelism) throws Exception {
    Configuration config = ends();
    config.set(ArchiveOptions.JDBC_URL, postgresql.jdbcUrl());
    config.set(ArchiveOptions.USER, postgresql.writer().user());
    config.set(ArchiveOptions.PASSWORD_FILE, postgresql.writer().passwordFile().toString());
    return ReceiptArchiveJob.graph(environment(parallelism), config);
  }

  /** Takes one checkpoint and waits until it has completed. */
  void checkpoint(JobID job) throws Exception {
    flink
        .triggerCheckpoint(job, CheckpointType.FULL)
        .get(CALL_WAIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Stops a job with a savepoint of the canonical format and returns its folder. */
  Path stopWithSavepoint(JobID job, Path target) throws Exception {
    String uri =
        flink
            .stopWithSavepoint(job, target.toUri().toString(), false, SavepointFormatType.CANONICAL)
            .get(CALL_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    flink.requestJobResult(job).get(CALL_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    return Path.of(URI.create(uri));
  }

  void cancel(JobID job) throws Exception {
    flink.cancelJob(job).get(CALL_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    flink.requestJobResult(job).get(CALL_WAIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Fails with the job's own reason when it does not run any more. */
  void requireRunning(JobID job) throws Exception {
    if (flink
        .getJobStatus(job)
        .get(CALL_WAIT.toMillis(), TimeUnit.MILLISECONDS)
        .isGloballyTerminalState()) {
      flink
          .requestJobResult(job)
          .get(CALL_WAIT.toMillis(), TimeUnit.MILLISECONDS)
          .toJobExecutionResult(JobsStack.class.getClassLoader());
      throw new AssertionError("expected a job that runs: job=" + job);
    }
  }

  @Override
  public void close() throws Exception {
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
  }

  private JobID submit(StreamGraph graph, @Nullable Path from) throws Exception {
    JobID job = new JobID();
    graph.setJobId(job);
    if (from != null) {
      graph.setSavepointRestoreSettings(
          SavepointRestoreSettings.forPath(
              from.toUri().toString(), false, RecoveryClaimMode.NO_CLAIM));
    }
    flink.submitJob(graph.getJobGraph()).get(CALL_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    return job;
  }

  private Configuration ends() {
    Configuration config = new Configuration();
    config.set(KafkaOptions.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
    config.set(LedgerOptions.TRUSTED_KEYS_FILE, keys.publicFile().toString());
    return config;
  }

  private Path webhookSecret() throws IOException {
    Path file = keys.signingFile().resolveSibling("webhook.secret");
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }
    return file;
  }

  private StreamExecutionEnvironment environment(int parallelism) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(cluster);
    env.setParallelism(parallelism);
    return env;
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }
}
