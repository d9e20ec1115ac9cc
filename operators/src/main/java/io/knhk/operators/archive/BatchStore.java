package io.knhk.operators.archive;

import static java.util.Objects.requireNonNull;

import io.knhk.operators.archive.ArchiveMetrics.Stored;
import io.knhk.operators.archive.ArchiveTables.ReceiptNumber;
import io.knhk.operators.archive.ArchiveTables.SnapshotVersion;
import io.knhk.operators.archive.ArchiveTables.StoredReceipt;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores one batch in one transaction. Doing it again changes nothing.
 *
 * <p>Receipts are inserted all at once. One that was not inserted has its number taken: the stored
 * body is read and compared. The same: a repetition. Another: a fork; rows cannot be taken back out
 * of an append-only table, so the transaction is rolled back, the sector is cut at that receipt,
 * and the batch is inserted again up to there. Each round cuts at least one sector more, so there
 * are at most as many rounds as sectors in the batch, and one.
 */
final class BatchStore {
  private static final Logger LOG = LoggerFactory.getLogger(BatchStore.class);

  private final ArchiveTables tables;
  private final List<ReceiptRow> receipts = new ArrayList<>();
  private final List<SnapshotRow> snapshots = new ArrayList<>();
  private final List<DeadLetterRow> deadLetters = new ArrayList<>();
  private final List<QuarantineRow> quarantine = new ArrayList<>();
  private final List<HaltRow> halts = new ArrayList<>();

  /**
   * Chains that were halted before this batch, with the number from which on nothing is accepted.
   */
  private Map<Chain, Long> halted = Map.of();

  private Set<RecordPosition> resumed = Set.of();

  /** Index in {@code receipts} from which on a chain that forked in this batch is cut. */
  private final Map<Chain, Integer> cuts = new HashMap<>();

  private int written;
  private int duplicates;

  private BatchStore(ArchiveTables tables, List<ArchiveRow> batch) {
    this.tables = tables;
    for (ArchiveRow row : batch) {
      if (row.receipt() != null) {
        receipts.add(row.receipt());
      } else if (row.snapshot() != null) {
        snapshots.add(row.snapshot());
      } else if (row.deadLetter() != null) {
        deadLetters.add(row.deadLetter());
      } else if (row.quarantine() != null) {
        quarantine.add(row.quarantine());
      } else {
        halts.add(requireNonNull(row.halt()));
      }
    }
  }

  /**
   * @throws IOException if the database lacks receipts that were written before
   */
  static Stored store(ArchiveTables tables, List<ArchiveRow> batch)
      throws SQLException, IOException {
    return new BatchStore(tables, batch).store();
  }

  private Stored store() throws SQLException, IOException {
    halted = tables.openHalts();
    resumed = tables.resumed();
    while (!storeReceipts()) {
      tables.rollback();
    }
    storeSnapshots();
    storeDeadLetters();
    tables.insertHalts(halts);
    int quarantined = tables.insertQuarantine(quarantine);
    Set<Chain> haltedNow = new HashSet<>(halted.keySet());
    for (HaltRow halt : halts) {
      if (!resumed.contains(halt.at())) {
        haltedNow.add(new Chain(halt.log(), halt.sector()));
      }
    }
    return new Stored(written, duplicates, quarantined, haltedNow.size());
  }

  /**
   * Returns false if a fork was found: its sector is cut now, and the transaction must begin again.
   */
  private boolean storeReceipts() throws SQLException, IOException {
    List<ReceiptRow> accepted = new ArrayList<>();
    for (int i = 0; i < receipts.size(); i++) {
      if (!isRefused(i)) {
        accepted.add(receipts.get(i));
      }
    }
    checkContinued(accepted);
    Set<String> inserted = tables.insertReceipts(accepted);
    int insertedCount = inserted.size();
    List<Integer> others = new ArrayList<>();
    List<ReceiptRow> compared = new ArrayList<>();
    for (int i = 0; i < receipts.size(); i++) {
      if (isRefused(i) || !inserted.remove(receipts.get(i).id())) {
        others.add(i);
        compared.add(receipts.get(i));
      }
    }
    Map<ReceiptNumber, StoredReceipt> stored = tables.storedReceipts(compared);
    List<QuarantineRow> refused = new ArrayList<>();
    boolean forked = false;
    int same = 0;
    for (int i : others) {
      ReceiptRow row = receipts.get(i);
      StoredReceipt there = stored.get(ReceiptNumber.of(row));
      if (there != null && Arrays.equals(there.body(), row.body())) {
        same++;
      } else if (isRefused(i)) {
        refused.add(quarantined(row, isFork(i) ? RefusalReason.FORK : RefusalReason.HALTED));
      } else if (resumed.contains(row.at())) {
        refused.add(quarantined(row, RefusalReason.FORK));
      } else {
        cut(i, requireNonNull(there, "expected a stored receipt where one could not be inserted"));
        forked = true;
      }
    }
    if (forked) {
      return false;
    }
    written += insertedCount;
    duplicates += same;
    quarantine.addAll(refused);
    return true;
  }

  private boolean isRefused(int index) {
    ReceiptRow row = receipts.get(index);
    Chain chain = new Chain(row.log(), row.sector());
    Long from = halted.get(chain);
    Integer cut = cuts.get(chain);
    return (from != null && row.seq() >= from) || (cut != null && index >= cut);
  }

  private boolean isFork(int index) {
    ReceiptRow row = receipts.get(index);
    Integer cut = cuts.get(new Chain(row.log(), row.sector()));
    return cut != null && cut == index;
  }

  private void cut(int index, StoredReceipt there) {
    ReceiptRow row = receipts.get(index);
    String detail =
        "expected the stored receipt again: seq="
            + row.seq()
            + ", hash="
            + row.id()
            + ", stored="
            + there.id();
    LOG.error(
        "Sector {} halts at seq={}: {} at {}: {}",
        row.sector(),
        row.seq(),
        RefusalReason.FORK,
        row.at(),
        detail);
    cuts.put(new Chain(row.log(), row.sector()), index);
    halts.add(
        new HaltRow(
            row.at(),
            row.log(),
            row.sector(),
            row.seq(),
            RefusalReason.FORK,
            detail,
            there.id(),
            row.id(),
            there.body(),
            row.body()));
  }

  /**
   * State that is ahead of the database means that rows were lost there: going on would leave a
   * hole.
   */
  private void checkContinued(List<ReceiptRow> accepted) throws SQLException, IOException {
    Map<Chain, Long> first = new HashMap<>();
    for (ReceiptRow row : accepted) {
      first.merge(new Chain(row.log(), row.sector()), row.seq(), Math::min);
    }
    Map<Chain, Long> last = tables.lastNumbers(first.keySet());
    for (Map.Entry<Chain, Long> entry : first.entrySet()) {
      long stored = requireNonNull(last.get(entry.getKey()));
      if (entry.getValue() > stored + 1) {
        throw new IOException(
            "expected a database with all receipts before this one: log="
                + entry.getKey().log()
                + ", sector="
                + entry.getKey().sector()
                + ", seq="
                + entry.getValue()
                + ", stored="
                + stored
                + "; start the archive job without its state, so that it reads the topic from the earliest record");
      }
    }
  }

  private static QuarantineRow quarantined(ReceiptRow row, RefusalReason reason) {
    return new QuarantineRow(row.at(), row.log(), row.sector(), row.seq(), reason, row.envelope());
  }

  private void storeSnapshots() throws SQLException {
    if (snapshots.isEmpty()) {
      return;
    }
    Set<SnapshotVersion> inserted = tables.insertSnapshots(snapshots);
    List<SnapshotRow> taken = new ArrayList<>();
    for (SnapshotRow row : snapshots) {
      if (!inserted.remove(SnapshotVersion.of(row))) {
        taken.add(row);
      }
    }
    if (taken.isEmpty()) {
      return;
    }
    Map<SnapshotVersion, byte[]> stored = tables.storedSnapshots(taken);
    for (SnapshotRow row : taken) {
      if (!Arrays.equals(stored.get(SnapshotVersion.of(row)), row.body())) {
        LOG.error(
            "Snapshot refused, its version has another body: {}, version={}",
            row.at(),
            row.version());
        quarantine.add(
            new QuarantineRow(
                row.at(),
                row.log(),
                row.sector(),
                row.version(),
                RefusalReason.FORK,
                row.envelope()));
      }
    }
  }

  private void storeDeadLetters() throws SQLException {
    if (deadLetters.isEmpty()) {
      return;
    }
    Set<RecordPosition> inserted = tables.insertDeadLetters(deadLetters);
    List<DeadLetterRow> taken = new ArrayList<>();
    for (DeadLetterRow row : deadLetters) {
      if (!inserted.remove(row.origin())) {
        taken.add(row);
      }
    }
    if (taken.isEmpty()) {
      return;
    }
    Map<RecordPosition, byte[]> stored = tables.storedDeadLetters(taken);
    for (DeadLetterRow row : taken) {
      if (!Arrays.equals(stored.get(row.origin()), row.body())) {
        LOG.error(
            "Dead letter refused, its origin {} has another body: {}", row.origin(), row.at());
        byte[] body = row.body();
        quarantine.add(
            new QuarantineRow(
                row.at(),
                "",
                row.sector(),
                null,
                RefusalReason.FORK,
                body == null ? new byte[0] : body));
      }
    }
  }
}
