package io.knhk.knowledge.shacl;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which regular expressions a shape may have: those that are not known to take the engine, which
 * goes back and tries again, exponential time. Refused are references back, repetition of what
 * repeats ({@code (a+)+}), and repetition of alternatives that may begin alike ({@code (a|ab)*}).
 * What is left may still take polynomial time in the length of what it is matched with.
 */
final class PatternRules {
  static final int CHARS_MAX = 512;

  private PatternRules() {}

  static @Nullable String problem(String pattern) {
    if (pattern.length() > CHARS_MAX) {
      return "expected a bounded pattern: chars=" + pattern.length() + ", limit=" + CHARS_MAX;
    }
    Deque<Group> groups = new ArrayDeque<>();
    groups.push(new Group());
    int i = 0;
    while (i < pattern.length()) {
      char c = pattern.charAt(i);
      Group group = groups.element();
      Group closed = null;
      if (c == '\\' && i + 1 < pattern.length()) {
        i++;
        char escaped = pattern.charAt(i);
        if ((escaped >= '1' && escaped <= '9') || escaped == 'k') {
          return "expected a pattern without references back: pattern=" + pattern;
        }
        group.begins(Character.isLetterOrDigit(escaped) ? '\0' : escaped);
      } else if (c == '[') {
        i = classEnd(pattern, i);
        group.begins('\0');
      } else if (c == '(') {
        group.begins('\0');
        groups.push(new Group());
        i = groupStart(pattern, i);
      } else if (c == ')' && groups.size() > 1) {
        closed = groups.pop();
        groups.element().repeats |= closed.repeats;
        groups.element().ambiguous |= closed.ambiguous;
      } else if (c == '|') {
        group.alternatives++;
        group.fresh = true;
      } else if (repeats(pattern, i)) {
        group.repeats = true;
      } else {
        group.begins(c == '.' ? '\0' : c);
      }
      i++;
      if (closed != null && repeats(pattern, i)) {
        if (closed.repeats || closed.isAmbiguous()) {
          return "expected a pattern that does not repeat what repeats or begins alike: pattern="
              + pattern;
        }
      }
    }
    return null;
  }

  /** Whether an unbounded repetition stands there; a bounded one of many counts as such. */
  private static boolean repeats(String pattern, int at) {
    if (at >= pattern.length()) {
      return false;
    }
    char c = pattern.charAt(at);
    return c == '*' || c == '+' || c == '{';
  }

  private static int classEnd(String pattern, int from) {
    int depth = 0;
    for (int i = from; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '[') {
        depth++;
      } else if (c == ']' && --depth == 0) {
        return i;
      }
    }
    return pattern.length();
  }

  /** The last character of {@code (}, {@code (?:}, {@code (?=} and their like. */
  private static int groupStart(String pattern, int at) {
    if (!pattern.startsWith("(?", at)) {
      return at;
    }
    int i = at + 2;
    while (i < pattern.length() && ":=!>)".indexOf(pattern.charAt(i)) < 0) {
      i++;
    }
    return i < pattern.length() && pattern.charAt(i) == ')' ? i - 1 : i;
  }

  private static final class Group {
    private final Set<Character> beginnings = new HashSet<>();
    private int alternatives = 1;
    private boolean fresh = true;
    private boolean open;
    private boolean repeats;
    private boolean ambiguous;

    /** Where an alternative begins: with a character, or with 0 for what may be several. */
    void begins(char c) {
      if (fresh) {
        fresh = false;
        open |= c == '\0';
        ambiguous |= !beginnings.add(c);
      }
    }

    boolean isAmbiguous() {
      return alternatives > 1 && (ambiguous || open || fresh);
    }
  }
}
