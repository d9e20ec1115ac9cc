package io.knhk.knowledge.governance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.knowledge.doctrine.Effect;
import io.knhk.knowledge.doctrine.Scope;
import io.knhk.schemas.control.DoctrineRules;
import io.knhk.schemas.control.Role;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What is asked for, as the {@code detail} of a request. One encoding, which votes are bound to.
 */
final class AskedJson {
  private static final String DOMAIN = "knhk-asked-v1";

  private AskedJson() {}

  /**
   * The id of the content: of a change the proposal's, else SHA-256 over {@code knhk-asked-v1}, the
   * kind and the JSON, with a line feed after each of the first two.
   */
  static String contentId(Asked asked) {
    if (asked instanceof Asked.Change change) {
      return change.proposalId();
    }
    String text = DOMAIN + "\n" + asked.kind().code() + "\n" + write(asked);
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected SHA-256, which every JDK has", e);
    }
  }

  static ObjectNode write(Asked asked) {
    ObjectNode json = Json.object();
    if (asked instanceof Asked.Change change) {
      json.put("proposalId", change.proposalId());
      json.put("element", change.element());
      Json.texts(json, "changeKeys", change.changeKeys());
      write(json, change.scope());
      json.put("criticality", Json.lower(change.criticality()));
    } else if (asked instanceof Asked.Relaxation relaxation) {
      json.put("guard", relaxation.guard());
      json.put("durationMs", relaxation.durationMs());
      json.put("criticality", Json.lower(relaxation.criticality()));
      write(json, relaxation.scope());
    } else if (asked instanceof Asked.Doctrine doctrine) {
      json.put("retire", doctrine.retire());
      json.set("rule", DoctrineRules.toJson(doctrine.rule()));
    } else if (asked instanceof Asked.Approver approver) {
      json.put("person", approver.person());
      Json.constants(json, "roles", approver.roles());
      json.put("addKey", approver.addKey());
      json.put("revokeKey", approver.revokeKey());
    }
    return json;
  }

  static Asked read(RequestKind kind, JsonNode json) {
    return switch (kind) {
      case CHANGE, IMPORT, ROLLBACK ->
          new Asked.Change(
              kind,
              Json.text(json, "proposalId"),
              Json.text(json, "element"),
              Json.texts(json, "changeKeys"),
              scope(json),
              Json.constant(Json.text(json, "criticality"), Criticality.class));
      case RELAXATION ->
          new Asked.Relaxation(
              Json.text(json, "guard"),
              Json.number(json, "durationMs"),
              Json.constant(Json.text(json, "criticality"), Criticality.class),
              scope(json));
      case DOCTRINE ->
          new Asked.Doctrine(
              Json.truth(json, "retire"), DoctrineRules.fromJson(Json.member(json, "rule")));
      case APPROVER ->
          new Asked.Approver(
              Json.text(json, "person"),
              Json.constants(json, "roles", Role.class),
              Json.text(json, "addKey"),
              Json.text(json, "revokeKey"));
    };
  }

  private static void write(ObjectNode json, Scope scope) {
    Json.constants(json, "effects", scope.effects());
    Json.texts(json, "eventTypes", scope.eventTypes());
  }

  private static Scope scope(JsonNode json) {
    return new Scope(Json.constants(json, "effects", Effect.class), Json.texts(json, "eventTypes"));
  }
}
