package io.knhk.operators.execute;

import java.util.Map;

/**
 * State: the snapshot that a sector's knowledge has come to.
 *
 * @param touched for each element changed since version 1, the version that last changed it
 */
public record SectorHead(
    long version,
    String snapshotId,
    String parentId,
    String proposalId,
    long promotedAtMs,
    Map<String, Long> touched) {}
