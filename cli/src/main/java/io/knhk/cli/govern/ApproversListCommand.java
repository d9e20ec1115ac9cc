package io.knhk.cli.govern;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.Archive;
import io.knhk.cli.ExitCode;
import io.knhk.cli.OutputFormat;
import io.knhk.cli.OutputOptions;
import io.knhk.cli.Rows;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.Given;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.cli.knowledge.LedgerOptions;
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
    description = "Lists who may do what in each sector, and their keys.",
    footer = {"", "Example:", "  knhk approvers list --sector finance"})
final class ApproversListCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final LedgerOptions ledger = new LedgerOptions();

  @Option(names = "--sector", paramLabel = "SECTOR", description = "Only this sector's.")
  private @Nullable String sector;

  ApproversListCommand(Terminal terminal) {
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
                List.of("sector", "person", "roles", "keys", "demonstration"))) {
      for (Document document : tables.all(Kind.PERSON, sector)) {
        rows.add(row(document));
      }
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    return ExitCode.OK;
  }

  private ObjectNode row(Document document) {
    ObjectNode row = document.content().deepCopy();
    row.put("sector", document.sector());
    if (output.format() == OutputFormat.table) {
      Person person = Person.of(document);
      row.put("roles", person.roles().isEmpty() ? "none" : String.join(", ", person.roles()));
      ArrayNode keys = row.putArray("keys");
      person.keys().stream()
          .filter(key -> !key.revoked())
          .forEach(key -> keys.add(Ids.brief(key.keyId())));
    }
    return row;
  }
}
