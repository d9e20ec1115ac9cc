package io.knhk.ledger;

/**
 * Bytes from outside that do not have the one form that is accepted: JSON, an envelope, a receipt
 * body, a key.
 *
 * <p>Checked, because such bytes are an expected input (anyone can write to a topic) and a caller
 * that forgets them would let a job restart because of input. The message reads {@code expected
 * <rule>: name=value, limit=value} and never holds a secret.
 */
public final class LedgerFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  LedgerFormatException(String message) {
    super(message);
  }

  LedgerFormatException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A value's own refusal, as that of the bytes it was read from. */
  static LedgerFormatException of(String what, IllegalArgumentException refusal) {
    String reason = String.valueOf(refusal.getMessage());
    return new LedgerFormatException(
        reason.startsWith("expected ") ? reason : "expected " + what + ": problem=" + reason,
        refusal);
  }
}
