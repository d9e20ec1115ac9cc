package io.knhk.operators.archive;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.Receipts;
import org.jspecify.annotations.Nullable;

/**
 * A receipt whose signature was verified, and which is the next of its chain or a repetition of one
 * that passed.
 *
 * @param at where it was read
 * @param id hash of {@code body}, 64 hex digits
 * @param body the exact bytes that were signed
 * @param signature 64 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // Crosses a Flink edge; nobody changes or compares it.
public record ReceiptRow(
    RecordPosition at,
    String id,
    String log,
    String sector,
    long seq,
    String operation,
    long eventTimeMs,
    long recordedAtMs,
    String outcome,
    String subject,
    String snapshotId,
    String[] causes,
    String evidence,
    @Nullable String parentHash,
    String keyId,
    byte[] body,
    byte[] signature) {

  static ReceiptRow of(
      RecordPosition at, ReceiptBody receipt, String hash, byte[] body, byte[] signature) {
    return new ReceiptRow(
        at,
        hash,
        receipt.log(),
        receipt.sector(),
        receipt.seq(),
        receipt.operation().name(),
        receipt.eventTimeMs(),
        receipt.recordedAtMs(),
        receipt.outcome(),
        receipt.subject(),
        receipt.snapshotId(),
        receipt.causes().toArray(String[]::new),
        receipt.evidenceJson(),
        receipt.parentHash(),
        receipt.keyId(),
        body,
        signature);
  }

  /** The record's value as it was read: an envelope has one encoding. */
  byte[] envelope() {
    return new Dsse.Envelope(Receipts.PAYLOAD_TYPE, body, keyId, signature).toJson();
  }
}
