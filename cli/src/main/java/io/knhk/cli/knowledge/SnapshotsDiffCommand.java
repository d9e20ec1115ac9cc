package io.knhk.cli.knowledge;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.ExitCode;
import io.knhk.cli.OutputFormat;
import io.knhk.cli.OutputOptions;
import io.knhk.cli.Rows;
import io.knhk.cli.Terminal;
import io.knhk.knowledge.Compatibility;
import io.knhk.knowledge.CompiledChange;
import io.knhk.knowledge.PlainDiff;
import io.knhk.knowledge.Snapshot;
import io.knhk.knowledge.SnapshotCompiler;
import io.knhk.schemas.knowledge.Delta;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "diff",
    description = {
      "Says what the second snapshot says otherwise than the first: in plain words, then triple by"
          + " triple."
    },
    footer = {
      "",
      "Examples:",
      "  knhk snapshots diff finance/3 finance/4",
      "  knhk snapshots diff 3f2a finance --only words"
    })
final class SnapshotsDiffCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final LedgerOptions ledger = new LedgerOptions();

  @Parameters(
      index = "0",
      paramLabel = "A",
      description = "SECTOR/VERSION, SECTOR for its newest, an id, or the beginning of one.")
  private String from = "";

  @Parameters(index = "1", paramLabel = "B", description = "Likewise.")
  private String to = "";

  @Option(
      names = "--only",
      paramLabel = "PART",
      description = "Only this: ${COMPLETION-CANDIDATES}.")
  private @Nullable Part only;

  /** What a difference can be shown as. */
  private enum Part {
    words,
    triples
  }

  SnapshotsDiffCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (KnowledgeTables tables = ledger.tables(terminal)) {
      PromotedVersion first = tables.snapshot(from, null);
      PromotedVersion second = tables.snapshot(to, null);
      if (!first.sector().equals(second.sector())) {
        throw CliError.USAGE.because(
            "expected two snapshots of one sector: A=" + first.name() + ", B=" + second.name(),
            "knhk snapshots list shows them.");
      }
      write(StoredSnapshot.read(tables, first), StoredSnapshot.read(tables, second));
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    return ExitCode.OK;
  }

  private void write(StoredSnapshot first, StoredSnapshot second) {
    Delta delta = delta(first.snapshot(), second.snapshot());
    CompiledChange compiled = compiled(first, delta);
    List<String> words = compiled == null ? PlainDiff.of(delta) : PlainDiff.of(compiled);
    if (output.format() != OutputFormat.table) {
      Rows.writeOne(terminal.out(), output.format(), toJson(first, second, delta, compiled, words));
      return;
    }
    if (only != Part.triples) {
      words.forEach(word -> terminal.out().println(Rows.printable(word)));
      if (delta.size() == 0) {
        terminal.out().println("Both say the same.");
      } else if (compiled != null) {
        terminal.out().println("Compatibility: " + name(compiled) + ".");
      }
    }
    if (only == null && delta.size() > 0) {
      terminal.out().println();
    }
    if (only != Part.words) {
      delta.removed().forEach(line -> terminal.out().println("- " + Rows.printable(line)));
      delta.added().forEach(line -> terminal.out().println("+ " + Rows.printable(line)));
    }
    terminal.out().flush();
  }

  private ObjectNode toJson(
      StoredSnapshot first,
      StoredSnapshot second,
      Delta delta,
      @Nullable CompiledChange compiled,
      List<String> words) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("from", first.version().name());
    json.put("fromId", first.version().snapshotId());
    json.put("to", second.version().name());
    json.put("toId", second.version().snapshotId());
    json.put("compatibility", compiled == null ? null : name(compiled));
    words.forEach(json.putArray("words")::add);
    delta.added().forEach(json.putArray("added")::add);
    delta.removed().forEach(json.putArray("removed")::add);
    return json;
  }

  private static String name(CompiledChange compiled) {
    return Compatibility.of(compiled).name().toLowerCase(Locale.ROOT);
  }

  static Delta delta(Snapshot first, Snapshot second) {
    return new Delta(
        second.lines().stream().filter(line -> !first.contains(line)).toList(),
        first.lines().stream().filter(line -> !second.contains(line)).toList());
  }

  /** Null where the second does not compile, or too much of it changed to say it type by type. */
  private static @Nullable CompiledChange compiled(StoredSnapshot first, Delta delta) {
    CompiledChange.Outcome outcome =
        CompiledChange.of(
            first.snapshot(),
            SnapshotCompiler.compile(
                first.version().sector(),
                first.snapshot(),
                first.version().version(),
                "",
                "",
                0,
                Map.of()),
            delta);
    return outcome instanceof CompiledChange.Outcome.Compiled compiled ? compiled.change() : null;
  }
}
