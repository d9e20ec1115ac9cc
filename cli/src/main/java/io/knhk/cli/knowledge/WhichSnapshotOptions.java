package io.knhk.cli.knowledge;

import io.knhk.cli.CliError;
import io.knhk.cli.Times;
import io.knhk.knowledge.SnapshotCompiler;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which of a sector's snapshots: the newest, one by its name, or that of a time. */
final class WhichSnapshotOptions {
  @Option(names = "--sector", paramLabel = "SECTOR", required = true, description = "Whose.")
  private String sector = "";

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private Earlier earlier = new Earlier();

  /** One of two. */
  private static final class Earlier {
    @Option(
        names = "--snapshot",
        required = true,
        paramLabel = "ID",
        description = "As of this snapshot: SECTOR/VERSION, an id, or the beginning of one.")
    private @Nullable String snapshot;

    @Option(
        names = "--at",
        required = true,
        paramLabel = "TIME",
        description = "As of this time: RFC 3339, or how long ago (2h).")
    private @Nullable Instant at;
  }

  void check() {
    Given.sector(sector);
  }

  /** The snapshot, compiled from triples that are what its id says. */
  CompiledSnapshot compiled(KnowledgeTables tables) throws SQLException {
    StoredSnapshot stored = StoredSnapshot.read(tables, version(tables));
    PromotedVersion version = stored.version();
    return SnapshotCompiler.compile(
        version.sector(), stored.snapshot(), version.version(), "", "", 0, Map.of());
  }

  private PromotedVersion version(KnowledgeTables tables) throws SQLException {
    if (earlier.at != null) {
      long at = earlier.at.toEpochMilli();
      return tables
          .at(sector, at)
          .orElseThrow(
              () ->
                  CliError.NOT_FOUND.because(
                      "expected a snapshot that was in force: sector="
                          + sector
                          + ", at="
                          + Times.text(at),
                      "knhk snapshots list --sector " + sector + " shows since when they are."));
    }
    PromotedVersion version =
        tables.snapshot(earlier.snapshot == null ? sector : earlier.snapshot, sector);
    if (!version.sector().equals(sector)) {
      throw CliError.USAGE.because(
          "expected a snapshot of the sector: --sector=" + sector + ", snapshot=" + version.name(),
          "knhk snapshots list --sector " + sector + " shows them.");
    }
    return version;
  }
}
