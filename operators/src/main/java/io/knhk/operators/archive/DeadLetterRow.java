package io.knhk.operators.archive;

import org.jspecify.annotations.Nullable;

/**
 * A record that could not be taken as an observation.
 *
 * @param at where the dead letter was read
 * @param origin where the original record stood: its identity
 * @param recordedAtMs LogAppendTime of the original
 * @param headers the original's headers as a JSON array of {@code {"name":..,"value":base64}}, in
 *     order
 * @param body the original's value; null if it had none
 */
@SuppressWarnings("ArrayRecordComponent") // Crosses a Flink edge; nobody changes or compares it.
public record DeadLetterRow(
    RecordPosition at,
    RecordPosition origin,
    String reason,
    String detail,
    String sector,
    long recordedAtMs,
    String headers,
    byte @Nullable [] body) {}
