package io.knhk.schemas.observation;

/** Bounds of one observation. What breaks one is a dead letter, never a restart. */
public final class ObservationLimits {
  /** Size of a record's value plus its CloudEvents headers, in bytes. */
  public static final int BYTES_MAX = 64 * 1024;

  public static final int ATTRIBUTES_MAX = 64;

  /** Characters of an id, source, subject, event type, attribute name or partition key. */
  public static final int NAME_CHARS_MAX = 256;

  /** Depth of nested JSON, arrays and objects counted together. */
  public static final int NESTING_MAX = 64;

  /** How far {@code time} may be ahead of the record's LogAppendTime. */
  public static final long AHEAD_MS_MAX = 60_000;

  private ObservationLimits() {}
}
