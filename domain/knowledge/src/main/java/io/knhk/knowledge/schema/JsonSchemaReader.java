package io.knhk.knowledge.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.knhk.knowledge.schema.StatedAttribute.StatedType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a JSON Schema of an observation, or of its {@code data}, as far as {@link SchemaCheck}
 * says.
 */
final class JsonSchemaReader {
  /** References followed from one place. */
  private static final int REFERENCES_MAX = 16;

  private static final Set<String> UNDERSTOOD =
      Set.of(
          "$schema",
          "$id",
          "$ref",
          "$defs",
          "$comment",
          "definitions",
          "title",
          "description",
          "examples",
          "default",
          "deprecated",
          "readOnly",
          "writeOnly",
          "type",
          "required",
          "properties",
          "additionalProperties",
          "maxProperties",
          "minimum",
          "maximum",
          "enum",
          "const");

  private final JsonNode root;
  private final List<String> notLookedAt = new ArrayList<>();

  private JsonSchemaReader(JsonNode root) {
    this.root = root;
  }

  static StatedSchema read(JsonNode root) {
    return new JsonSchemaReader(root).read();
  }

  private StatedSchema read() {
    JsonNode data = at("", root);
    if (data.path("properties").has("data")) {
      data = at("data", data.path("properties").path("data"));
    }
    JsonNode members = data.path("properties");
    JsonNode eventType = at("eventType", members.path("eventType"));
    JsonNode value = at("value", members.path("value"));
    JsonNode attributes = at("attributes", members.path("attributes"));
    Set<String> required = new HashSet<>();
    if (texts(data.path("required")).contains("attributes")) {
      required.addAll(texts(attributes.path("required")));
    }
    List<StatedAttribute> stated = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : attributes.path("properties").properties()) {
      String name = property.getKey();
      stated.add(attribute(name, at(name, property.getValue()), required.contains(name)));
    }
    return new StatedSchema(
        eventType.path("const").asText(onlyOne(eventType.path("enum"))),
        bound(value.path("minimum"), Double.NEGATIVE_INFINITY),
        bound(value.path("maximum"), Double.POSITIVE_INFINITY),
        stated,
        !attributes.path("additionalProperties").isBoolean()
            || attributes.path("additionalProperties").asBoolean(),
        notLookedAt);
  }

  private static StatedAttribute attribute(String name, JsonNode schema, boolean required) {
    List<String> allowed = new ArrayList<>(texts(schema.path("enum")));
    if (schema.has("const")) {
      allowed.add(schema.path("const").asText());
    }
    return new StatedAttribute(
        name,
        types(schema),
        required,
        bound(schema.path("minimum"), Double.NEGATIVE_INFINITY),
        bound(schema.path("maximum"), Double.POSITIVE_INFINITY),
        allowed);
  }

  private static List<StatedType> types(JsonNode schema) {
    List<StatedType> types = new ArrayList<>();
    JsonNode type = schema.path("type");
    if (type.isTextual()) {
      types.add(type(type.asText()));
    } else {
      type.forEach(one -> types.add(type(one.asText())));
    }
    if (types.isEmpty()) {
      schema.path("enum").forEach(one -> types.add(of(one)));
      if (schema.has("const")) {
        types.add(of(schema.path("const")));
      }
    }
    return types;
  }

  private static StatedType type(String name) {
    return switch (name) {
      case "string" -> StatedType.STRING;
      case "integer" -> StatedType.INTEGER;
      case "number" -> StatedType.DECIMAL;
      case "boolean" -> StatedType.BOOLEAN;
      default -> StatedType.OTHER;
    };
  }

  private static StatedType of(JsonNode value) {
    if (value.isTextual()) {
      return StatedType.STRING;
    }
    if (value.isBoolean()) {
      return StatedType.BOOLEAN;
    }
    if (value.isNumber()) {
      return value.isIntegralNumber() ? StatedType.INTEGER : StatedType.DECIMAL;
    }
    return StatedType.OTHER;
  }

  /** What stands at a place, its local reference followed; names what is not understood there. */
  private JsonNode at(String path, JsonNode schema) {
    JsonNode found = schema;
    for (int i = 0; found.path("$ref").isTextual(); i++) {
      String reference = found.path("$ref").asText();
      if (i == REFERENCES_MAX || !(reference.equals("#") || reference.startsWith("#/"))) {
        notLookedAt.add(path + "/$ref");
        return MissingNode.getInstance();
      }
      found = pointed(reference);
    }
    for (Map.Entry<String, JsonNode> keyword : found.properties()) {
      if (!UNDERSTOOD.contains(keyword.getKey())) {
        notLookedAt.add(path + "/" + keyword.getKey());
      }
    }
    return found;
  }

  private JsonNode pointed(String reference) {
    JsonNode found = root;
    for (String step : reference.substring(1).split("/", -1)) {
      if (!step.isEmpty()) {
        found = found.path(step.replace("~1", "/").replace("~0", "~"));
      }
    }
    return found;
  }

  private static double bound(JsonNode number, double otherwise) {
    return number.isNumber() ? number.doubleValue() : otherwise;
  }

  private static String onlyOne(JsonNode texts) {
    return texts.size() == 1 ? texts.get(0).asText() : "";
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.asText()));
    return texts;
  }
}
