package io.knhk.operators.types;

import io.knhk.schemas.observation.SampledObservation;
import java.util.List;

/**
 * What one subtask of monitor read of one event type between two checkpoint barriers: how many, and
 * a few of them as examples.
 *
 * @param snapshotVersion that all of them were checked under
 * @param checked how many there were
 * @param nonConforming how many of them did not conform
 * @param recordedAtMs largest LogAppendTime among them
 * @param examples the latest that conform and the latest that do not, oldest first
 */
public record TypeSample(
    String sector,
    String eventType,
    long snapshotVersion,
    long checked,
    long nonConforming,
    long recordedAtMs,
    List<SampledObservation> examples) {}
