package io.knhk.schemas.notification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.schemas.observation.Rfc3339;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Something that people should hear of, as a CloudEvents 1.0 event in JSON, in one encoding. It is
 * the payload of a DSSE envelope on {@link io.knhk.schemas.Topics#NOTIFICATIONS} and, the same
 * bytes, the body of a webhook.
 *
 * <pre>
 *   {"specversion":"1.0","id":"…","source":"urn:knhk:knhk:finance","type":"io.knhk.notification.pending.v1",
 *    "subject":"…","time":"2026-11-25T12:00:00.000Z","sector":"finance","datacontenttype":"application/json","data":{…}}
 * </pre>
 *
 * <p>A notification proves nothing: the receipt that it is about does.
 *
 * @param log name of the ledger, 1 to {@link #LOG_CHARS_MAX} characters
 * @param id one for each thing there is to tell, the same whenever it is told again: the subject of
 *     the receipt that says it. Letters, digits, {@code -} and {@code _}, 1 to {@link
 *     #ID_CHARS_MAX}, since a webhook signs it between dots
 * @param subject id of the request or proposal it is about
 * @param recordedAtMs recorded time of what it is about
 * @param data a JSON object, described in docs/operations/notifications.md
 */
public record Notification(
    Kind kind,
    String log,
    String sector,
    String id,
    String subject,
    long recordedAtMs,
    ObjectNode data) {
  /** Of the envelope on the topic. */
  public static final String PAYLOAD_TYPE = "application/vnd.knhk.notification.v1+json";

  /** Of the body of a webhook. */
  public static final String MEDIA_TYPE = "application/cloudevents+json";

  /** Of an encoded notification. */
  public static final int BYTES_MAX = 64 * 1024;

  public static final int ID_CHARS_MAX = 128;
  public static final int SUBJECT_CHARS_MAX = 256;

  /** UTF-16 code units of the name, as in a receipt. */
  public static final int LOG_CHARS_MAX = 256;

  private static final String SOURCE = "urn:knhk:";
  private static final String TYPE = "io.knhk.notification.";
  private static final String TYPE_VERSION = ".v1";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What happened. */
  public enum Kind {
    /** Something waits for people to vote. */
    PENDING,
    /** A snapshot was promoted. */
    PROMOTED,
    /** People, or the stages, refused a change. */
    REJECTED,
    /** Nobody decided in time. */
    EXPIRED,
    /** An invariant was found broken after a promotion. */
    VIOLATION;

    private final String type = TYPE + name().toLowerCase(Locale.ROOT) + TYPE_VERSION;

    /** The CloudEvents type. */
    public String type() {
      return type;
    }
  }

  /**
   * @throws IllegalArgumentException when a part breaks a limit
   */
  public Notification {
    require("log", log, !log.isBlank() && log.length() <= LOG_CHARS_MAX, LOG_CHARS_MAX);
    require("sector", sector, isName(sector), ID_CHARS_MAX);
    require("id", id, isName(id), ID_CHARS_MAX);
    require(
        "subject",
        subject,
        !subject.isEmpty() && subject.length() <= SUBJECT_CHARS_MAX,
        SUBJECT_CHARS_MAX);
    data = data.deepCopy();
  }

  public static Notification of(
      Kind kind,
      String log,
      String sector,
      String id,
      String subject,
      long recordedAtMs,
      ObjectNode data) {
    return new Notification(kind, log, sector, id, subject, recordedAtMs, data);
  }

  /** A copy. */
  @Override
  public ObjectNode data() {
    return data.deepCopy();
  }

  /**
   * @throws IllegalArgumentException if it is beyond {@link #BYTES_MAX}, or of a year after 9999
   */
  public byte[] encode() {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("specversion", "1.0");
    event.put("id", id);
    event.put("source", SOURCE + escaped(log) + ":" + sector);
    event.put("type", kind.type());
    event.put("subject", subject);
    event.put("time", Rfc3339.format(recordedAtMs));
    event.put("sector", sector);
    event.put("datacontenttype", "application/json");
    event.set("data", data);
    byte[] bytes = event.toString().getBytes(StandardCharsets.UTF_8);
    requireBounded(bytes.length);
    return bytes;
  }

  /**
   * Reads the very bytes that {@link #encode} writes.
   *
   * @throws IllegalArgumentException if they are any others
   */
  public static Notification decode(byte[] bytes) {
    requireBounded(bytes.length);
    JsonNode event;
    try {
      event = JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("expected JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("expected UTF-8", e);
    }
    if (!(event.get("data") instanceof ObjectNode data)) {
      throw new IllegalArgumentException("expected data that is an object");
    }
    String sector = event.path("sector").asText();
    Notification notification =
        new Notification(
            kind(event.path("type").asText()),
            logOf(event.path("source").asText(), sector),
            sector,
            event.path("id").asText(),
            event.path("subject").asText(),
            timeMs(event.path("time").asText()),
            data);
    if (!Arrays.equals(notification.encode(), bytes)) {
      throw new IllegalArgumentException(
          "expected the one encoding of a notification: bytes=" + bytes.length);
    }
    return notification;
  }

  private static Kind kind(String type) {
    for (Kind kind : Kind.values()) {
      if (kind.type().equals(type)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("expected a known kind of notification: type=" + type);
  }

  private static long timeMs(String text) {
    long timeMs = Rfc3339.parse(text);
    if (timeMs == Rfc3339.INVALID) {
      throw new IllegalArgumentException("expected a time: time=" + text);
    }
    return timeMs;
  }

  private static String logOf(String source, String sector) {
    String end = ":" + sector;
    if (!source.startsWith(SOURCE) || !source.endsWith(end)) {
      throw new IllegalArgumentException("expected " + SOURCE + "LOG" + end + ": source=" + source);
    }
    int last = source.length() - end.length();
    return last <= SOURCE.length() ? "" : unescaped(source.substring(SOURCE.length(), last));
  }

  /** Percent encoding of what is not unreserved (RFC 3986, 2.3). */
  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (isNameChar(c) || c == '.' || c == '~') {
        out.append(c);
      } else {
        out.append(String.format("%%%02X", (int) c));
      }
    }
    return out.toString();
  }

  private static String unescaped(String text) {
    try {
      return java.net.URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("expected percent encoding: log=" + text, e);
    }
  }

  private static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= ID_CHARS_MAX
        && text.chars().allMatch(c -> isNameChar((char) c));
  }

  private static boolean isNameChar(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_';
  }

  private static void require(String name, String value, boolean holds, int limit) {
    if (!holds) {
      throw new IllegalArgumentException(
          "expected a bounded " + name + ": " + name + "=" + value + ", limit=" + limit);
    }
  }

  private static void requireBounded(int bytes) {
    if (bytes > BYTES_MAX) {
      throw new IllegalArgumentException(
          "expected a bounded notification: bytes=" + bytes + ", limit=" + BYTES_MAX);
    }
  }
}
