package io.knhk.operators.monitor;

import java.io.Serializable;

/**
 * @param disorderMs how far behind its source's largest time an observation may be without being
 *     late
 * @param signingKeyFile PEM file on every TaskManager; the salt of Merkle leaves is derived from it
 */
public record MonitorOptions(long disorderMs, String signingKeyFile) implements Serializable {
  private static final long serialVersionUID = 1L;

  public MonitorOptions {
    if (disorderMs < 0) {
      throw new IllegalArgumentException("expected disorder >= 0: disorderMs=" + disorderMs);
    }
  }
}
