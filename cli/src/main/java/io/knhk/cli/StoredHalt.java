package io.knhk.cli;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A halt of the archive, and what waits behind it.
 *
 * @param seq number that was expected next; for a fork, the number that has another receipt
 * @param foundSeq number of the receipt that was found; null where an older version wrote the row
 * @param resumedBy who resumed it; null for nobody
 */
record StoredHalt(
    long id,
    String log,
    String sector,
    String reason,
    long seq,
    @Nullable Long foundSeq,
    @Nullable String resumedBy) {

  static StoredHalt find(Connection archive, long id) throws SQLException {
    try (PreparedStatement select =
        archive.prepareStatement(
            "select log, sector, reason, seq, found_seq, person from knhk.halts where id = ?")) {
      select.setLong(1, id);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw CliError.NOT_FOUND.because(
              "expected a halt with this id: id=" + id, "knhk halts list shows them.");
        }
        return new StoredHalt(
            id,
            row.getString(1),
            row.getString(2),
            row.getString(3),
            row.getLong(4),
            (Long) row.getObject(5),
            row.getString(6));
      }
    }
  }

  boolean isFork() {
    return reason.equals("fork");
  }

  /** The number that is stored next in the chain. */
  long nextSeq(Connection archive) throws SQLException {
    try (PreparedStatement select =
        archive.prepareStatement(
            "select coalesce(max(seq), -1) + 1 from knhk.receipts where log = ? and sector = ?")) {
      select.setString(1, log);
      select.setString(2, sector);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /**
   * The first numbers that are missing between what is stored and what waits.
   *
   * @return null if nothing is missing before the last receipt that waits
   */
  @Nullable Missing missing(Connection archive) throws SQLException {
    long next = nextSeq(archive);
    try (PreparedStatement select =
        archive.prepareStatement(
            "select distinct seq from knhk.quarantine where log = ? and sector = ? and receipt_id"
                + " is not null and seq >= ? order by seq")) {
      select.setString(1, log);
      select.setString(2, sector);
      select.setLong(3, next);
      try (ResultSet row = select.executeQuery()) {
        long expected = next;
        while (row.next()) {
          long seq = row.getLong(1);
          if (seq != expected) {
            return new Missing(expected, seq - 1);
          }
          expected++;
        }
        return null;
      }
    }
  }

  /** Numbers without a receipt, both ends included. */
  record Missing(long first, long last) {
    @Override
    public String toString() {
      return first == last ? Long.toString(first) : first + ".." + last;
    }
  }
}
