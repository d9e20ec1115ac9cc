package io.knhk.embedded;

import io.knhk.jobs.KafkaOptions;
import io.knhk.jobs.LedgerOptions;
import io.knhk.jobs.archive.ArchiveOptions;
import io.knhk.jobs.archive.ReceiptArchiveJob;
import io.knhk.jobs.loop.ClosedLoopJob;
import io.knhk.jobs.loop.ClosedLoopOptions;
import io.knhk.ledger.LedgerFormatException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole of KNHK on one machine, in one process: a Kafka broker, PostgreSQL, Flink, and both
 * jobs on it. What it was doing when it was stopped or killed it goes on with when it is started on
 * the same state folder.
 */
public final class Stack implements AutoCloseable {
  /** Fixed for good: by these the jobs' checkpoints are found again. */
  public static final JobID LOOP_JOB = JobID.fromHexString("6b6e686b000000000000000000000001");

  public static final JobID ARCHIVE_JOB = JobID.fromHexString("6b6e686b000000000000000000000002");

  /**
   * The bundled configuration: two sectors learn additions by themselves, in the others people
   * decide.
   */
  private static final Map<String, String> BUNDLED =
      Map.of(ClosedLoopOptions.EVOLUTION.key(), "finance:evolve,logistics:evolve");

  private static final Logger LOG = LoggerFactory.getLogger(Stack.class);
  private static final long STATUS_WAIT_S = 10;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final StateDirectory state;
  private final StackKeys keys;
  private final EmbeddedKafka kafka;
  private final EmbeddedPostgresql postgresql;
  private final EmbeddedFlink flink;
  private final JobClient loop;
  private final JobClient archive;

  private Stack(StackOptions options, Consumer<String> progress) {
    progress.accept("state folder " + options.state());
    state = opened(StateDirectory.open(options.state()));
    try {
      keys = StackKeys.open(state.keys());
      progress.accept("starting Kafka");
      kafka = opened(EmbeddedKafka.start(state, options.kafkaPort()));
      kafka.createTopics();
      progress.accept("starting PostgreSQL");
      postgresql = opened(EmbeddedPostgresql.start(state, options.postgresqlPort()));
      progress.accept("starting Flink");
      flink = opened(EmbeddedFlink.start(state, options.webPort(), options.parallelism()));
      progress.accept("submitting the jobs");
      loop = submitLoop(options);
      archive = submitArchive(options);
      state.writeEndpoints(endpoints().toMap());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts everything and submits both jobs.
   *
   * @param progress takes a line before each step
   * @throws StackException when something does not start; what did is stopped again
   */
  public static Stack start(StackOptions options, Consumer<String> progress) {
    return new Stack(options, progress);
  }

  public StateDirectory state() {
    return state;
  }

  public StackKeys keys() {
    return keys;
  }

  public EmbeddedPostgresql postgresql() {
    return postgresql;
  }

  public EmbeddedKafka kafka() {
    return kafka;
  }

  public Endpoints endpoints() {
    return new Endpoints(
        kafka.bootstrapServers(),
        postgresql.jdbcUrl(),
        postgresql.uri(),
        postgresql.auditor().user(),
        postgresql.auditor().passwordFile(),
        postgresql.writer().user(),
        postgresql.writer().passwordFile(),
        flink.webPage().toString(),
        LedgerOptions.LOG.defaultValue(),
        keys.publicFile(),
        ProcessHandle.current().pid());
  }

  /**
   * @throws StackException when a job has ended, which neither does by itself
   */
  public void check() {
    check(ClosedLoopJob.NAME, loop);
    check(ReceiptArchiveJob.NAME, archive);
  }

  /** Stops everything, in the reverse order; the jobs' checkpoints stay. May be called twice. */
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

  private JobClient submitLoop(StackOptions options) {
    Configuration config = jobConfiguration(options);
    config.set(ClosedLoopOptions.SIGNING_KEY_FILE, keys.signingFile().toString());
    try {
      return flink.submit(ClosedLoopJob.graph(environment(options), config), LOOP_JOB);
    } catch (IOException | LedgerFormatException e) {
      throw notSubmitted(ClosedLoopJob.NAME, e);
    }
  }

  private JobClient submitArchive(StackOptions options) {
    Configuration config = jobConfiguration(options);
    config.set(ArchiveOptions.JDBC_URL, postgresql.jdbcUrl());
    config.set(ArchiveOptions.USER, postgresql.writer().user());
    config.set(ArchiveOptions.PASSWORD_FILE, postgresql.writer().passwordFile().toString());
    try {
      return flink.submit(ReceiptArchiveJob.graph(environment(options), config), ARCHIVE_JOB);
    } catch (IOException e) {
      throw notSubmitted(ReceiptArchiveJob.NAME, e);
    }
  }

  private Configuration jobConfiguration(StackOptions options) {
    Configuration config = Configuration.fromMap(BUNDLED);
    config.addAll(Configuration.fromMap(options.jobOptions()));
    config.set(KafkaOptions.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
    config.set(LedgerOptions.TRUSTED_KEYS_FILE, keys.publicFile().toString());
    return config;
  }

  private StreamExecutionEnvironment environment(StackOptions options) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(EmbeddedFlink.base(state));
    env.setParallelism(options.parallelism());
    return env;
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  private static StackException notSubmitted(String job, Exception e) {
    return new StackException(
        StackException.FLINK_FAILED,
        "expected a job that can be submitted: job=" + job + ", problem=" + e.getMessage() + ".",
        e);
  }

  private static void check(String name, JobClient job) {
    try {
      JobStatus status = job.getJobStatus().get(STATUS_WAIT_S, TimeUnit.SECONDS);
      if (status.isGloballyTerminalState()) {
        throw new StackException(
            StackException.FLINK_FAILED,
            "expected the job to run: job="
                + name
                + ", status="
                + status
                + ". See the logs with knhk logs.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new StackException(
          StackException.FLINK_FAILED,
          "expected Flink to answer: job=" + name + ", problem=" + e + ".",
          e);
    }
  }
}
