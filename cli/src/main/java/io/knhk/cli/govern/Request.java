package io.knhk.cli.govern;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.cli.CliError;
import io.knhk.cli.CliException;
import io.knhk.cli.Durations;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.schemas.control.Ballot;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Something that people decide on, as the archive saw it last. */
record Request(Document document) {
  private static final Set<String> OPEN = Set.of("submitted", "under-review", "approvals-pending");
  private static final List<String> VOTES = List.of("approvals", "rejections", "abstentions");
  private static final Pattern PREFIX = Pattern.compile("[0-9a-f]{1,64}");

  /**
   * The request with this id, or whose proposal has it; the beginning of one is enough.
   *
   * @throws CliException if there is none, or several
   */
  static Request find(KnowledgeTables tables, String id) throws SQLException {
    String digits = prefix(id);
    List<Document> found = tables.beginning(Kind.REQUEST, digits, "proposalId");
    if (found.isEmpty()) {
      throw CliError.NOT_FOUND.because(
          "expected a proposal: id=" + id + ", log=" + tables.log(),
          "knhk proposals list shows those that there are.");
    }
    if (found.size() > 1) {
      throw ambiguous(id, found);
    }
    return new Request(found.get(0));
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
    return document.text("state");
  }

  boolean isOpen() {
    return OPEN.contains(state());
  }

  /** As the loop published it, checked by nobody. */
  String publishedBallot() {
    return document.text("ballot");
  }

  /** What a vote on it names, from what is said to be voted on. */
  Ballot ballot() {
    return new Ballot(id(), proposalId(), document.text("doctrine"), document.text("parent"));
  }

  /** How many have approved, of how many who must. */
  String approvals() {
    return approvalCount() + " of " + document.number("quorum");
  }

  int approvalCount() {
    return document.content().path("approvals").size();
  }

  /** What it waits for, in words; why it ended, where it has. */
  String needs(long nowMs) {
    if (!isOpen()) {
      String reason = document.text("reason");
      return reason.isEmpty() ? state() : state() + ": " + reason;
    }
    List<String> parts = new ArrayList<>();
    long missing =
        Math.max(document.number("approvalsNeeded"), document.number("quorum") - approvalCount());
    if (missing > 0) {
      parts.add(missing + (missing == 1 ? " approval" : " approvals"));
    }
    long reviewMs = document.number("reviewEndsAtMs") - nowMs;
    if (reviewMs > 0) {
      parts.add("review for another " + Durations.text(reviewMs));
    }
    return parts.isEmpty() ? "the loop" : String.join(", ", parts);
  }

  /** Whether somebody voted on what the ballot is now. */
  boolean hasVoted(String person) {
    for (String list : VOTES) {
      for (JsonNode vote : document.content().path(list)) {
        if (vote.path("person").asText().equals(person)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether somebody could vote on it and has not. */
  boolean waitsFor(Person person) {
    return isOpen()
        && person.sector().equals(sector())
        && person.roles().contains("approver")
        && !person.name().equals(document.text("author"))
        && !person.name().equals(document.text("onBehalfOf"))
        && !hasVoted(person.name());
  }
}
