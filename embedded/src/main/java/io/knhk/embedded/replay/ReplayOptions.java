package io.knhk.embedded.replay;

import java.time.Duration;

/**
 * How a folder is replayed.
 *
 * @param perSecond observations a second; 0 for as fast as Kafka takes them
 * @param markerAhead how far behind its last observation a source is said to have come, so that its
 *     last windows close; not negative. What the loop would not accept of it is left off
 */
public record ReplayOptions(int perSecond, Duration markerAhead) {
  /** A rate at which the loop can be seen to close. */
  public static final int DEFAULT_PER_SECOND = 2_000;

  /** Closes windows of up to an hour, also those of data from now. */
  public static final Duration DEFAULT_MARKER_AHEAD = Duration.ofHours(1);

  public ReplayOptions {
    if (perSecond < 0) {
      throw new IllegalArgumentException("expected a rate, or 0: perSecond=" + perSecond);
    }
    if (markerAhead.isNegative()) {
      throw new IllegalArgumentException(
          "expected a marker not before the last observation: markerAhead=" + markerAhead);
    }
  }

  public static ReplayOptions defaults() {
    return new ReplayOptions(DEFAULT_PER_SECOND, DEFAULT_MARKER_AHEAD);
  }

  public ReplayOptions withPerSecond(int rate) {
    return new ReplayOptions(rate, markerAhead);
  }
}
