package io.knhk.cli;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    description = "Lists receipts, the newest numbers first.",
    footer = {
      "",
      "Example:",
      "  knhk receipts list --sector finance --operation PatternDetected --since 2h"
    })
final class ReceiptsListCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final ReceiptFilter filter = new ReceiptFilter();
  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: 100.")
  private int limit = 100;

  ReceiptsListCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Limits.checkLimit(limit);
    ResolvedEndpoints endpoints = EndpointResolver.resolve(connection, terminal);
    Shown shown = new Shown(limit, terminal);
    try (Connection archive = Archive.asAuditor(endpoints);
        Rows rows =
            new Rows(
                terminal.out(),
                output.format(),
                List.of("sector", "seq", "operation", "outcome", "recordedAt", "subject", "id"))) {
      filter
          .applyTo(ReceiptRows.SELECT)
          .then("order by timestamp desc, sector, seq desc limit " + (limit + 1L))
          .forEach(
              archive,
              row -> {
                if (shown.admits()) {
                  rows.add(ReceiptRows.toJson(row));
                }
              });
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    shown.sayIfCut();
    return ExitCode.OK;
  }
}
