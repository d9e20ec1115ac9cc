package io.knhk.jobs.launch;

/** The line of a stack trace that a person wants to read. */
final class RootCause {
  private static final String CAUSED_BY = "Caused by: ";
  private static final String CODE = "KNHK-";

  private RootCause() {}

  /** What KNHK says in it, from its code on; else the deepest cause. */
  static String of(String stackTrace) {
    String deepest = "";
    for (String line : stackTrace.lines().toList()) {
      int code = line.indexOf(CODE);
      if (code >= 0) {
        return line.substring(code).strip();
      }
      if (deepest.isEmpty()) {
        deepest = line.strip();
      } else if (line.startsWith(CAUSED_BY)) {
        deepest = line.substring(CAUSED_BY.length()).strip();
      }
    }
    return deepest;
  }
}
