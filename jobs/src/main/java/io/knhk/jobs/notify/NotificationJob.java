package io.knhk.jobs.notify;

import io.knhk.jobs.Checkpoints;
import io.knhk.jobs.JobArguments;
import java.io.IOException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * Reads notifications, verifies each signature, and sends them to webhooks, signed, until they are
 * taken. Arguments: see {@link JobArguments}; options: see {@link NotificationOptions}.
 */
public final class NotificationJob {
  public static final String NAME = "knhk notifications";

  private NotificationJob() {}

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
    NotificationTopology.build(env, NotificationOptions.from(config));
  }
}
