package io.knhk.schemas.observation;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of one event, token by token, into an {@link EventBuilder}. Each method is entered
 * with the parser on the first token of what it reads and leaves it on the last; what is wrong goes
 * to the builder and reading goes on.
 */
final class EventReader {
  /**
   * UTF-8 alone (never guessed from zero bytes), NaN read as a number so that it can be named,
   * names not interned (they are the publisher's) and no exception for names whose hashes collide.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(ObservationLimits.NESTING_MAX)
                  .maxNameLength(ObservationLimits.BYTES_MAX)
                  .maxNumberLength(ObservationLimits.BYTES_MAX)
                  .maxStringLength(ObservationLimits.BYTES_MAX)
                  .build())
          .build();

  private static final int NAMES_SEEN_SMALL = 16;
  private static final int MESSAGE_CHARS_MAX = 160;

  private final EventBuilder event;

  EventReader(EventBuilder event) {
    this.event = event;
  }

  /** Reads a whole event; null when it is JSON, whatever else may be wrong with it. */
  Decoded.@Nullable Rejected readEvent(byte[] json) {
    return read(json, true);
  }

  /** Reads data alone; null when it is JSON, whatever else may be wrong with it. */
  Decoded.@Nullable Rejected readData(byte[] json) {
    return read(json, false);
  }

  private Decoded.@Nullable Rejected read(byte[] json, boolean whole) {
    try (JsonParser parser = JSON.createParser(json)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return event.rejected(
            RejectionReason.INVALID_JSON, EventBuilder.expected("JSON", "value", "empty"));
      }
      if (!whole) {
        data(parser, first);
      } else if (first == JsonToken.START_OBJECT) {
        members(parser);
      } else {
        event.reject(
            RejectionReason.NOT_CLOUDEVENTS_1_0,
            EventBuilder.expected("a JSON object", "value", first.name()));
        parser.skipChildren();
      }
      if (parser.nextToken() != null) {
        return event.rejected(
            RejectionReason.INVALID_JSON,
            EventBuilder.expected("one JSON value", "next", parser.getText()));
      }
      return null;
    } catch (StreamConstraintsException e) {
      return event.rejected(
          RejectionReason.NESTED_TOO_DEEP,
          "expected shallow JSON: nesting>"
              + ObservationLimits.NESTING_MAX
              + ", limit="
              + ObservationLimits.NESTING_MAX);
    } catch (IOException e) {
      // The bytes are in memory: whatever goes wrong here is about what they say.
      return event.rejected(RejectionReason.INVALID_JSON, "expected JSON: " + message(e));
    }
  }

  private void members(JsonParser parser) throws IOException {
    Names seen = new Names();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (!seen.add(name)) {
        event.duplicate(name);
        parser.skipChildren();
      } else if (token != JsonToken.VALUE_NULL) { // CloudEvents JSON format: null is absent
        member(parser, name, token);
      }
    }
  }

  private void member(JsonParser parser, String name, JsonToken token) throws IOException {
    if (name.equals("data")) {
      data(parser, token);
    } else if (token == JsonToken.VALUE_STRING && !name.equals("data_base64")) {
      event.context(name, parser.getText());
    } else {
      other(parser, name, token);
    }
  }

  /** A member that is no text. Extensions may be numbers and booleans; what KNHK reads may not. */
  private void other(JsonParser parser, String name, JsonToken token) throws IOException {
    switch (name) {
      case "specversion" ->
          event.reject(
              RejectionReason.NOT_CLOUDEVENTS_1_0,
              EventBuilder.expected("text", name, token.name()));
      case "type", "source", "id", "subject", "time", "sector", "partitionkey", "datacontenttype" ->
          event.reject(
              RejectionReason.INVALID_FIELD, EventBuilder.expected("text", name, token.name()));
      case "data_base64" ->
          event.reject(
              RejectionReason.INVALID_FIELD,
              EventBuilder.expected("data, as JSON", name, "present"));
      default -> {
        if (token.isStructStart()) {
          event.reject(
              RejectionReason.INVALID_FIELD,
              EventBuilder.expected("a text, number or boolean", name, token.name()));
        } else if (token.isNumeric()) {
          number(parser, name);
        }
      }
    }
    parser.skipChildren();
  }

  private void data(JsonParser parser, JsonToken first) throws IOException {
    event.hasData();
    if (first != JsonToken.START_OBJECT) {
      event.reject(
          RejectionReason.INVALID_FIELD,
          EventBuilder.expected("a JSON object", "data", first.name()));
      parser.skipChildren();
      return;
    }
    Names seen = new Names();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (!seen.add(name)) {
        event.duplicate("data." + name);
        parser.skipChildren();
        continue;
      }
      switch (name) {
        case "eventType" -> {
          if (is(token, JsonToken.VALUE_STRING, "text", "data.eventType")) {
            event.eventType(parser.getText());
          }
        }
        case "outcome" -> {
          if (is(token, JsonToken.VALUE_STRING, "ok or error", "data.outcome")) {
            event.outcome(parser.getText());
          }
        }
        case "value" -> value(parser, token);
        case "attributes" -> {
          if (is(token, JsonToken.START_OBJECT, "a JSON object", "data.attributes")) {
            attributes(parser);
          }
        }
        default ->
            event.reject(
                RejectionReason.INVALID_FIELD,
                EventBuilder.expected(
                    "eventType, value, outcome or attributes", "data member", name));
      }
      parser.skipChildren();
    }
  }

  private void value(JsonParser parser, JsonToken token) throws IOException {
    if (!token.isNumeric()) {
      event.reject(
          RejectionReason.INVALID_FIELD,
          EventBuilder.expected("a number", "data.value", token.name()));
      return;
    }
    event.value(number(parser, "data.value"));
  }

  private void attributes(JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      switch (token) {
        case VALUE_STRING -> event.attribute(Attribute.ofText(name, text(parser, name)));
        case VALUE_TRUE -> event.attribute(Attribute.ofBoolean(name, true));
        case VALUE_FALSE -> event.attribute(Attribute.ofBoolean(name, false));
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
            event.attribute(
                Attribute.ofNumber(
                    name,
                    parser.getText(),
                    number(parser, name),
                    token == JsonToken.VALUE_NUMBER_INT));
        default -> {
          event.reject(
              RejectionReason.INVALID_FIELD,
              EventBuilder.expected("a text, number or boolean", name, token.name()));
          parser.skipChildren();
        }
      }
    }
  }

  private String text(JsonParser parser, String name) throws IOException {
    String text = parser.getText();
    if (text.indexOf('\0') >= 0 || !EventBuilder.isPaired(text)) {
      event.reject(
          RejectionReason.INVALID_FIELD,
          EventBuilder.expected("text without U+0000 and lone surrogates", name, text));
    }
    return text;
  }

  /** The number at hand; one that is no finite double is rejected. */
  private double number(JsonParser parser, String name) throws IOException {
    String digits = parser.getText();
    double number = parser.isNaN() ? Double.NaN : Double.parseDouble(digits);
    if (!Double.isFinite(number)) {
      event.reject(
          RejectionReason.NOT_FINITE, EventBuilder.expected("a finite number", name, digits));
    }
    return number;
  }

  private boolean is(JsonToken token, JsonToken wanted, String rule, String name) {
    if (token == wanted) {
      return true;
    }
    event.reject(RejectionReason.INVALID_FIELD, EventBuilder.expected(rule, name, token.name()));
    return false;
  }

  private static String message(IOException e) {
    String text = e.getMessage();
    long at = -1;
    if (e instanceof JacksonException json) {
      text = json.getOriginalMessage();
      at = json.getLocation() == null ? -1 : json.getLocation().getByteOffset();
    }
    return "byte=" + at + ", error=" + EventBuilder.shown(String.valueOf(text), MESSAGE_CHARS_MAX);
  }

  /** Names met in one object: compared one by one while they are few, hashed when they are many. */
  private static final class Names {
    private final String[] few = new String[NAMES_SEEN_SMALL];
    private int count;
    private @Nullable Set<String> many;

    boolean add(String name) {
      if (many != null) {
        return many.add(name);
      }
      for (int i = 0; i < count; i++) {
        if (few[i].equals(name)) {
          return false;
        }
      }
      if (count < NAMES_SEEN_SMALL) {
        few[count++] = name;
        return true;
      }
      many = new HashSet<>();
      for (String each : few) {
        many.add(each);
      }
      return many.add(name);
    }
  }
}
