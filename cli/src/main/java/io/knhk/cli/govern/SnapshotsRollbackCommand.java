package io.knhk.cli.govern;

import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.Given;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.cli.knowledge.PromotedVersion;
import io.knhk.schemas.control.ControlContent;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "rollback",
    description = {
      "Asks that a sector says again what it said in an earlier snapshot. People decide; then a new"
          + " snapshot has the old content. History stays as it is.",
      "What is taken back that way is held: the loop does not propose it again until somebody"
          + " releases it."
    },
    footer = {
      "",
      "Example:",
      "  knhk snapshots rollback --sector finance --to finance/3 --reason 'Version 4 let cents in'"
    })
final class SnapshotsRollbackCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final SigningOptions signing = new SigningOptions();

  @Option(names = "--sector", paramLabel = "SECTOR", required = true, description = "Whose.")
  private String sector = "";

  @Option(
      names = "--to",
      paramLabel = "ID",
      required = true,
      description = "The snapshot: its id, the beginning of it, or SECTOR/VERSION.")
  private String to = "";

  @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
  private String reason = "";

  SnapshotsRollbackCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    Given.sector(sector);
    Given.text("--reason", reason);
    try (ControlSession session = signing.open(terminal)) {
      PromotedVersion version = earlier(session.tables());
      return session.submit(sector, new ControlContent.RollBack(version.snapshotId(), reason));
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }

  private PromotedVersion earlier(KnowledgeTables tables) throws SQLException {
    PromotedVersion version = tables.snapshot(to, sector);
    PromotedVersion head = tables.head(sector).orElse(version);
    if (!version.sector().equals(sector) || version.snapshotId().equals(head.snapshotId())) {
      throw CliError.USAGE.because(
          "expected an earlier snapshot of the sector: --to="
              + to
              + ", which is "
              + version.name()
              + ", newest="
              + head.name(),
          "knhk snapshots list --sector " + sector + " shows them.");
    }
    return version;
  }
}
