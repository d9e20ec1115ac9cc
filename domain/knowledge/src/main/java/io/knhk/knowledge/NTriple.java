package io.knhk.knowledge;

/**
 * A ground triple in canonical N-Triples: single spaces, no comments, no {@code \\u} escapes, only
 * {@code \" \\ \n \r} escaped, {@code xsd:string} left out (RDF 1.1 N-Triples, section 4). Two
 * triples are the same exactly when their lines are.
 *
 * @param subject {@code <iri>}
 * @param predicate {@code <iri>}
 * @param object {@code <iri>} or a literal
 */
record NTriple(String subject, String predicate, String object) {
  /** Characters of one line. */
  static final int LINE_CHARS_MAX = 64 * 1024;

  private static final String XSD_STRING = "<http://www.w3.org/2001/XMLSchema#string>";
  private static final String LANG_STRING =
      "<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>";

  /**
   * Reads one canonical line without its line end.
   *
   * @throws IllegalArgumentException if the line is anything else
   */
  static NTriple parse(String line) {
    if (line.length() > LINE_CHARS_MAX) {
      throw new IllegalArgumentException(
          "expected a bounded line: chars=" + line.length() + ", limit=" + LINE_CHARS_MAX);
    }
    int subjectEnd = iriEnd(line, 0);
    int predicateStart = afterSpace(line, subjectEnd);
    int predicateEnd = iriEnd(line, predicateStart);
    int objectStart = afterSpace(line, predicateEnd);
    int objectEnd =
        objectStart < line.length() && line.charAt(objectStart) == '"'
            ? literalEnd(line, objectStart)
            : iriEnd(line, objectStart);
    if (!line.startsWith(" .", objectEnd) || line.length() != objectEnd + 2) {
      throw refused(line, objectEnd);
    }
    return new NTriple(
        line.substring(0, subjectEnd),
        line.substring(predicateStart, predicateEnd),
        line.substring(objectStart, objectEnd));
  }

  String line() {
    return subject + " " + predicate + " " + object + " .";
  }

  private static int afterSpace(String line, int at) {
    if (at >= line.length() || line.charAt(at) != ' ') {
      throw refused(line, at);
    }
    return at + 1;
  }

  private static int iriEnd(String line, int start) {
    if (start >= line.length() || line.charAt(start) != '<') {
      throw refused(line, start);
    }
    int end = line.indexOf('>', start);
    if (end < 0 || !isIri(line, start + 1, end)) {
      throw refused(line, start);
    }
    return end + 1;
  }

  /** Absolute, and without what IRIREF forbids. Whether its parts are well formed is not asked. */
  private static boolean isIri(String text, int start, int end) {
    int colon = text.indexOf(':', start);
    if (colon <= start || colon >= end || !isAsciiLetter(text.charAt(start))) {
      return false;
    }
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c <= ' ' || "<>\"{}|^`\\".indexOf(c) >= 0) {
        return false;
      }
      if (Character.isSurrogate(c)) {
        if (!isPair(text, i, end)) {
          return false;
        }
        i++;
      }
      if (i < colon && !(isAsciiLetter(c) || isAsciiDigit(c) || "+-.".indexOf(c) >= 0)) {
        return false;
      }
    }
    return true;
  }

  private static int literalEnd(String line, int start) {
    int i = start + 1;
    while (true) {
      if (i >= line.length()) {
        throw refused(line, i);
      }
      char c = line.charAt(i);
      if (c == '"') {
        break;
      }
      if (c == '\n' || c == '\r') {
        throw refused(line, i);
      }
      if (c == '\\') {
        if (i + 1 >= line.length() || "\"\\nr".indexOf(line.charAt(i + 1)) < 0) {
          throw refused(line, i);
        }
        i++;
      } else if (Character.isSurrogate(c)) {
        if (!isPair(line, i, line.length())) {
          throw refused(line, i);
        }
        i++;
      }
      i++;
    }
    int close = i + 1;
    if (line.startsWith("^^", close)) {
      int end = iriEnd(line, close + 2);
      String datatype = line.substring(close + 2, end);
      if (datatype.equals(XSD_STRING) || datatype.equals(LANG_STRING)) {
        throw refused(line, close);
      }
      return end;
    }
    return line.startsWith("@", close) ? languageEnd(line, close + 1) : close;
  }

  /** {@code [a-zA-Z]+ ('-' [a-zA-Z0-9]+)*}. */
  private static int languageEnd(String line, int start) {
    int i = start;
    int partStart = start;
    boolean first = true;
    while (i < line.length()) {
      char c = line.charAt(i);
      if (c == '-' && i > partStart) {
        first = false;
        partStart = i + 1;
      } else if (!(isAsciiLetter(c) || (!first && isAsciiDigit(c)))) {
        break;
      }
      i++;
    }
    if (i == partStart) {
      throw refused(line, i);
    }
    return i;
  }

  private static boolean isPair(String text, int at, int end) {
    return Character.isHighSurrogate(text.charAt(at))
        && at + 1 < end
        && Character.isLowSurrogate(text.charAt(at + 1));
  }

  private static boolean isAsciiLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isAsciiDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static IllegalArgumentException refused(String line, int at) {
    String shown = line.length() <= 200 ? line : line.substring(0, 200) + "...";
    return new IllegalArgumentException(
        "expected a ground triple in canonical N-Triples: at=" + at + ", line=" + shown);
  }
}
