package io.knhk.operators.archive;

import static java.util.Objects.requireNonNull;

import io.knhk.operators.archive.ChainTables.Resumed;
import io.knhk.operators.archive.ChainTables.Waiting;
import io.knhk.operators.archive.ReceiptJudge.Signed;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up what waited in quarantine once a person has resumed its sector: verified again, by
 * number, a slice a transaction. Until the last slice is done, what is read from the topic waits
 * behind it, so that there is one order. A gap or fork among what waited halts the sector anew.
 */
final class HeldBack {
  private static final Logger LOG = LoggerFactory.getLogger(HeldBack.class);

  private HeldBack() {}

  /**
   * Takes up one slice of the oldest resumed halt.
   *
   * @param known what this writer has seen stored before
   * @param after where the slice before ended
   * @param limit most receipts of a slice
   * @return empty if nothing is to be taken up
   */
  static Optional<Slice> takeUp(
      ArchiveTables tables, ReceiptJudge judge, KnownHeads known, Place after, int limit)
      throws SQLException {
    ChainTables chains = tables.chains();
    Resumed resumed = chains.firstResumed();
    if (resumed == null) {
      return Optional.empty();
    }
    chains.lock(List.of(resumed.chain()));
    if (!resumed.equals(chains.firstResumed())) {
      // Another writer was faster.
      return Optional.of(new Slice(Place.START, 0, null));
    }
    Place from = after.haltId() == resumed.haltId() ? after : Place.START;
    List<Waiting> waiting = chains.waiting(resumed.chain(), from.seq(), from.id(), limit);
    ChainPlacement.Stored stored =
        requireNonNull(chains.read(List.of(resumed.chain())).get(resumed.chain()));
    known.check(stored);
    ChainPlacement chain = ChainPlacement.takingUp(stored, resumed.fromNumber());
    PlacedReceipts placed =
        PlacedReceipts.place(
            tables, Map.of(resumed.chain(), chain), verified(waiting, resumed.chain(), judge));
    boolean isLast = waiting.size() < limit || !placed.halts().isEmpty();
    if (isLast) {
      chains.insertContinuation(resumed.haltId(), chain.nextSeq());
      chains.insertHalts(placed.halts());
      LOG.info(
          "Sector {} goes on after halt {}: next={}",
          resumed.chain().sector(),
          resumed.haltId(),
          chain.nextSeq());
      return Optional.of(new Slice(Place.START, placed.written(), chain.head()));
    }
    Waiting last = waiting.get(waiting.size() - 1);
    Place reached = new Place(resumed.haltId(), last.seq(), last.id());
    return Optional.of(new Slice(reached, placed.written(), chain.head()));
  }

  /** A database is no more believed than a topic. */
  private static List<ReceiptRow> verified(List<Waiting> waiting, Chain chain, ReceiptJudge judge) {
    List<ReceiptRow> rows = new ArrayList<>(waiting.size());
    for (Waiting row : waiting) {
      if (judge.judge(chain.sector(), row.envelope()) instanceof Signed signed) {
        rows.add(signed.row(row.at()));
      } else {
        LOG.error("What was signed when it went to quarantine is so no more: {}", row.at());
      }
    }
    return rows;
  }

  /** How far a halt's quarantine was looked at. */
  record Place(long haltId, long seq, long id) {
    static final Place START = new Place(-1, -1, -1);
  }

  /**
   * What one transaction took up.
   *
   * @param reached where the next slice begins
   * @param head the chain after it; null where nothing was done
   */
  record Slice(Place reached, int written, @Nullable ArchiveHead head) {}
}
