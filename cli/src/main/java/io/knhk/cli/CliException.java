package io.knhk.cli;

import org.jspecify.annotations.Nullable;

/** Ends a command with a sentence for its user. */
public final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final CliError error;
  private final String next;

  CliException(CliError error, String problem, String next, @Nullable Throwable cause) {
    super(problem, cause);
    this.error = error;
    this.next = next;
  }

  public CliError error() {
    return error;
  }

  /** What to run or to do next. */
  public String next() {
    return next;
  }
}
