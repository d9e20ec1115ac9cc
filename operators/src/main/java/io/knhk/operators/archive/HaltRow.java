package io.knhk.operators.archive;

import org.jspecify.annotations.Nullable;

/**
 * Says that a sector's chain went no further, and why.
 *
 * @param at the record that halted it
 * @param seq number that was expected next; for a fork found in the database, the number that is
 *     taken
 * @param detail {@code expected <rule>: name=value}
 * @param expectedHash hash of the last receipt of the chain; for a fork found in the database, of
 *     the stored receipt
 * @param foundHash hash of the refused receipt; null where none could be read
 * @param expectedBody the stored body of a fork found in the database, else null
 * @param foundBody the refused body; where no envelope could be read, the whole value
 */
@SuppressWarnings("ArrayRecordComponent") // Crosses a Flink edge; nobody changes or compares it.
public record HaltRow(
    RecordPosition at,
    String log,
    String sector,
    long seq,
    RefusalReason reason,
    String detail,
    @Nullable String expectedHash,
    @Nullable String foundHash,
    byte @Nullable [] expectedBody,
    byte @Nullable [] foundBody) {}
