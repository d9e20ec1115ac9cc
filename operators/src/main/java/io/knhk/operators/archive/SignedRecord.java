package io.knhk.operators.archive;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;

/** What a record's value is as a signed message of one kind. */
sealed interface SignedRecord {
  /**
   * @param payloadType of the kind that is expected
   * @param keys whose signatures count
   */
  static SignedRecord of(byte[] value, String payloadType, KeyRing keys) {
    Dsse.Envelope envelope;
    try {
      envelope = Dsse.Envelope.parse(value);
    } catch (LedgerFormatException e) {
      return new Refused(RefusalReason.MALFORMED, String.valueOf(e.getMessage()));
    }
    if (!envelope.payloadType().equals(payloadType)) {
      return new Refused(
          RefusalReason.MALFORMED,
          "expected " + payloadType + ": payloadType=" + envelope.payloadType());
    }
    if (keys.find(envelope.keyId()).isEmpty()) {
      return new Refused(
          RefusalReason.UNKNOWN_KEY, "expected a key of the ring: keyId=" + envelope.keyId());
    }
    if (!envelope.isSigned(payloadType, keys)) {
      return new Refused(
          RefusalReason.BAD_SIGNATURE,
          "expected a signature by the key: keyId=" + envelope.keyId());
    }
    return new Authentic(envelope);
  }

  /** A trusted key signed it. */
  record Authentic(Dsse.Envelope envelope) implements SignedRecord {}

  /** It proves nothing. */
  record Refused(RefusalReason reason, String detail) implements SignedRecord {}
}
