package io.knhk.schemas.observation;

/**
 * Says that a source has sent everything up to a time, so that its last windows close: a
 * CloudEvents event of type {@link #TYPE} whose {@code sector}, {@code source} and {@code time} are
 * the whole of it. It is not an observation.
 *
 * @param timeMs the source's clock is at least this from here on, milliseconds since the epoch; at
 *     most {@link ObservationLimits#MARKER_AHEAD_MS_MAX} after its LogAppendTime
 */
public record SourceMarker(String sector, String source, String id, long timeMs) {
  public static final String TYPE = "io.knhk.marker.v1";
}
