package io.knhk.cli.govern;

import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.Given;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What is held or released, where and why. */
final class HoldOptions {
  private static final int CHANGE_CHARS_MAX = 2_048;

  @Option(names = "--sector", paramLabel = "SECTOR", required = true, description = "Where.")
  private String sector = "";

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Target target = new Target();

  @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
  private String reason = "";

  /** One of three. */
  private static final class Target {
    @Option(names = "--promotions", required = true, description = "Every promotion.")
    private boolean promotions;

    @Option(
        names = "--proposals",
        required = true,
        description = "What the loop proposes by itself.")
    private boolean proposals;

    @Option(
        names = "--change",
        required = true,
        paramLabel = "ELEMENT|ID",
        description = "One change: what it is about, or the id of the proposal.")
    private @Nullable String change;

    private HoldTarget target() {
      return promotions
          ? HoldTarget.PROMOTIONS
          : proposals ? HoldTarget.PROPOSALS : HoldTarget.CHANGE;
    }
  }

  int say(boolean release, SigningOptions signing, Terminal terminal) throws InterruptedException {
    Given.sector(sector);
    Given.text("--reason", reason);
    String change = target.change == null ? "" : target.change;
    if (target.target() == HoldTarget.CHANGE
        && (change.isBlank() || change.length() > CHANGE_CHARS_MAX)) {
      throw CliError.USAGE.because(
          "expected what the change is about: --change, characters="
              + change.length()
              + ", limit=1.."
              + CHANGE_CHARS_MAX,
          "Give an element such as payment.authorised#currency, or the id of a proposal.");
    }
    try (ControlSession session = signing.open(terminal)) {
      if (release) {
        checkHeld(session.tables(), change);
      }
      return session.submit(
          sector, new ControlContent.Hold(release, target.target(), change, reason));
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }

  private void checkHeld(KnowledgeTables tables, String change) throws SQLException {
    String wanted = target.target().name().toLowerCase(Locale.ROOT);
    List<String> held =
        tables.all(Kind.HOLD, sector).stream()
            .filter(it -> it.content().path("held").asBoolean())
            .map(HoldOptions::name)
            .toList();
    String name = change.isEmpty() ? wanted : wanted + " " + change;
    if (!held.contains(name)) {
      throw CliError.NOT_FOUND.because(
          "expected something that is held: sector="
              + sector
              + ", release="
              + name
              + ", held="
              + held,
          "Nothing was sent.");
    }
  }

  private static String name(Document hold) {
    String change = hold.text("change");
    return change.isEmpty() ? hold.text("target") : hold.text("target") + " " + change;
  }
}
