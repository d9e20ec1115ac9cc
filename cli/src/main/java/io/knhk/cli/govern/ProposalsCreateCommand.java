package io.knhk.cli.govern;

import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.Given;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.cli.knowledge.PromotedVersion;
import io.knhk.knowledge.ChangeReader;
import io.knhk.knowledge.ReadResult;
import io.knhk.knowledge.Snapshot;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.knowledge.Delta;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    description = {
      "Proposes a change: Turtle to add, Turtle to remove, or both; at most 256 KiB and 1,000"
          + " triples. The loop validates it, and people decide.",
      "With --relax-guard, asks that a guard may be weakened for a while.",
      "With --dry-run it is validated and reported, and nothing follows."
    },
    footer = {
      "",
      "Examples:",
      "  knhk proposals create --sector finance change.ttl --summary 'Risk score is asked for'",
      "  knhk proposals create --sector finance new.ttl --remove old.ttl --dry-run",
      "  knhk proposals create --sector finance --relax-guard payment.authorised/four-eyes --for 2h"
          + " --reason 'Payout day'"
    })
final class ProposalsCreateCommand implements Callable<Integer> {
  private static final Duration RELAXED_MAX = Duration.ofDays(7);

  private final Terminal terminal;
  private final Clock clock;

  @Mixin private final SigningOptions signing = new SigningOptions();

  @Option(names = "--sector", paramLabel = "SECTOR", required = true, description = "Whose.")
  private String sector = "";

  @Parameters(paramLabel = "CHANGE.ttl", arity = "0..1", description = "Turtle of what is added.")
  private @Nullable Path add;

  @Option(names = "--remove", paramLabel = "OLD.ttl", description = "Turtle of what is removed.")
  private @Nullable Path remove;

  @Option(
      names = "--summary",
      paramLabel = "TEXT",
      description = "One sentence for those who vote. Default: the names of the files.")
  private @Nullable String summary;

  @Option(
      names = "--on-behalf-of",
      paramLabel = "PERSON",
      description = "For whom a service proposes it; that person may not vote on it.")
  private @Nullable String onBehalfOf;

  @Option(names = "--dry-run", description = "Validate and report; change nothing.")
  private boolean dryRun;

  @Option(
      names = "--relax-guard",
      paramLabel = "GUARD",
      description = "IRI of a guard, or TYPE/NAME as knhk guards list shows it.")
  private @Nullable String guard;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      description = "With --relax-guard: how long, from the approval on. At most 7d.")
  private @Nullable Duration relaxedFor;

  @Option(names = "--reason", paramLabel = "TEXT", description = "With --relax-guard: why.")
  private @Nullable String reason;

  ProposalsCreateCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public Integer call() throws InterruptedException {
    Given.sector(sector);
    ControlContent.ProposeChange change = guard == null ? change() : null;
    if (guard != null) {
      checkRelaxation();
    }
    try (ControlSession session = signing.open(terminal)) {
      if (change != null) {
        checkApplies(session.tables(), change);
      }
      ControlAnswer answer =
          session.ask(sector, change != null ? change : relaxation(session.tables()));
      return new ChangeReport(session, clock).write(answer, dryRun);
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }

  private ControlContent.ProposeChange change() {
    if (relaxedFor != null || reason != null) {
      throw CliError.USAGE.because(
          "expected --for and --reason with --relax-guard only", "Leave them out.");
    }
    if (add == null && remove == null) {
      throw CliError.USAGE.because(
          "expected something to add or to remove: CHANGE.ttl and --remove are missing",
          "Name a Turtle file, or a guard with --relax-guard.");
    }
    String added = Given.file(add, ControlContent.RDF_BYTES_MAX);
    String removed = Given.file(remove, ControlContent.RDF_BYTES_MAX);
    String text = summary != null ? summary : summary(add, remove);
    return new ControlContent.ProposeChange(
        added,
        removed,
        Given.text("--summary", text),
        onBehalfOf == null ? "" : Given.person("--on-behalf-of", onBehalfOf),
        dryRun);
  }

  /** Reads the change as the loop will, against the newest snapshot that is stored. */
  private void checkApplies(KnowledgeTables tables, ControlContent.ProposeChange change)
      throws SQLException {
    PromotedVersion head =
        tables
            .head(sector)
            .orElseThrow(
                () ->
                    CliError.NOT_FOUND.because(
                        "expected a snapshot of the sector to change: sector="
                            + sector
                            + ", log="
                            + tables.log(),
                        "knhk snapshots list shows them; a loop that has just begun needs a moment."));
    ReadResult<Delta> read =
        ChangeReader.read(sector, Snapshot.of(tables.triples(head)), change.add(), change.remove());
    if (read instanceof ReadResult.Refused<Delta> refused) {
      throw CliError.BAD_RDF.because(
          refused.refusal().detail() + ", snapshot=" + head.name(),
          "Nothing was sent. knhk snapshots get " + head.name() + " shows what is there.");
    }
  }

  private static String summary(@Nullable Path add, @Nullable Path remove) {
    if (add == null) {
      return "Removes what is in " + name(remove);
    }
    return "Adds what is in "
        + name(add)
        + (remove == null ? "" : " and removes what is in " + name(remove));
  }

  private static String name(@Nullable Path file) {
    return file == null || file.getFileName() == null ? "a file" : file.getFileName().toString();
  }

  private void checkRelaxation() {
    if (add != null || remove != null || dryRun || onBehalfOf != null || summary != null) {
      throw CliError.USAGE.because(
          "expected a guard alone: --relax-guard goes with --for and --reason",
          "Propose the change by itself once the guard is relaxed.");
    }
    if (relaxedFor == null || relaxedFor.isZero() || relaxedFor.compareTo(RELAXED_MAX) > 0) {
      throw CliError.USAGE.because(
          "expected how long the guard may be weakened: --for="
              + (relaxedFor == null ? "" : relaxedFor.toMillis() + "ms")
              + ", limit="
              + RELAXED_MAX.toDays()
              + "d",
          "Give for example --for 2h.");
    }
    Given.text("--reason", reason == null ? "" : reason);
  }

  private ControlContent relaxation(KnowledgeTables tables) throws SQLException {
    String iri = GuardRow.iri(tables, sector, guard == null ? "" : guard);
    return new ControlContent.RelaxGuard(
        iri, relaxedFor == null ? 0 : relaxedFor.toMillis(), reason == null ? "" : reason);
  }
}
