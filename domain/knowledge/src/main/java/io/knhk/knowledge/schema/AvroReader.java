package io.knhk.knowledge.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.knowledge.schema.StatedAttribute.StatedType;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads an Avro record of an observation's data: its field {@code attributes} if that is a record,
 * else every field but {@code eventType}, {@code value} and {@code outcome}, is what an observation
 * carries.
 */
final class AvroReader {
  private final List<String> notLookedAt = new ArrayList<>();

  private AvroReader() {}

  static StatedSchema read(JsonNode root) {
    return new AvroReader().schema(root);
  }

  private StatedSchema schema(JsonNode root) {
    double min = Double.NEGATIVE_INFINITY;
    double max = Double.POSITIVE_INFINITY;
    List<StatedAttribute> attributes = new ArrayList<>();
    for (JsonNode field : root.path("fields")) {
      switch (field.path("name").asText()) {
        case "value" -> {
          min = bound(field.path(AvroSchemas.MIN), min);
          max = bound(field.path(AvroSchemas.MAX), max);
        }
        case "eventType", "outcome" -> {
          // Neither is an attribute.
        }
        case "attributes" -> {
          if (field.path("type").path("fields").isArray()) {
            field.path("type").path("fields").forEach(inner -> attributes.add(attribute(inner)));
          } else {
            notLookedAt.add("attributes");
          }
        }
        default -> attributes.add(attribute(field));
      }
    }
    return new StatedSchema(
        root.path(AvroSchemas.NAME).asText(""), min, max, attributes, false, notLookedAt);
  }

  private StatedAttribute attribute(JsonNode field) {
    String name = field.path(AvroSchemas.NAME).asText(field.path("name").asText());
    boolean required = true;
    List<StatedType> types = new ArrayList<>();
    List<String> allowed = new ArrayList<>();
    List<JsonNode> branches = new ArrayList<>();
    if (field.path("type").isArray()) {
      field.path("type").forEach(branches::add);
    } else {
      branches.add(field.path("type"));
    }
    for (JsonNode branch : branches) {
      String type = branch.isTextual() ? branch.asText() : branch.path("type").asText();
      if (type.equals("null")) {
        required = false;
        continue;
      }
      if (branch.has("logicalType")) {
        notLookedAt.add(name + "/logicalType");
      }
      branch.path("symbols").forEach(symbol -> allowed.add(symbol.asText()));
      types.add(type(type));
    }
    if (allowed.isEmpty()) {
      field.path(AvroSchemas.ALLOWED).forEach(text -> allowed.add(text.asText()));
    }
    return new StatedAttribute(
        name,
        types,
        required,
        bound(field.path(AvroSchemas.MIN), Double.NEGATIVE_INFINITY),
        bound(field.path(AvroSchemas.MAX), Double.POSITIVE_INFINITY),
        allowed);
  }

  private static StatedType type(String name) {
    return switch (name) {
      case "string", "enum" -> StatedType.STRING;
      case "int", "long" -> StatedType.INTEGER;
      case "float", "double" -> StatedType.DECIMAL;
      case "boolean" -> StatedType.BOOLEAN;
      default -> StatedType.OTHER;
    };
  }

  private static double bound(JsonNode number, double otherwise) {
    return number.isNumber() ? number.doubleValue() : otherwise;
  }
}
