package io.knhk.schemas.detection;

import io.knhk.schemas.observation.Datatype;

/**
 * Mismatches of one kind on one attribute, counted. Merging is associative and commutative.
 *
 * @param attribute empty where the event type or its value is meant
 * @param datatype narrowest that accepts everything sent
 * @param count at least 1
 * @param min smallest number sent, +infinity when none was a number
 * @param max largest number sent, -infinity when none was a number
 * @param samplePartition Kafka partition of the observation with the smallest (partition, offset)
 * @param sampleOffset its offset
 */
public record MismatchTally(
    MismatchKind kind,
    String attribute,
    Datatype datatype,
    long count,
    double min,
    double max,
    int samplePartition,
    long sampleOffset) {
  public static MismatchTally of(Mismatch mismatch, int partition, long offset) {
    boolean number = !Double.isNaN(mismatch.number());
    return new MismatchTally(
        mismatch.kind(),
        mismatch.attribute(),
        mismatch.datatype(),
        1,
        number ? mismatch.number() : Double.POSITIVE_INFINITY,
        number ? mismatch.number() : Double.NEGATIVE_INFINITY,
        partition,
        offset);
  }

  public boolean sameElement(MismatchTally other) {
    return kind == other.kind && attribute.equals(other.attribute);
  }

  public MismatchTally plus(MismatchTally other) {
    boolean mine =
        samplePartition < other.samplePartition
            || (samplePartition == other.samplePartition && sampleOffset <= other.sampleOffset);
    return new MismatchTally(
        kind,
        attribute,
        datatype.join(other.datatype),
        count + other.count,
        Math.min(min, other.min),
        Math.max(max, other.max),
        mine ? samplePartition : other.samplePartition,
        mine ? sampleOffset : other.sampleOffset);
  }
}
