package io.knhk.operators.execute;

import java.util.Map;

/**
 * State: a promotion that is watched for a while, since a sample said that it would do no harm and
 * the whole stream may say otherwise.
 *
 * @param untilMs recorded time
 * @param before {@link io.knhk.schemas.knowledge.CompiledSnapshotCodec encoded}: the event types
 *     that it changed, as they were
 * @param after the same, as they became
 * @param types by name
 */
public record WatchedPromotion(
    long version,
    String snapshotId,
    String proposalId,
    long untilMs,
    byte[] before,
    byte[] after,
    Map<String, WatchedType> types) {}
