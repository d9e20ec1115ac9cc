package io.knhk.knowledge.shacl;

/** How deep the brackets of a SPARQL query go, outside of strings, IRIs and comments. */
final class Nesting {
  private Nesting() {}

  static int of(String query) {
    int depth = 0;
    int deepest = 0;
    int i = 0;
    while (i < query.length()) {
      char c = query.charAt(i);
      switch (c) {
        case '#' -> i = lineEnd(query, i);
        case '<' -> i = iriEnd(query, i);
        case '"', '\'' -> i = stringEnd(query, i, c);
        case '(', '[', '{' -> deepest = Math.max(deepest, ++depth);
        case ')', ']', '}' -> depth--;
        default -> {}
      }
      i++;
    }
    return deepest;
  }

  private static int lineEnd(String query, int from) {
    int i = from;
    while (i < query.length() && query.charAt(i) != '\n' && query.charAt(i) != '\r') {
      i++;
    }
    return i;
  }

  /** The end of an IRI; where there is none, it is the sign for less than. */
  private static int iriEnd(String query, int from) {
    for (int i = from + 1; i < query.length(); i++) {
      char c = query.charAt(i);
      if (c == '>') {
        return i;
      }
      if (c <= ' ' || "<\"{}|^`\\".indexOf(c) >= 0) {
        return from;
      }
    }
    return from;
  }

  private static int stringEnd(String query, int from, char quote) {
    String three = String.valueOf(quote).repeat(3);
    String end = query.startsWith(three, from) ? three : String.valueOf(quote);
    int i = from + end.length();
    while (i < query.length() && !query.startsWith(end, i)) {
      i += query.charAt(i) == '\\' ? 2 : 1;
    }
    return i + end.length() - 1;
  }
}
