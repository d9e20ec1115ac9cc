package io.knhk.embedded;

import org.jspecify.annotations.Nullable;

/**
 * A failure that its user can mend. The message is one or two sentences for a person: what and
 * where, what was expected, what to do next.
 */
public final class StackException extends RuntimeException {
  /** Another process, or another part of this one, has the state folder open. */
  public static final String STATE_IN_USE = "KNHK-1101";

  /** The state folder cannot be created, read or written. */
  public static final String STATE_UNUSABLE = "KNHK-1102";

  public static final String DISK_FULL = "KNHK-1103";

  /** A port that the user named is taken. */
  public static final String PORT_TAKEN = "KNHK-1104";

  /**
   * The signing key or its public half is not there, not readable by its owner alone, or not a
   * pair.
   */
  public static final String KEY_MISSING = "KNHK-1105";

  public static final String KAFKA_FAILED = "KNHK-1110";
  public static final String POSTGRESQL_FAILED = "KNHK-1120";

  /** Something runs on the PostgreSQL data folder and it cannot be proved to be ours. */
  public static final String POSTGRESQL_FOREIGN = "KNHK-1121";

  /** A password file is missing or readable by others. */
  public static final String POSTGRESQL_PASSWORD = "KNHK-1122";

  public static final String FLINK_FAILED = "KNHK-1130";

  /** The folder to replay is not one: missing, empty, or with a folder that is no sector. */
  public static final String REPLAY_FOLDER = "KNHK-1140";

  /** A file to replay cannot be read: header, size of a row, order. */
  public static final String REPLAY_FILE = "KNHK-1141";

  /** Kafka did not take what was replayed. */
  public static final String REPLAY_FAILED = "KNHK-1142";

  /** A job's code begins with it when the job will not run with what it was given. */
  private static final String REFUSED = "KNHK-12";

  private static final long serialVersionUID = 1L;

  private final String code;

  public StackException(String code, String message) {
    this(code, message, null);
  }

  public StackException(String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** Stable name of the failure, {@code KNHK-} and four digits; the module's README lists them. */
  public String code() {
    return code;
  }

  /** Whether a job refused to run, rather than could not. */
  public boolean isRefusal() {
    return code.startsWith(REFUSED);
  }
}
