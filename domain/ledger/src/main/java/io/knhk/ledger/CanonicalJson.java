package io.knhk.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The JSON Canonicalization Scheme of RFC 8785: one byte sequence for each JSON value.
 *
 * <p>Members are sorted by the UTF-16 code units of their names, there is no white space, strings
 * are escaped as little as JSON allows, and a number is the shortest decimal that reads back as the
 * same IEEE 754 double, as ECMAScript writes it. An integer beyond 2^53 is therefore rounded like
 * any other number; a value that must not be rounded belongs in a string (RFC 8785, appendix D).
 */
public final class CanonicalJson {
  /** Most UTF-8 bytes that {@link #parse} and {@link #canonicalise} read. */
  public static final int BYTES_MAX = 4 * 1024 * 1024;

  /** Most arrays and objects inside one another. */
  public static final int NESTING_MAX = 64;

  private static final int NUMBER_CHARS_MAX = 1_000;

  private static final JsonFactory STRICT =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // Names come from outside: a table of them would only grow.
          .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false)
          .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(NESTING_MAX)
                  .maxNumberLength(NUMBER_CHARS_MAX)
                  .maxNameLength(BYTES_MAX)
                  .maxStringLength(BYTES_MAX)
                  .build())
          .build();

  private CanonicalJson() {}

  /**
   * The canonical form of a value.
   *
   * @throws IllegalArgumentException if the value has no canonical form: a number that is not
   *     finite as a double, a lone surrogate, a node that is not JSON, or more than {@link
   *     #NESTING_MAX} levels
   */
  public static byte[] bytes(JsonNode value) {
    return bytes(value, 0);
  }

  /**
   * The canonical form of JSON text.
   *
   * @throws LedgerFormatException as {@link #parse}
   */
  public static byte[] canonicalise(byte[] json) throws LedgerFormatException {
    return bytes(parse(json));
  }

  /**
   * Reads one JSON value from UTF-8, strictly. Each number becomes the double next to it.
   *
   * @throws LedgerFormatException if the text is not RFC 8259 JSON in well-formed UTF-8 without a
   *     byte order mark, repeats a member name, holds a lone surrogate or a number too large for a
   *     double, goes on after the value, nests deeper than {@link #NESTING_MAX} or is longer than
   *     {@link #BYTES_MAX}
   */
  public static JsonNode parse(byte[] json) throws LedgerFormatException {
    if (json.length > BYTES_MAX) {
      throw new LedgerFormatException(
          "expected JSON within the limit: bytes=" + json.length + ", limit=" + BYTES_MAX);
    }
    String text = decode(json);
    try (JsonParser parser = STRICT.createParser(text)) {
      if (parser.nextToken() == null) {
        throw new LedgerFormatException(
            "expected one JSON value: bytes=" + json.length + ", values=0");
      }
      JsonNode value = read(parser);
      if (parser.nextToken() != null) {
        throw new LedgerFormatException(
            "expected nothing after the JSON value: offset="
                + parser.currentTokenLocation().getCharOffset());
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new LedgerFormatException("expected strict JSON: problem=" + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("expected no I/O when reading from memory", e);
    }
  }

  /** As {@link #bytes(JsonNode)}, of a value that will be inside this many arrays and objects. */
  static byte[] bytes(JsonNode value, int levelsAround) {
    StringBuilder out = new StringBuilder(256);
    write(out, value, levelsAround);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Appends a string with its quotes, escaped as RFC 8785 section 3.2.2.2 says. */
  static void writeString(StringBuilder out, String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c >= 0x20 && c != '"' && c != '\\' && !Character.isSurrogate(c)) {
        out.append(c);
      } else if (Character.isSurrogate(c)) {
        checkPair(value, i);
        out.append(c).append(value.charAt(++i));
      } else {
        writeEscaped(out, c);
      }
    }
    out.append('"');
  }

  /** True if the text has no surrogate without its other half. */
  static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!isPair(text, i)) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private static String decode(byte[] json) throws LedgerFormatException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      throw new LedgerFormatException("expected well-formed UTF-8: problem=" + e.getMessage(), e);
    }
    if (!text.isEmpty() && text.charAt(0) == '\uFEFF') {
      throw new LedgerFormatException("expected JSON without a byte order mark: offset=0");
    }
    return text;
  }

  /**
   * Reads the value whose first token is current. Recursion is bounded by the parser's own limit on
   * nesting.
   */
  private static JsonNode read(JsonParser parser) throws IOException, LedgerFormatException {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        ObjectNode object = nodes.objectNode();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = wellFormed(parser.currentName());
          parser.nextToken();
          object.set(name, read(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        ArrayNode array = nodes.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(read(parser));
        }
        yield array;
      }
      case VALUE_STRING -> nodes.textNode(wellFormed(parser.getText()));
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> nodes.numberNode(finite(parser.getText()));
      case VALUE_TRUE -> nodes.booleanNode(true);
      case VALUE_FALSE -> nodes.booleanNode(false);
      case VALUE_NULL -> nodes.nullNode();
      case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw new LedgerFormatException("expected a JSON value: token=" + parser.currentToken());
    };
  }

  private static String wellFormed(String text) throws LedgerFormatException {
    if (!isWellFormed(text)) {
      throw new LedgerFormatException("expected surrogates in pairs: chars=" + text.length());
    }
    return text;
  }

  private static double finite(String number) throws LedgerFormatException {
    double value = Double.parseDouble(number);
    if (!Double.isFinite(value)) {
      throw new LedgerFormatException(
          "expected a number that a double can hold: number="
              + number
              + ", limit="
              + Double.MAX_VALUE);
    }
    return value;
  }

  private static void write(StringBuilder out, JsonNode value, int depth) {
    switch (value.getNodeType()) {
      case OBJECT -> writeObject(out, value, nested(depth));
      case ARRAY -> writeArray(out, value, nested(depth));
      case STRING -> writeString(out, value.textValue());
      case NUMBER -> EcmaNumber.write(out, value.doubleValue());
      case BOOLEAN -> out.append(value.booleanValue());
      case NULL -> out.append("null");
      case BINARY, MISSING, POJO ->
          throw new IllegalArgumentException("expected a JSON node: type=" + value.getNodeType());
    }
  }

  private static int nested(int depth) {
    if (depth >= NESTING_MAX) {
      throw new IllegalArgumentException(
          "expected nesting within the limit: levels=" + (depth + 1) + ", limit=" + NESTING_MAX);
    }
    return depth + 1;
  }

  private static void writeObject(StringBuilder out, JsonNode object, int depth) {
    List<String> names = new ArrayList<>(object.size());
    object.fieldNames().forEachRemaining(names::add);
    // String order is the order of UTF-16 code units.
    Collections.sort(names);
    char before = '{';
    for (String name : names) {
      out.append(before);
      before = ',';
      writeString(out, name);
      out.append(':');
      write(out, object.path(name), depth);
    }
    out.append(names.isEmpty() ? "{}" : "}");
  }

  private static void writeArray(StringBuilder out, JsonNode array, int depth) {
    out.append('[');
    for (int i = 0; i < array.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      write(out, array.path(i), depth);
    }
    out.append(']');
  }

  private static void writeEscaped(StringBuilder out, char c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\b' -> out.append("\\b");
      case '\t' -> out.append("\\t");
      case '\n' -> out.append("\\n");
      case '\f' -> out.append("\\f");
      case '\r' -> out.append("\\r");
      default ->
          out.append("\\u00")
              .append(Character.forDigit(c >> 4, 16))
              .append(Character.forDigit(c & 0xF, 16));
    }
  }

  private static void checkPair(String text, int index) {
    if (!isPair(text, index)) {
      throw new IllegalArgumentException("expected surrogates in pairs: index=" + index);
    }
  }

  private static boolean isPair(String text, int index) {
    return index + 1 < text.length()
        && Character.isSurrogatePair(text.charAt(index), text.charAt(index + 1));
  }
}
