package io.knhk.cli.govern;

import io.knhk.cli.Archive;
import io.knhk.cli.ExitCode;
import io.knhk.cli.OutputOptions;
import io.knhk.cli.Rows;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.Given;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.cli.knowledge.LedgerOptions;
import io.knhk.schemas.Sectors;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    description = {
      "Lists the guards of the newest snapshots: what they limit, how many people it takes to relax"
          + " them, and until when they are relaxed."
    },
    footer = {"", "Example:", "  knhk guards list --sector finance"})
final class GuardsListCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Clock clock;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final LedgerOptions ledger = new LedgerOptions();

  @Option(names = "--sector", paramLabel = "SECTOR", description = "Only this sector's.")
  private @Nullable String sector;

  GuardsListCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    Given.sectorOrAll(sector);
    try (KnowledgeTables tables = ledger.tables(terminal);
        Rows rows =
            new Rows(
                terminal.out(),
                output.format(),
                List.of("sector", "guard", "kind", "criticality", "limits", "relaxedUntil"))) {
      for (String one : sector == null ? Sectors.ALL : List.of(sector)) {
        GuardRow.of(tables, one, clock.millis()).forEach(guard -> rows.add(guard.toJson()));
      }
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    return ExitCode.OK;
  }
}
