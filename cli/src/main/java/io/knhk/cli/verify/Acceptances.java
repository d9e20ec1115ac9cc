package io.knhk.cli.verify;

import io.knhk.cli.verify.AuditReport.Accepted;
import io.knhk.ledger.ReceiptChain.Head;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What people accepted when they resumed a halted sector: as many as there are resumptions. */
final class Acceptances {
  private static final String SELECT =
      "select log, sector, seq, reason, found_seq, found_hash, from_number, person, resumed_by,"
          + " resumed_at, resumed_because from knhk.halts where resumed_at is not null and"
          + " (from_number is not null or reason = 'fork') order by id";
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private final Map<Place, String> breaks = new HashMap<>();
  private final Set<String> forks = new HashSet<>();
  private final List<Fork> refused = new ArrayList<>();

  private Acceptances() {}

  static Acceptances none() {
    return new Acceptances();
  }

  static Acceptances read(Connection connection) throws SQLException {
    Acceptances acceptances = new Acceptances();
    try (PreparedStatement select = connection.prepareStatement(SELECT);
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        acceptances.add(row);
      }
    }
    return acceptances;
  }

  private void add(ResultSet row) throws SQLException {
    String log = row.getString("log");
    String sector = row.getString("sector");
    String who =
        "accepted by "
            + row.getString("person")
            + " (login "
            + row.getString("resumed_by")
            + ") at "
            + row.getTimestamp("resumed_at").toInstant()
            + " because "
            + row.getString("resumed_because");
    Object fromNumber = row.getObject("from_number");
    if (fromNumber instanceof Long number) {
      breaks.put(new Place(log, sector, number), who);
    }
    Object foundSeq = row.getObject("found_seq");
    String hash = row.getString("found_hash");
    if (row.getString("reason").equals("fork")
        && hash != null
        && !Objects.equals(fromNumber, foundSeq)
        && forks.add(hash)) {
      long seq = foundSeq instanceof Long found ? found : row.getLong("seq");
      refused.add(
          new Fork(
              log,
              sector,
              new Accepted(seq, "fork, found=" + hash + " stays in quarantine, " + who)));
    }
  }

  /** Forks that a person saw, and whose receipt was refused for good. */
  List<Fork> forks() {
    return refused;
  }

  boolean isRefusedFork(String hash) {
    return forks.contains(hash);
  }

  /**
   * Where a receipt may stand although it does not follow the one before it.
   *
   * @param expected where the chain ended before it
   * @return null where it follows, or nobody accepted that it does not
   */
  @Nullable Break breakAt(StoredReceipt stored, Head expected) {
    String parent = stored.parentHash();
    String who = breaks.get(new Place(stored.log(), stored.sector(), stored.seq()));
    boolean follows =
        stored.seq() == expected.nextSeq() && Objects.equals(parent, expected.lastHash());
    if (who == null || follows || parent == null || !HASH.matcher(parent).matches()) {
      return null;
    }
    long last = stored.seq() - 1;
    String what =
        expected.nextSeq() > last
            ? "another parent than the receipt before, "
            : "gap " + expected.nextSeq() + ".." + last + ", ";
    return new Break(new Head(stored.seq(), parent), new Accepted(stored.seq(), what + who));
  }

  /**
   * A break that was accepted.
   *
   * @param expected the end of a chain that the receipt follows
   */
  record Break(Head expected, Accepted accepted) {}

  record Fork(String log, String sector, Accepted accepted) {}

  private record Place(String log, String sector, long seq) {}
}
