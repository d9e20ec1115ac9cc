package io.knhk.operators.archive;

import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;

/** Public keys as they travel in the job graph: PEM text. */
final class TrustedKeys {
  private TrustedKeys() {}

  /**
   * @throws IllegalArgumentException if there is no key or one of them is not valid
   */
  static KeyRing parse(String pem) {
    try {
      return KeyRing.fromPem(pem);
    } catch (LedgerFormatException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  static void requireLogName(String log) {
    if (log.isBlank() || log.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("expected the log's name: log=" + log);
    }
  }
}
