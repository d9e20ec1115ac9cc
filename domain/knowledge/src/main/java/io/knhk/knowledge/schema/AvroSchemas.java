package io.knhk.knowledge.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.observation.Datatype;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An event type as an Avro record. Avro has no ranges, and its names are narrower than KNHK's: what
 * it cannot say is in properties that readers of Avro pass over ({@value #NAME}, {@value #MIN},
 * {@value #MAX}, {@value #ALLOWED}). An attribute that may be absent is a union with null. Texts
 * that are allowed are an enum where each is a name to Avro.
 */
final class AvroSchemas {
  static final String NAME = "knhk.name";
  static final String MIN = "knhk.minimum";
  static final String MAX = "knhk.maximum";
  static final String ALLOWED = "knhk.allowed";

  private static final Pattern AVRO_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private AvroSchemas() {}

  static ObjectNode of(CompiledSnapshot snapshot, CompiledType type) {
    Set<String> types = new HashSet<>();
    ObjectNode schema = NODES.objectNode();
    schema.put("type", "record");
    schema.put("name", named(type.name(), types));
    schema.put("namespace", "io.knhk." + snapshot.sector());
    schema.put(
        "doc",
        "data of an observation, as version "
            + snapshot.version()
            + " of sector "
            + snapshot.sector()
            + " has it");
    schema.put(NAME, type.name());
    schema.put("knhk.snapshot", snapshot.snapshotId());
    ArrayNode fields = schema.putArray("fields");
    fields.addObject().put("name", "eventType").put("type", "string").put("default", type.name());
    ObjectNode value = fields.addObject().put("name", "value").put("type", "double");
    bounds(value, type.valueMin(), type.valueMax());
    ObjectNode outcome = fields.addObject().put("name", "outcome");
    ObjectNode outcomes =
        outcome.putObject("type").put("type", "enum").put("name", named("Outcome", types));
    outcomes.putArray("symbols").add("ok").add("error");
    outcome.put("default", "ok");
    ObjectNode attributes = fields.addObject().put("name", "attributes");
    ObjectNode record = attributes.putObject("type").put("type", "record");
    record.put("name", named("Attributes", types));
    ArrayNode members = record.putArray("fields");
    Set<String> names = new HashSet<>();
    for (CompiledProperty property : type.properties()) {
      members.add(field(property, named(property.name(), names), types));
    }
    return schema;
  }

  private static ObjectNode field(CompiledProperty property, String name, Set<String> types) {
    ObjectNode field = NODES.objectNode();
    field.put("name", name);
    if (!name.equals(property.name())) {
      field.put(NAME, property.name());
    }
    JsonNode type = type(property, types);
    if (property.required()) {
      field.set("type", type);
    } else {
      field.set("type", NODES.arrayNode().add("null").add(type));
      field.putNull("default");
    }
    bounds(field, property.min(), property.max());
    if (!property.allowed().isEmpty()) {
      ArrayNode allowed = field.putArray(ALLOWED);
      property.allowed().forEach(allowed::add);
    }
    return field;
  }

  private static JsonNode type(CompiledProperty property, Set<String> types) {
    boolean symbols =
        property.datatype() == Datatype.STRING
            && !property.allowed().isEmpty()
            && property.allowed().stream().allMatch(text -> AVRO_NAME.matcher(text).matches())
            && property.allowed().stream().distinct().count() == property.allowed().size();
    if (symbols) {
      ObjectNode symbolic = NODES.objectNode();
      symbolic.put("type", "enum").put("name", named(property.name() + "_values", types));
      ArrayNode texts = symbolic.putArray("symbols");
      property.allowed().forEach(texts::add);
      return symbolic;
    }
    return NODES.textNode(
        switch (property.datatype()) {
          case STRING -> "string";
          case INTEGER -> "long";
          case DECIMAL -> "double";
          case BOOLEAN -> "boolean";
        });
  }

  private static void bounds(ObjectNode field, double min, double max) {
    if (!Double.isInfinite(min)) {
      field.set(MIN, JsonSchemas.number(min));
    }
    if (!Double.isInfinite(max)) {
      field.set(MAX, JsonSchemas.number(max));
    }
  }

  /**
   * A name that Avro accepts and that is not taken: every other character becomes {@code _}, and
   * what is taken gets a number.
   */
  private static String named(String name, Set<String> taken) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (i == 0 && digit) {
        out.append('_');
      }
      out.append(letter || digit ? c : '_');
    }
    String plain = out.isEmpty() ? "_" : out.toString();
    String free = plain;
    for (int i = 2; !taken.add(free); i++) {
      free = plain + "_" + i;
    }
    return free;
  }
}
