package io.knhk.operators.archive;

/**
 * Text as PostgreSQL can hold it. Its text and jsonb know no U+0000, which a name or evidence may
 * contain: there U+FFFD stands for it. These columns are for queries; the exact bytes are in {@code
 * body}.
 */
final class SqlText {
  private static final char NUL = '\0';
  private static final char REPLACEMENT = '\ufffd';
  private static final String JSON_NUL = "\\u0000";
  private static final String JSON_REPLACEMENT = "\\ufffd";

  private SqlText() {}

  static String text(String text) {
    return text.indexOf(NUL) < 0 ? text : text.replace(NUL, REPLACEMENT);
  }

  /**
   * JSON without an escaped U+0000. A backslash that is itself escaped does not begin an escape.
   */
  static String json(String json) {
    if (!json.contains(JSON_NUL)) {
      return json;
    }
    StringBuilder out = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c != '\\') {
        out.append(c);
      } else if (json.startsWith(JSON_NUL, i)) {
        out.append(JSON_REPLACEMENT);
        i += JSON_NUL.length() - 1;
      } else {
        out.append(c).append(json.charAt(++i));
      }
    }
    return out.toString();
  }

  /** An array literal (PostgreSQL manual, 8.15.2): every element quoted. */
  static String array(String[] elements) {
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < elements.length; i++) {
      out.append(i == 0 ? "\"" : ",\"");
      String element = text(elements[i]);
      for (int j = 0; j < element.length(); j++) {
        char c = element.charAt(j);
        if (c == '"' || c == '\\') {
          out.append('\\');
        }
        out.append(c);
      }
      out.append('"');
    }
    return out.append('}').toString();
  }
}
