package io.knhk.schemas.observation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Observations and markers as CloudEvents 1.0 events in Kafka records.
 *
 * <p>Reads both modes of the <a
 * href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">Kafka
 * protocol binding</a>:
 *
 * <ul>
 *   <li>structured: {@code content-type} is {@value #STRUCTURED_CONTENT_TYPE}, or the record has no
 *       {@code ce_} header; the value is the whole event
 *   <li>binary: there is a {@code ce_specversion} header; the value is the data, {@code ce_}
 *       headers are the rest
 * </ul>
 *
 * <p>Reading is strict, since what is let pass here is receipted: a name given twice, a member of
 * {@code data} that is not one of {@code eventType}, {@code value}, {@code outcome}, {@code
 * attributes}, a {@code null} or a nested attribute are refused rather than dropped. Context
 * attributes of other people's extensions are let pass, and a context attribute that is {@code
 * null} is absent, as CloudEvents has it. {@code outcome} and {@code attributes} may be absent:
 * {@code ok}, none. Names and ids are 1 to 256 code points without control characters; texts are
 * free of U+0000, which PostgreSQL cannot hold. No input makes {@link #decode} throw. Stateless;
 * any thread.
 */
public final class ObservationCodec {
  public static final String CONTENT_TYPE_HEADER = "content-type";
  public static final String STRUCTURED_CONTENT_TYPE = "application/cloudevents+json";

  /** What precedes a context attribute's name in a header of a binary mode record. */
  public static final String HEADER_PREFIX = "ce_";

  private static final String SPEC_VERSION_HEADER = HEADER_PREFIX + "specversion";
  private static final String[] NO_NAMES = {};
  private static final byte[][] NO_VALUES = {};
  private static final int TYPICAL_BYTES = 512;

  /**
   * The fast writer's digits are the shortest on every JDK; {@code Double.toString}'s are not
   * before 19.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .build();

  private ObservationCodec() {}

  /**
   * The event in structured mode, members in a fixed order, {@code time} in milliseconds and UTC,
   * an integral value of at most 2^53 without a point.
   *
   * @param partitionKey the CloudEvents extension of that name, left out when null
   * @throws IllegalArgumentException for what JSON cannot say: a number that is not finite, a lone
   *     surrogate, a year outside 0000 to 9999. Other limits are for {@link #decode} to judge.
   */
  public static byte[] encodeStructured(Observation observation, @Nullable String partitionKey) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(TYPICAL_BYTES);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      context(json, Observation.TYPE, observation.source(), observation.id(), observation.timeMs());
      text(json, "subject", observation.subject());
      text(json, "sector", observation.sector());
      if (partitionKey != null) {
        text(json, "partitionkey", partitionKey);
      }
      json.writeStringField("datacontenttype", "application/json");
      json.writeObjectFieldStart("data");
      text(json, "eventType", observation.eventType());
      json.writeFieldName("value");
      number(json, observation.value());
      json.writeStringField("outcome", observation.error() ? "error" : "ok");
      json.writeObjectFieldStart("attributes");
      for (Attribute attribute : observation.attributes()) {
        attribute(json, attribute);
      }
      json.writeEndObject();
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a byte array takes everything
    }
    return bytes.toByteArray();
  }

  /**
   * The marker in structured mode, its source being its {@code partitionkey}.
   *
   * @throws IllegalArgumentException as {@link #encodeStructured}
   */
  public static byte[] encodeMarker(SourceMarker marker) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(TYPICAL_BYTES);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      context(json, SourceMarker.TYPE, marker.source(), marker.id(), marker.timeMs());
      text(json, "sector", marker.sector());
      text(json, "partitionkey", marker.source());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a byte array takes everything
    }
    return bytes.toByteArray();
  }

  /** As {@link #decode(byte[], String[], byte[][], long)}, of a record without headers. */
  public static Decoded decode(byte @Nullable [] value, long logAppendTimeMs) {
    return decode(value, NO_NAMES, NO_VALUES, logAppendTimeMs);
  }

  /**
   * What a Kafka record is. Syntax is judged first, then {@code specversion}, {@code type} and
   * {@code sector}, then whatever is wrong first in the order sent, then what is absent, then the
   * time.
   *
   * @param value the record's value; null for a tombstone, which is nothing an observation can be
   * @param headerNames names of the record's headers, in order
   * @param headerValues their values, as many, null where the header has none
   * @param logAppendTimeMs the record's timestamp; an observation more than {@link
   *     ObservationLimits#AHEAD_MS_MAX} after it is rejected, a marker beyond {@link
   *     ObservationLimits#MARKER_AHEAD_MS_MAX}
   */
  public static Decoded decode(
      byte @Nullable [] value,
      String[] headerNames,
      byte[] @Nullable [] headerValues,
      long logAppendTimeMs) {
    EventBuilder event = new EventBuilder();
    long size = value == null ? 0 : value.length;
    int contentType = -1;
    boolean prefixed = false;
    boolean binary = false;
    for (int i = 0; i < headerNames.length; i++) {
      String name = headerNames[i];
      boolean context = name.startsWith(HEADER_PREFIX);
      boolean content = name.equals(CONTENT_TYPE_HEADER);
      if (context || content) {
        byte[] header = headerValues[i];
        size += name.length() + (header == null ? 0 : header.length);
      }
      prefixed |= context;
      binary |= name.equals(SPEC_VERSION_HEADER);
      contentType = content ? i : contentType;
    }
    if (size > ObservationLimits.BYTES_MAX) {
      return event.rejected(
          RejectionReason.TOO_LARGE,
          "expected a small record: bytes=" + size + ", limit=" + ObservationLimits.BYTES_MAX);
    }
    String mediaType = contentType < 0 ? "" : text(headerValues[contentType]);
    if (MediaTypes.isStructuredJson(mediaType)) {
      return structured(event, value, logAppendTimeMs);
    }
    if (MediaTypes.isCloudEvents(mediaType)) {
      return event.rejected(
          RejectionReason.NOT_CLOUDEVENTS_1_0,
          EventBuilder.expected(STRUCTURED_CONTENT_TYPE, CONTENT_TYPE_HEADER, mediaType));
    }
    if (binary) {
      return binary(event, value, headerNames, headerValues, logAppendTimeMs);
    }
    return prefixed
        ? event.rejected(
            RejectionReason.NOT_CLOUDEVENTS_1_0,
            EventBuilder.expected("CloudEvents 1.0", SPEC_VERSION_HEADER, null))
        : structured(event, value, logAppendTimeMs);
  }

  private static Decoded structured(
      EventBuilder event, byte @Nullable [] value, long logAppendTimeMs) {
    if (value == null) {
      return event.rejected(
          RejectionReason.MISSING_FIELD, EventBuilder.expected("an event", "value", null));
    }
    if (!Utf8.isValid(value)) {
      return notUtf8(event, "value");
    }
    Decoded broken = new EventReader(event).readEvent(value);
    return broken == null ? event.build(logAppendTimeMs) : broken;
  }

  private static Decoded binary(
      EventBuilder event,
      byte @Nullable [] value,
      String[] headerNames,
      byte[] @Nullable [] headerValues,
      long logAppendTimeMs) {
    for (int i = 0; i < headerNames.length; i++) {
      String header = headerNames[i];
      byte[] bytes = headerValues[i];
      boolean content = header.equals(CONTENT_TYPE_HEADER);
      if (bytes == null || (!content && !header.startsWith(HEADER_PREFIX))) {
        continue;
      }
      for (int k = 0; k < i; k++) {
        if (headerNames[k].equals(header)) {
          event.duplicate(header);
        }
      }
      if (!Utf8.isValid(bytes)) {
        return notUtf8(event, header);
      }
      event.context(
          content ? "datacontenttype" : header.substring(HEADER_PREFIX.length()), text(bytes));
    }
    if (value == null || value.length == 0) {
      return event.build(logAppendTimeMs);
    }
    if (!Utf8.isValid(value)) {
      return notUtf8(event, "value");
    }
    Decoded broken = new EventReader(event).readData(value);
    return broken == null ? event.build(logAppendTimeMs) : broken;
  }

  private static Decoded notUtf8(EventBuilder event, String where) {
    return event.rejected(
        RejectionReason.INVALID_UTF8, EventBuilder.expected("UTF-8", where, "malformed"));
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }

  private static void context(
      JsonGenerator json, String type, String source, String id, long timeMs) throws IOException {
    json.writeStringField("specversion", "1.0");
    json.writeStringField("type", type);
    text(json, "source", source);
    text(json, "id", id);
    json.writeStringField("time", Rfc3339.format(timeMs));
  }

  private static void attribute(JsonGenerator json, Attribute attribute) throws IOException {
    String name = requirePaired(attribute.name());
    switch (attribute.datatype()) {
      case STRING -> text(json, name, attribute.text());
      case BOOLEAN -> json.writeBooleanField(name, attribute.number() != 0);
      case INTEGER, DECIMAL -> {
        requireFinite(name, attribute.number());
        json.writeFieldName(name);
        json.writeNumber(attribute.text());
      }
    }
  }

  private static void number(JsonGenerator json, double value) throws IOException {
    requireFinite("value", value);
    long whole = (long) value;
    if (whole == value && Math.abs(whole) <= 1L << 53 && (whole != 0 || 1 / value > 0)) {
      json.writeNumber(whole);
    } else {
      json.writeNumber(value);
    }
  }

  private static void text(JsonGenerator json, String name, String text) throws IOException {
    json.writeStringField(name, requirePaired(text));
  }

  private static String requirePaired(String text) {
    if (!EventBuilder.isPaired(text)) {
      throw new IllegalArgumentException(
          "expected text without lone surrogates: text=" + EventBuilder.shown(text));
    }
    return text;
  }

  private static void requireFinite(String name, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "expected a finite number: " + EventBuilder.shown(name) + "=" + value);
    }
  }
}
