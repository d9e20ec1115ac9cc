package io.knhk.embedded;

import io.knhk.jobs.launch.KnhkJob;
import io.knhk.jobs.launch.LaunchException;
import io.knhk.jobs.launch.LaunchPlan;
import io.knhk.jobs.launch.Leftovers;
import io.knhk.jobs.launch.RetainedState;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink cluster in this process with its web page on the loopback interface. Checkpoints go to
 * the state folder and stay there when the cluster stops, so that a job submitted under the same id
 * goes on from the newest.
 */
public final class EmbeddedFlink implements AutoCloseable {
  public static final int DEFAULT_PORT = 18_081;

  /** Jobs that always run, each with a slot for every one of its parallel instances. */
  public static final int JOBS = 2;

  /** System property that names the process's log file, for the web page to show. */
  static final String LOG_FILE_PROPERTY = "knhk.log.file";

  /** What RocksDB may use, all slots together. It is not on the heap. */
  static final MemorySize MANAGED = MemorySize.ofMebiBytes(256);

  /** Buffers between operators. They are not on the heap. */
  static final MemorySize NETWORK = MemorySize.ofMebiBytes(64);

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedFlink.class);
  private static final Duration CALL_WAIT = Duration.ofSeconds(60);

  private final MiniCluster cluster;
  private final StateDirectory state;
  private final URI web;
  private boolean closed;

  private EmbeddedFlink(MiniCluster cluster, StateDirectory state, URI web) {
    this.cluster = cluster;
    this.state = state;
    this.web = web;
  }

  /**
   * Starts the cluster. Its web page is there when this returns; for a moment it may say that no
   * leader was elected yet.
   *
   * @param port of the web page; empty for {@link #DEFAULT_PORT}, or a free one where that is taken
   * @param parallelism of the jobs, 1 or more; there are {@link #JOBS} times as many slots
   * @throws StackException when the port is taken or the cluster does not start
   */
  public static EmbeddedFlink start(StateDirectory state, OptionalInt port, int parallelism) {
    return start(state, port, parallelism, JOBS);
  }

  /**
   * The same for so many jobs.
   *
   * @param jobs that run side by side
   */
  static EmbeddedFlink start(StateDirectory state, OptionalInt port, int parallelism, int jobs) {
    if (parallelism < 1) {
      throw new IllegalArgumentException(
          "expected at least one parallel instance: parallelism=" + parallelism);
    }
    int chosen = Ports.choose("Flink's web page", DEFAULT_PORT, port);
    Configuration configuration = base(state);
    configuration.set(RestOptions.PORT, chosen);
    configuration.set(RestOptions.BIND_PORT, Integer.toString(chosen));
    String log = System.getProperty(LOG_FILE_PROPERTY);
    if (log != null) {
      configuration.set(WebOptions.LOG_PATH, log);
    }
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(jobs * parallelism)
                .build());
    try {
      cluster.start();
      return new EmbeddedFlink(cluster, state, await(cluster.getRestAddress()));
    } catch (Exception e) { // MiniCluster.start declares no less
      closeAfter(cluster, e);
      throw new StackException(
          StackException.FLINK_FAILED,
          "expected Flink to start: port="
              + chosen
              + ", problem="
              + e
              + ". See the logs in "
              + state.logs()
              + ".",
          e);
    }
  }

  /**
   * What the cluster runs with, and what a job's environment has to be created with, since Flink
   * reads the interval of checkpoints and the like from the job. A new copy each time.
   */
  public static Configuration base(StateDirectory state) {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.ADDRESS, Ports.HOST);
    configuration.set(RestOptions.BIND_ADDRESS, Ports.HOST);
    configuration.set(WebOptions.SUBMIT_ENABLE, false);
    configuration.set(WebOptions.CANCEL_ENABLE, false);
    configuration.set(WebOptions.UPLOAD_DIR, state.flink().resolve("web").toString());
    configuration.set(WebOptions.TMP_DIR, state.flink().resolve("web").toString());
    configuration.set(CoreOptions.TMP_DIRS, state.flink().resolve("tmp").toString());
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED);
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, NETWORK);
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, NETWORK);
    configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, RetainedState.uri(state.checkpoints()));
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
    configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    configuration.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    // Where the newest is damaged, an older one is tried.
    configuration.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 3);
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    return configuration;
  }

  /** Address of Flink's web page and REST interface. */
  public URI webPage() {
    return web;
  }

  /**
   * Submits a job under its fixed id; it goes on from its newest state that is complete and
   * undamaged, where there is any. Returns once Flink has taken it. Within one cluster a job can be
   * submitted once.
   *
   * @param notes takes a line for each newer state that was passed over, and why
   * @throws StackException when all of its state is damaged, or Flink refuses the job
   */
  public JobClient submit(StreamGraph graph, KnhkJob job, Consumer<String> notes) {
    LaunchPlan plan = plan(job);
    plan.passedOver().forEach(damaged -> notes.accept("passed over damaged state: " + damaged));
    removeLeftovers(job, plan);
    graph.setJobId(plan.id());
    plan.from()
        .ifPresent(
            from -> {
              LOG.info("{} goes on from {}", job.title(), from.folder());
              graph.setSavepointRestoreSettings(
                  SavepointRestoreSettings.forPath(
                      from.uri(),
                      StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE.defaultValue(),
                      RecoveryClaimMode.CLAIM));
            });
    return submitted(graph, plan.id());
  }

  /** Submits a job that is none of KNHK's, under an id of its own and without state. */
  public JobClient submit(StreamGraph graph) {
    JobID id = JobID.generate();
    graph.setJobId(id);
    return submitted(graph, id);
  }

  /** Stops the jobs and the cluster; checkpoints stay. May be called twice. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      await(cluster.closeAsync());
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("Flink did not stop in order", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private JobClient submitted(StreamGraph graph, JobID id) {
    try {
      await(cluster.submitJob(graph.getJobGraph()));
    } catch (ExecutionException | TimeoutException e) {
      throw submitFailed(graph, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw submitFailed(graph, e);
    }
    return new MiniClusterJobClient(
        id,
        cluster,
        EmbeddedFlink.class.getClassLoader(),
        MiniClusterJobClient.JobFinalizationBehavior.NOTHING);
  }

  private void removeLeftovers(KnhkJob job, LaunchPlan plan) {
    try {
      Leftovers.remove(state.checkpoints(), job, plan.id());
    } catch (IOException e) {
      LOG.warn("Old checkpoints of {} stay", job.title(), e);
    }
  }

  private LaunchPlan plan(KnhkJob job) {
    try {
      return LaunchPlan.resume(job, List.of(state.checkpoints()), Set.of());
    } catch (LaunchException e) {
      throw new StackException(StackException.FLINK_FAILED, String.valueOf(e.getMessage()), e);
    }
  }

  private static void closeAfter(MiniCluster cluster, Exception failed) {
    try {
      await(cluster.closeAsync());
    } catch (ExecutionException | TimeoutException e) {
      failed.addSuppressed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failed.addSuppressed(e);
    }
  }

  private static StackException submitFailed(StreamGraph graph, Exception e) {
    return new StackException(
        StackException.FLINK_FAILED,
        "expected Flink to take the job: job=" + graph.getJobName() + ", problem=" + e + ".",
        e);
  }

  private static <T> T await(CompletableFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(CALL_WAIT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
