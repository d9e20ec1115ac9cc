package io.knhk.cli.govern;

import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.Given;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "revoke",
    description = {
      "Asks that a key of a person counts no more, or, without --key-id, that the person may do"
          + " nothing more. Administrators decide."
    },
    footer = {
      "",
      "Examples:",
      "  knhk approvers revoke --sector finance --person bob --key-id 3f2a --reason 'Laptop stolen'",
      "  knhk approvers revoke --sector finance --person bob --reason 'Left the bank'"
    })
final class ApproversRevokeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final SigningOptions signing = new SigningOptions();

  @Option(names = "--sector", paramLabel = "SECTOR", required = true, description = "Where.")
  private String sector = "";

  @Option(names = "--person", paramLabel = "NAME", required = true, description = "Who.")
  private String person = "";

  @Option(
      names = "--key-id",
      paramLabel = "ID",
      description = "Of the key, or the beginning of it; the roles and other keys stay.")
  private @Nullable String keyId;

  @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
  private String reason = "";

  ApproversRevokeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    Given.sector(sector);
    Given.person("--person", person);
    Given.text("--reason", reason);
    String prefix = keyId == null ? null : StoredRequest.prefix(keyId);
    try (ControlSession session = signing.open(terminal)) {
      Person present = present(session.tables());
      SortedSet<Role> roles =
          prefix == null ? new TreeSet<>() : ApproversAddCommand.roles(present.roles());
      return session.submit(
          sector,
          new ControlContent.ChangeApprover(
              person, roles, "", prefix == null ? "" : key(present, prefix), reason));
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }

  private Person present(KnowledgeTables tables) throws SQLException {
    return tables
        .get(Kind.PERSON, sector, person)
        .map(Person::of)
        .orElseThrow(
            () ->
                CliError.NOT_FOUND.because(
                    "expected somebody whom the sector knows: person="
                        + person
                        + ", sector="
                        + sector,
                    "knhk approvers list --sector " + sector + " shows who is known."));
  }

  private static String key(Person person, String prefix) {
    List<String> found =
        person.keys().stream()
            .filter(key -> !key.revoked() && key.keyId().startsWith(prefix))
            .map(Person.Key::keyId)
            .toList();
    if (found.isEmpty()) {
      throw CliError.NOT_FOUND.because(
          "expected a key of the person that still counts: person="
              + person.name()
              + ", keyId="
              + prefix
              + ", keys="
              + person.keys().stream().map(Person.Key::keyId).toList(),
          "knhk approvers list shows them.");
    }
    if (found.size() > 1) {
      throw CliError.AMBIGUOUS.because(
          "expected the beginning of one key's id: keyId=" + prefix + ", candidates=" + found,
          "Give more digits.");
    }
    return found.get(0);
  }
}
