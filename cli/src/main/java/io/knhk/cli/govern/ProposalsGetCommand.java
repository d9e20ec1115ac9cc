package io.knhk.cli.govern;

import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.ExitCode;
import io.knhk.cli.OutputFormat;
import io.knhk.cli.OutputOptions;
import io.knhk.cli.Rows;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.cli.knowledge.LedgerOptions;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "get",
    description = {
      "Shows one proposal: what it says in plain words, what still lacks, examples of what was"
          + " observed, who is affected, what each of the seven stages found, and who voted.",
      "-o json has all of it, every triple and every figure."
    },
    footer = {"", "Example:", "  knhk proposals get 3f2a"})
final class ProposalsGetCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Clock clock;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final LedgerOptions ledger = new LedgerOptions();

  @Parameters(
      paramLabel = "ID",
      description = "Of the request or of its proposal, or the beginning of one.")
  private String id = "";

  ProposalsGetCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    StoredRequest.prefix(id);
    try (KnowledgeTables tables = ledger.tables(terminal)) {
      ProposalView view = find(tables);
      if (output.format() == OutputFormat.table) {
        view.toText(clock.millis()).forEach(terminal.out()::println);
        terminal.out().flush();
        StoredRequest request = view.request();
        if (request != null && request.isOpen()) {
          terminal.note("");
          terminal.note(
              "knhk proposals vote "
                  + Ids.brief(request.id())
                  + " --approve, or --reject --reason TEXT");
        }
      } else {
        Rows.writeOne(terminal.out(), output.format(), view.toJson());
      }
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    return ExitCode.OK;
  }

  private ProposalView find(KnowledgeTables tables) throws SQLException {
    String digits = StoredRequest.prefix(id);
    if (!tables.beginning(Kind.REQUEST, digits, "proposalId").isEmpty()) {
      return ProposalView.of(tables, StoredRequest.find(tables, digits));
    }
    // What the loop decided by itself is a proposal that nobody was asked about.
    List<Document> alone = tables.beginning(Kind.PROPOSAL, digits, "requestId");
    if (alone.isEmpty()) {
      throw CliError.NOT_FOUND.because(
          "expected a proposal: id=" + id + ", log=" + tables.log(),
          "knhk proposals list shows those that there are.");
    }
    if (alone.size() > 1) {
      throw StoredRequest.ambiguous(id, alone);
    }
    return new ProposalView(null, alone.get(0));
  }
}
