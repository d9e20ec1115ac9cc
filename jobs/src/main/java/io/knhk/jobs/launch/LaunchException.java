package io.knhk.jobs.launch;

/** A job cannot be started from what is there. The message begins with its code, KNHK-12nn. */
public final class LaunchException extends Exception {
  private static final long serialVersionUID = 1L;

  LaunchException(String message) {
    super(message);
  }
}
