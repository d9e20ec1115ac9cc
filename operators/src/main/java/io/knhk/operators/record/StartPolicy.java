package io.knhk.operators.record;

import java.io.Serializable;

/**
 * What a person allowed when the job was submitted. It stays true when the job is restarted, and
 * has no effect once the state has come as far as the committed log.
 *
 * @param newLog whether a log may be begun with the state of another
 * @param acceptedRegression why state that is behind the committed log may go on from the log's
 *     end; empty where it may not
 */
public record StartPolicy(boolean newLog, String acceptedRegression) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Characters of a reason. */
  public static final int REASON_MAX = 1_000;

  /** Nothing was allowed. */
  public static final StartPolicy STRICT = new StartPolicy(false, "");

  public StartPolicy {
    if (acceptedRegression.length() > REASON_MAX) {
      throw new IllegalArgumentException(
          "expected a shorter reason: characters="
              + acceptedRegression.length()
              + ", limit="
              + REASON_MAX);
    }
  }

  boolean acceptsRegression() {
    return !acceptedRegression.isEmpty();
  }
}
