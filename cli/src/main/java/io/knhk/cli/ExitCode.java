package io.knhk.cli;

/** What the process says to whoever started it. */
public final class ExitCode {
  public static final int OK = 0;
  public static final int FAILURE = 1;

  /** The command line itself was wrong. */
  public static final int USAGE = 2;

  /** Evidence was read and is not valid. */
  public static final int EVIDENCE_INVALID = 3;

  public static final int NOT_FOUND = 4;

  /** Nothing runs, or it does not answer. */
  public static final int UNREACHABLE = 5;

  /** It was understood and is not allowed. */
  public static final int REFUSED = 6;

  /** Too little was there to decide, or it did not come to its end. */
  public static final int INCOMPLETE = 7;

  private ExitCode() {}
}
