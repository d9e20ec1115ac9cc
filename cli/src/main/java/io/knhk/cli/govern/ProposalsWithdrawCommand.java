package io.knhk.cli.govern;

import io.knhk.cli.Archive;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.Given;
import io.knhk.schemas.control.ControlContent;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "withdraw",
    description = "Takes back what you asked for, as long as it is open.",
    footer = {
      "",
      "Example:",
      "  knhk proposals withdraw 3f2a --reason 'Superseded' --signing-key anna.pem"
    })
final class ProposalsWithdrawCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final SigningOptions signing = new SigningOptions();

  @Parameters(paramLabel = "ID", description = "Of the request, or the beginning of its id.")
  private String id = "";

  @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
  private String reason = "";

  ProposalsWithdrawCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    StoredRequest.prefix(id);
    Given.text("--reason", reason);
    try (ControlSession session = signing.open(terminal)) {
      StoredRequest request = StoredRequest.find(session.tables(), id);
      request.checkOpen();
      return session.submit(request.sector(), new ControlContent.Withdraw(request.id(), reason));
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }
}
