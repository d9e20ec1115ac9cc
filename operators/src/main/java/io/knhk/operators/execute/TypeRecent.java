package io.knhk.operators.execute;

import io.knhk.schemas.observation.SampledObservation;
import java.util.List;

/**
 * State: what was observed of one event type lately.
 *
 * @param observations oldest first
 * @param recordedAtMs largest LogAppendTime of any observation of the type
 */
public record TypeRecent(List<SampledObservation> observations, long recordedAtMs) {}
