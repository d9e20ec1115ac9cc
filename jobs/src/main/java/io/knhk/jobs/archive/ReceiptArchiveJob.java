package io.knhk.jobs.archive;

import io.knhk.jobs.Checkpoints;
import io.knhk.jobs.JobArguments;
import java.io.IOException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * Reads receipts, snapshots, knowledge documents and dead letters, verifies every signature, link
 * and number, and writes them into PostgreSQL. Arguments: see {@link JobArguments}; options: see
 * {@link ArchiveOptions}.
 */
public final class ReceiptArchiveJob {
  public static final String NAME = "knhk receipt archive";

  private ReceiptArchiveJob() {}

  public static void main(String[] args) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    build(env, JobArguments.parse(args));
    env.execute(NAME);
  }

  /** Builds the job's graph for somebody else to submit. */
  public static StreamGraph graph(StreamExecutionEnvironment env, Configuration config)
      throws IOException {
    build(env, config);
    StreamGraph graph = env.getStreamGraph();
    graph.setJobName(NAME);
    return graph;
  }

  private static void build(StreamExecutionEnvironment env, Configuration config)
      throws IOException {
    Checkpoints.configure(env);
    ArchiveTopology.build(env, ArchiveOptions.from(config));
  }
}
