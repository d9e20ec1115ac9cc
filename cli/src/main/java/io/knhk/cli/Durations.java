package io.knhk.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Durations on the command line: {@code 500ms}, {@code 90s}, {@code 15m}, {@code 2h}, {@code 7d}.
 */
public final class Durations implements ITypeConverter<Duration> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final long MS_PER_S = 1_000;
  private static final long MS_PER_M = 60 * MS_PER_S;
  private static final long MS_PER_H = 60 * MS_PER_M;
  private static final long MS_PER_D = 24 * MS_PER_H;

  @Override
  public Duration convert(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new TypeConversionException("expected 90s, 15m, 2h or 7d: duration=" + text);
    }
    long number = Long.parseLong(form.group(1));
    return Duration.ofMillis(
        switch (form.group(2)) {
          case "ms" -> number;
          case "s" -> number * MS_PER_S;
          case "m" -> number * MS_PER_M;
          case "h" -> number * MS_PER_H;
          default -> number * MS_PER_D;
        });
  }

  /** For people, in the two largest units: {@code 6d 4h}, {@code 11h 30m}, {@code 45s}. */
  public static String text(long ms) {
    long rest = Math.max(0, ms);
    if (rest >= MS_PER_D) {
      return two(rest / MS_PER_D, "d", rest % MS_PER_D / MS_PER_H, "h");
    }
    if (rest >= MS_PER_H) {
      return two(rest / MS_PER_H, "h", rest % MS_PER_H / MS_PER_M, "m");
    }
    if (rest >= MS_PER_M) {
      return two(rest / MS_PER_M, "m", rest % MS_PER_M / MS_PER_S, "s");
    }
    return rest / MS_PER_S + "s";
  }

  private static String two(long large, String largeUnit, long small, String smallUnit) {
    return small == 0
        ? large + largeUnit
        : String.format(Locale.ROOT, "%d%s %d%s", large, largeUnit, small, smallUnit);
  }
}
