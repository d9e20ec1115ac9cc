package io.knhk.ledger;

import io.knhk.ledger.ReceiptChain.Head;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one verifier of receipts: form, signature, log and place in the chain, in this order, so that
 * only a holder of an accepted key can cause a verdict about a chain. It keeps no chain: the caller
 * has the head and goes on with that of {@link Verdict.Valid}.
 *
 * <p>What it cannot see: a tail that was cut off, and whether a {@link Verdict.Stale} receipt is
 * the one that was there before.
 *
 * <p>Remembers the log's name if it was not told one: for one thread.
 */
public final class ReceiptVerifier {
  private final KeyRing keys;
  private @Nullable String log;

  /**
   * @param keys whose signatures count
   * @param log the only log accepted; null to take that of the first receipt with a good signature
   */
  public ReceiptVerifier(KeyRing keys, @Nullable String log) {
    this.keys = keys;
    this.log = log;
  }

  /**
   * Judges a receipt of whatever sector against the head of its chain. Where receipts of several
   * sectors may come, the other two forms are the ones to use.
   */
  public Verdict verify(Head expected, Dsse.Envelope envelope) {
    return verify(sector -> expected, envelope);
  }

  /** Judges a receipt that must be of one sector; of another it is a {@link Verdict.WrongLog}. */
  public Verdict verify(String sector, Head expected, Dsse.Envelope envelope) {
    return verify(named -> named.equals(sector) ? expected : null, envelope);
  }

  /**
   * Judges a receipt against the head of its own sector.
   *
   * @param heads the head of a sector's chain, {@link Head#empty()} where it has not begun, null
   *     where the sector is not accepted
   */
  public Verdict verify(Function<String, @Nullable Head> heads, Dsse.Envelope envelope) {
    byte[] payload = envelope.payload();
    ReceiptBody body;
    try {
      body = read(envelope, payload);
    } catch (LedgerFormatException e) {
      return new Verdict.Malformed(String.valueOf(e.getMessage()));
    }
    String hash = ReceiptBody.hash(payload);
    Optional<VerifyingKey> key = keys.find(body.keyId());
    if (key.isEmpty()) {
      return new Verdict.UnknownKey(
          body, hash, "expected a key of the ring: keyId=" + body.keyId());
    }
    if (!key.get().verify(envelope.pae(), envelope.signature())) {
      return new Verdict.BadSignature(
          body,
          hash,
          "expected a signature by the key: seq=" + body.seq() + ", keyId=" + body.keyId());
    }
    String wanted = Objects.requireNonNullElse(log, body.log());
    log = wanted;
    if (!body.log().equals(wanted)) {
      return new Verdict.WrongLog(
          body,
          hash,
          "expected a receipt of the log: log="
              + Texts.shown(body.log())
              + ", limit="
              + Texts.shown(wanted));
    }
    Head head = heads.apply(body.sector());
    if (head == null) {
      return new Verdict.WrongLog(
          body,
          hash,
          "expected a receipt of the sector's chain: sector=" + Texts.shown(body.sector()));
    }
    return place(body, hash, head);
  }

  private static ReceiptBody read(Dsse.Envelope envelope, byte[] payload)
      throws LedgerFormatException {
    if (!envelope.payloadType().equals(Receipts.PAYLOAD_TYPE)) {
      throw new LedgerFormatException(
          "expected a receipt: payloadType="
              + envelope.payloadType()
              + ", limit="
              + Receipts.PAYLOAD_TYPE);
    }
    ReceiptBody body = ReceiptBody.parse(payload);
    if (!body.keyId().equals(envelope.keyId())) {
      throw new LedgerFormatException(
          "expected the body's key id on the envelope: keyid="
              + envelope.keyId()
              + ", keyId="
              + body.keyId());
    }
    return body;
  }

  private static Verdict place(ReceiptBody body, String hash, Head head) {
    long seq = body.seq();
    long next = head.nextSeq();
    if (seq > next) {
      return new Verdict.Gap(body, hash, "expected the next number: seq=" + seq + ", next=" + next);
    }
    if (seq == next) {
      return Objects.equals(body.parentHash(), head.lastHash())
          ? new Verdict.Valid(body, hash, head.next(hash))
          : new Verdict.Fork(
              body,
              hash,
              "expected the last receipt as parent: seq="
                  + seq
                  + ", parentHash="
                  + body.parentHash()
                  + ", lastHash="
                  + head.lastHash());
    }
    // Of the numbers that have passed, the head still knows the last one's hash.
    if (seq == next - 1 && !hash.equals(head.lastHash())) {
      return new Verdict.Fork(
          body,
          hash,
          "expected the same receipt again: seq="
              + seq
              + ", hash="
              + hash
              + ", lastHash="
              + head.lastHash());
    }
    return new Verdict.Stale(body, hash, "expected the next number: seq=" + seq + ", next=" + next);
  }

  /** What a receipt was found to be. */
  public sealed interface Verdict {
    /** What was expected, {@code expected <rule>: name=value}; empty for a valid receipt. */
    String detail();

    /**
     * Signed, and the next of its chain.
     *
     * @param next the head with it
     */
    record Valid(ReceiptBody body, String hash, Head next) implements Verdict {
      @Override
      public String detail() {
        return "";
      }
    }

    /**
     * Signed, with a number that has passed: a repetition if the receipt stored under that number
     * has the same hash, else a fork. The caller compares; for the last number this was done here.
     */
    record Stale(ReceiptBody body, String hash, String detail) implements Verdict {}

    /** Signed, with a number beyond the next: receipts are missing. */
    record Gap(ReceiptBody body, String hash, String detail) implements Verdict {}

    /**
     * Signed, but a second history: another parent than the last receipt, or another receipt under
     * the last number.
     */
    record Fork(ReceiptBody body, String hash, String detail) implements Verdict {}

    /** Well formed, but not signed by the key it names. Nothing in the body is proven. */
    record BadSignature(ReceiptBody body, String hash, String detail) implements Verdict {}

    /** Well formed, by a key that is not in the ring. Nothing in the body is proven. */
    record UnknownKey(ReceiptBody body, String hash, String detail) implements Verdict {}

    /** No receipt: another payload type, another form, or two key ids. */
    record Malformed(String detail) implements Verdict {}

    /** Signed, but of another log, or of a sector that is not accepted here. */
    record WrongLog(ReceiptBody body, String hash, String detail) implements Verdict {}
  }
}
