package io.knhk.schemas.observation;

import java.util.Locale;

/**
 * Reads the media types of CloudEvents content (RFC 2045: case does not matter, parameters follow a
 * semicolon).
 */
final class MediaTypes {
  private static final String JSON = "application/json";
  private static final String CLOUDEVENTS = "application/cloudevents";
  private static final String STRUCTURED_JSON = "application/cloudevents+json";

  private MediaTypes() {}

  static boolean isJson(String text) {
    if (text.equals(JSON)) {
      return true;
    }
    String type = essence(text);
    return type.equals(JSON) || type.endsWith("+json");
  }

  /** Any structured CloudEvents format, batches and other encodings than JSON included. */
  static boolean isCloudEvents(String text) {
    return essence(text).startsWith(CLOUDEVENTS);
  }

  static boolean isStructuredJson(String text) {
    return text.equals(STRUCTURED_JSON) || essence(text).equals(STRUCTURED_JSON);
  }

  private static String essence(String text) {
    int semicolon = text.indexOf(';');
    return (semicolon < 0 ? text : text.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
  }
}
