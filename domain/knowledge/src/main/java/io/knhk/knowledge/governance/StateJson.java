package io.knhk.knowledge.governance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.knowledge.doctrine.DoctrineBook;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.control.DoctrineRules;
import io.knhk.schemas.control.Role;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Persons, rules, relaxations and holds as JSON: the same in state and in documents. */
final class StateJson {
  private StateJson() {}

  static ObjectNode write(Person person) {
    ObjectNode json = Json.object();
    json.put("person", person.name());
    Json.constants(json, "roles", person.roles());
    ArrayNode keys = json.putArray("keys");
    person
        .keys()
        .forEach(
            (id, key) -> {
              ObjectNode element = keys.addObject();
              element.put("keyId", id);
              element.put("publicKey", key);
              element.put("revoked", person.revoked().contains(id));
            });
    json.put("demonstration", person.demonstration());
    json.put("revision", person.revision());
    return json;
  }

  static Person person(JsonNode json) {
    SortedMap<String, String> keys = new TreeMap<>();
    SortedSet<String> revoked = new TreeSet<>();
    for (JsonNode key : Json.member(json, "keys")) {
      keys.put(Json.text(key, "keyId"), Json.text(key, "publicKey"));
      if (Json.truth(key, "revoked")) {
        revoked.add(Json.text(key, "keyId"));
      }
    }
    return new Person(
        Json.text(json, "person"),
        Json.constants(json, "roles", Role.class),
        keys,
        revoked,
        Json.truth(json, "demonstration"),
        Json.number(json, "revision"));
  }

  static ObjectNode write(DoctrineBook.Entry entry) {
    ObjectNode json = Json.object();
    json.set("rule", DoctrineRules.toJson(entry.rule()));
    json.put("retired", entry.retired());
    return json;
  }

  static DoctrineBook.Entry rule(JsonNode json) {
    return new DoctrineBook.Entry(
        DoctrineRules.fromJson(Json.member(json, "rule")), Json.truth(json, "retired"));
  }

  static ObjectNode write(Relaxation relaxation) {
    ObjectNode json = Json.object();
    json.put("guard", relaxation.guard());
    json.put("fromMs", relaxation.fromMs());
    json.put("untilMs", relaxation.untilMs());
    json.put("requestId", relaxation.requestId());
    return json;
  }

  static Relaxation relaxation(JsonNode json) {
    return new Relaxation(
        Json.text(json, "guard"),
        Json.number(json, "fromMs"),
        Json.number(json, "untilMs"),
        Json.text(json, "requestId"));
  }

  static ObjectNode write(Held held) {
    ObjectNode json = Json.object();
    json.put("target", Json.lower(held.target()));
    json.put("change", held.change());
    json.put("held", held.held());
    json.put("by", held.by());
    json.put("reason", held.reason());
    json.put("requestId", held.requestId());
    json.put("atMs", held.atMs());
    json.put("revision", held.revision());
    return json;
  }

  static Held held(JsonNode json) {
    return new Held(
        Json.constant(Json.text(json, "target"), HoldTarget.class),
        Json.text(json, "change"),
        Json.truth(json, "held"),
        Json.text(json, "by"),
        Json.text(json, "reason"),
        Json.text(json, "requestId"),
        Json.number(json, "atMs"),
        Json.number(json, "revision"));
  }
}
