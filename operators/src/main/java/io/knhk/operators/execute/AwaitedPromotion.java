package io.knhk.operators.execute;

import java.util.List;

/**
 * State: a promoted snapshot that not every subtask is known to run yet.
 *
 * @param acknowledged distinct {@code operator/parallelism/subtask}
 */
public record AwaitedPromotion(
    long version,
    String snapshotId,
    String proposalId,
    long recordedAtMs,
    List<String> acknowledged) {}
