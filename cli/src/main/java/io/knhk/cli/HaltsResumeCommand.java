package io.knhk.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "resume",
    description = {
      "Says that a halted sector may go on, and why. The archive then takes up what waits, in"
          + " order, at its next checkpoint; a further gap or fork halts the sector again.",
      "A fork: the receipt that was found is refused for good, and stays in quarantine.",
      "A gap: the missing receipts must have come meanwhile, or be declared lost with"
          + " --from-number. verify names them ever after.",
      "Needs a login that may insert (role knhk_writer). The login is recorded, whatever --as says."
    },
    footer = {
      "",
      "Examples:",
      "  knhk halts resume 3 --reason 'second job stopped, its receipt was not published'",
      "  knhk halts resume 4 --from-number 118 --reason 'disk of broker 2 lost, ticket 4711'"
    })
final class HaltsResumeCommand implements Callable<Integer> {
  private static final int TEXT_CHARS_MAX = 1_000;
  private static final String TAKEN = "23505";
  private static final String NO_RIGHT = "42501";

  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Parameters(paramLabel = "ID", description = "Of knhk halts list.")
  private long id;

  @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why it may.")
  private String reason = "";

  @Option(
      names = "--from-number",
      paramLabel = "N",
      description =
          "Take receipt N whatever it follows: the numbers before it that are missing are declared"
              + " lost.")
  private @Nullable Long fromNumber;

  @Option(
      names = "--as",
      paramLabel = "NAME",
      description = "Who says so. Default: the user of this process.")
  private @Nullable String person;

  HaltsResumeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    String who = person == null ? System.getProperty("user.name", "unknown") : person;
    checkText("--reason", reason);
    checkText("--as", who);
    ResolvedEndpoints endpoints = EndpointResolver.resolve(connection, terminal);
    try (Connection archive = Archive.asWriter(endpoints);
        Rows rows =
            new Rows(
                terminal.out(),
                output.format(),
                List.of("id", "sector", "reason", "fromNumber", "declaredLost", "person"))) {
      StoredHalt halt = StoredHalt.find(archive, id);
      if (halt.resumedBy() != null) {
        throw resumedBefore();
      }
      StoredHalt.Missing missing = halt.missing(archive);
      checkFromNumber(archive, halt, missing);
      insert(archive, who);
      ObjectNode row = JsonNodeFactory.instance.objectNode();
      row.put("id", id);
      row.put("sector", halt.sector());
      row.put("reason", reason);
      row.put("fromNumber", fromNumber);
      row.put(
          "declaredLost",
          missing != null && fromNumber != null && fromNumber == missing.last() + 1
              ? missing.toString()
              : null);
      row.put("person", who);
      rows.add(row);
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    terminal.note(
        "The archive goes on at its next checkpoint. knhk halts list shows when it has, or where it"
            + " halts again.");
    return ExitCode.OK;
  }

  private void checkFromNumber(
      Connection archive, StoredHalt halt, StoredHalt.@Nullable Missing missing)
      throws SQLException {
    long next = halt.nextSeq(archive);
    boolean isBreak = halt.isFork() && halt.seq() == next && next == found(halt);
    if (fromNumber == null) {
      if (missing != null && !halt.isFork()) {
        throw CliError.RECEIPTS_MISSING.because(
            "expected the missing receipts in quarantine: sector="
                + halt.sector()
                + ", missing="
                + missing,
            "Bring them to Kafka again from a copy, or declare them lost with --from-number "
                + (missing.last() + 1)
                + ".");
      }
      return;
    }
    boolean fits =
        (missing != null && fromNumber == missing.last() + 1) || (isBreak && fromNumber == next);
    if (!fits) {
      throw CliError.USAGE.because(
          "expected the first receipt that waits behind what is missing: --from-number="
              + fromNumber
              + ", next="
              + next
              + ", missing="
              + (missing == null ? "none" : missing.toString()),
          missing == null
              ? "Leave --from-number out."
              : "Give --from-number " + (missing.last() + 1) + ", or leave it out.");
    }
  }

  private static long found(StoredHalt halt) {
    Long found = halt.foundSeq();
    return found == null ? -1 : found;
  }

  private void insert(Connection archive, String who) throws SQLException {
    try (PreparedStatement insert =
        archive.prepareStatement(
            "insert into knhk.halt_resumptions (halt_id, reason, person, from_number) values (?, ?,"
                + " ?, ?)")) {
      insert.setLong(1, id);
      insert.setString(2, reason);
      insert.setString(3, who);
      insert.setObject(4, fromNumber);
      insert.executeUpdate();
    } catch (SQLException e) {
      if (TAKEN.equals(e.getSQLState())) {
        throw resumedBefore();
      }
      if (NO_RIGHT.equals(e.getSQLState())) {
        throw CliError.SQL_REFUSED.because(
            "expected a login that may resume a sector: problem=" + e.getMessage(),
            "Use one that is a member of knhk_writer: --postgres-user.",
            e);
      }
      throw e;
    }
  }

  private CliException resumedBefore() {
    return CliError.HALT_RESUMED.because(
        "expected a halt that nobody has resumed yet: id=" + id, "knhk halts list shows who did.");
  }

  private static void checkText(String option, String text) {
    if (text.isBlank() || text.length() > TEXT_CHARS_MAX || text.indexOf('\0') >= 0) {
      throw CliError.USAGE.because(
          "expected a text: "
              + option
              + ", characters="
              + text.length()
              + ", limit=1.."
              + TEXT_CHARS_MAX,
          "Say it in a sentence.");
    }
  }
}
