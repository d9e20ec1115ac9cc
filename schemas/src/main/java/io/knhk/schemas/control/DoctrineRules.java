package io.knhk.schemas.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.schemas.control.ControlMessageCodec.Members;
import io.knhk.schemas.knowledge.DoctrineRule;

/** Doctrine rules as JSON objects, the same in control messages, documents and state. */
public final class DoctrineRules {
  private DoctrineRules() {}

  /** One encoding: members in this order, parameters in order of name. */
  public static ObjectNode toJson(DoctrineRule rule) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", rule.id());
    json.put("sector", rule.sector());
    json.put("constraint", ControlMessageCodec.lower(rule.constraint()));
    ObjectNode parameters = json.putObject("parameters");
    rule.parameters().forEach(parameters::put);
    json.put("enforcement", ControlMessageCodec.lower(rule.enforcement()));
    json.put("effectiveFromMs", rule.effectiveFromMs());
    json.put("effectiveUntilMs", rule.effectiveUntilMs());
    json.put("version", rule.version());
    json.put("text", rule.text());
    return json;
  }

  /**
   * @throws IllegalArgumentException that names what was expected
   */
  public static DoctrineRule fromJson(JsonNode node) {
    Members json = new Members("rule", node);
    DoctrineRule rule =
        new DoctrineRule(
            ControlMessageCodec.ruleId(json, "id"),
            json.text("sector", 64),
            json.constant(DoctrineRule.Constraint.class, "constraint"),
            json.map("parameters"),
            json.constant(DoctrineRule.Enforcement.class, "enforcement"),
            json.notNegative("effectiveFromMs"),
            json.notNegative("effectiveUntilMs"),
            json.notNegative("version"),
            json.text("text", ControlContent.TEXT_CHARS_MAX));
    json.end();
    return rule;
  }
}
