package io.knhk.operators.record;

import java.io.Serializable;

/**
 * @param log name of the ledger, in every body
 * @param keyId of the key that will sign
 */
public record RecordOptions(String log, String keyId) implements Serializable {
  private static final long serialVersionUID = 1L;

  public RecordOptions {
    if (log.isBlank() || keyId.isBlank()) {
      throw new IllegalArgumentException(
          "expected a log and a key id: log=" + log + ", keyId=" + keyId);
    }
  }
}
