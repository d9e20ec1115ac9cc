package io.knhk.knowledge.schema;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.observation.ObservationLimits;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * An event type as JSON Schema, draft 2020-12. It accepts what conforms and refuses what does not,
 * but for what the language cannot say: that an integer is written without a point ({@code 1.0} is
 * none to KNHK), and that a number whose texts are listed is written as listed.
 */
final class JsonSchemas {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonSchemas() {}

  static ObjectNode of(CompiledSnapshot snapshot, CompiledType type) {
    ObjectNode schema = NODES.objectNode();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put(
        "$id",
        "https://knhk.io/schemas/"
            + snapshot.sector()
            + "/"
            + escaped(type.name())
            + "/"
            + snapshot.snapshotId());
    schema.put("title", type.name());
    schema.put(
        "description",
        "data of an observation, as version "
            + snapshot.version()
            + " of sector "
            + snapshot.sector()
            + " has it");
    schema.put("type", "object");
    ArrayNode required = schema.putArray("required").add("eventType").add("value");
    ObjectNode members = schema.putObject("properties");
    members.putObject("eventType").put("const", type.name());
    ObjectNode value = members.putObject("value").put("type", "number");
    bounds(value, type.valueMin(), type.valueMax());
    ObjectNode outcome = members.putObject("outcome");
    outcome.putArray("enum").add("ok").add("error");
    outcome.put("default", "ok");
    ObjectNode attributes = members.putObject("attributes").put("type", "object");
    attributes.put("maxProperties", ObservationLimits.ATTRIBUTES_MAX);
    ArrayNode needed = NODES.arrayNode();
    ObjectNode properties = attributes.putObject("properties");
    for (CompiledProperty property : type.properties()) {
      properties.set(property.name(), property(property));
      if (property.required()) {
        needed.add(property.name());
      }
    }
    if (!needed.isEmpty()) {
      attributes.set("required", needed);
      required.add("attributes");
    }
    attributes.put("additionalProperties", false);
    schema.put("additionalProperties", false);
    return schema;
  }

  private static ObjectNode property(CompiledProperty property) {
    ObjectNode schema = NODES.objectNode();
    schema.put(
        "type",
        switch (property.datatype()) {
          case STRING -> "string";
          case INTEGER -> "integer";
          case DECIMAL -> "number";
          case BOOLEAN -> "boolean";
        });
    bounds(schema, property.min(), property.max());
    if (!property.allowed().isEmpty()) {
      ArrayNode allowed = NODES.arrayNode();
      property.allowed().forEach(text -> add(allowed, property.datatype(), text));
      if (allowed.isEmpty()) {
        schema.putObject("not"); // no value of this datatype has any of the texts
      } else {
        schema.set("enum", allowed);
      }
    }
    return schema;
  }

  private static void add(ArrayNode allowed, Datatype datatype, String text) {
    switch (datatype) {
      case STRING -> allowed.add(text);
      case BOOLEAN -> {
        if (text.equals("true") || text.equals("false")) {
          allowed.add(text.equals("true"));
        }
      }
      case INTEGER, DECIMAL -> {
        try {
          allowed.add(DecimalNode.valueOf(new BigDecimal(text)));
        } catch (NumberFormatException e) {
          // No number is written so.
        }
      }
    }
  }

  private static void bounds(ObjectNode schema, double min, double max) {
    if (!Double.isInfinite(min)) {
      schema.set("minimum", number(min));
    }
    if (!Double.isInfinite(max)) {
      schema.set("maximum", number(max));
    }
  }

  static DecimalNode number(double value) {
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    return DecimalNode.valueOf(exact.scale() < 0 ? exact.setScale(0) : exact);
  }

  /** As a path segment of an IRI (RFC 3986, section 2.1). */
  private static String escaped(String name) {
    StringBuilder out = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if ((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || "-._".indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return out.toString();
  }
}
