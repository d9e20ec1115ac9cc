package io.knhk.jobs;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What the jobs need of Flink whatever the cluster says, and what they would like unless it says
 * otherwise. Decisions are taken on aligned checkpoint barriers, so unaligned checkpoints are
 * refused.
 */
public final class Checkpoints {
  /** Fixed for good: keyed state of an old savepoint is laid out by it. */
  public static final int MAX_PARALLELISM = 128;

  private static final int TOLERABLE_FAILURES = 30;
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private Checkpoints() {}

  public static void configure(StreamExecutionEnvironment env) {
    ReadableConfig given = env.getConfiguration();
    if (given.get(CheckpointingOptions.ENABLE_UNALIGNED)) {
      throw new IllegalArgumentException(
          "expected aligned checkpoints, which every decision is taken on: "
              + CheckpointingOptions.ENABLE_UNALIGNED.key()
              + "=true");
    }
    Configuration config = new Configuration();
    if (given.getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL).isEmpty()) {
      config.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, INTERVAL);
    }
    if (given.getOptional(StateBackendOptions.STATE_BACKEND).isEmpty()) {
      config.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
      config.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    }
    config.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    config.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    // A sink that waits for Kafka or PostgreSQL holds barriers back until they time out, which is
    // no failure for hours; storage
    // that refuses every checkpoint is one soon.
    config.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, TOLERABLE_FAILURES);
    config.set(PipelineOptions.GENERIC_TYPES, false);
    config.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    env.configure(config, Checkpoints.class.getClassLoader());
    env.setMaxParallelism(MAX_PARALLELISM);
  }
}
