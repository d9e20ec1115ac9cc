package io.knhk.cli;

import java.nio.file.Path;
import java.util.List;
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
          "Folder to replay, <sector>/<event.type>.csv or <sector>/*.ndjson; none for nothing."
              + " Default: the bundled data.")
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
      names = "--no-flink",
      description =
          "Kafka and PostgreSQL alone, for jobs on another Flink; their options are written to"
              + " jobs/ in the state folder. Replays what --data names.")
  boolean noFlink;

  @Option(
      names = "--webhook",
      paramLabel = "URL",
      description =
          "Send notifications there, signed, from now on; may be given several times. Needs"
              + " --webhook-secret-file.")
  List<String> webhooks = List.of();

  @Option(
      names = "--webhook-secret-file",
      paramLabel = "FILE",
      description =
          "What webhooks are signed with: a file for its owner alone, of whsec_ and base64 of 24 to"
              + " 64 bytes.")
  @Nullable Path webhookSecretFile;

  @Option(
      names = "--new-log",
      paramLabel = "NAME",
      description =
          "Begin another ledger of that name with the knowledge there is; its chains start at"
              + " number 0. Later starts go on with it.")
  @Nullable String newLog;

  @Option(
      names = "--accept-regression",
      paramLabel = "REASON",
      description =
          "Go on from the end of the committed receipts although the checkpoints are behind them. A"
              + " signed receipt says so and why; what happened since those checkpoints may be"
              + " receipted twice.")
  @Nullable String acceptRegression;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Kafka, PostgreSQL, checkpoints and keys. Default: .knhk beside the launcher. Variable:"
              + " KNHK_STATE.")
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
