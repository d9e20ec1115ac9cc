package io.knhk.cli.govern;

import io.knhk.cli.CliError;
import io.knhk.cli.CliException;
import io.knhk.cli.Durations;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.knowledge.governance.Asked;
import io.knhk.knowledge.governance.CastVote;
import io.knhk.knowledge.governance.Documents;
import io.knhk.knowledge.governance.Request;
import io.knhk.schemas.control.Ballot;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Something that people decide on, as the archive saw it last. */
record StoredRequest(Document document, Request request) {
  private static final Pattern PREFIX = Pattern.compile("[0-9a-f]{1,64}");

  static StoredRequest of(Document document) {
    try {
      return new StoredRequest(document, Documents.request(document.content()));
    } catch (IllegalArgumentException e) {
      throw CliError.EVIDENCE_INVALID.because(
          "expected a request as the loop writes them: id="
              + document.id()
              + ", problem="
              + e.getMessage(),
          "Use a knhk of the loop's release.",
          e);
    }
  }

  /**
   * The request with this id, or whose proposal has it; the beginning of one is enough.
   *
   * @throws CliException if there is none, or several
   */
  static StoredRequest find(KnowledgeTables tables, String id) throws SQLException {
    List<Document> found = tables.beginning(Kind.REQUEST, prefix(id), "proposalId");
    if (found.isEmpty()) {
      throw CliError.NOT_FOUND.because(
          "expected a proposal: id=" + id + ", log=" + tables.log(),
          "knhk proposals list shows those that there are.");
    }
    if (found.size() > 1) {
      throw ambiguous(id, found);
    }
    return of(found.get(0));
  }

  /** Hex digits in lower case. */
  static String prefix(String id) {
    String digits = id.toLowerCase(Locale.ROOT);
    if (!PREFIX.matcher(digits).matches()) {
      throw CliError.USAGE.because(
          "expected hex digits: id=" + id, "knhk proposals list shows the ids.");
    }
    return digits;
  }

  static CliException ambiguous(String id, List<Document> found) {
    return CliError.AMBIGUOUS.because(
        "expected the beginning of one id: id="
            + id
            + ", candidates="
            + found.stream().map(Document::id).toList(),
        "Give more digits.");
  }

  /**
   * @throws CliException if it is over
   */
  void checkOpen() {
    if (!isOpen()) {
      throw CliError.NOT_OPEN.because(
          "expected a proposal that is still open: id="
              + id()
              + ", state="
              + state()
              + ", reason="
              + request.reason(),
          "Nothing was sent. knhk proposals list --status open shows those that are.");
    }
  }

  String id() {
    return document.id();
  }

  String sector() {
    return document.sector();
  }

  String proposalId() {
    return document.text("proposalId");
  }

  String state() {
    return request.state().code();
  }

  boolean isOpen() {
    return request.state().isOpen();
  }

  /** As the loop published it. */
  String publishedBallot() {
    return document.text("ballot");
  }

  /** What a vote on it names, computed from what it asks for. */
  Ballot ballot() {
    return request.ballot();
  }

  /** How many have agreed, of how many who must: {@code 1 of 3 approvers}. */
  String approvals() {
    List<String> parts = new ArrayList<>();
    for (Map.Entry<Role, Integer> needed : request.requirement().approvals().entrySet()) {
      long agreed =
          request.votes(Choice.APPROVE).stream()
              .map(CastVote::roles)
              .filter(roles -> roles.contains(needed.getKey()))
              .count();
      parts.add(
          agreed
              + " of "
              + needed.getValue()
              + " "
              + needed.getKey().name().toLowerCase(Locale.ROOT)
              + (needed.getValue() == 1 ? "" : "s"));
    }
    return parts.isEmpty() ? "none needed" : String.join(", ", parts);
  }

  /** What it waits for, in words; why it ended, where it has. */
  String needs(long nowMs) {
    if (!isOpen()) {
      return request.reason().isEmpty() ? state() : state() + ": " + request.reason();
    }
    List<String> parts = new ArrayList<>();
    int missing = request.approvalsNeeded();
    if (missing > 0) {
      parts.add(missing + (missing == 1 ? " approval" : " approvals"));
    }
    long reviewMs = request.reviewEndsAtMs() - nowMs;
    if (reviewMs > 0) {
      parts.add("review for another " + Durations.text(reviewMs));
    }
    return parts.isEmpty() ? "the loop" : String.join(", ", parts);
  }

  /** Whether somebody could vote on it, and has not voted on what it is now. */
  boolean waitsFor(Person person) {
    return isOpen()
        && person.sector().equals(sector())
        && request.requirement().approvals().keySet().stream().anyMatch(person::holds)
        && !isAbout(person.name())
        && !request.votes().containsKey(person.name());
  }

  private boolean isAbout(String person) {
    return person.equals(request.asked().author())
        || person.equals(request.asked().onBehalfOf())
        || (request.asked().asked() instanceof Asked.Approver it && it.person().equals(person));
  }
}
