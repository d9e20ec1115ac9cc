package io.knhk.jobs.loop;

import io.knhk.jobs.Checkpoints;
import io.knhk.jobs.JobArguments;
import io.knhk.ledger.LedgerFormatException;
import java.io.IOException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * Monitor, analyze, plan, execute: reads observations, emits signed receipts and snapshots.
 * Arguments: see {@link JobArguments}; options: see {@link ClosedLoopOptions}.
 */
public final class ClosedLoopJob {
  public static final String NAME = "knhk closed loop";

  private ClosedLoopJob() {}

  public static void main(String[] args) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    build(env, JobArguments.parse(args));
    env.execute(NAME);
  }

  /** Builds the job's graph for somebody else to submit. */
  public static StreamGraph graph(StreamExecutionEnvironment env, Configuration config)
      throws IOException, LedgerFormatException {
    build(env, config);
    StreamGraph graph = env.getStreamGraph();
    graph.setJobName(NAME);
    return graph;
  }

  private static void build(StreamExecutionEnvironment env, Configuration config)
      throws IOException, LedgerFormatException {
    Checkpoints.configure(env);
    ClosedLoopTopology.build(env, ClosedLoopOptions.from(config));
  }
}
