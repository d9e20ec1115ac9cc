package io.knhk.knowledge.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.knhk.knowledge.schema.SchemaFinding.Severity;
import io.knhk.knowledge.schema.StatedAttribute.StatedType;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.observation.Datatype;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Holds a schema that a producer or consumer has against an event type: what it would let through
 * that would not conform, what it does not know of, and what of it was not understood. It reads
 * JSON Schema (what {@link SchemaExport} writes: types, {@code required}, bounds, {@code enum},
 * {@code const}, local {@code $ref}) and Avro (records, unions with null, enums). Nothing is ever
 * fetched.
 */
public final class SchemaCheck {
  /** Bytes of a schema. */
  public static final int BYTES_MAX = 1024 * 1024;

  /** Depth of nested JSON. */
  public static final int NESTING_MAX = 64;

  /** Findings that are kept. */
  public static final int FINDINGS_MAX = 1_000;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(NESTING_MAX).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final List<SchemaFinding> findings = new ArrayList<>();

  private SchemaCheck() {}

  /** What became of a check. */
  public sealed interface Result {
    /**
     * @param eventType what the schema was held against
     * @param findings empty when everything that the schema accepts conforms
     */
    record Checked(String eventType, SchemaExport.Format format, List<SchemaFinding> findings)
        implements Result {
      public Checked {
        findings = List.copyOf(findings);
      }

      /** Whether nothing that the schema accepts would fail. */
      public boolean fits() {
        return findings.stream().noneMatch(f -> f.severity() == Severity.WOULD_NOT_CONFORM);
      }
    }

    /**
     * There is no schema to hold against anything.
     *
     * @param detail one line for a person
     */
    record Refused(String detail) implements Result {}
  }

  /**
   * @param eventType what to hold it against; empty: what the schema itself names
   */
  public static Result check(byte[] schema, CompiledSnapshot snapshot, String eventType) {
    if (schema.length > BYTES_MAX) {
      return new Result.Refused(
          "expected a bounded schema: bytes=" + schema.length + ", limit=" + BYTES_MAX);
    }
    JsonNode root;
    try {
      root = JSON.readTree(schema);
    } catch (JsonProcessingException e) {
      return new Result.Refused("expected a JSON document: " + e.getOriginalMessage());
    } catch (IOException e) {
      return new Result.Refused("expected a JSON document: " + e.getMessage());
    }
    if (root == null || !root.isObject()) {
      return new Result.Refused("expected a JSON object");
    }
    boolean avro = root.path("type").asText().equals("record") && root.path("fields").isArray();
    StatedSchema stated = avro ? AvroReader.read(root) : JsonSchemaReader.read(root);
    String name = eventType.isEmpty() ? stated.eventType() : eventType;
    Optional<CompiledType> type =
        snapshot.types().stream().filter(known -> known.name().equals(name)).findFirst();
    if (type.isEmpty()) {
      return new Result.Refused(
          name.isEmpty()
              ? "expected the event type to be named, in the schema or beside it"
              : "expected an event type that the sector knows: eventType=" + name);
    }
    SchemaCheck check = new SchemaCheck();
    check.compare(stated, type.get());
    return new Result.Checked(
        name, avro ? SchemaExport.Format.AVRO : SchemaExport.Format.JSONSCHEMA, check.findings);
  }

  private void compare(StatedSchema stated, CompiledType type) {
    stated.notLookedAt().forEach(path -> add(Severity.NOT_LOOKED_AT, path, "not looked at"));
    if (!stated.eventType().isEmpty() && !stated.eventType().equals(type.name())) {
      add(
          Severity.WOULD_NOT_CONFORM,
          "eventType",
          "expected the event type: eventType=" + stated.eventType() + ", known=" + type.name());
    }
    bounds("value", stated.valueMin(), stated.valueMax(), type.valueMin(), type.valueMax());
    Map<String, StatedAttribute> byName = new HashMap<>();
    stated.attributes().forEach(attribute -> byName.put(attribute.name(), attribute));
    Map<String, CompiledProperty> known = new HashMap<>();
    type.properties().forEach(property -> known.put(property.name(), property));
    for (StatedAttribute attribute : stated.attributes()) {
      CompiledProperty property = known.get(attribute.name());
      if (property == null) {
        add(
            Severity.WOULD_NOT_CONFORM,
            attribute.name(),
            "expected an attribute that the sector knows: attribute=" + attribute.name());
      } else {
        compare(attribute, property);
      }
    }
    for (CompiledProperty property : type.properties()) {
      if (!byName.containsKey(property.name())) {
        add(
            property.required() ? Severity.WOULD_NOT_CONFORM : Severity.MISSING,
            property.name(),
            (property.required() ? "expected a required attribute" : "an attribute that is known")
                + ": attribute="
                + property.name()
                + ", datatype="
                + property.datatype().xsdName());
      }
    }
    if (stated.open()) {
      add(
          Severity.WOULD_NOT_CONFORM,
          "attributes",
          "expected no attributes beyond those stated: additionalProperties is not false");
    }
  }

  private void compare(StatedAttribute attribute, CompiledProperty property) {
    String name = property.name();
    if (property.required() && !attribute.required()) {
      add(Severity.WOULD_NOT_CONFORM, name, "expected a required attribute: attribute=" + name);
    }
    for (StatedType type : attribute.types()) {
      if (type == StatedType.OTHER || !property.datatype().accepts(type.datatype())) {
        add(
            Severity.WOULD_NOT_CONFORM,
            name,
            "expected the datatype: stated="
                + type.shown()
                + ", known="
                + property.datatype().xsdName());
        return;
      }
    }
    if (property.datatype() == Datatype.INTEGER || property.datatype() == Datatype.DECIMAL) {
      bounds(name, attribute.min(), attribute.max(), property.min(), property.max());
    }
    allowed(attribute, property);
  }

  private void allowed(StatedAttribute attribute, CompiledProperty property) {
    if (property.allowed().isEmpty()) {
      return;
    }
    if (attribute.allowed().isEmpty()) {
      add(
          Severity.WOULD_NOT_CONFORM,
          property.name(),
          "expected a list of allowed values: known=" + property.allowed().size());
      return;
    }
    Set<String> known = new HashSet<>(property.allowed());
    for (String text : attribute.allowed()) {
      if (!known.contains(text)) {
        add(
            Severity.WOULD_NOT_CONFORM,
            property.name(),
            "expected an allowed value: value=" + text);
      }
    }
  }

  private void bounds(String path, double min, double max, double knownMin, double knownMax) {
    if (min < knownMin) {
      add(
          Severity.WOULD_NOT_CONFORM,
          path,
          "expected no smaller values: minimum=" + shown(min) + ", known=" + shown(knownMin));
    }
    if (max > knownMax) {
      add(
          Severity.WOULD_NOT_CONFORM,
          path,
          "expected no larger values: maximum=" + shown(max) + ", known=" + shown(knownMax));
    }
  }

  private static String shown(double bound) {
    return Double.isInfinite(bound)
        ? "none"
        : JsonSchemas.number(bound).decimalValue().toPlainString();
  }

  private void add(Severity severity, String path, String message) {
    if (findings.size() < FINDINGS_MAX) {
      findings.add(new SchemaFinding(severity, path, message));
    }
  }
}
