package io.knhk.embedded;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.jspecify.annotations.Nullable;

/**
 * The archive's tables in some PostgreSQL database, as far as the migrations on the class path have
 * brought them. Opens a connection for each call, and none before.
 */
public final class ArchiveSchema {
  public static final String NAME = "knhk";

  /** Where Flyway keeps what it did. */
  public static final String HISTORY = "flyway_schema_history";

  private static final String MIGRATIONS = "classpath:io/knhk/schemas/sql";

  private final Flyway flyway;

  /**
   * @param jdbcUrl without user and password
   * @param user null for the name of who runs the process
   * @param password null where the server asks for none
   */
  public ArchiveSchema(String jdbcUrl, @Nullable String user, @Nullable String password) {
    flyway =
        Flyway.configure()
            .dataSource(jdbcUrl, user, password)
            .jdbcProperties(Map.of("ApplicationName", "knhk", "connectTimeout", "5"))
            .locations(MIGRATIONS)
            .schemas(NAME)
            .load();
  }

  /**
   * Applies what is pending, each migration in a transaction of its own. Two at once wait for each
   * other. Does nothing when nothing is pending.
   *
   * @return every migration, applied before or now
   * @throws StackException when one fails, which leaves nothing of it behind, or the database was
   *     changed by something else
   */
  public List<Migration> migrate() {
    try {
      flyway.migrate();
      return status();
    } catch (FlywayException e) {
      throw new StackException(
          StackException.POSTGRESQL_FAILED,
          "expected the schema to be brought up to date: problem="
              + firstLine(e)
              + ". A newer KNHK may have written this database, or the login may lack a right.",
          e);
    }
  }

  /**
   * Every migration of this release, and any that only the database knows, by version. Changes
   * nothing; needs to read {@link #HISTORY}.
   *
   * @throws StackException when the database does not answer or does not let it be read
   */
  public List<Migration> status() {
    try {
      return Arrays.stream(flyway.info().all())
          .filter(migration -> migration.getVersion() != null)
          .map(ArchiveSchema::migration)
          .toList();
    } catch (FlywayException e) {
      throw new StackException(
          StackException.POSTGRESQL_FAILED,
          "expected to read which migrations were applied: problem=" + firstLine(e) + ".",
          e);
    }
  }

  private static Migration migration(MigrationInfo info) {
    return new Migration(
        info.getVersion().getVersion(),
        info.getDescription(),
        state(info),
        info.getInstalledOn() == null ? null : info.getInstalledOn().toInstant(),
        info.getInstalledBy());
  }

  private static State state(MigrationInfo info) {
    MigrationState state = info.getState();
    if (state.isFailed()) {
      return State.FAILED;
    }
    if (!state.isApplied()) {
      return State.PENDING;
    }
    if (!state.isResolved()) {
      return State.UNKNOWN;
    }
    return Objects.equals(info.getResolvedChecksum(), info.getAppliedChecksum())
        ? State.APPLIED
        : State.CHANGED;
  }

  private static String firstLine(FlywayException e) {
    return String.valueOf(e.getMessage())
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("---"))
        .limit(6)
        .reduce((a, b) -> a + " | " + b)
        .orElse(e.toString());
  }

  /** How a migration stands. */
  public enum State {
    APPLIED,
    PENDING,
    /** In the database and not in this release: a newer release was there. */
    UNKNOWN,
    /** What was applied is not what this release brings under that version. */
    CHANGED,
    FAILED
  }

  /**
   * One step of the schema.
   *
   * @param version {@code 1} for {@code V1__archive.sql}
   * @param appliedAt null where it was not
   * @param appliedBy login that applied it; null where nobody did
   */
  public record Migration(
      String version,
      String description,
      State state,
      @Nullable Instant appliedAt,
      @Nullable String appliedBy) {}
}
