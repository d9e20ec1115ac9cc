package io.knhk.cli.govern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.knhk.cli.Durations;
import io.knhk.cli.Rows;
import io.knhk.cli.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A proposal as a steward reads it: what it says, what still lacks, what it does, what was found.
 */
final class ProposalText {
  private static final int TRIPLES_SHOWN = 20;
  private static final String INDENT = "  ";

  private final List<String> lines = new ArrayList<>();
  private final long nowMs;

  private ProposalText(long nowMs) {
    this.nowMs = nowMs;
  }

  /**
   * The whole of it, a line each.
   *
   * @param request null where nobody has to decide
   * @param proposal content of the proposal's document; null where the request changes no triples
   *     or none is stored yet
   */
  static List<String> of(@Nullable StoredRequest request, @Nullable JsonNode proposal, long nowMs) {
    ProposalText text = new ProposalText(nowMs);
    JsonNode content = proposal == null ? MissingNode.getInstance() : proposal;
    text.head(request, content);
    if (request != null) {
      text.state(request);
    }
    if (!content.isMissingNode()) {
      text.change(content);
      text.examples(content.path("examples"));
      text.affected(content);
      text.stages(content.path("stages"));
    }
    if (request != null) {
      text.detail(request);
      text.votes(request);
    }
    return List.copyOf(text.lines);
  }

  private void head(@Nullable StoredRequest request, JsonNode proposal) {
    JsonNode from = request == null ? proposal : request.document().content();
    line("", from.path("summary").asText("(no summary)"));
    if (request != null) {
      field("request", request.document().text("kind") + " " + request.id());
      field("sector", request.sector());
    }
    String proposalId = from.path("proposalId").asText("");
    if (!proposalId.isEmpty()) {
      field("proposal", proposalId);
    }
    field("author", author(from, proposal));
    String element = from.path("element").asText("");
    if (!element.isEmpty()) {
      field("about", element);
    }
  }

  private static String author(JsonNode from, JsonNode proposal) {
    String author = from.path("author").asText("");
    String onBehalfOf = from.path("onBehalfOf").asText("");
    if (author.isEmpty()) {
      return "the loop"
          + (proposal.isMissingNode()
              ? ""
              : String.format(
                  Locale.ROOT,
                  ", by its rule %s, confidence %.3f",
                  proposal.path("rule").asText("?"),
                  proposal.path("confidence").asDouble()));
    }
    return author + (onBehalfOf.isEmpty() ? "" : ", on behalf of " + onBehalfOf);
  }

  private void state(StoredRequest request) {
    JsonNode content = request.document().content();
    field("state", request.state());
    if (request.isOpen()) {
      field("needs", request.needs(nowMs));
    } else if (!content.path("reason").asText("").isEmpty()) {
      field("because", content.path("reason").asText());
    }
    field(
        "approvals",
        request.approvals() + ", because it is " + content.path("criticality").asText("?"));
    if (request.isOpen()) {
      field("review until", time(content.path("reviewEndsAtMs")));
      field("expires", time(content.path("expiresAtMs")));
    } else {
      field("ended", time(content.path("endedAtMs")));
    }
    if (content.path("demonstration").asBoolean()) {
      field("note", "decided on with demonstration keys");
    }
  }

  private void change(JsonNode proposal) {
    section("What changes");
    JsonNode plain = proposal.path("plain");
    plain.forEach(sentence -> line(INDENT, sentence.asText()));
    if (plain.isEmpty()) {
      line(INDENT, "(not said in plain words)");
    }
    long added = proposal.path("addedCount").asLong(proposal.path("added").size());
    long removed = proposal.path("removedCount").asLong(proposal.path("removed").size());
    section(
        "Triples: "
            + added
            + " added, "
            + removed
            + " removed"
            + (proposal.path("loosens").asBoolean() ? "; it loosens what is asked" : ""));
    int left = TRIPLES_SHOWN;
    left = triples("+ ", proposal.path("added"), left);
    left = triples("- ", proposal.path("removed"), left);
    long hidden = added + removed - (TRIPLES_SHOWN - left);
    if (hidden > 0) {
      line(INDENT, "... and " + hidden + " more: -o json has them");
    }
  }

  private int triples(String sign, JsonNode triples, int left) {
    int rest = left;
    for (JsonNode triple : triples) {
      if (rest == 0) {
        return 0;
      }
      line(INDENT, sign + triple.asText());
      rest--;
    }
    return rest;
  }

  private void examples(JsonNode examples) {
    if (examples.isEmpty()) {
      return;
    }
    section("Examples, of what was observed");
    for (JsonNode example : examples) {
      StringBuilder text = new StringBuilder();
      text.append(example.path("eventType").asText())
          .append(" of ")
          .append(example.path("subject").asText("?"))
          .append(" at ")
          .append(time(example.path("timeMs")))
          .append(": value ")
          .append(example.path("value").asText())
          .append(", outcome ")
          .append(example.path("outcome").asText());
      example
          .path("attributes")
          .properties()
          .forEach(
              it ->
                  text.append(", ").append(it.getKey()).append(' ').append(it.getValue().asText()));
      line(INDENT, text.toString());
      line(
          INDENT + INDENT,
          (example.path("conforms").asBoolean()
                  ? "conforms after the change"
                  : "does not conform after the change")
              + "; from "
              + example.path("source").asText("?")
              + ", id "
              + example.path("id").asText("?"));
    }
  }

  private void affected(JsonNode proposal) {
    JsonNode affected = proposal.path("affected");
    section("Who is affected");
    List<String> types = new ArrayList<>();
    affected.path("eventTypes").forEach(type -> types.add(type.asText()));
    line(
        INDENT,
        (types.isEmpty() ? "no event type" : String.join(", ", types))
            + "; sources "
            + affected.path("sources").asLong()
            + ", subjects "
            + affected.path("subjects").asLong()
            + " of the recent sample");
    String compatibility = proposal.path("compatibility").asText("");
    if (!compatibility.isEmpty()) {
      line(INDENT, "compatibility: " + compatibility);
    }
  }

  private void stages(JsonNode stages) {
    section("Stages");
    int number = 0;
    for (JsonNode stage : stages) {
      number++;
      String result =
          stage.path("passed").isBoolean()
              ? (stage.path("passed").asBoolean() ? "passed" : "FAILED")
              : "not run";
      line(
          INDENT,
          String.format(
              Locale.ROOT,
              "%d %-14s %-8s %s",
              number,
              stage.path("stage").asText(),
              result,
              stage.path("checked").asText()));
      String cost = cost(stage);
      if (!cost.isEmpty()) {
        line(INDENT.repeat(2), cost);
      }
      String reason = stage.path("reason").asText("");
      if (!reason.isEmpty()) {
        line(INDENT.repeat(2), "because " + reason);
      }
      stage.path("remarks").forEach(remark -> witness("remark", remark));
      stage.path("witnesses").forEach(witness -> witness("expected", witness));
    }
  }

  private static String cost(JsonNode stage) {
    List<String> parts = new ArrayList<>();
    stage
        .path("figures")
        .properties()
        .forEach(figure -> parts.add(figure.getKey() + " " + figure.getValue().asText()));
    long measuredNs = stage.path("measuredNs").asLong();
    if (measuredNs > 0) {
      parts.add(String.format(Locale.ROOT, "took %.3f ms", measuredNs / 1e6));
    }
    return String.join(", ", parts);
  }

  private void witness(String what, JsonNode witness) {
    if (witness.isTextual()) {
      line(INDENT.repeat(2), what + "  " + witness.asText());
      return;
    }
    String[][] parts = {
      {what, "message"},
      {"focus", "focusNode"},
      {"path", "path"},
      {"said by", "source"},
      {"mend", "mend"}
    };
    for (String[] part : parts) {
      String value = witness.path(part[1]).asText("");
      if (!value.isEmpty()) {
        line(INDENT.repeat(2), String.format(Locale.ROOT, "%-9s %s", part[0], value));
      }
    }
  }

  private void detail(StoredRequest request) {
    JsonNode detail = request.document().content().path("detail");
    if (detail.isEmpty()) {
      return;
    }
    section("Asked for");
    detail
        .properties()
        .forEach(
            it ->
                line(
                    INDENT,
                    it.getKey()
                        + ": "
                        + (it.getValue().isValueNode()
                            ? it.getValue().asText()
                            : Rows.text(it.getValue()))));
  }

  private void votes(StoredRequest request) {
    JsonNode content = request.document().content();
    section("Votes");
    int before = lines.size();
    votes("approved", content.path("approvals"));
    votes("rejected", content.path("rejections"));
    votes("abstained", content.path("abstentions"));
    if (lines.size() == before) {
      line(INDENT, "none yet");
    }
    if (request.isOpen()) {
      section("A vote names");
      field("ballot", request.ballot().hash());
      field("doctrine", content.path("doctrine").asText());
      field("parent", content.path("parent").asText());
    }
  }

  private void votes(String what, JsonNode votes) {
    for (JsonNode vote : votes) {
      String reason = vote.path("reason").asText("");
      line(
          INDENT,
          String.format(
              Locale.ROOT,
              "%-9s %s, %s%s%s%s",
              what,
              vote.path("person").asText(),
              time(vote.path("atMs")),
              reason.isEmpty() ? "" : ": " + reason,
              vote.path("producerFault").asBoolean() ? " (the producer's fault)" : "",
              vote.path("demonstration").asBoolean() ? " (demonstration key)" : ""));
    }
  }

  private String time(JsonNode time) {
    if (!time.isNumber()) {
      return time.asText("?");
    }
    long ms = time.asLong();
    String text = Times.text(ms);
    return ms > nowMs ? text + ", in " + Durations.text(ms - nowMs) : text;
  }

  private void section(String title) {
    lines.add("");
    line("", title);
  }

  private void field(String name, String value) {
    line(INDENT, String.format(Locale.ROOT, "%-13s %s", name, value));
  }

  /** What others wrote must not steer the terminal. */
  private void line(String indent, String text) {
    lines.add(indent + Rows.printable(text));
  }
}
