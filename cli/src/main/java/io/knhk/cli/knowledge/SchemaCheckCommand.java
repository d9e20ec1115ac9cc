package io.knhk.cli.knowledge;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.ExitCode;
import io.knhk.cli.OutputOptions;
import io.knhk.cli.Rows;
import io.knhk.cli.Terminal;
import io.knhk.knowledge.schema.SchemaCheck;
import io.knhk.knowledge.schema.SchemaFinding;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "check",
    description = {
      "Holds a schema of yours, JSON Schema or Avro, against what was promoted of an event type.",
      "would-not-conform: your schema lets something through that the sector would not. missing: the"
          + " sector knows more. not-looked-at: this part of your schema is not understood.",
      "Exit code 1: something would not conform."
    },
    footer = {
      "",
      "Example:",
      "  knhk schema check payment.avsc --sector finance --event-type payment.authorised"
    })
final class SchemaCheckCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final LedgerOptions ledger = new LedgerOptions();
  @Mixin private final WhichSnapshotOptions which = new WhichSnapshotOptions();

  @Parameters(paramLabel = "FILE", description = "Your schema.")
  private Path file = Path.of("");

  @Option(
      names = "--event-type",
      paramLabel = "TYPE",
      description = "What to hold it against. Default: what the schema itself names.")
  private String eventType = "";

  SchemaCheckCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    which.check();
    byte[] schema = Given.bytes(file, SchemaCheck.BYTES_MAX);
    CompiledSnapshot snapshot;
    try (KnowledgeTables tables = ledger.tables(terminal)) {
      snapshot = which.compiled(tables);
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    SchemaCheck.Result result = SchemaCheck.check(schema, snapshot, eventType);
    if (result instanceof SchemaCheck.Result.Refused refused) {
      throw CliError.BAD_INPUT_FILE.because(
          refused.detail() + ", file=" + file,
          "Give JSON Schema or Avro, and the type with --event-type.");
    }
    SchemaCheck.Result.Checked checked = (SchemaCheck.Result.Checked) result;
    write(checked);
    if (!checked.fits()) {
      throw CliError.SCHEMA_DIFFERS.because(
          "expected everything that the schema accepts to conform: file="
              + file
              + ", eventType="
              + checked.eventType()
              + ", snapshot="
              + snapshot.sector()
              + "/"
              + snapshot.version(),
          "knhk schema export --sector "
              + snapshot.sector()
              + " --event-type "
              + checked.eventType()
              + " writes one that fits.");
    }
    terminal.note(
        "What the schema accepts conforms to "
            + checked.eventType()
            + " of "
            + snapshot.sector()
            + "/"
            + snapshot.version()
            + ".");
    return ExitCode.OK;
  }

  private void write(SchemaCheck.Result.Checked checked) {
    try (Rows rows =
        new Rows(terminal.out(), output.format(), List.of("severity", "path", "message"))) {
      for (SchemaFinding finding : checked.findings()) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.put("severity", finding.severity().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        row.put("path", finding.path());
        row.put("message", finding.message());
        rows.add(row);
      }
    }
  }
}
