package io.knhk.operators.archive;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.Receipts;

/**
 * A promoted snapshot whose signature was verified.
 *
 * @param at where it was read
 * @param promotedAtMs LogAppendTime of the newest record the decision rested on
 * @param body the exact bytes that were signed
 * @param signature 64 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // Crosses a Flink edge; nobody changes or compares it.
public record SnapshotRow(
    RecordPosition at,
    String log,
    String sector,
    long version,
    String snapshotId,
    String parentId,
    String proposalId,
    long promotedAtMs,
    String keyId,
    byte[] body,
    byte[] signature) {

  /** The record's value as it was read: an envelope has one encoding. */
  byte[] envelope() {
    return new Dsse.Envelope(Receipts.SNAPSHOT_PAYLOAD_TYPE, body, keyId, signature).toJson();
  }
}
