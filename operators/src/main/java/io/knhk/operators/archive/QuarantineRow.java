package io.knhk.operators.archive;

import org.jspecify.annotations.Nullable;

/**
 * A record that was read and not accepted.
 *
 * @param at where it was read
 * @param seq number it claims to have, or version of a snapshot; null where it could not be read
 * @param receiptId hash of a receipt that a trusted key signed, which waits or was refused; null
 *     for everything else
 * @param value the record's value
 */
@SuppressWarnings("ArrayRecordComponent") // Crosses a Flink edge; nobody changes or compares it.
public record QuarantineRow(
    RecordPosition at,
    String log,
    String sector,
    @Nullable Long seq,
    RefusalReason reason,
    @Nullable String receiptId,
    byte[] value) {

  static QuarantineRow of(ReceiptRow row, RefusalReason reason) {
    return new QuarantineRow(
        row.at(), row.log(), row.sector(), row.seq(), reason, row.id(), row.envelope());
  }
}
