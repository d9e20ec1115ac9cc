package io.knhk.cli.govern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.CliError;
import io.knhk.cli.OutputFormat;
import io.knhk.cli.Rows;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells what became of a change that a person asked for: the answer, and what was found. */
final class ChangeReport {
  private static final Duration DOCUMENT_WAIT = Duration.ofSeconds(10);
  private static final long POLL_MS = 250;

  private final ControlSession session;
  private final Clock clock;

  ChangeReport(ControlSession session, Clock clock) {
    this.session = session;
    this.clock = clock;
  }

  /**
   * Writes the answer and the change as it stands now.
   *
   * @param dryRun whether it was only tried
   * @return an {@link io.knhk.cli.ExitCode}
   * @throws io.knhk.cli.CliException if it was refused, or nothing answered, or a stage of a change
   *     that was only tried failed
   */
  int write(ControlAnswer answer, boolean dryRun) throws SQLException, InterruptedException {
    ProposalView view = answer.receipts().isEmpty() ? null : await(answer, dryRun);
    Terminal terminal = session.terminal();
    if (session.format() == OutputFormat.table) {
      Rows.writeOne(terminal.out(), OutputFormat.table, answer.toText());
      if (view != null) {
        terminal.out().println();
        view.toText(clock.millis()).forEach(terminal.out()::println);
        terminal.out().flush();
      }
    } else {
      ObjectNode json = answer.toJson();
      if (view != null) {
        json.setAll(view.toJson());
      }
      Rows.writeOne(terminal.out(), session.format(), json);
    }
    int exitCode = session.exit(answer);
    List<String> failed = dryRun && view != null ? failed(view.proposal()) : List.of();
    if (!failed.isEmpty()) {
      throw CliError.CONTROL_REFUSED.because(
          "expected every stage to pass: failed=" + failed,
          "Nothing was changed. The report says what to mend.");
    }
    return exitCode;
  }

  private static List<String> failed(@Nullable Document proposal) {
    List<String> failed = new ArrayList<>();
    if (proposal != null) {
      for (JsonNode stage : proposal.content().path("stages")) {
        if (stage.path("passed").isBoolean() && !stage.path("passed").asBoolean()) {
          failed.add(stage.path("stage").asText());
        }
      }
    }
    return failed;
  }

  /** The documents come by another topic than the receipts, a little later or earlier. */
  private @Nullable ProposalView await(ControlAnswer answer, boolean dryRun)
      throws SQLException, InterruptedException {
    if (answer.isDeadLetter()) {
      return null;
    }
    boolean isProposed = answer.has("ProposalGenerated");
    boolean isRequest = !dryRun && answer.refusal().isEmpty();
    long untilNs = System.nanoTime() + DOCUMENT_WAIT.toNanos();
    while (true) {
      ProposalView view = view(session.tables(), answer);
      boolean isWhole =
          view == null
              ? !isProposed && !isRequest
              : (view.proposal() != null || !isProposed) && (view.request() != null || !isRequest);
      if (isWhole || System.nanoTime() - untilNs >= 0) {
        return view;
      }
      Thread.sleep(POLL_MS);
    }
  }

  private static @Nullable ProposalView view(KnowledgeTables tables, ControlAnswer answer)
      throws SQLException {
    Document request = tables.get(Kind.REQUEST, answer.sector(), answer.messageId()).orElse(null);
    List<Document> proposals = tables.beginning(Kind.PROPOSAL, answer.messageId(), "requestId");
    if (request == null && proposals.isEmpty()) {
      return null;
    }
    return new ProposalView(
        request == null ? null : StoredRequest.of(request),
        proposals.isEmpty() ? null : proposals.get(0));
  }
}
