package io.knhk.cli.govern;

import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.Given;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.VerifyingKey;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "add",
    description = {
      "Asks that a person may do something, or more, or has another key. Administrators decide.",
      "Role: steward proposes, approver votes, administrator changes rules and approvers. The roles"
          + " given are all that the person then has; without --role they stay."
    },
    footer = {
      "",
      "Example:",
      "  knhk approvers add --sector finance --person bob --role approver --public-key bob.pub.pem"
          + " --reason 'Joined risk'"
    })
final class ApproversAddCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final SigningOptions signing = new SigningOptions();

  @Option(names = "--sector", paramLabel = "SECTOR", required = true, description = "Where.")
  private String sector = "";

  @Option(names = "--person", paramLabel = "NAME", required = true, description = "Who.")
  private String person = "";

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "steward, approver or administrator; may be given several times.")
  private List<String> roles = new ArrayList<>();

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description = "The person's public key, Ed25519 in PEM (openssl pkey -pubout).")
  private @Nullable Path publicKey;

  @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
  private String reason = "";

  ApproversAddCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    Given.sector(sector);
    Given.person("--person", person);
    Given.text("--reason", reason);
    SortedSet<Role> given = roles(roles);
    if (given.isEmpty() && publicKey == null) {
      throw CliError.USAGE.because(
          "expected --role, --public-key or both",
          "To take a key or all roles away: knhk approvers revoke.");
    }
    String pem = publicKey == null ? "" : pem(publicKey);
    try (ControlSession session = signing.open(terminal)) {
      SortedSet<Role> all = given.isEmpty() ? present(session.tables()) : given;
      return session.submit(
          sector, new ControlContent.ChangeApprover(person, all, pem, "", reason));
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }

  /** Roles by their names on the wire. */
  static SortedSet<Role> roles(List<String> names) {
    SortedSet<Role> roles = new TreeSet<>();
    for (String name : names) {
      roles.add(
          Arrays.stream(Role.values())
              .filter(role -> name(role).equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      CliError.USAGE.because(
                          "expected a role: --role="
                              + name
                              + ", known="
                              + Arrays.stream(Role.values())
                                  .map(ApproversAddCommand::name)
                                  .toList(),
                          "Give one of these.")));
    }
    return roles;
  }

  private static String name(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  private static String pem(Path file) {
    try {
      return VerifyingKey.fromPem(file).toPem();
    } catch (IOException e) {
      throw CliError.FILE_UNREADABLE.because(
          "expected a file with a public key: file=" + file + ", problem=" + e,
          "Name another with --public-key.",
          e);
    } catch (LedgerFormatException e) {
      throw CliError.BAD_KEY.because(
          e.getMessage() + ", file=" + file,
          "openssl pkey -in PRIVATE.pem -pubout -out FILE writes one.",
          e);
    }
  }

  private SortedSet<Role> present(KnowledgeTables tables) throws SQLException {
    Document document =
        tables
            .get(Kind.PERSON, sector, person)
            .orElseThrow(
                () ->
                    CliError.USAGE.because(
                        "expected --role for somebody new: person=" + person + ", sector=" + sector,
                        "Say what the person may do: --role approver."));
    return roles(Person.of(document).roles());
  }
}
