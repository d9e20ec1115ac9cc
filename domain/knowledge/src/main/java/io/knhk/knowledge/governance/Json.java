package io.knhk.knowledge.governance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is common to the JSON of governance. A piece of state is {@code {"v":1,"value":{…}}}; what
 * an older release wrote is read for ever.
 */
final class Json {
  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static byte[] piece(ObjectNode value) {
    ObjectNode piece = object();
    piece.put("v", VERSION);
    piece.set("value", value);
    return piece.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @throws IllegalArgumentException if this release cannot read it
   */
  static ObjectNode value(String key, byte[] piece) {
    JsonNode json;
    try {
      json = JSON.readTree(piece);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("expected a piece of governance: key=" + key, e);
    } catch (IOException e) {
      throw new IllegalArgumentException("expected UTF-8: key=" + key, e);
    }
    if (json.path("v").asInt() != VERSION || !(json.get("value") instanceof ObjectNode value)) {
      throw new IllegalArgumentException(
          "expected a piece of version " + VERSION + ": key=" + key + ", v=" + json.path("v"));
    }
    return value;
  }

  static String text(JsonNode json, String name) {
    return member(json, name).textValue();
  }

  static long number(JsonNode json, String name) {
    return member(json, name).longValue();
  }

  static boolean truth(JsonNode json, String name) {
    return member(json, name).booleanValue();
  }

  static JsonNode member(JsonNode json, String name) {
    JsonNode member = json.get(name);
    if (member == null) {
      throw new IllegalArgumentException("expected a member: name=" + name);
    }
    return member;
  }

  static void constants(ObjectNode json, String name, Collection<? extends Enum<?>> constants) {
    ArrayNode array = json.putArray(name);
    constants.forEach(constant -> array.add(lower(constant)));
  }

  static <E extends Enum<E>> SortedSet<E> constants(JsonNode json, String name, Class<E> type) {
    SortedSet<E> constants = new TreeSet<>();
    for (JsonNode element : member(json, name)) {
      constants.add(constant(element.textValue(), type));
    }
    return constants;
  }

  static void texts(ObjectNode json, String name, Collection<String> texts) {
    ArrayNode array = json.putArray(name);
    texts.forEach(array::add);
  }

  static SortedSet<String> texts(JsonNode json, String name) {
    SortedSet<String> texts = new TreeSet<>();
    member(json, name).forEach(element -> texts.add(element.textValue()));
    return texts;
  }

  static <E extends Enum<E>> E constant(String name, Class<E> type) {
    return Enum.valueOf(type, name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
