package io.knhk.operators.archive;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a writer has seen stored, and the refusal to go on with a database that has less or another
 * history: the offsets that belong to this state are past what such a database lacks, so that going
 * on would leave a hole or a wrong halt.
 *
 * <p>Holds the highest head of each chain: at most one a sector of each log.
 */
final class KnownHeads {
  private static final Logger LOG = LoggerFactory.getLogger(KnownHeads.class);
  private static final String CODE = "KNHK-1203: ";
  private static final String REMEDY =
      ". Name the database that belongs to this state, or start the archive job without its state:"
          + " it then reads the topic from its beginning, compares what is stored and writes what"
          + " is missing";

  private final Map<Chain, ArchiveHead> heads = new HashMap<>();
  private List<ArchiveHead> restored;

  /**
   * @param restored of a checkpoint or savepoint
   */
  KnownHeads(Collection<ArchiveHead> restored) {
    this.restored = List.copyOf(restored);
    this.restored.forEach(this::seen);
  }

  /** Whether restored heads have not been held against the database yet. */
  boolean isUnchecked() {
    return !restored.isEmpty();
  }

  /**
   * Holds what was restored against the database, once.
   *
   * @throws SuppressRestartsException if the database has less, or another receipt
   */
  void checkRestored(ChainTables tables) throws SQLException {
    List<Chain> chains = restored.stream().map(ArchiveHead::chain).distinct().toList();
    Map<Chain, ChainPlacement.Stored> stored = tables.read(chains);
    Map<ArchiveHead, String> ids = tables.idsAt(restored);
    for (ArchiveHead head : restored) {
      ChainPlacement.Stored there = Objects.requireNonNull(stored.get(head.chain()));
      check(head, there.nextSeq(), ids.get(head));
      LOG.info(
          "Chain {}/{} goes on: state had number {}, the database has {}",
          head.log(),
          head.sector(),
          head.nextSeq() - 1,
          there.nextSeq() - 1);
    }
  }

  /** Nothing that was restored is to be checked any more. */
  void checked() {
    restored = List.of();
  }

  /**
   * Holds what was seen before against a chain as it is now: rows can be lost while the job runs,
   * when somebody brings back an older database.
   *
   * @throws SuppressRestartsException if the database has less, or another receipt
   */
  void check(ChainPlacement.Stored now) {
    ArchiveHead head = heads.get(now.chain());
    if (head != null && now.nextSeq() <= head.nextSeq()) {
      check(head, now.nextSeq(), now.nextSeq() == head.nextSeq() ? now.lastHash() : null);
    }
  }

  void seen(ArchiveHead head) {
    heads.merge(head.chain(), head, (a, b) -> a.nextSeq() >= b.nextSeq() ? a : b);
  }

  List<ArchiveHead> snapshot() {
    return new ArrayList<>(heads.values());
  }

  private static void check(ArchiveHead head, long nextSeq, @Nullable String id) {
    if (Objects.equals(head.lastHash(), id)) {
      return;
    }
    String problem =
        id == null
            ? "expected a database with every receipt that the archive's state saw written"
            : "expected the database to have the receipt that the archive's state saw written";
    throw new SuppressRestartsException(
        new IllegalStateException(
            CODE
                + problem
                + ": log="
                + head.log()
                + ", sector="
                + head.sector()
                + ", seqInState="
                + (head.nextSeq() - 1)
                + ", seqInDatabase="
                + (nextSeq - 1)
                + ", hashInState="
                + head.lastHash()
                + ", hashInDatabase="
                + (id == null ? "none" : id)
                + REMEDY));
  }
}
