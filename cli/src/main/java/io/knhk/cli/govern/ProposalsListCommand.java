package io.knhk.cli.govern;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.ExitCode;
import io.knhk.cli.Limits;
import io.knhk.cli.OutputFormat;
import io.knhk.cli.OutputOptions;
import io.knhk.cli.Rows;
import io.knhk.cli.Shown;
import io.knhk.cli.Terminal;
import io.knhk.cli.Times;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.Given;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.cli.knowledge.LedgerOptions;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    description = {
      "Lists what people decide on: changes, imports, relaxations, rules, approvers, ways back. The"
          + " newest first.",
      "State: submitted, under-review, approvals-pending, approved, rejected, revoked, expired,"
          + " refused; open is the first three."
    },
    footer = {
      "",
      "Examples:",
      "  knhk proposals list --sector finance --status open",
      "  knhk proposals list --waiting-for me --signing-key bob.pem"
    })
final class ProposalsListCommand implements Callable<Integer> {
  private static final Set<String> STATES =
      Set.of(
          "open",
          "submitted",
          "under-review",
          "approvals-pending",
          "approved",
          "rejected",
          "revoked",
          "expired",
          "refused");

  private final Terminal terminal;
  private final Clock clock;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final LedgerOptions ledger = new LedgerOptions();
  @Mixin private final WhoseKeyOptions whose = new WhoseKeyOptions();

  @Option(names = "--sector", paramLabel = "SECTOR", description = "Only this sector's.")
  private @Nullable String sector;

  @Option(
      names = "--waiting-for",
      paramLabel = "PERSON",
      description = "Only those that this person can vote on and has not; me is whoever signs.")
  private @Nullable String waitingFor;

  @Option(names = "--status", paramLabel = "STATE", description = "Only those in this state.")
  private @Nullable String status;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: 100.")
  private int limit = 100;

  ProposalsListCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    Limits.checkLimit(limit);
    Given.sectorOrAll(sector);
    if (status != null && !STATES.contains(status)) {
      throw CliError.USAGE.because(
          "expected a state: --status=" + status + ", known=" + STATES.stream().sorted().toList(),
          "Give one of these.");
    }
    Shown shown = new Shown(limit, terminal);
    try (KnowledgeTables tables = ledger.tables(terminal);
        Rows rows =
            new Rows(
                terminal.out(),
                output.format(),
                List.of(
                    "id", "sector", "kind", "state", "needs", "author", "expires", "summary"))) {
      List<Person> people = waitingFor == null ? List.of() : people(tables, waitingFor);
      List<Document> documents = new ArrayList<>(tables.all(Kind.REQUEST, sector));
      documents.sort(
          Comparator.comparingLong((Document it) -> it.number("submittedAtMs"))
              .reversed()
              .thenComparing(Document::id));
      for (Document document : documents) {
        StoredRequest request = StoredRequest.of(document);
        if (isAsked(request, people) && shown.admits()) {
          rows.add(row(request));
        }
      }
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    shown.sayIfCut();
    return ExitCode.OK;
  }

  private boolean isAsked(StoredRequest request, List<Person> people) {
    boolean inState =
        status == null
            || (status.equals("open") ? request.isOpen() : request.state().equals(status));
    return inState
        && (waitingFor == null || people.stream().anyMatch(person -> request.waitsFor(person)));
  }

  /** The person in each sector. */
  private List<Person> people(KnowledgeTables tables, String name) throws SQLException {
    String keyId = name.equals("me") ? whose.keyId(ledger.endpoints(terminal), terminal) : null;
    List<Person> people = new ArrayList<>();
    for (Document document : tables.all(Kind.PERSON, sector)) {
      Person person = Person.of(document);
      Person.Key key = keyId == null ? null : person.key(keyId);
      if (keyId == null ? person.name().equals(name) : key != null && !key.revoked()) {
        people.add(person);
      }
    }
    if (people.isEmpty()) {
      throw CliError.NOT_FOUND.because(
          "expected somebody whom a sector knows: person="
              + name
              + (keyId == null ? "" : ", keyId=" + keyId),
          "knhk approvers list shows who is known.");
    }
    return people;
  }

  private ObjectNode row(StoredRequest request) {
    ObjectNode row = request.document().content().deepCopy();
    boolean isTable = output.format() == OutputFormat.table;
    row.put("id", isTable ? Ids.brief(request.id()) : request.id());
    row.put("sector", request.sector());
    row.put("needs", request.needs(clock.millis()));
    row.put("open", request.isOpen());
    row.put("expires", Times.text(request.document().number("expiresAtMs")));
    if (isTable && row.path("author").asText("").isEmpty()) {
      row.put("author", "the loop");
    }
    return row;
  }
}
