package io.knhk.operators.archive;

import static java.util.Objects.requireNonNull;

import io.knhk.operators.archive.ArchiveTables.ReceiptNumber;
import io.knhk.operators.archive.ArchiveTables.StoredReceipt;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receipts in the order of the topic, each put where {@link ChainPlacement} says. */
final class PlacedReceipts {
  private static final Logger LOG = LoggerFactory.getLogger(PlacedReceipts.class);
  private static final String RETRY = "40001";

  private final List<ReceiptRow> accepted = new ArrayList<>();
  private final List<QuarantineRow> quarantine = new ArrayList<>();
  private final List<HaltRow> halts = new ArrayList<>();
  private int same;

  private PlacedReceipts() {}

  /**
   * Judges receipts and writes those that are next.
   *
   * @param chains each chain that the receipts are of, locked
   * @throws SQLException also with state 40001 if somebody wrote to a locked chain: try again
   */
  static PlacedReceipts place(
      ArchiveTables tables, Map<Chain, ChainPlacement> chains, List<ReceiptRow> receipts)
      throws SQLException {
    List<ReceiptRow> passed = new ArrayList<>();
    for (ReceiptRow row : receipts) {
      if (row.seq() < chain(chains, row).nextSeq()) {
        passed.add(row);
      }
    }
    Map<ReceiptNumber, StoredReceipt> stored = tables.storedReceipts(passed);
    PlacedReceipts placed = new PlacedReceipts();
    for (ReceiptRow row : receipts) {
      placed.place(row, chain(chains, row), stored.get(ReceiptNumber.of(row)));
    }
    Set<String> inserted = tables.insertReceipts(placed.accepted);
    if (inserted.size() != placed.accepted.size()) {
      throw new SQLException(
          "expected to be the only writer of these chains: rows="
              + placed.accepted.size()
              + ", inserted="
              + inserted.size(),
          RETRY);
    }
    return placed;
  }

  private static ChainPlacement chain(Map<Chain, ChainPlacement> chains, ReceiptRow row) {
    return requireNonNull(chains.get(new Chain(row.log(), row.sector())));
  }

  private void place(ReceiptRow row, ChainPlacement chain, @Nullable StoredReceipt stored) {
    switch (chain.place(row, stored)) {
      case NEXT -> accepted.add(row);
      case SAME -> same++;
      case WAITS -> quarantine.add(QuarantineRow.of(row, RefusalReason.HALTED));
      case REFUSED -> quarantine.add(QuarantineRow.of(row, RefusalReason.FORK));
      case DECLARED_LOST -> quarantine.add(QuarantineRow.of(row, RefusalReason.DECLARED_LOST));
      case GAP -> halt(row, chain, RefusalReason.GAP, stored);
      case FORK -> halt(row, chain, RefusalReason.FORK, stored);
    }
  }

  private void halt(
      ReceiptRow row, ChainPlacement chain, RefusalReason reason, @Nullable StoredReceipt stored) {
    HaltRow halt = chain.halted(row, reason, stored);
    LOG.error(
        "Sector {} halts at seq={}: {} at {}: {}. Look with knhk halts list",
        halt.sector(),
        halt.seq(),
        reason,
        halt.at(),
        halt.detail());
    halts.add(halt);
    quarantine.add(QuarantineRow.of(row, reason));
  }

  int written() {
    return accepted.size();
  }

  /** How many were stored already, the same. */
  int same() {
    return same;
  }

  List<QuarantineRow> quarantine() {
    return quarantine;
  }

  List<HaltRow> halts() {
    return halts;
  }
}
