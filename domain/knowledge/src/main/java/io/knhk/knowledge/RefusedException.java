package io.knhk.knowledge;

/** Carries a refusal out of the package's readers; never leaves the package. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;
  private static final int DETAIL_CHARS_MAX = 2_000;

  private final RefusalReason reason;

  RefusedException(RefusalReason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  Refusal refusal() {
    String line = String.valueOf(getMessage()).replaceAll("\\p{Cntrl}+", " ");
    return new Refusal(
        reason, line.length() <= DETAIL_CHARS_MAX ? line : line.substring(0, DETAIL_CHARS_MAX));
  }

  /** {@code expected <rule>: name=value, limit=limit}. */
  static RefusedException limit(
      RefusalReason reason, String rule, String name, long value, long limit) {
    return new RefusedException(
        reason, "expected " + rule + ": " + name + "=" + value + ", limit=" + limit);
  }
}
