package io.knhk.schemas.detection;

import io.knhk.schemas.observation.Datatype;

/**
 * One way in which one observation does not conform.
 *
 * @param attribute name of the attribute, or the empty string where the event type or its value is
 *     meant
 * @param datatype of what was sent
 * @param number what was sent, NaN if it is not a number
 */
public record Mismatch(MismatchKind kind, String attribute, Datatype datatype, double number) {}
