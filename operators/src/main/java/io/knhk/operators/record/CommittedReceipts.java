package io.knhk.operators.record;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.Receipts;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the chains of one log end, by the records that were shown: what a trusted key signed
 * counts, and nothing else that somebody wrote to the topic.
 */
final class CommittedReceipts implements ReceiptsTopic.Visitor {
  private final KeyRing trusted;
  private final String log;
  private final Map<String, CommittedHead> heads = new TreeMap<>();

  CommittedReceipts(KeyRing trusted, String log) {
    this.trusted = trusted;
    this.log = log;
  }

  @Override
  public void visit(byte[] value, long recordedAtMs) {
    try {
      Dsse.Envelope envelope = Dsse.Envelope.parse(value);
      ReceiptBody body = ReceiptBody.parse(envelope.payload());
      CommittedHead known = heads.get(body.sector());
      if (body.log().equals(log)
          && body.keyId().equals(envelope.keyId())
          && (known == null || body.seq() >= known.nextSeq())
          && envelope.isSigned(Receipts.PAYLOAD_TYPE, trusted)) {
        heads.put(
            body.sector(),
            new CommittedHead(body.seq() + 1, ReceiptBody.hash(envelope.payload()), recordedAtMs));
      }
    } catch (LedgerFormatException e) {
      // Not a receipt: the archive says so, and puts it aside.
    }
  }

  boolean isEmpty() {
    return heads.isEmpty();
  }

  /** By sector. */
  Map<String, CommittedHead> heads() {
    return Collections.unmodifiableMap(heads);
  }

  /**
   * @param nextSeq one more than the highest number
   * @param lastHash hash of the receipt of that number
   * @param recordedAtMs its LogAppendTime
   */
  record CommittedHead(long nextSeq, String lastHash, long recordedAtMs) {}
}
