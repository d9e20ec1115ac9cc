package io.knhk.ledger;

import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The chain of one sector: who comes next. Pure, so that a replay numbers the same drafts in the
 * same way.
 */
public final class ReceiptChain {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private ReceiptChain() {}

  /**
   * Gives a draft the next number and the link to the receipt before.
   *
   * @param keyId of the key that will sign it, see {@link VerifyingKey#keyId()}
   * @throws IllegalArgumentException if the draft breaks a limit of {@link ReceiptBody}
   */
  public static Numbered number(Head head, String log, String keyId, ReceiptDraft draft) {
    ReceiptBody body =
        new ReceiptBody(
            ReceiptBody.VERSION,
            log,
            draft.sector(),
            head.nextSeq(),
            draft.operation(),
            draft.eventTimeMs(),
            draft.recordedAtMs(),
            draft.outcome(),
            draft.subject(),
            draft.snapshotId(),
            draft.causes(),
            draft.evidence(),
            head.lastHash(),
            keyId);
    byte[] bytes = body.canonicalBytes();
    String hash = ReceiptBody.hash(bytes);
    return new Numbered(bytes, hash, head.next(hash));
  }

  /**
   * Where a chain ends.
   *
   * @param nextSeq number of the next receipt, which is how many there are
   * @param lastHash hash of the last receipt, 64 hex digits; null exactly for an empty chain
   */
  public record Head(long nextSeq, @Nullable String lastHash) {
    private static final Head EMPTY = new Head(0, null);

    public Head {
      if (nextSeq < 0 || (nextSeq == 0) != (lastHash == null)) {
        throw new IllegalArgumentException(
            "expected a last hash unless the chain is empty: nextSeq="
                + nextSeq
                + ", lastHash="
                + lastHash);
      }
      if (lastHash != null && !HASH.matcher(lastHash).matches()) {
        throw new IllegalArgumentException(
            "expected 64 hex digits in lower case: lastHash=" + Texts.shown(lastHash));
      }
    }

    /** The end of a chain without receipts. */
    public static Head empty() {
      return EMPTY;
    }

    Head next(String hash) {
      return new Head(nextSeq + 1, hash);
    }
  }

  /**
   * A receipt's body, numbered and not yet signed.
   *
   * @param body canonical form of the {@link ReceiptBody}
   * @param hash its {@link ReceiptBody#hash}
   * @param next where the chain ends with it
   */
  @SuppressWarnings(
      "ArrayRecordComponent") // Copied on the way in and out, and compared by content.
  public record Numbered(byte[] body, String hash, Head next) {
    public Numbered {
      body = body.clone();
    }

    /** A copy. */
    @Override
    public byte[] body() {
      return body.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Numbered that
          && Arrays.equals(body, that.body)
          && hash.equals(that.hash)
          && next.equals(that.next);
    }

    @Override
    public int hashCode() {
      return hash.hashCode();
    }

    @Override
    public String toString() {
      return "Numbered[seq=" + (next.nextSeq() - 1) + ", hash=" + hash + "]";
    }
  }
}
