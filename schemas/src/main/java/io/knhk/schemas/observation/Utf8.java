package io.knhk.schemas.observation;

/**
 * Well-formed UTF-8 as the Unicode Standard's table 3-7 has it: no overlong form, no surrogate, at
 * most U+10FFFF.
 */
final class Utf8 {
  private Utf8() {}

  static boolean isValid(byte[] bytes) {
    int i = 0;
    int length = bytes.length;
    while (i < length) {
      int lead = bytes[i];
      if (lead >= 0) {
        i++;
        continue;
      }
      int width = widthOf(lead & 0xFF);
      if (width == 0 || i + width > length || !secondFits(lead & 0xFF, bytes[i + 1] & 0xFF)) {
        return false;
      }
      for (int k = 2; k < width; k++) {
        if ((bytes[i + k] & 0xC0) != 0x80) {
          return false;
        }
      }
      i += width;
    }
    return true;
  }

  private static int widthOf(int lead) {
    if (lead < 0xC2) {
      return 0;
    }
    if (lead < 0xE0) {
      return 2;
    }
    if (lead < 0xF0) {
      return 3;
    }
    return lead < 0xF5 ? 4 : 0;
  }

  private static boolean secondFits(int lead, int second) {
    int from = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    int to = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    return second >= from && second <= to;
  }
}
