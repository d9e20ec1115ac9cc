package io.knhk.knowledge;

/**
 * Looks through Turtle or N-Triples before it is parsed: a recursive parser overflows its stack on
 * deep nesting with an Error.
 */
final class TurtleGuard {
  private TurtleGuard() {}

  /** The text, unless it is nested too deep or has what only other formats have. */
  static String check(String text) throws RefusedException {
    int depth = 0;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      switch (c) {
        case '#' -> i = until(text, i, '\n');
        case '<' -> {
          if (text.startsWith("<<", i)) {
            throw new RefusedException(
                RefusalReason.TRIPLE_TERM, "expected no triple as a term: at=" + i);
          }
          i = until(text, i, '>');
        }
        case '"', '\'' -> i = string(text, i, c);
        case '\\' -> i++;
        case '{' ->
            throw new RefusedException(
                text.startsWith("{|", i) ? RefusalReason.TRIPLE_TERM : RefusalReason.NAMED_GRAPH,
                "expected triples of one graph: at=" + i);
        case '[', '(' -> {
          depth++;
          if (depth > ReadLimits.NESTING_MAX) {
            throw RefusedException.limit(
                RefusalReason.NESTED_TOO_DEEP,
                "bounded nesting",
                "depth",
                depth,
                ReadLimits.NESTING_MAX);
          }
        }
        case ']', ')' -> depth--;
        default -> {}
      }
      i++;
    }
    return text;
  }

  private static int until(String text, int from, char end) {
    int at = text.indexOf(end, from + 1);
    return at < 0 ? text.length() : at;
  }

  /** Index of the last character of the string that starts at {@code from}. */
  private static int string(String text, int from, char quote) {
    String three = String.valueOf(quote).repeat(3);
    boolean isLong = text.startsWith(three, from);
    String end = isLong ? three : String.valueOf(quote);
    int i = from + end.length();
    while (i < text.length() && !text.startsWith(end, i)) {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    return i + end.length() - 1;
  }
}
