package io.knhk.detection;

import io.knhk.schemas.detection.PatternKind;

/**
 * A pattern that has been reported and has not ended.
 *
 * @param element for a SCHEMA_MISMATCH, what does not conform; else the empty string
 * @param sinceMs start of the window that it was first seen in, event time
 * @param normalBuckets buckets in a row without it, below {@link KeyState#NORMAL_BUCKETS_TO_END}
 */
public record ActivePattern(PatternKind kind, String element, long sinceMs, int normalBuckets) {
  boolean is(PatternKind otherKind, String otherElement) {
    return kind == otherKind && element.equals(otherElement);
  }
}
