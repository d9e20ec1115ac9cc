package io.knhk.cli;

/** Limits on what a command lists. */
public final class Limits {
  public static final int ROWS_MAX = 1_000_000;

  private Limits() {}

  public static void checkLimit(int limit) {
    if (limit < 1 || limit > ROWS_MAX) {
      throw CliError.USAGE.because(
          "expected a number of rows: --limit=" + limit + ", limit=1.." + ROWS_MAX,
          "Give another --limit.");
    }
  }
}
