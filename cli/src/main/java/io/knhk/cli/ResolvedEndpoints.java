package io.knhk.cli;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of a stack are, as far as anybody said.
 *
 * @param stateDir where a state folder would be; it need not exist
 * @param pid process of a running {@code up}
 * @param commandConfig file with properties for Kafka clients
 * @param jdbcUrl without a user
 * @param log name of the ledger, as far as anybody said
 * @param signingKey PEM file of the person's own key
 */
public record ResolvedEndpoints(
    Path stateDir,
    @Nullable Long pid,
    @Nullable String bootstrapServers,
    @Nullable Path commandConfig,
    @Nullable String jdbcUrl,
    @Nullable Login auditor,
    @Nullable Login writer,
    @Nullable String flink,
    @Nullable Path publicKey,
    @Nullable String log,
    @Nullable Path signingKey) {
  /**
   * A user and the file with the password.
   *
   * @param passwordFile null where none is needed
   */
  public record Login(String user, @Nullable Path passwordFile) {}

  /** Settings of a Kafka client without those of the command config. */
  Map<String, Object> kafkaSettings() {
    return bootstrapServers == null ? Map.of() : Map.of("bootstrap.servers", bootstrapServers);
  }
}
