package io.knhk.cli.govern;

import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.Keys;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.Given;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.cli.knowledge.PromotedVersion;
import io.knhk.ledger.KeyRing;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "vote",
    description = {
      "Votes on a proposal, with your key, once: a later vote of yours replaces it.",
      "What is voted on is shown first. It is read from what the loop signed, and the ballot is"
          + " computed here from the request, the change, the doctrine and the snapshot that it"
          + " would follow; a vote on anything that has changed since counts for nothing.",
      "A rejection needs a reason. With --as producer-fault it says that the data was wrong: that"
          + " opens an incident, and the same is not learned again."
    },
    footer = {
      "",
      "Examples:",
      "  knhk proposals vote 3f2a --approve --signing-key bob.pem",
      "  knhk proposals vote 3f2a --reject --as producer-fault --reason 'Release 4.2 sends cents'"
    })
final class ProposalsVoteCommand implements Callable<Integer> {
  private static final String PRODUCER_FAULT = "producer-fault";

  private final Terminal terminal;
  private final Clock clock;

  @Mixin private final SigningOptions signing = new SigningOptions();

  @Parameters(
      paramLabel = "ID",
      description = "Of the request or of its proposal, or the beginning of one.")
  private String id = "";

  @ArgGroup(exclusive = true, multiplicity = "1")
  private ChoiceOptions choice = new ChoiceOptions();

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why. A rejection needs one.")
  private String reason = "";

  @Option(
      names = "--as",
      paramLabel = PRODUCER_FAULT,
      description = "With --reject: the data was wrong, not the knowledge.")
  private @Nullable String as;

  @Option(
      names = "--ballot",
      paramLabel = "HASH",
      description = "What you looked at, as knhk proposals get shows it: refuse if it has changed.")
  private @Nullable String seen;

  @Option(
      names = "--public-key",
      paramLabel = "PUB",
      description =
          "PEM file with the loop's keys. Default: the running stack's. Variable: KNHK_PUBLIC_KEY.")
  private @Nullable Path publicKey;

  /** One of three. */
  private static final class ChoiceOptions {
    @Option(names = "--approve", required = true, description = "It may.")
    private boolean approve;

    @Option(names = "--reject", required = true, description = "It may not.")
    private boolean reject;

    @Option(names = "--abstain", required = true, description = "Seen; counts for nothing else.")
    private boolean abstain;

    private Choice choice() {
      if (approve) {
        return Choice.APPROVE;
      }
      if (reject) {
        return Choice.REJECT;
      }
      if (abstain) {
        return Choice.ABSTAIN;
      }
      throw new IllegalStateException("expected one of the three, which picocli asks for");
    }
  }

  ProposalsVoteCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public Integer call() throws InterruptedException {
    StoredRequest.prefix(id);
    checkOptions();
    try (ControlSession session = signing.open(terminal)) {
      StoredRequest request = StoredRequest.find(session.tables(), id);
      request.checkOpen();
      session.signer(request.sector());
      ProposalView view = verified(session, request);
      StoredRequest signed = view.request() == null ? request : view.request();
      checkBallot(session.tables(), signed);
      view.toText(clock.millis()).forEach(terminal::note);
      terminal.note("");
      return session.submit(
          signed.sector(),
          new ControlContent.Vote(
              signed.id(),
              signed.ballot().hash(),
              choice.choice(),
              reason,
              PRODUCER_FAULT.equals(as)));
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }

  private void checkOptions() {
    boolean isRejection = choice.choice() == Choice.REJECT;
    if (isRejection || !reason.isEmpty()) {
      Given.text("--reason", reason);
    }
    if (as != null && !(isRejection && as.equals(PRODUCER_FAULT))) {
      throw CliError.USAGE.because(
          "expected --as producer-fault, with --reject only: --as=" + as, "Leave --as out.");
    }
  }

  /** The same from the bytes that the loop signed; as it is where nobody knows the loop's key. */
  private ProposalView verified(ControlSession session, StoredRequest request) throws SQLException {
    KnowledgeTables tables = session.tables();
    Path file = publicKey != null ? publicKey : session.endpoints().publicKey();
    if (file == null) {
      terminal.note("No public key of the loop is known: what is shown was not verified.");
      return ProposalView.of(tables, request);
    }
    KeyRing keys = Keys.ring(file);
    StoredRequest signed =
        StoredRequest.of(tables.verified(Kind.REQUEST, request.document(), keys));
    Document proposal = ProposalView.of(tables, signed).proposal();
    return new ProposalView(
        signed, proposal == null ? null : tables.verified(Kind.PROPOSAL, proposal, keys));
  }

  private void checkBallot(KnowledgeTables tables, StoredRequest request) throws SQLException {
    String computed = request.ballot().hash();
    if (!computed.equals(request.publishedBallot())) {
      throw CliError.STALE_BALLOT.because(
          "expected the ballot of what is shown: computed="
              + computed
              + ", published="
              + request.publishedBallot(),
          "Nothing was sent. Look again: knhk proposals get " + Ids.brief(request.id()) + ".");
    }
    if (seen != null && !computed.startsWith(StoredRequest.prefix(seen))) {
      throw CliError.STALE_BALLOT.because(
          "expected what you looked at: --ballot=" + seen + ", ballot=" + computed,
          "Nothing was sent. Look at what it is now: knhk proposals get "
              + Ids.brief(request.id())
              + ".");
    }
    PromotedVersion head = tables.head(request.sector()).orElse(null);
    String parent = request.ballot().parent();
    if (head != null && !head.snapshotId().equals(parent)) {
      throw CliError.STALE_BALLOT.because(
          "expected a proposal that follows the newest snapshot: parent="
              + parent
              + ", newest="
              + head.snapshotId()
              + " ("
              + head.name()
              + ")",
          "Nothing was sent. The loop puts it on the new snapshot: look again in a moment.");
    }
  }
}
