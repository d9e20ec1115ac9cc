package io.knhk.ledger;

/** Text from outside, in messages. */
final class Texts {
  private static final int SHOWN_CHARS_MAX = 80;

  private Texts() {}

  /**
   * The text as far as it can be shown: printable ASCII, cut off at {@value #SHOWN_CHARS_MAX}
   * characters.
   */
  static String shown(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), SHOWN_CHARS_MAX); i++) {
      char c = text.charAt(i);
      out.append(c >= ' ' && c <= '~' ? c : '?');
    }
    return text.length() > SHOWN_CHARS_MAX ? out.append("...").toString() : out.toString();
  }
}
