package io.knhk.embedded.replay;

import io.knhk.schemas.observation.Datatype;

/**
 * What a cell says it is: a number in JSON's grammar (RFC 8259, section 6), true or false, else a
 * text.
 */
final class CellType {
  private CellType() {}

  static Datatype of(String text) {
    if (text.equals("true") || text.equals("false")) {
      return Datatype.BOOLEAN;
    }
    int integerEnd = integerEnd(text);
    if (integerEnd == 0) {
      return Datatype.STRING;
    }
    if (integerEnd == text.length()) {
      return Datatype.INTEGER;
    }
    return fractionAndExponent(text, integerEnd) ? Datatype.DECIMAL : Datatype.STRING;
  }

  static boolean isNumber(String text) {
    Datatype datatype = of(text);
    return datatype == Datatype.INTEGER || datatype == Datatype.DECIMAL;
  }

  /** Behind the integer part that the text begins with; 0 when it begins with none. */
  private static int integerEnd(String text) {
    int start = text.startsWith("-") ? 1 : 0;
    int end = digitsEnd(text, start);
    boolean leadingZero = end - start > 1 && text.charAt(start) == '0';
    return end == start || leadingZero ? 0 : end;
  }

  private static boolean fractionAndExponent(String text, int from) {
    int at = from;
    if (text.charAt(at) == '.') {
      int end = digitsEnd(text, at + 1);
      if (end == at + 1) {
        return false;
      }
      at = end;
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      int sign = at + 1;
      boolean signed =
          sign < text.length() && (text.charAt(sign) == '+' || text.charAt(sign) == '-');
      int digits = signed ? sign + 1 : sign;
      int end = digitsEnd(text, digits);
      return end > digits && end == text.length();
    }
    return at == text.length();
  }

  private static int digitsEnd(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }
}
