package io.knhk.operators.types;

import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.detection.MismatchTally;
import java.util.List;

/**
 * What one lane saw of one event type from one source between two checkpoint barriers. Merging
 * partials is exact and does not depend on order.
 *
 * @param snapshotVersion that it was checked under
 * @param runs subjects of the runs it was read in, sorted, distinct
 */
public record TypePartial(
    String sector,
    String eventType,
    String source,
    long snapshotVersion,
    List<BucketStats> buckets,
    List<MismatchTally> mismatches,
    long maxTimeMs,
    long recordedAtMs,
    List<String> runs) {}
