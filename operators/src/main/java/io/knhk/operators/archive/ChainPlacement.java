package io.knhk.operators.archive;

import io.knhk.operators.archive.ArchiveTables.StoredReceipt;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One chain as the database has it in one transaction, and the judgement of each signed receipt
 * against it, in the order of the topic. What is judged to be {@link Step#NEXT} moves it on; a gap
 * or a fork halts it, and then everything beyond waits. Pure: the same database and the same
 * receipts give the same steps.
 */
final class ChainPlacement {
  private final Chain chain;
  private final Set<String> refused;
  private final long breakAt;
  private final Map<Long, StoredReceipt> placed = new HashMap<>();
  private long nextSeq;
  private @Nullable String lastHash;
  private boolean halted;

  private ChainPlacement(Stored stored, boolean halted, long breakAt) {
    this.chain = stored.chain();
    this.refused = stored.refused();
    this.nextSeq = stored.nextSeq();
    this.lastHash = stored.lastHash();
    this.halted = halted;
    this.breakAt = breakAt;
  }

  /** For receipts from the topic: while the chain is halted they wait. */
  static ChainPlacement reading(Stored stored) {
    return new ChainPlacement(stored, stored.halted(), -1);
  }

  /**
   * For receipts that waited until a person resumed the chain.
   *
   * @param fromNumber the receipt of this number is taken whatever it follows; null for none
   */
  static ChainPlacement takingUp(Stored stored, @Nullable Long fromNumber) {
    return new ChainPlacement(stored, false, Objects.requireNonNullElse(fromNumber, -1L));
  }

  long nextSeq() {
    return nextSeq;
  }

  ArchiveHead head() {
    return new ArchiveHead(chain.log(), chain.sector(), nextSeq, lastHash);
  }

  /**
   * Judges the next receipt.
   *
   * @param before what was stored under its number when the transaction began, null for nothing
   */
  Step place(ReceiptRow row, @Nullable StoredReceipt before) {
    StoredReceipt there = there(row, before);
    if (there != null && there.isSame(row)) {
      return Step.SAME;
    }
    boolean isBreak = there == null && row.seq() == breakAt && row.seq() >= nextSeq;
    if (refused.contains(row.id()) && !isBreak) {
      return Step.REFUSED;
    }
    if (halted) {
      return Step.WAITS;
    }
    if (there != null) {
      return halt(Step.FORK);
    }
    if (row.seq() < nextSeq) {
      return Step.DECLARED_LOST;
    }
    if (!isBreak && row.seq() > nextSeq) {
      return halt(Step.GAP);
    }
    if (!isBreak && !Objects.equals(row.parentHash(), lastHash)) {
      return halt(Step.FORK);
    }
    placed.put(row.seq(), new StoredReceipt(row.id(), row.body()));
    nextSeq = row.seq() + 1;
    lastHash = row.id();
    return Step.NEXT;
  }

  /** What to say of a receipt that was judged to be a gap or a fork. */
  HaltRow halted(ReceiptRow row, RefusalReason reason, @Nullable StoredReceipt before) {
    StoredReceipt there = there(row, before);
    String detail;
    if (there != null) {
      detail = "expected the stored receipt again: stored=" + there.id();
    } else if (row.seq() > nextSeq) {
      detail = "expected the next number: next=" + nextSeq;
    } else {
      detail =
          "expected the last receipt as parent: parentHash="
              + row.parentHash()
              + ", lastHash="
              + lastHash;
    }
    return new HaltRow(
        row.at(),
        row.log(),
        row.sector(),
        there == null ? nextSeq : row.seq(),
        row.seq(),
        reason,
        detail + ", seq=" + row.seq() + ", hash=" + row.id(),
        there == null ? lastHash : there.id(),
        row.id(),
        there == null ? null : there.body(),
        row.body());
  }

  private @Nullable StoredReceipt there(ReceiptRow row, @Nullable StoredReceipt before) {
    return before != null ? before : placed.get(row.seq());
  }

  private Step halt(Step step) {
    halted = true;
    return step;
  }

  /**
   * A chain in the database.
   *
   * @param nextSeq one more than the highest number stored
   * @param lastHash hash of the receipt under that number; null for none
   * @param halted whether a halt has not been resumed, or what waited was not all taken up
   * @param refused receipts of forks that a person saw and did not accept
   */
  record Stored(
      Chain chain, long nextSeq, @Nullable String lastHash, boolean halted, Set<String> refused) {}

  /** What becomes of a receipt. */
  enum Step {
    /** Written. */
    NEXT,

    /** Stored already, with the same body. */
    SAME,

    /** To quarantine, until a person resumes the chain. */
    WAITS,

    /** To quarantine for good: a person has seen it and the chain goes on without it. */
    REFUSED,

    /** To quarantine for good: its number is free, and a person declared it lost. */
    DECLARED_LOST,

    /** Numbers before it are missing: the chain halts. */
    GAP,

    /** Another receipt is there, or another is its parent: the chain halts. */
    FORK
  }
}
