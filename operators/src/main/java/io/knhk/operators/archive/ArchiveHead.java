package io.knhk.operators.archive;

import io.knhk.ledger.ReceiptChain.Head;
import org.jspecify.annotations.Nullable;

/**
 * Keyed state of a sector: how far its chain has been verified.
 *
 * @param log the log it is a chain of
 * @param nextSeq number expected next
 * @param lastHash hash of the receipt before it; null exactly when {@code nextSeq} is 0
 * @param halted whether a record was refused, so that all that follow go to quarantine
 */
public record ArchiveHead(String log, long nextSeq, @Nullable String lastHash, boolean halted) {

  static ArchiveHead start(String log) {
    return new ArchiveHead(log, 0, null, false);
  }

  Head head() {
    return new Head(nextSeq, lastHash);
  }

  ArchiveHead next(Head head) {
    return new ArchiveHead(log, head.nextSeq(), head.lastHash(), halted);
  }

  ArchiveHead halt() {
    return new ArchiveHead(log, nextSeq, lastHash, true);
  }
}
