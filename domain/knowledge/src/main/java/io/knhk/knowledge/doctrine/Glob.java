package io.knhk.knowledge.doctrine;

/**
 * A pattern of names in which {@code *} stands for any characters and {@code ?} for one. No regular
 * expression: one can be written that takes for ever.
 *
 * @param pattern at most {@link #CHARS_MAX} characters
 */
public record Glob(String pattern) {
  static final int CHARS_MAX = 256;

  /** Matches every name. */
  public static final Glob ANY = new Glob("*");

  public Glob {
    if (pattern.isEmpty() || pattern.length() > CHARS_MAX) {
      throw new IllegalArgumentException(
          "expected a bounded pattern: chars=" + pattern.length() + ", limit=" + CHARS_MAX);
    }
  }

  /** Goes back to the last star alone, so the work is at most the product of the two lengths. */
  public boolean matches(String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int resume = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = n;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
