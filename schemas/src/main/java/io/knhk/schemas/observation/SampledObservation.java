package io.knhk.schemas.observation;

/**
 * An observation that was kept as an example, and where it stands.
 *
 * @param conforms whether it did, under the snapshot that was in force when it was read
 */
public record SampledObservation(
    Observation observation, int partition, long offset, long recordedAtMs, boolean conforms) {}
