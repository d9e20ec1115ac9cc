package io.knhk.cli.govern;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.Archive;
import io.knhk.cli.ExitCode;
import io.knhk.cli.OutputOptions;
import io.knhk.cli.Rows;
import io.knhk.cli.Terminal;
import io.knhk.cli.Times;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.Given;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.cli.knowledge.LedgerOptions;
import io.knhk.schemas.control.DoctrineRules;
import io.knhk.schemas.knowledge.DoctrineRule;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    description = "Lists the rules, each in its newest version.",
    footer = {"", "Example:", "  knhk doctrine list --sector finance --all"})
final class DoctrineListCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final LedgerOptions ledger = new LedgerOptions();

  @Option(names = "--sector", paramLabel = "SECTOR", description = "Only this sector's.")
  private @Nullable String sector;

  @Option(names = "--all", description = "Those too that were retired.")
  private boolean all;

  DoctrineListCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Given.sectorOrAll(sector);
    try (KnowledgeTables tables = ledger.tables(terminal);
        Rows rows =
            new Rows(
                terminal.out(),
                output.format(),
                List.of(
                    "sector",
                    "id",
                    "version",
                    "enforcement",
                    "constraint",
                    "parameters",
                    "from",
                    "until",
                    "text"))) {
      for (Document document : tables.all(Kind.DOCTRINE, sector)) {
        if (all || !isRetired(document)) {
          rows.add(row(document));
        }
      }
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    return ExitCode.OK;
  }

  /** The rule of a document. */
  static DoctrineRule rule(Document document) {
    return DoctrineRules.fromJson(document.content().path("rule"));
  }

  static boolean isRetired(Document document) {
    return document.content().path("retired").asBoolean();
  }

  private static ObjectNode row(Document document) {
    DoctrineRule rule = rule(document);
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.setAll(DoctrineRules.toJson(rule));
    row.put("retired", isRetired(document));
    row.put("from", Times.text(rule.effectiveFromMs()));
    row.put(
        "until",
        rule.effectiveUntilMs() == Long.MAX_VALUE ? "open" : Times.text(rule.effectiveUntilMs()));
    row.put("doctrineHash", document.text("doctrineHash"));
    return row;
  }
}
