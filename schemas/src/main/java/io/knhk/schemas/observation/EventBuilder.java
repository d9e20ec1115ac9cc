package io.knhk.schemas.observation;

import io.knhk.schemas.Sectors;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects what one CloudEvents event says, whichever mode it came in, and judges it at the end.
 * The first thing that is wrong in the order sent is remembered and reading goes on, so that the
 * sector of a rejected event is known wherever it stands. One event, one thread.
 */
final class EventBuilder {
  private static final int SHOWN_CHARS_MAX = 80;

  private final List<Attribute> attributes = new ArrayList<>();
  private @Nullable String specVersion;
  private @Nullable String type;
  private @Nullable String source;
  private @Nullable String id;
  private @Nullable String subject;
  private @Nullable String time;
  private @Nullable String sector;
  private @Nullable String eventType;
  private double value = Double.NaN;
  private boolean error;
  private boolean data;
  private @Nullable RejectionReason reason;
  private String detail = "";

  /** Takes a context attribute. Extensions that mean nothing here are let pass. */
  void context(String name, String text) {
    switch (name) {
      case "specversion" -> specVersion = text;
      case "type" -> type = text;
      case "source" -> source = named(name, text);
      case "id" -> id = named(name, text);
      case "subject" -> subject = named(name, text);
      case "time" -> time = text;
      case "sector" -> sector = text;
      case "partitionkey" -> named(name, text);
      case "datacontenttype" -> contentType(text);
      default -> {
        // An extension of somebody else's: CloudEvents lets it be there.
      }
    }
  }

  /** Says that there is data, right or wrong. */
  void hasData() {
    data = true;
  }

  void eventType(String text) {
    eventType = named("data.eventType", text);
  }

  void value(double number) {
    value = number;
  }

  void outcome(String text) {
    error = text.equals("error");
    if (!error && !text.equals("ok")) {
      reject(RejectionReason.INVALID_FIELD, expected("ok or error", "data.outcome", text));
    }
  }

  /** Takes an attribute; the first one too many is an error, and none is kept from there on. */
  void attribute(Attribute attribute) {
    if (attributes.size() >= ObservationLimits.ATTRIBUTES_MAX) {
      reject(
          RejectionReason.TOO_MANY_ATTRIBUTES,
          "expected few attributes: attributes>"
              + ObservationLimits.ATTRIBUTES_MAX
              + ", limit="
              + ObservationLimits.ATTRIBUTES_MAX);
      return;
    }
    if (!isName(attribute.name())) {
      reject(RejectionReason.INVALID_FIELD, expectedName("attribute name", attribute.name()));
      return;
    }
    for (int i = 0; i < attributes.size(); i++) {
      if (attributes.get(i).name().equals(attribute.name())) {
        duplicate("data.attributes." + attribute.name());
        return;
      }
    }
    attributes.add(attribute);
  }

  void duplicate(String name) {
    reject(RejectionReason.INVALID_FIELD, expected("each name once", "name", name));
  }

  /** Remembers what is wrong, unless something was before. */
  void reject(RejectionReason why, String text) {
    if (reason == null) {
      reason = why;
      detail = text;
    }
  }

  /** A rejection for something that makes the rest of the event worthless, such as broken JSON. */
  Decoded.Rejected rejected(RejectionReason why, String text) {
    return new Decoded.Rejected(why, text, sector != null && Sectors.isKnown(sector) ? sector : "");
  }

  /** What the event is, everything having been read. */
  Decoded build(long logAppendTimeMs) {
    if (specVersion == null || !specVersion.equals("1.0")) {
      return rejected(
          RejectionReason.NOT_CLOUDEVENTS_1_0,
          expected("CloudEvents 1.0", "specversion", specVersion));
    }
    if (type == null) {
      return missing("type");
    }
    boolean marker = type.equals(SourceMarker.TYPE);
    if (!marker && !type.equals(Observation.TYPE)) {
      return rejected(
          RejectionReason.UNEXPECTED_TYPE,
          expected(Observation.TYPE + " or " + SourceMarker.TYPE, "type", type));
    }
    if (sector != null && !Sectors.isKnown(sector)) {
      return rejected(
          RejectionReason.UNKNOWN_SECTOR, expected("a sector of " + Sectors.ALL, "sector", sector));
    }
    if (reason != null) {
      return rejected(reason, detail);
    }
    if (source == null) {
      return missing("source");
    }
    if (id == null) {
      return missing("id");
    }
    if (time == null) {
      return missing("time");
    }
    if (sector == null) {
      return missing("sector");
    }
    long timeMs = Rfc3339.parse(time);
    if (timeMs == Rfc3339.INVALID) {
      return rejected(RejectionReason.INVALID_FIELD, expected("an RFC 3339 time", "time", time));
    }
    long aheadMs = timeMs - logAppendTimeMs;
    return marker
        ? marker(sector, source, id, timeMs, aheadMs)
        : observation(sector, source, id, timeMs, aheadMs);
  }

  /** {@code expected <rule>: name=value}, with at most the start of what was sent. */
  static String expected(String rule, String name, @Nullable String sent) {
    return "expected " + rule + ": " + shown(name) + "=" + (sent == null ? "absent" : shown(sent));
  }

  /** The start of a text, on one line, whole code points. */
  static String shown(String text) {
    return shown(text, SHOWN_CHARS_MAX);
  }

  /** As {@link #shown(String)}, of at most {@code charsMax} characters. */
  static String shown(String text, int charsMax) {
    int end = Math.min(text.length(), charsMax);
    StringBuilder line = new StringBuilder(end + 1);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < end
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        line.append(c).append(text.charAt(++i));
      } else {
        line.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
      }
    }
    return end < text.length() ? line.append('…').toString() : line.toString();
  }

  private Decoded marker(String sector, String source, String id, long timeMs, long aheadMs) {
    if (data) {
      return rejected(
          RejectionReason.INVALID_FIELD, expected("no data in a marker", "data", "present"));
    }
    if (aheadMs > ObservationLimits.MARKER_AHEAD_MS_MAX) {
      return ahead(aheadMs, ObservationLimits.MARKER_AHEAD_MS_MAX);
    }
    return new Decoded.Marked(new SourceMarker(sector, source, id, timeMs));
  }

  private Decoded observation(String sector, String source, String id, long timeMs, long aheadMs) {
    if (subject == null) {
      return missing("subject");
    }
    if (!data) {
      return missing("data");
    }
    if (eventType == null) {
      return missing("data.eventType");
    }
    if (Double.isNaN(value)) {
      return missing("data.value");
    }
    if (aheadMs > ObservationLimits.AHEAD_MS_MAX) {
      return ahead(aheadMs, ObservationLimits.AHEAD_MS_MAX);
    }
    return new Decoded.Accepted(
        new Observation(sector, source, id, timeMs, subject, eventType, value, error, attributes));
  }

  private Decoded.Rejected ahead(long aheadMs, long aheadMsMax) {
    return rejected(
        RejectionReason.AHEAD_OF_TIME,
        "expected a time not ahead of the broker's: aheadMs=" + aheadMs + ", limit=" + aheadMsMax);
  }

  private Decoded.Rejected missing(String name) {
    return rejected(RejectionReason.MISSING_FIELD, expected(name, name, null));
  }

  private void contentType(String text) {
    if (!MediaTypes.isJson(text)) {
      reject(RejectionReason.INVALID_FIELD, expected("application/json", "datacontenttype", text));
    }
  }

  private String named(String name, String text) {
    if (!isName(text)) {
      reject(RejectionReason.INVALID_FIELD, expectedName(name, text));
    }
    return text;
  }

  private static String expectedName(String name, String text) {
    return expected("1 to 256 characters, no control character", name, text)
        + ", length="
        + text.codePointCount(0, text.length())
        + ", limit="
        + ObservationLimits.NAME_CHARS_MAX;
  }

  /** A CloudEvents String of 1 to {@link ObservationLimits#NAME_CHARS_MAX} code points. */
  private static boolean isName(String text) {
    int length = text.length();
    if (length == 0
        || (length > ObservationLimits.NAME_CHARS_MAX
            && text.codePointCount(0, length) > ObservationLimits.NAME_CHARS_MAX)) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < ' ' || (c >= 0x7F && c <= 0x9F)) {
        return false;
      }
    }
    return isPaired(text);
  }

  /** Whether every surrogate has its partner, so that the text has a UTF-8 form. */
  static boolean isPaired(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
