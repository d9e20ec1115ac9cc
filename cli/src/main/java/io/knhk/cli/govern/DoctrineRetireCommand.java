package io.knhk.cli.govern;

import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.Given;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "retire",
    description = "Asks that a rule holds no more. Administrators decide.",
    footer = {
      "",
      "Example:",
      "  knhk doctrine retire no-friday --sector finance --reason 'Releases are automatic now'"
    })
final class DoctrineRetireCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final SigningOptions signing = new SigningOptions();

  @Parameters(paramLabel = "ID", description = "Of knhk doctrine list.")
  private String id = "";

  @Option(names = "--sector", paramLabel = "SECTOR", required = true, description = "Whose.")
  private String sector = "";

  @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
  private String reason = "";

  DoctrineRetireCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    Given.sector(sector);
    Given.text("--reason", reason);
    try (ControlSession session = signing.open(terminal)) {
      Document rule = inForce(session.tables());
      return session.submit(
          sector, new ControlContent.ChangeDoctrine(true, DoctrineListCommand.rule(rule), reason));
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }

  private Document inForce(KnowledgeTables tables) throws SQLException {
    List<Document> rules =
        tables.all(Kind.DOCTRINE, sector).stream()
            .filter(rule -> !DoctrineListCommand.isRetired(rule))
            .toList();
    return rules.stream()
        .filter(rule -> rule.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                CliError.NOT_FOUND.because(
                    "expected a rule of the sector: id="
                        + id
                        + ", sector="
                        + sector
                        + ", known="
                        + rules.stream().map(Document::id).toList(),
                    "knhk doctrine list --sector " + sector + " shows them."));
  }
}
