package io.knhk.knowledge.governance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Requests as JSON: the same in state and in the REQUEST document. */
final class RequestJson {
  private RequestJson() {}

  static ObjectNode write(Request request) {
    ObjectNode json = Json.object();
    NewRequest asked = request.asked();
    Requirement requirement = request.requirement();
    json.put("requestId", request.id());
    json.put("kind", request.kind().code());
    json.put("state", request.state().code());
    json.put("approvalsNeeded", request.approvalsNeeded());
    json.put("proposalId", asked.asked() instanceof Asked.Change change ? change.proposalId() : "");
    json.put("summary", asked.summary());
    json.put("author", asked.author());
    json.put("onBehalfOf", asked.onBehalfOf());
    json.put("criticality", Json.lower(requirement.criticality()));
    json.put("quorum", requirement.approvals().getOrDefault(request.kind().voters(), 0));
    json.put("reviewMs", requirement.reviewMs());
    json.put("submittedAtMs", request.submittedAtMs());
    json.put("reviewEndsAtMs", request.reviewEndsAtMs());
    json.put("expiresAtMs", request.expiresAtMs());
    json.put("ballot", request.ballot().hash());
    json.put("parent", request.parent());
    json.put("doctrine", request.doctrine());
    json.put("element", asked.asked() instanceof Asked.Change change ? change.element() : "");
    votes(json, "approvals", request.votes(Choice.APPROVE));
    votes(json, "rejections", request.votes(Choice.REJECT));
    votes(json, "abstentions", request.votes(Choice.ABSTAIN));
    json.put("reason", request.reason());
    json.put("endedAtMs", request.endedAtMs());
    json.put("demonstration", request.isByDemonstration());
    json.set("detail", AskedJson.write(asked.asked()));
    ObjectNode needed = json.putObject("needed");
    requirement.approvals().forEach((role, count) -> needed.put(Json.lower(role), count));
    json.put("revision", request.revision());
    ArrayNode history = json.putArray("history");
    for (Request.Moment moment : request.history()) {
      ObjectNode element = history.addObject();
      element.put("atMs", moment.atMs());
      element.put("state", moment.state().code());
      element.put("approvalsNeeded", moment.approvalsNeeded());
      element.put("note", moment.note());
    }
    return json;
  }

  static Request read(JsonNode json) {
    RequestKind kind = Json.constant(Json.text(json, "kind"), RequestKind.class);
    NewRequest asked =
        new NewRequest(
            Json.text(json, "requestId"),
            AskedJson.read(kind, Json.member(json, "detail")),
            Json.text(json, "summary"),
            Json.text(json, "author"),
            Json.text(json, "onBehalfOf"));
    SortedMap<Role, Integer> needed = new TreeMap<>();
    for (Map.Entry<String, JsonNode> role : Json.member(json, "needed").properties()) {
      needed.put(Json.constant(role.getKey(), Role.class), role.getValue().intValue());
    }
    SortedMap<String, CastVote> votes = new TreeMap<>();
    for (String name : List.of("approvals", "rejections", "abstentions")) {
      for (JsonNode element : Json.member(json, name)) {
        CastVote vote = vote(element, name);
        votes.put(vote.person(), vote);
      }
    }
    List<Request.Moment> history = new ArrayList<>();
    for (JsonNode element : Json.member(json, "history")) {
      history.add(
          new Request.Moment(
              Json.number(element, "atMs"),
              Json.constant(Json.text(element, "state"), RequestState.class),
              (int) Json.number(element, "approvalsNeeded"),
              Json.text(element, "note")));
    }
    return new Request(
        asked,
        new Requirement(
            Json.constant(Json.text(json, "criticality"), Criticality.class),
            needed,
            Json.number(json, "reviewMs")),
        Json.number(json, "submittedAtMs"),
        Json.number(json, "reviewEndsAtMs"),
        Json.number(json, "expiresAtMs"),
        Json.text(json, "parent"),
        Json.text(json, "doctrine"),
        Json.constant(Json.text(json, "state"), RequestState.class),
        (int) Json.number(json, "approvalsNeeded"),
        votes,
        Json.text(json, "reason"),
        Json.number(json, "endedAtMs"),
        Json.number(json, "revision"),
        history);
  }

  private static void votes(ObjectNode json, String name, List<CastVote> votes) {
    ArrayNode array = json.putArray(name);
    for (CastVote vote : votes) {
      ObjectNode element = array.addObject();
      element.put("person", vote.person());
      element.put("keyId", vote.keyId());
      element.put("voteId", vote.voteId());
      element.put("reason", vote.reason());
      element.put("atMs", vote.atMs());
      element.put("demonstration", vote.demonstration());
      if (vote.choice() == Choice.REJECT) {
        element.put("producerFault", vote.producerFault());
      }
      Json.constants(element, "roles", vote.roles());
    }
  }

  private static CastVote vote(JsonNode json, String name) {
    Choice choice =
        switch (name) {
          case "approvals" -> Choice.APPROVE;
          case "rejections" -> Choice.REJECT;
          default -> Choice.ABSTAIN;
        };
    return new CastVote(
        Json.text(json, "person"),
        Json.text(json, "keyId"),
        Json.text(json, "voteId"),
        choice,
        Json.text(json, "reason"),
        choice == Choice.REJECT && Json.truth(json, "producerFault"),
        Json.number(json, "atMs"),
        Json.truth(json, "demonstration"),
        Json.constants(json, "roles", Role.class));
  }
}
