package io.knhk.bench;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says.
 *
 * @param json whether the last line on stdout is to be JSON
 * @param count observations a round of {@code loop-events}
 * @param rounds measured rounds of {@code loop-events}
 * @param keys subjects in {@code loop-events}
 * @param profile file for a profile of the last round of {@code loop-events}
 */
record Arguments(
    Benchmark benchmark, boolean json, int count, int rounds, int keys, @Nullable Path profile) {
  static final int COUNT_DEFAULT = 500_000;
  static final int ROUNDS_DEFAULT = 5;
  static final int KEYS_DEFAULT = 1_000;

  /**
   * @throws IllegalArgumentException with a sentence for the user
   */
  static Arguments parse(List<String> given) {
    if (given.isEmpty()) {
      throw new IllegalArgumentException("expected a benchmark: names=" + Benchmark.names());
    }
    Benchmark benchmark = Benchmark.named(given.get(0));
    boolean json = false;
    int count = COUNT_DEFAULT;
    int rounds = ROUNDS_DEFAULT;
    int keys = KEYS_DEFAULT;
    Path profile = null;
    Iterator<String> rest = given.subList(1, given.size()).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--json" -> json = true;
        case "--count" -> count = number(option, rest);
        case "--rounds" -> rounds = number(option, rest);
        case "--keys" -> keys = number(option, rest);
        case "--profile" -> profile = Path.of(value(option, rest));
        default -> throw new IllegalArgumentException("expected a known option: option=" + option);
      }
    }
    return new Arguments(benchmark, json, count, rounds, keys, profile);
  }

  private static int number(String option, Iterator<String> rest) {
    String text = value(option, rest);
    try {
      int number = Integer.parseInt(text);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException("expected a number above 0: " + option + "=" + text);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("expected a value: option=" + option);
    }
    return rest.next();
  }
}
