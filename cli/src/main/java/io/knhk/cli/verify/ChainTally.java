package io.knhk.cli.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.ReceiptChain.Head;
import io.knhk.schemas.receipt.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is known of one chain while its receipts go by in order of number. */
final class ChainTally {
  /** Hashes kept a chain for the comparison with Kafka: 64 MiB. */
  static final int HASHES_MAX = 2 * 1024 * 1024;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String APPROVED = "approved";
  private static final int HASH_BYTES = 32;
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private final String log;
  private final String sector;
  private final List<AuditReport.Problem> problems = new ArrayList<>();
  private final List<AuditReport.Accepted> accepted = new ArrayList<>();
  private final List<AuditReport.Restored> restored = new ArrayList<>();
  private long problemCount;
  private long restoredCount;
  private long demonstrationCount;
  private long lostInKafka;
  private long receipts;
  private long verified;
  private long verifiedUpTo = -1;
  private String verifiedHash = "";
  private boolean broken;
  private long lastSeq = -1;
  private @Nullable String lastHash;
  private byte[] hashes = new byte[64 * HASH_BYTES];

  ChainTally(String log, String sector) {
    this.log = log;
    this.sector = sector;
  }

  String log() {
    return log;
  }

  String sector() {
    return sector;
  }

  /** The highest number that was read, -1 for none. */
  long lastSeq() {
    return lastSeq;
  }

  /** Where the receipt read next must fit. */
  Head expected() {
    return lastSeq < 0 || lastSeq == Long.MAX_VALUE
        ? Head.empty()
        : new Head(lastSeq + 1, lastHash);
  }

  /**
   * Goes on to the next receipt, whatever will be found about it.
   *
   * @param id its id as stored: the hash that the next one must name. Where it is not the hash of
   *     the body, that is a problem of this receipt, and not of all that follow.
   */
  void advance(long seq, String id, String hash) {
    receipts++;
    lastSeq = seq;
    lastHash = HASH.matcher(id).matches() ? id : hash;
    if (seq < HASHES_MAX && seq >= 0) {
      int at = (int) seq * HASH_BYTES;
      if (at + HASH_BYTES > hashes.length) {
        hashes = Arrays.copyOf(hashes, Math.max(hashes.length * 2, at + HASH_BYTES));
      }
      System.arraycopy(HexFormat.of().parseHex(hash), 0, hashes, at, HASH_BYTES);
    }
  }

  /**
   * The hash of the body stored under a number; null where none was read, or the limit is passed.
   */
  @Nullable String hashOf(long seq) {
    if (seq < 0 || seq > lastSeq || seq >= HASHES_MAX) {
      return null;
    }
    int at = (int) seq * HASH_BYTES;
    byte[] hash = Arrays.copyOfRange(hashes, at, at + HASH_BYTES);
    return Arrays.equals(hash, new byte[HASH_BYTES]) ? null : HexFormat.of().formatHex(hash);
  }

  void right(long seq, String hash) {
    verified++;
    if (!broken) {
      verifiedUpTo = seq;
      verifiedHash = hash;
    }
  }

  void wrong(long seq, String what) {
    broken = true;
    noted(seq, what);
  }

  /**
   * Notes a problem that is not of what was read, so that the receipts up to here stay verified.
   */
  void noted(long seq, String what) {
    problemCount++;
    if (problems.size() < LedgerAudit.PROBLEMS_MAX) {
      problems.add(new AuditReport.Problem(seq, what));
    }
  }

  /** Notes what would be a problem if a person had not accepted it. */
  void accepted(long seq, String what) {
    if (accepted.size() < LedgerAudit.PROBLEMS_MAX) {
      accepted.add(new AuditReport.Accepted(seq, what));
    }
  }

  boolean isAnythingAccepted() {
    return !accepted.isEmpty();
  }

  /** Notes a receipt that Kafka has and whose number is missing before the end of the table. */
  void lostInKafka() {
    lostInKafka++;
  }

  /**
   * Counts a receipt that is right where it is one of {@code LedgerRestored}, or says that people
   * approved something and that one of them did so with a key that everybody has.
   */
  void operation(ReceiptBody receipt) {
    if (receipt.operation() == Operation.LedgerRestored) {
      restoredCount++;
      if (restored.size() < LedgerAudit.PROBLEMS_MAX) {
        restored.add(
            new AuditReport.Restored(receipt.seq(), evidenceOf(receipt).path("reason").asText()));
      }
    } else if (receipt.operation() == Operation.TransactionDecided
        && receipt.outcome().equals(APPROVED)
        && evidenceOf(receipt).path("demonstration").asBoolean()) {
      demonstrationCount++;
    }
  }

  private static JsonNode evidenceOf(ReceiptBody receipt) {
    try {
      return JSON.readTree(receipt.evidenceJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("expected verified evidence to be JSON", e);
    }
  }

  AuditReport.Chain report() {
    if (lostInKafka > 0) {
      accepted(-1, "receipts whose numbers are missing in the table are in Kafka: " + lostInKafka);
    }
    return new AuditReport.Chain(
        log,
        sector,
        receipts,
        verified,
        verifiedUpTo,
        verifiedHash,
        problemCount,
        problems,
        accepted,
        restoredCount,
        restored,
        demonstrationCount);
  }
}
