package io.knhk.cli.knowledge;

import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.ExitCode;
import io.knhk.cli.Terminal;
import io.knhk.knowledge.schema.SchemaExport;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledType;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "export",
    description = {
      "Writes what was promoted of an event type as a schema of an observation's data, for those who"
          + " produce or consume it."
    },
    footer = {
      "",
      "Examples:",
      "  knhk schema export --sector finance --event-type payment.authorised --format jsonschema",
      "  knhk schema export --sector finance --event-type payment.authorised --format avro --at 7d"
    })
final class SchemaExportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final LedgerOptions ledger = new LedgerOptions();
  @Mixin private final WhichSnapshotOptions which = new WhichSnapshotOptions();

  @Option(names = "--event-type", paramLabel = "TYPE", required = true, description = "Which.")
  private String eventType = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "jsonschema (draft 2020-12) or avro (1.12). Default: jsonschema.")
  private String format = "jsonschema";

  SchemaExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    which.check();
    SchemaExport.Format wanted =
        SchemaExport.Format.named(format)
            .orElseThrow(
                () ->
                    CliError.USAGE.because(
                        "expected a format: --format="
                            + format
                            + ", known="
                            + Arrays.stream(SchemaExport.Format.values())
                                .map(known -> known.name().toLowerCase(Locale.ROOT))
                                .toList(),
                        "Give one of these."));
    try (KnowledgeTables tables = ledger.tables(terminal)) {
      CompiledSnapshot snapshot = which.compiled(tables);
      String schema =
          SchemaExport.of(snapshot, eventType, wanted)
              .orElseThrow(
                  () ->
                      CliError.NOT_FOUND.because(
                          "expected an event type of the snapshot: eventType="
                              + eventType
                              + ", snapshot="
                              + snapshot.sector()
                              + "/"
                              + snapshot.version()
                              + ", known="
                              + snapshot.types().stream().map(CompiledType::name).toList(),
                          "Give one of these."));
      terminal.note(snapshot.sector() + "/" + snapshot.version() + ", id " + snapshot.snapshotId());
      terminal.out().print(schema);
      terminal.out().flush();
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    return ExitCode.OK;
  }
}
