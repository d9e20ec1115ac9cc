package io.knhk.schemas.knowledge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.observation.Datatype;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A {@link CompiledSnapshot} as JSON in UTF-8. One snapshot has one encoding: members are sorted by
 * name, nothing is indented, a bound that is infinite and a list of allowed texts that is empty are
 * left out, and a double is written as the shortest digits that read back as it, whatever the JDK.
 *
 * <pre>
 *   {"parentId":"","promotedAtMs":0,"proposalId":"","sector":"finance","snapshotId":"…","touched":{"ELEMENT":2},
 *    "types":[{"decimals":2,"detectors":{…},"name":"payment.authorised",
 *              "properties":[{"allowed":["EUR"],"datatype":"STRING","max":1.0,"min":0.0,"name":"currency","required":true}],
 *              "valueMax":10000.0,"valueMin":0.01,"watchEachSubject":true}],"version":1}
 * </pre>
 */
public final class CompiledSnapshotCodec {
  private static final int NESTING_MAX = 16;

  static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(NESTING_MAX).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Set<String> SNAPSHOT =
      Set.of(
          "parentId",
          "promotedAtMs",
          "proposalId",
          "sector",
          "snapshotId",
          "touched",
          "types",
          "version");
  private static final Set<String> TYPE =
      Set.of("decimals", "detectors", "name", "properties", "watchEachSubject");
  private static final Set<String> TYPE_OPTIONAL = Set.of("valueMax", "valueMin");
  private static final Set<String> PROPERTY = Set.of("datatype", "name", "required");
  private static final Set<String> PROPERTY_OPTIONAL = Set.of("allowed", "max", "min");
  private static final Set<String> DETECTORS =
      Set.of(
          "baselineBuckets",
          "bucketMs",
          "driftZ",
          "errorMinCount",
          "errorRateMax",
          "expectedEveryMs",
          "frequencyZ",
          "maxPerBucket",
          "mismatchMinCount",
          "warmupBuckets");

  private CompiledSnapshotCodec() {}

  /**
   * The one encoding of a snapshot.
   *
   * @throws IllegalArgumentException if it is larger than {@link CompiledSnapshot#BYTES_MAX}, or
   *     types or properties are not in order of distinct names
   */
  public static byte[] encode(CompiledSnapshot snapshot) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      write(json, snapshot);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    requireSize(out.size());
    return out.toByteArray();
  }

  /**
   * Reads what {@link #encode} wrote, and nothing else: no member unknown, missing or twice, no
   * other type, no other order.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static CompiledSnapshot decode(byte[] bytes) {
    requireSize(bytes.length);
    return snapshot(tree(bytes));
  }

  /** As {@link #decode}, of what is inside something larger. */
  static CompiledSnapshot snapshot(JsonNode node) {
    members("snapshot", node, SNAPSHOT, Set.of());
    Map<String, Long> touched = new TreeMap<>();
    JsonNode elements = node.get("touched");
    require(elements.isObject(), "an object", "touched");
    for (Map.Entry<String, JsonNode> element : elements.properties()) {
      touched.put(element.getKey(), whole(elements, element.getKey()));
    }
    List<CompiledType> types = new ArrayList<>();
    for (JsonNode type : array(node, "types")) {
      types.add(type(type));
    }
    CompiledSnapshot snapshot =
        new CompiledSnapshot(
            text(node, "sector"),
            whole(node, "version"),
            text(node, "snapshotId"),
            text(node, "parentId"),
            text(node, "proposalId"),
            whole(node, "promotedAtMs"),
            types,
            touched);
    require(Sectors.isKnown(snapshot.sector()), "a known sector", "sector");
    require(snapshot.version() >= 1, "a version of at least 1", "version");
    require(isId(snapshot.snapshotId()), "64 hex digits", "snapshotId");
    require(
        snapshot.parentId().isEmpty() || isId(snapshot.parentId()),
        "64 hex digits or nothing",
        "parentId");
    require(
        snapshot.proposalId().isEmpty() || isId(snapshot.proposalId()),
        "64 hex digits or nothing",
        "proposalId");
    requireOrder(snapshot);
    return snapshot;
  }

  /** As {@link #encode}, into something larger; does not check the size. */
  static void write(JsonGenerator json, CompiledSnapshot snapshot) throws IOException {
    requireOrder(snapshot);
    json.writeStartObject();
    json.writeStringField("parentId", snapshot.parentId());
    json.writeNumberField("promotedAtMs", snapshot.promotedAtMs());
    json.writeStringField("proposalId", snapshot.proposalId());
    json.writeStringField("sector", snapshot.sector());
    json.writeStringField("snapshotId", snapshot.snapshotId());
    json.writeObjectFieldStart("touched");
    for (Map.Entry<String, Long> element : new TreeMap<>(snapshot.touched()).entrySet()) {
      json.writeNumberField(element.getKey(), element.getValue());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("types");
    for (CompiledType type : snapshot.types()) {
      write(json, type);
    }
    json.writeEndArray();
    json.writeNumberField("version", snapshot.version());
    json.writeEndObject();
  }

  /** Bytes that one event type takes in {@link #encode}, its comma not counted. */
  public static int bytesOf(CompiledType type) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      write(json, type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.size();
  }

  private static void write(JsonGenerator json, CompiledType type) throws IOException {
    json.writeStartObject();
    json.writeNumberField("decimals", type.decimals());
    DetectorParameters detectors = type.detectors();
    json.writeObjectFieldStart("detectors");
    json.writeNumberField("baselineBuckets", detectors.baselineBuckets());
    json.writeNumberField("bucketMs", detectors.bucketMs());
    finite(json, "driftZ", detectors.driftZ());
    json.writeNumberField("errorMinCount", detectors.errorMinCount());
    finite(json, "errorRateMax", detectors.errorRateMax());
    json.writeNumberField("expectedEveryMs", detectors.expectedEveryMs());
    finite(json, "frequencyZ", detectors.frequencyZ());
    json.writeNumberField("maxPerBucket", detectors.maxPerBucket());
    json.writeNumberField("mismatchMinCount", detectors.mismatchMinCount());
    json.writeNumberField("warmupBuckets", detectors.warmupBuckets());
    json.writeEndObject();
    json.writeStringField("name", type.name());
    json.writeArrayFieldStart("properties");
    for (CompiledProperty property : type.properties()) {
      write(json, property);
    }
    json.writeEndArray();
    bound(json, "valueMax", type.valueMax(), Double.POSITIVE_INFINITY);
    bound(json, "valueMin", type.valueMin(), Double.NEGATIVE_INFINITY);
    json.writeBooleanField("watchEachSubject", type.watchEachSubject());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, CompiledProperty property) throws IOException {
    json.writeStartObject();
    if (!property.allowed().isEmpty()) {
      json.writeArrayFieldStart("allowed");
      for (String text : property.allowed()) {
        json.writeString(text);
      }
      json.writeEndArray();
    }
    json.writeStringField("datatype", property.datatype().name());
    bound(json, "max", property.max(), Double.POSITIVE_INFINITY);
    bound(json, "min", property.min(), Double.NEGATIVE_INFINITY);
    json.writeStringField("name", property.name());
    json.writeBooleanField("required", property.required());
    json.writeEndObject();
  }

  private static void bound(JsonGenerator json, String name, double value, double unbounded)
      throws IOException {
    if (value != unbounded) {
      finite(json, name, value);
    }
  }

  private static void finite(JsonGenerator json, String name, double value) throws IOException {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("expected a finite number: " + name + "=" + value);
    }
    json.writeNumberField(name, value);
  }

  static JsonNode tree(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      try (JsonParser parser = JSON.createParser(text)) {
        JsonNode node = JSON.readTree(parser);
        if (node == null || parser.nextToken() != null) {
          throw new IllegalArgumentException("expected one JSON object: bytes=" + bytes.length);
        }
        return node;
      }
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("expected UTF-8: bytes=" + bytes.length, e);
    } catch (IOException e) {
      throw new IllegalArgumentException("expected JSON: " + e.getMessage(), e);
    }
  }

  private static CompiledType type(JsonNode node) {
    members("type", node, TYPE, TYPE_OPTIONAL);
    List<CompiledProperty> properties = new ArrayList<>();
    for (JsonNode property : array(node, "properties")) {
      properties.add(property(property));
    }
    return new CompiledType(
        text(node, "name"),
        small(node, "decimals"),
        truth(node, "watchEachSubject"),
        bound(node, "valueMin", Double.NEGATIVE_INFINITY),
        bound(node, "valueMax", Double.POSITIVE_INFINITY),
        properties,
        detectors(node.get("detectors")));
  }

  private static CompiledProperty property(JsonNode node) {
    members("property", node, PROPERTY, PROPERTY_OPTIONAL);
    List<String> allowed = new ArrayList<>();
    if (node.has("allowed")) {
      for (JsonNode text : array(node, "allowed")) {
        require(text.isTextual(), "a text", "allowed");
        allowed.add(text.textValue());
      }
      require(!allowed.isEmpty(), "at least one text", "allowed");
    }
    return new CompiledProperty(
        text(node, "name"),
        datatype(text(node, "datatype")),
        truth(node, "required"),
        bound(node, "min", Double.NEGATIVE_INFINITY),
        bound(node, "max", Double.POSITIVE_INFINITY),
        allowed);
  }

  private static DetectorParameters detectors(JsonNode node) {
    members("detectors", node, DETECTORS, Set.of());
    return new DetectorParameters(
        whole(node, "bucketMs"),
        small(node, "baselineBuckets"),
        small(node, "warmupBuckets"),
        number(node, "frequencyZ"),
        whole(node, "maxPerBucket"),
        number(node, "errorRateMax"),
        whole(node, "errorMinCount"),
        whole(node, "expectedEveryMs"),
        number(node, "driftZ"),
        whole(node, "mismatchMinCount"));
  }

  static void members(String what, JsonNode node, Set<String> required, Set<String> optional) {
    require(node.isObject(), "an object", what);
    Set<String> names = new TreeSet<>();
    for (Iterator<String> each = node.fieldNames(); each.hasNext(); ) {
      names.add(each.next());
    }
    if (!names.containsAll(required)) {
      throw new IllegalArgumentException(
          "expected all members of a " + what + ": members=" + names);
    }
    names.removeAll(required);
    names.removeAll(optional);
    if (!names.isEmpty()) {
      throw new IllegalArgumentException(
          "expected no other members of a " + what + ": members=" + names);
    }
  }

  private static JsonNode array(JsonNode node, String name) {
    JsonNode value = node.get(name);
    require(value.isArray(), "an array", name);
    return value;
  }

  static String text(JsonNode node, String name) {
    JsonNode value = node.get(name);
    require(value.isTextual(), "a text", name);
    return value.textValue();
  }

  private static long whole(JsonNode node, String name) {
    JsonNode value = node.get(name);
    require(value.isIntegralNumber() && value.canConvertToLong(), "a 64-bit integer", name);
    return value.longValue();
  }

  private static int small(JsonNode node, String name) {
    JsonNode value = node.get(name);
    require(value.isIntegralNumber() && value.canConvertToInt(), "a 32-bit integer", name);
    return value.intValue();
  }

  private static double number(JsonNode node, String name) {
    JsonNode value = node.get(name);
    require(value.isNumber() && Double.isFinite(value.doubleValue()), "a finite number", name);
    return value.doubleValue();
  }

  private static double bound(JsonNode node, String name, double unbounded) {
    return node.has(name) ? number(node, name) : unbounded;
  }

  private static boolean truth(JsonNode node, String name) {
    JsonNode value = node.get(name);
    require(value.isBoolean(), "true or false", name);
    return value.booleanValue();
  }

  private static Datatype datatype(String name) {
    for (Datatype datatype : Datatype.values()) {
      if (datatype.name().equals(name)) {
        return datatype;
      }
    }
    throw new IllegalArgumentException("expected a datatype: datatype=" + name);
  }

  private static boolean isId(String text) {
    boolean hex = text.length() == 64;
    for (int i = 0; hex && i < text.length(); i++) {
      hex = "0123456789abcdef".indexOf(text.charAt(i)) >= 0;
    }
    return hex;
  }

  private static void requireOrder(CompiledSnapshot snapshot) {
    String before = "";
    for (CompiledType type : snapshot.types()) {
      require(before.compareTo(type.name()) < 0, "types in order of distinct names", type.name());
      before = type.name();
      String previous = "";
      for (CompiledProperty property : type.properties()) {
        require(
            previous.compareTo(property.name()) < 0,
            "properties in order of distinct names",
            property.name());
        previous = property.name();
      }
    }
  }

  private static void requireSize(int bytes) {
    if (bytes > CompiledSnapshot.BYTES_MAX) {
      throw new IllegalArgumentException(
          "expected a bounded compiled snapshot: bytes="
              + bytes
              + ", limit="
              + CompiledSnapshot.BYTES_MAX);
    }
  }

  static void require(boolean holds, String expected, String name) {
    if (!holds) {
      throw new IllegalArgumentException("expected " + expected + ": member=" + name);
    }
  }
}
