package io.knhk.operators.types;

import io.knhk.schemas.detection.Mismatch;
import java.util.List;

/**
 * An observation as analyze needs it, checked against the snapshot that was in force when it was
 * read.
 *
 * @param lane 0 to {@link Lanes#COUNT} - 1, by hash of the subject
 * @param recordedAtMs LogAppendTime
 * @param runFirstOffset with the partition, names the run whose receipt covers it
 * @param mismatches empty when it conforms
 */
public record CheckedObservation(
    String sector,
    int lane,
    String eventType,
    String subject,
    String source,
    long timeMs,
    double value,
    boolean error,
    long recordedAtMs,
    int partition,
    long offset,
    long runFirstOffset,
    long snapshotVersion,
    List<Mismatch> mismatches) {}
