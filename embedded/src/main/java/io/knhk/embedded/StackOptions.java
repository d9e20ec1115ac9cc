package io.knhk.embedded;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;

/**
 * @param state folder that holds Kafka, PostgreSQL, checkpoints and keys
 * @param kafkaPort empty: the usual one, or a free one where that is taken
 * @param postgresqlPort likewise
 * @param webPort of Flink's page, likewise
 * @param parallelism of each job
 * @param jobOptions options of the jobs that differ from the bundled configuration
 */
public record StackOptions(
    Path state,
    OptionalInt kafkaPort,
    OptionalInt postgresqlPort,
    OptionalInt webPort,
    int parallelism,
    Map<String, String> jobOptions) {
  public StackOptions {
    jobOptions = Map.copyOf(jobOptions);
  }

  public static StackOptions of(Path state) {
    return new StackOptions(
        state, OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), 1, Map.of());
  }

  public StackOptions withPorts(OptionalInt kafka, OptionalInt postgresql, OptionalInt web) {
    return new StackOptions(state, kafka, postgresql, web, parallelism, jobOptions);
  }

  public StackOptions withParallelism(int jobs) {
    return new StackOptions(state, kafkaPort, postgresqlPort, webPort, jobs, jobOptions);
  }

  public StackOptions withJobOptions(Map<String, String> options) {
    return new StackOptions(state, kafkaPort, postgresqlPort, webPort, parallelism, options);
  }
}
