package io.knhk.operators.archive;

import org.jspecify.annotations.Nullable;

/**
 * A record that was read and not accepted.
 *
 * @param at where it was read: its identity
 * @param seq number it claims to have, or version of a snapshot; null where it could not be read
 * @param value the record's value
 */
@SuppressWarnings("ArrayRecordComponent") // Crosses a Flink edge; nobody changes or compares it.
public record QuarantineRow(
    RecordPosition at,
    String log,
    String sector,
    @Nullable Long seq,
    RefusalReason reason,
    byte[] value) {}
