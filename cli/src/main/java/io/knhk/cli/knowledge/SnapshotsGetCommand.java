package io.knhk.cli.knowledge;

import io.knhk.cli.Archive;
import io.knhk.cli.ExitCode;
import io.knhk.cli.Terminal;
import io.knhk.knowledge.SnapshotText;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "get",
    description = {
      "Writes what a snapshot says: all of its triples, in one of three forms. They are checked"
          + " against the snapshot's id first."
    },
    footer = {
      "",
      "Examples:",
      "  knhk snapshots get finance/3",
      "  knhk snapshots get 3f2a --format jsonld"
    })
final class SnapshotsGetCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final LedgerOptions ledger = new LedgerOptions();

  @Parameters(
      paramLabel = "SNAPSHOT",
      description = "SECTOR/VERSION, SECTOR for its newest, an id, or the beginning of one.")
  private String name = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "How to write: ${COMPLETION-CANDIDATES}. Default: turtle.")
  private Format format = Format.turtle;

  /** How triples are written. */
  private enum Format {
    turtle,
    jsonld,
    ntriples
  }

  SnapshotsGetCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (KnowledgeTables tables = ledger.tables(terminal)) {
      StoredSnapshot stored = StoredSnapshot.read(tables, name);
      List<String> lines = stored.snapshot().lines();
      terminal.note(
          stored.version().name()
              + ", "
              + lines.size()
              + " triples, id "
              + stored.version().snapshotId());
      byte[] text =
          switch (format) {
            case turtle -> utf8(SnapshotText.turtle(lines));
            case jsonld -> utf8(SnapshotText.jsonLd(lines));
            case ntriples -> stored.snapshot().toNTriples();
          };
      terminal.out().write(text, 0, text.length);
      terminal.out().flush();
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    return ExitCode.OK;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
