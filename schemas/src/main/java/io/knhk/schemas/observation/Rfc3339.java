package io.knhk.schemas.observation;

/**
 * Times as RFC 3339 section 5.6 writes them: {@code 2015-01-31T23:59:58.123Z}. Years 0000 to 9999,
 * up to nine digits of a second (what is finer than a millisecond is cut off), {@code Z} or an
 * offset; {@code T} and {@code Z} in either case. A leap second (:60) is refused, since no count of
 * milliseconds stands for it.
 */
public final class Rfc3339 {
  /**
   * What {@link #parse} returns for text that is not such a time; no time of years 0000 to 9999
   * equals it.
   */
  public static final long INVALID = Long.MIN_VALUE;

  static final long MIN_MS = -62_167_219_200_000L;
  static final long MAX_MS = 253_402_300_799_999L;

  private static final long DAY_MS = 86_400_000;
  private static final int FRACTION_DIGITS_MAX = 9;
  private static final int[] DAYS_IN_MONTH = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

  private Rfc3339() {}

  /** Milliseconds since the epoch, or {@link #INVALID}. */
  public static long parse(String text) {
    int length = text.length();
    if (length < 20
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || (text.charAt(10) | 0x20) != 't'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':') {
      return INVALID;
    }
    int year = digits(text, 0, 4);
    int month = digits(text, 5, 2);
    int day = digits(text, 8, 2);
    int hour = digits(text, 11, 2);
    int minute = digits(text, 14, 2);
    int second = digits(text, 17, 2);
    if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) {
      return INVALID;
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
      return INVALID;
    }
    int at = 19;
    int millis = 0;
    if (text.charAt(at) == '.') {
      at++;
      int start = at;
      while (at < length && isDigit(text.charAt(at))) {
        at++;
      }
      if (at == start || at - start > FRACTION_DIGITS_MAX) {
        return INVALID;
      }
      for (int place = 0; place < 3; place++) {
        millis = millis * 10 + (start + place < at ? text.charAt(start + place) - '0' : 0);
      }
    }
    long offsetMs = offsetMs(text, at);
    if (offsetMs == INVALID) {
      return INVALID;
    }
    long seconds = hour * 3_600L + minute * 60L + second;
    return daysFromEpoch(year, month, day) * DAY_MS + seconds * 1_000 + millis - offsetMs;
  }

  /**
   * The time with millisecond digits and {@code Z}, 24 characters.
   *
   * @throws IllegalArgumentException outside years 0000 to 9999
   */
  public static String format(long timeMs) {
    if (timeMs < MIN_MS || timeMs > MAX_MS) {
      throw new IllegalArgumentException(
          "expected a time of years 0000 to 9999: timeMs=" + timeMs + ", limit=" + MAX_MS);
    }
    // Civil from days, H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"; years begin in
    // March.
    long days = Math.floorDiv(timeMs, DAY_MS) + 719_468;
    int ofDay = (int) Math.floorMod(timeMs, DAY_MS);
    long era = Math.floorDiv(days, 146_097L);
    int dayOfEra = (int) (days - era * 146_097);
    int yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int fromMarch = (5 * dayOfYear + 2) / 153;
    int day = dayOfYear - (153 * fromMarch + 2) / 5 + 1;
    int month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
    int year = (int) (yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
    char[] text = "0000-00-00T00:00:00.000Z".toCharArray();
    put(text, 0, 4, year);
    put(text, 5, 2, month);
    put(text, 8, 2, day);
    put(text, 11, 2, ofDay / 3_600_000);
    put(text, 14, 2, ofDay / 60_000 % 60);
    put(text, 17, 2, ofDay / 1_000 % 60);
    put(text, 20, 3, ofDay % 1_000);
    return new String(text);
  }

  /** Offset from UTC of what stands at {@code at} up to the end, or {@link #INVALID}. */
  private static long offsetMs(String text, int at) {
    int left = text.length() - at;
    if (left == 1) {
      return (text.charAt(at) | 0x20) == 'z' ? 0 : INVALID;
    }
    if (left != 6 || text.charAt(at + 3) != ':') {
      return INVALID;
    }
    char sign = text.charAt(at);
    int hours = digits(text, at + 1, 2);
    int minutes = digits(text, at + 4, 2);
    if ((sign != '+' && sign != '-') || hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
      return INVALID;
    }
    long offset = hours * 3_600_000L + minutes * 60_000L;
    return sign == '-' ? -offset : offset;
  }

  /** Days from 1970-01-01 in the proleptic Gregorian calendar; Hinnant as above. */
  private static long daysFromEpoch(int year, int month, int day) {
    long y = month <= 2 ? year - 1L : year;
    long era = Math.floorDiv(y, 400L);
    long yearOfEra = y - era * 400;
    long dayOfYear = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468;
  }

  private static int daysIn(int year, int month) {
    boolean leap = (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : DAYS_IN_MONTH[month - 1];
  }

  /** The number that {@code count} ASCII digits stand for, or -1. */
  private static int digits(String text, int from, int count) {
    int number = 0;
    for (int i = from; i < from + count; i++) {
      char c = text.charAt(i);
      if (!isDigit(c)) {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static void put(char[] text, int at, int count, int number) {
    int rest = number;
    for (int i = at + count - 1; i >= at; i--) {
      text[i] = (char) ('0' + rest % 10);
      rest /= 10;
    }
  }
}
