package io.knhk.cli;

import io.knhk.embedded.ArchiveSchema.Migration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "status",
    description =
        "Shows which migrations of this release a database has. Any login that may read the archive"
            + " will do.",
    footer = {
      "",
      "Example:",
      "  knhk database status --postgres postgresql://HOST/knhk --postgres-user NAME"
          + " --postgres-password-file FILE",
      "",
      "applied; pending: knhk database migrate applies it; unknown: a newer release was there;"
          + " changed: what was applied",
      "is not what this release brings; failed."
    })
final class DatabaseStatusCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  DatabaseStatusCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    OwnerDatabase database = OwnerDatabase.open(connection, terminal);
    // Says in its own words whether the server answers, before Flyway does in others.
    database.missingRights();
    List<Migration> migrations = database.schema().status();
    try (Rows rows =
        new Rows(
            terminal.out(),
            output.format(),
            List.of("version", "description", "result", "appliedAt", "appliedBy"))) {
      for (Migration migration : migrations) {
        OwnerDatabase.row(rows, migration, migration.state().name().toLowerCase(Locale.ROOT));
      }
    }
    return ExitCode.OK;
  }
}
