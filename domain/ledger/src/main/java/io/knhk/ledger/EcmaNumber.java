package io.knhk.ledger;

import com.fasterxml.jackson.core.io.NumberOutput;

/**
 * A double as ECMAScript's Number::toString writes it (ECMA-262, section 6.1.6.1.20), which is what
 * RFC 8785 asks for.
 *
 * <p>The digits come from Jackson's Schubfach, since the JDK's own are not always the shortest
 * before 19. Schubfach follows Java in giving two digits where one would do (4.9E-324); that one is
 * looked for here.
 */
final class EcmaNumber {
  private static final long EXACT_MAX = 1L << 53;

  /** Where ECMAScript changes to an exponent, as the place of the decimal point. */
  private static final int POINT_MAX = 21;

  private static final int POINT_MIN = -5;

  private EcmaNumber() {}

  static void write(StringBuilder out, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "expected a number that a double can hold: number="
              + value
              + ", limit="
              + Double.MAX_VALUE);
    }
    long whole = (long) value;
    if (whole == value && Math.abs(whole) <= EXACT_MAX) {
      out.append(whole);
      return;
    }
    if (value < 0) {
      out.append('-');
    }
    writeDecimal(out, shortest(Math.abs(value)));
  }

  private static void writeDecimal(StringBuilder out, Decimal decimal) {
    String digits = decimal.digits();
    int point = decimal.point();
    if (point > POINT_MAX || point < POINT_MIN) {
      out.append(digits.charAt(0));
      if (digits.length() > 1) {
        out.append('.').append(digits, 1, digits.length());
      }
      int exponent = point - 1;
      out.append(exponent < 0 ? "e-" : "e+").append(Math.abs(exponent));
    } else if (point <= 0) {
      out.append("0.").append("0".repeat(-point)).append(digits);
    } else if (digits.length() <= point) {
      out.append(digits).append("0".repeat(point - digits.length()));
    } else {
      out.append(digits, 0, point).append('.').append(digits, point, digits.length());
    }
  }

  private static Decimal shortest(double value) {
    Decimal decimal = Decimal.of(NumberOutput.toString(value, true));
    return decimal.digits().length() == 2 ? oneDigitIfEnough(decimal, value) : decimal;
  }

  /**
   * The nearer of the two decimals of one digit around a decimal of two, if it reads back as the
   * value.
   */
  private static Decimal oneDigitIfEnough(Decimal decimal, double value) {
    int first = decimal.digits().charAt(0) - '0';
    int second = decimal.digits().charAt(1) - '0';
    Decimal below = new Decimal(Integer.toString(first), decimal.point());
    Decimal above =
        first == 9
            ? new Decimal("1", decimal.point() + 1)
            : new Decimal(Integer.toString(first + 1), decimal.point());
    Decimal nearer = second < 5 ? below : above;
    Decimal farther = second < 5 ? above : below;
    if (nearer.value() == value) {
      return nearer;
    }
    return farther.value() == value ? farther : decimal;
  }

  /**
   * A positive decimal 0.d1d2d3... x 10^point.
   *
   * @param digits without zeros at either end
   */
  private record Decimal(String digits, int point) {
    /**
     * Reads the form of {@link Double#toString(double)}: digits, a point, digits, and an exponent
     * after E where there is one.
     */
    static Decimal of(String text) {
      int e = text.indexOf('E');
      int end = e < 0 ? text.length() : e;
      int exponent = e < 0 ? 0 : Integer.parseInt(text, e + 1, text.length(), 10);
      int dot = text.indexOf('.');
      String all = text.substring(0, dot) + text.substring(dot + 1, end);
      int from = 0;
      while (all.charAt(from) == '0') {
        from++;
      }
      int to = all.length();
      while (all.charAt(to - 1) == '0') {
        to--;
      }
      return new Decimal(all.substring(from, to), dot + exponent - from);
    }

    double value() {
      return Double.parseDouble("0." + digits + "E" + point);
    }
  }
}
