package io.knhk.embedded;

import io.knhk.jobs.archive.ReceiptArchiveJob;
import io.knhk.jobs.launch.CheckpointSealer;
import io.knhk.jobs.launch.KnhkJob;
import io.knhk.jobs.loop.ClosedLoopJob;
import io.knhk.jobs.notify.NotificationJob;
import io.knhk.ledger.LedgerFormatException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole of KNHK on one machine, in one process: a Kafka broker, PostgreSQL, Flink, and the jobs
 * on it, that for notifications where a webhook was named. What it was doing when it was stopped or
 * killed it goes on with when it is started on the same state folder.
 */
public final class Stack implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Stack.class);
  private static final long STATUS_WAIT_S = 10;

  /** The loop says so before it numbers anything. */
  private static final Set<String> NOT_BEGUN = Set.of("KNHK-1201", "KNHK-1202");

  /** How a job says that it will not run with what it was given. */
  private static final Pattern REFUSAL = Pattern.compile("(?s)(KNHK-12\\d\\d): (.*)");

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Servers servers;
  private final EmbeddedFlink flink;
  private final JobClient loop;
  private final JobClient archive;
  private final Optional<JobClient> notify;

  private Stack(StackOptions options, Consumer<String> progress) {
    servers = opened(Servers.start(options, progress));
    try {
      StateDirectory state = servers.state();
      opened(CheckpointSealer.start(state.checkpoints()));
      progress.accept("starting Flink");
      Optional<Configuration> notifyOptions = servers.notifyOptions();
      int jobs = EmbeddedFlink.JOBS + (notifyOptions.isPresent() ? 1 : 0);
      flink = opened(EmbeddedFlink.start(state, options.webPort(), options.parallelism(), jobs));
      progress.accept("submitting the jobs");
      loop = submitLoop(options, progress);
      archive = submitArchive(options, progress);
      notify = notifyOptions.map(config -> submitNotify(options, config, progress));
      state.writeEndpoints(endpoints().toMap());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts everything and submits the jobs.
   *
   * @param progress takes a line before each step
   * @throws StackException when something does not start; what did is stopped again
   */
  public static Stack start(StackOptions options, Consumer<String> progress) {
    return new Stack(options, progress);
  }

  public StateDirectory state() {
    return servers.state();
  }

  public StackKeys keys() {
    return servers.keys();
  }

  /** Empty where the configuration names persons of its own. */
  public Optional<DemonstrationApprovers> approvers() {
    return servers.approvers();
  }

  public EmbeddedPostgresql postgresql() {
    return servers.postgresql();
  }

  public EmbeddedKafka kafka() {
    return servers.kafka();
  }

  public Endpoints endpoints() {
    return servers.endpoints(flink.webPage().toString());
  }

  /**
   * @throws StackException when a job has ended, which none does by itself
   */
  public void check() {
    check(ClosedLoopJob.NAME, loop);
    check(ReceiptArchiveJob.NAME, archive);
    notify.ifPresent(job -> check(NotificationJob.NAME, job));
  }

  /** Stops everything, in the reverse order; the jobs' checkpoints stay. May be called twice. */
  @Override
  public void close() {
    servers.state().removeEndpoints();
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) { // AutoCloseable declares no less
        LOG.warn("{} did not stop in order", part.getClass().getSimpleName(), e);
      }
    }
  }

  private JobClient submitLoop(StackOptions options, Consumer<String> progress) {
    Configuration config = servers.loopOptions();
    try {
      return flink.submit(
          ClosedLoopJob.graph(environment(options), config), KnhkJob.LOOP, progress);
    } catch (IOException | LedgerFormatException e) {
      throw notSubmitted(ClosedLoopJob.NAME, e);
    }
  }

  private JobClient submitArchive(StackOptions options, Consumer<String> progress) {
    Configuration config = servers.archiveOptions();
    try {
      return flink.submit(
          ReceiptArchiveJob.graph(environment(options), config), KnhkJob.ARCHIVE, progress);
    } catch (IOException e) {
      throw notSubmitted(ReceiptArchiveJob.NAME, e);
    }
  }

  private JobClient submitNotify(
      StackOptions options, Configuration config, Consumer<String> progress) {
    try {
      return flink.submit(
          NotificationJob.graph(environment(options), config), KnhkJob.NOTIFY, progress);
    } catch (IOException | IllegalArgumentException e) {
      throw notSubmitted(NotificationJob.NAME, e);
    }
  }

  private StreamExecutionEnvironment environment(StackOptions options) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(EmbeddedFlink.base(servers.state()));
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

  private void check(String name, JobClient job) {
    try {
      JobStatus status = job.getJobStatus().get(STATUS_WAIT_S, TimeUnit.SECONDS);
      if (status.isGloballyTerminalState()) {
        throw ended(name, status, job);
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

  private StackException ended(String name, JobStatus status, JobClient job) {
    Throwable cause = null;
    try {
      job.getJobExecutionResult().get(STATUS_WAIT_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      cause = e;
    }
    for (Throwable at = cause; at != null; at = at.getCause()) {
      String message = String.valueOf(at.getMessage());
      Matcher refusal = REFUSAL.matcher(message);
      if (refusal.matches()) {
        if (name.equals(ClosedLoopJob.NAME) && NOT_BEGUN.contains(refusal.group(1))) {
          servers.forgetNewLog();
        }
        return new StackException(refusal.group(1), refusal.group(2), at);
      }
    }
    return new StackException(
        StackException.FLINK_FAILED,
        "expected the job to run: job="
            + name
            + ", status="
            + status
            + ". See the logs with knhk logs.",
        cause);
  }
}
