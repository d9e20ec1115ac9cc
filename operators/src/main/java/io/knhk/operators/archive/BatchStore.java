package io.knhk.operators.archive;

import static java.util.Objects.requireNonNull;

import io.knhk.operators.archive.ArchiveMetrics.Stored;
import io.knhk.operators.archive.ArchiveTables.SnapshotVersion;
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
 * Stores one batch in one transaction. Doing it again changes nothing: where a receipt stands in
 * its chain is judged against the database as it is, see {@link ChainPlacement}.
 */
final class BatchStore {
  private static final Logger LOG = LoggerFactory.getLogger(BatchStore.class);

  private final ArchiveTables tables;
  private final List<ReceiptRow> receipts = new ArrayList<>();
  private final List<SnapshotRow> snapshots = new ArrayList<>();
  private final List<DeadLetterRow> deadLetters = new ArrayList<>();
  private final List<QuarantineRow> quarantine = new ArrayList<>();
  private final List<KnowledgeRow> knowledge = new ArrayList<>();

  private BatchStore(ArchiveTables tables, List<ArchiveRow> batch) {
    this.tables = tables;
    for (ArchiveRow row : batch) {
      if (row.receipt() != null) {
        receipts.add(row.receipt());
      } else if (row.snapshot() != null) {
        snapshots.add(row.snapshot());
      } else if (row.deadLetter() != null) {
        deadLetters.add(row.deadLetter());
      } else if (row.knowledge() != null) {
        knowledge.add(row.knowledge());
      } else {
        quarantine.add(requireNonNull(row.quarantine()));
      }
    }
  }

  /**
   * @param known what this writer has seen stored before
   * @throws org.apache.flink.runtime.execution.SuppressRestartsException if the database lacks
   *     receipts that this writer has seen in it
   */
  static Outcome store(ArchiveTables tables, List<ArchiveRow> batch, KnownHeads known)
      throws SQLException {
    return new BatchStore(tables, batch).store(known);
  }

  private Outcome store(KnownHeads known) throws SQLException {
    Set<Chain> names = new HashSet<>();
    for (ReceiptRow row : receipts) {
      names.add(new Chain(row.log(), row.sector()));
    }
    tables.chains().lock(names);
    Map<Chain, ChainPlacement> chains = new HashMap<>();
    tables
        .chains()
        .read(names)
        .forEach(
            (name, stored) -> {
              known.check(stored);
              chains.put(name, ChainPlacement.reading(stored));
            });
    PlacedReceipts placed = PlacedReceipts.place(tables, chains, receipts);
    quarantine.addAll(placed.quarantine());
    tables.chains().insertHalts(placed.halts());
    storeSnapshots();
    storeDeadLetters();
    storeKnowledge();
    int quarantined = tables.chains().insertQuarantine(quarantine);
    return new Outcome(
        new Stored(placed.written(), placed.same(), quarantined, tables.chains().haltedChains()),
        chains.values().stream().map(ChainPlacement::head).toList());
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
                null,
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
                null,
                body == null ? new byte[0] : body));
      }
    }
  }

  /**
   * Two documents that differ and say that they are the same are both kept: which one counts is the
   * views' matter, and that there are two is said here.
   */
  private void storeKnowledge() throws SQLException {
    for (String conflict : tables.knowledge().insert(knowledge)) {
      LOG.error("Knowledge document differs from one that says that it is the same: {}", conflict);
    }
  }

  /**
   * What became of a batch.
   *
   * @param heads of the chains that it had receipts of
   */
  record Outcome(Stored stored, List<ArchiveHead> heads) {}
}
