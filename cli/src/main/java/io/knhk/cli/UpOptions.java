package io.knhk.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code up} may be told. */
final class UpOptions {
  @Option(
      names = "--once",
      description = "Replay, wait until all is accounted for, verify, print a summary and end.")
  boolean once;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder to replay, <sector>/<event.type>.csv or <sector>/*.ndjson; none for nothing. Default: the bundled data.")
  @Nullable String data;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Observations a second; 0 for as fast as possible. Default: 2000.")
  @Nullable Integer rate;

  @Option(names = "--json", description = "With --once: one JSON object alone on stdout.")
  boolean json;

  @Option(
      names = "--export",
      paramLabel = "FILE",
      description = "With --once: write all receipts there, one DSSE envelope a line.")
  @Nullable Path export;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Kafka, PostgreSQL, checkpoints and keys. Default: .knhk beside the launcher. Variable: KNHK_STATE.")
  @Nullable Path state;

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      description = "Default: 19092, or a free one.")
  @Nullable Integer kafkaPort;

  @Option(
      names = "--postgres-port",
      paramLabel = "PORT",
      description = "Default: 15432, or a free one.")
  @Nullable Integer postgresPort;

  @Option(
      names = "--flink-port",
      paramLabel = "PORT",
      description = "Default: 18081, or a free one.")
  @Nullable Integer flinkPort;
}
