package io.knhk.operators.archive;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.ReceiptChain.Head;
import io.knhk.ledger.ReceiptVerifier;
import io.knhk.ledger.ReceiptVerifier.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Says of a record whether it is evidence: a receipt of this sector, of whatever log, signed by a
 * trusted key. Where it stands in its chain is judged against the database, see {@link
 * ChainPlacement}. For one thread.
 */
final class ReceiptJudge {
  private final KeyRing keys;

  /**
   * @param publicKeysPem the keys whose signatures count
   * @throws IllegalArgumentException if a key is not valid
   */
  ReceiptJudge(String publicKeysPem) {
    this.keys = TrustedKeys.parse(publicKeysPem);
  }

  /**
   * @param sector that of the record's key, {@link SectorOfKey#UNNAMED} where it names none
   */
  Judged judge(String sector, byte[] value) {
    Dsse.Envelope envelope;
    try {
      envelope = Dsse.Envelope.parse(value);
    } catch (LedgerFormatException e) {
      return new Unsigned(RefusalReason.MALFORMED, null, String.valueOf(e.getMessage()));
    }
    // The empty head is no claim about the chain: a signed receipt fits it or leaves a gap.
    Verdict verdict = new ReceiptVerifier(keys, null).verify(sector, Head.empty(), envelope);
    if (verdict instanceof Verdict.Valid it) {
      return new Signed(envelope, it.body(), it.hash());
    }
    if (verdict instanceof Verdict.Gap it) {
      return new Signed(envelope, it.body(), it.hash());
    }
    if (verdict instanceof Verdict.Fork it) {
      return new Signed(envelope, it.body(), it.hash());
    }
    if (verdict instanceof Verdict.Stale it) {
      return new Signed(envelope, it.body(), it.hash());
    }
    if (verdict instanceof Verdict.WrongLog it) {
      return new Unsigned(RefusalReason.MALFORMED, it.body().seq(), it.detail());
    }
    if (verdict instanceof Verdict.BadSignature it) {
      return new Unsigned(RefusalReason.BAD_SIGNATURE, it.body().seq(), it.detail());
    }
    if (verdict instanceof Verdict.UnknownKey it) {
      return new Unsigned(RefusalReason.UNKNOWN_KEY, it.body().seq(), it.detail());
    }
    return new Unsigned(RefusalReason.MALFORMED, null, verdict.detail());
  }

  /** What a record is. */
  sealed interface Judged {}

  /**
   * Evidence.
   *
   * @param hash of the body
   */
  record Signed(Dsse.Envelope envelope, ReceiptBody body, String hash) implements Judged {
    ReceiptRow row(RecordPosition at) {
      return ReceiptRow.of(at, body, hash, envelope.payload(), envelope.signature());
    }
  }

  /**
   * Nothing that a trusted key said about this sector.
   *
   * @param seq number it claims to have; null where it could not be read
   */
  record Unsigned(RefusalReason reason, @Nullable Long seq, String detail) implements Judged {}
}
