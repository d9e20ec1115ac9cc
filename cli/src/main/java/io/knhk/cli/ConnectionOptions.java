package io.knhk.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the stack is, as flags say it. */
public final class ConnectionOptions {
  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "State folder of a running up. Default: .knhk beside the launcher. Variable: KNHK_STATE.")
  @Nullable Path state;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "Profile of ~/.config/knhk/config.yaml. Variable: KNHK_PROFILE.")
  @Nullable String profile;

  @Option(
      names = "--bootstrap-server",
      paramLabel = "HOST:PORT",
      description = "Kafka. Variable: KNHK_BOOTSTRAP_SERVER.")
  @Nullable String bootstrapServer;

  @Option(
      names = "--command-config",
      paramLabel = "FILE",
      description = "Properties for Kafka clients. Variable: KNHK_COMMAND_CONFIG.")
  @Nullable Path commandConfig;

  @Option(
      names = "--postgres",
      paramLabel = "URI",
      description = "postgresql://HOST:PORT/DATABASE. Variable: KNHK_POSTGRES.")
  @Nullable String postgres;

  @Option(
      names = "--postgres-user",
      paramLabel = "NAME",
      description = "Who to be there. Variable: KNHK_POSTGRES_USER.")
  @Nullable String postgresUser;

  @Option(
      names = "--postgres-password-file",
      paramLabel = "FILE",
      description =
          "File with the password, readable by you alone. Variable: KNHK_POSTGRES_PASSWORD_FILE.")
  @Nullable Path postgresPasswordFile;

  @Option(
      names = "--flink",
      paramLabel = "URL",
      description = "Flink's web page. Variable: KNHK_FLINK.")
  @Nullable String flink;
}
