package io.knhk.operators.archive;

import org.jspecify.annotations.Nullable;

/**
 * Says that a sector's chain went no further, and why. Only a receipt that a trusted key signed
 * leads to one.
 *
 * @param at the record that halted it
 * @param seq number that was expected next; for a fork, the number that has another receipt
 * @param foundSeq number of the receipt that was found
 * @param reason {@link RefusalReason#GAP} or {@link RefusalReason#FORK}
 * @param detail {@code expected <rule>: name=value}
 * @param expectedHash hash of the last receipt of the chain, or of the one that has the number;
 *     null for an empty chain
 * @param foundHash hash of the refused receipt
 * @param expectedBody the stored body under the number of a fork, where there is one
 * @param foundBody the refused body
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody changes or compares it.
record HaltRow(
    RecordPosition at,
    String log,
    String sector,
    long seq,
    long foundSeq,
    RefusalReason reason,
    String detail,
    @Nullable String expectedHash,
    String foundHash,
    byte @Nullable [] expectedBody,
    byte[] foundBody) {}
