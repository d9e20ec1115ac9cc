package io.knhk.cli.govern;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.CliException;
import io.knhk.cli.ExitCode;
import io.knhk.cli.OutputFormat;
import io.knhk.cli.ResolvedEndpoints;
import io.knhk.cli.Rows;
import io.knhk.cli.Terminal;
import io.knhk.cli.Times;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One command's dealings with the loop: with whose key, in which ledger, what the archive says
 * before and after.
 */
final class ControlSession implements AutoCloseable {
  private final Terminal terminal;
  private final ResolvedEndpoints endpoints;
  private final KnowledgeTables tables;
  private final ControlSender sender;
  private final String keyId;
  private final Patience patience;
  private final OutputFormat format;

  private ControlSession(
      Terminal terminal,
      ResolvedEndpoints endpoints,
      KnowledgeTables tables,
      ControlSender sender,
      String keyId,
      Patience patience,
      OutputFormat format) {
    this.terminal = terminal;
    this.endpoints = endpoints;
    this.tables = tables;
    this.sender = sender;
    this.keyId = keyId;
    this.patience = patience;
    this.format = format;
  }

  /**
   * How long.
   *
   * @param lifetime how long the message is taken
   * @param answer how long to wait for it; null: not at all
   */
  record Patience(Duration lifetime, @Nullable Duration answer) {}

  static ControlSession open(
      Terminal terminal,
      ResolvedEndpoints endpoints,
      KnowledgeTables tables,
      SigningKey key,
      Patience patience,
      OutputFormat format) {
    try {
      return new ControlSession(
          terminal,
          endpoints,
          tables,
          ControlSender.open(endpoints, tables.log(), key, Clock.systemUTC()),
          key.publicKey().keyId(),
          patience,
          format);
    } catch (CliException e) {
      try {
        tables.close();
      } catch (SQLException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  KnowledgeTables tables() {
    return tables;
  }

  Terminal terminal() {
    return terminal;
  }

  ResolvedEndpoints endpoints() {
    return endpoints;
  }

  OutputFormat format() {
    return format;
  }

  /**
   * Whose key it is in a sector; null while the archive knows of nobody there.
   *
   * @throws CliException if it is nobody's, or counts no more
   */
  @Nullable Person signer(String sector) throws SQLException {
    List<String> known = new ArrayList<>();
    for (Document document : tables.all(Kind.PERSON, sector)) {
      Person person = Person.of(document);
      Person.Key key = person.key(keyId);
      if (key != null && key.revoked()) {
        throw CliError.UNKNOWN_SIGNER.because(
            "expected a key that still counts: sector="
                + sector
                + ", person="
                + person.name()
                + ", keyId="
                + keyId
                + ", revoked=true",
            "Sign with another key; knhk approvers list --sector " + sector + " shows them.");
      }
      if (key != null) {
        return person;
      }
      known.add(person.name());
    }
    if (known.isEmpty()) {
      terminal.note("The archive knows of nobody yet who may sign in " + sector + ".");
      return null;
    }
    throw CliError.UNKNOWN_SIGNER.because(
        "expected a key of somebody whom the sector knows: sector="
            + sector
            + ", keyId="
            + keyId
            + ", known="
            + known,
        "Sign with another key, or let administrators add it: knhk approvers add.");
  }

  /**
   * Sends a message, waits for its answer, and writes both.
   *
   * @return an {@link ExitCode}
   * @throws CliException if it was refused, or nothing answered in time
   */
  int submit(String sector, ControlContent content) throws SQLException, InterruptedException {
    ControlAnswer answer = ask(sector, content);
    Rows.writeOne(
        terminal.out(), format, format == OutputFormat.table ? answer.toText() : answer.toJson());
    return exit(answer);
  }

  /** Sends a message and waits for its answer; an answer of no receipts where nobody waits. */
  ControlAnswer ask(String sector, ControlContent content)
      throws SQLException, InterruptedException {
    Person person = signer(sector);
    SignedControl signed = sender.sign(sector, content, patience.lifetime());
    ControlWait wait = ControlWait.before(tables, sector);
    ControlSender.Place place = sender.send(signed);
    ObjectNode sent = JsonNodeFactory.instance.objectNode();
    sent.put("messageId", signed.id());
    sent.put("kind", content.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    sent.put("sector", sector);
    sent.put("person", person == null ? "" : person.name());
    sent.put("keyId", keyId);
    sent.put("log", tables.log());
    sent.put("expiresAt", Times.text(signed.message().expiresAtMs()));
    Duration patient = patience.answer();
    if (patient == null) {
      return ControlAnswer.unasked(sent);
    }
    terminal.note(
        "sent "
            + sent.path("kind").asText()
            + " "
            + Ids.brief(signed.id())
            + " to "
            + sector
            + (person == null ? "" : " as " + person.name())
            + "; waiting for its receipt");
    return new ControlAnswer(sent, wait.await(signed.id(), place, patient), true);
  }

  /** Sends a message without waiting: another one, that comes behind it, is answered for both. */
  void sendAhead(String sector, ControlContent content) throws InterruptedException {
    sender.send(sender.sign(sector, content, patience.lifetime()));
  }

  /**
   * What the answer means for the command.
   *
   * @throws CliException if it was refused, or there is none
   */
  int exit(ControlAnswer answer) {
    if (!answer.asked()) {
      return ExitCode.OK;
    }
    String id = answer.messageId();
    if (answer.receipts().isEmpty()) {
      throw CliError.NO_ANSWER.because(
          "expected a receipt of the message: messageId="
              + id
              + ", waitedSeconds="
              + (patience.answer() == null ? 0 : patience.answer().toSeconds()),
          "It is in Kafka and will be answered: knhk receipts list --subject " + id + ".");
    }
    answer
        .refusal()
        .ifPresent(
            reason -> {
              throw CliError.CONTROL_REFUSED.because(
                  "expected the loop to allow it: messageId="
                      + id
                      + ", reason="
                      + Rows.printable(reason),
                  "docs/handbook/governance.md says who may send what.");
            });
    return ExitCode.OK;
  }

  @Override
  public void close() {
    sender.close();
    try {
      tables.close();
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }
}
