package io.knhk.operators.execute;

import java.util.List;

/** State: what led from the version before to this one. */
public record StoredDelta(
    long version,
    String snapshotId,
    String parentId,
    long promotedAtMs,
    List<String> added,
    List<String> removed) {}
