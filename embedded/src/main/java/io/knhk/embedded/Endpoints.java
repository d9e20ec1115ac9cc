package io.knhk.embedded;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a running stack is: what {@code endpoints.json} in its state folder says.
 *
 * @param bootstrapServers Kafka's, {@code host:port}
 * @param jdbcUrl without credentials
 * @param postgresqlUri for {@code psql}, as the auditor
 * @param auditorUser login that may select
 * @param auditorPasswordFile its password
 * @param writerUser login that may insert and select
 * @param writerPasswordFile its password
 * @param flinkUrl Flink's web page; null where Flink runs elsewhere
 * @param log name of the ledger
 * @param publicKeyFile PEM file of the key that signs
 * @param pid of the process
 */
public record Endpoints(
    String bootstrapServers,
    String jdbcUrl,
    String postgresqlUri,
    String auditorUser,
    Path auditorPasswordFile,
    String writerUser,
    Path writerPasswordFile,
    @Nullable String flinkUrl,
    String log,
    Path publicKeyFile,
    long pid) {

  /** What the file says; empty when there is none, or it was written by another release. */
  public static Optional<Endpoints> read(Path file) {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      Map<?, ?> m = new ObjectMapper().readValue(Files.readAllBytes(file), Map.class);
      return Optional.of(
          new Endpoints(
              text(m, "bootstrapServers"),
              text(m, "jdbcUrl"),
              text(m, "postgresqlUri"),
              text(m, "auditorUser"),
              Path.of(text(m, "auditorPasswordFile")),
              text(m, "writerUser"),
              Path.of(text(m, "writerPasswordFile")),
              optional(m, "flinkUrl"),
              text(m, "log"),
              Path.of(text(m, "publicKeyFile")),
              Long.parseLong(text(m, "pid"))));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  Map<String, String> toMap() {
    Map<String, String> map = new TreeMap<>();
    map.put("bootstrapServers", bootstrapServers);
    map.put("jdbcUrl", jdbcUrl);
    map.put("postgresqlUri", postgresqlUri);
    map.put("auditorUser", auditorUser);
    map.put("auditorPasswordFile", auditorPasswordFile.toString());
    map.put("writerUser", writerUser);
    map.put("writerPasswordFile", writerPasswordFile.toString());
    if (flinkUrl != null) {
      map.put("flinkUrl", flinkUrl);
    }
    map.put("log", log);
    map.put("publicKeyFile", publicKeyFile.toString());
    map.put("pid", Long.toString(pid));
    return map;
  }

  private static @Nullable String optional(Map<?, ?> map, String name) {
    Object value = map.get(name);
    return value == null ? null : value.toString();
  }

  private static String text(Map<?, ?> map, String name) {
    String value = optional(map, name);
    if (value == null) {
      throw new IllegalArgumentException("expected a member: name=" + name);
    }
    return value;
  }
}
