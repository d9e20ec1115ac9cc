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

  /**
   * The same for a marker. It lies past the end of what it closes, and a source whose last
   * observation is from now ends its windows of up to an hour with it; so long, at most, may
   * somebody who writes a marker in a source's name keep its observations out of detection.
   */
  public static final long MARKER_AHEAD_MS_MAX = 3_600_000 + AHEAD_MS_MAX;

  private ObservationLimits() {}
}
