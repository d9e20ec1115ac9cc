package io.knhk.knowledge.doctrine;

/** How a name is written. */
public enum NameStyle {
  /** {@code payment.authorised}: words of lower case, digits and {@code _ -} with dots between. */
  LOWER_DOTTED("abcdefghijklmnopqrstuvwxyz0123456789_-", "."),
  /** {@code risk_score} */
  LOWER_SNAKE("abcdefghijklmnopqrstuvwxyz0123456789", "_"),
  /** {@code risk-score} */
  LOWER_KEBAB("abcdefghijklmnopqrstuvwxyz0123456789", "-"),
  /** {@code riskScore} */
  LOWER_CAMEL("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "");

  private final String letters;
  private final String separator;

  NameStyle(String letters, String separator) {
    this.letters = letters;
    this.separator = separator;
  }

  /** Begins with a lower-case letter; a separator stands between two letters or digits. */
  public boolean matches(String name) {
    if (name.isEmpty() || name.charAt(0) < 'a' || name.charAt(0) > 'z') {
      return false;
    }
    boolean separated = false;
    for (int i = 0; i < name.length(); i++) {
      boolean separates = separator.indexOf(name.charAt(i)) >= 0;
      if (separates ? separated : letters.indexOf(name.charAt(i)) < 0) {
        return false;
      }
      separated = separates;
    }
    return !separated;
  }
}
