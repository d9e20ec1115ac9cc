package io.knhk.jobs.launch;

import java.io.IOException;

/**
 * A checkpoint or savepoint is not whole. The message says which file, and what is wrong with it.
 */
final class StateDamage extends IOException {
  private static final long serialVersionUID = 1L;

  StateDamage(String message) {
    super(message);
  }

  StateDamage(String message, Throwable cause) {
    super(message, cause);
  }
}
