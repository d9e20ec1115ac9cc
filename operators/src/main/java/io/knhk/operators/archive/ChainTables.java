package io.knhk.operators.archive;

import io.knhk.operators.archive.ChainPlacement.Stored;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The statements on chains, halts and quarantine: {@code V1__archive.sql} and {@code
 * V4__halts.sql}. None of them changes a row.
 */
final class ChainTables {
  /** One writer at a time judges a chain, also where a zombie of the job still runs. */
  private static final String LOCK =
      """
      select pg_advisory_xact_lock(hashtextextended('knhk/' || u.log || '/' || u.sector, 0))
      from unnest(?::text[], ?::text[]) as u(log, sector)
      """;

  private static final String READ =
      """
      select u.log, u.sector, r.seq, r.id,
        exists (select 1 from knhk.halt_records h where h.log = u.log and h.sector = u.sector
          and not exists (select 1 from knhk.halt_continuations c where c.halt_id = h.id))
      from unnest(?::text[], ?::text[]) as u(log, sector)
      left join lateral (
        select seq, id from knhk.receipts r where r.log = u.log and r.sector = u.sector order by seq desc limit 1
      ) r on true
      """;

  private static final String REFUSED =
      """
      select h.log, h.sector, h.found_hash
      from unnest(?::text[], ?::text[]) as u(log, sector)
      join knhk.halt_records h using (log, sector)
      join knhk.halt_resumptions s on s.halt_id = h.id
      where h.reason = 'fork' and h.found_hash is not null and (s.from_number is null or s.from_number <> h.found_seq)
      """;

  private static final String IDS =
      """
      select u.log, u.sector, u.seq, r.id
      from unnest(?::text[], ?::text[], ?::bigint[]) as u(log, sector, seq)
      join knhk.receipts r using (log, sector, seq)
      """;

  private static final String INSERT_QUARANTINE =
      """
      insert into knhk.quarantine (log, sector, seq, kafka_topic, kafka_partition, kafka_offset, reason, receipt_id,
        envelope)
      select * from unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::int[], ?::bigint[], ?::text[], ?::text[],
        ?::bytea[])
      on conflict do nothing
      """;

  private static final String INSERT_HALTS =
      """
      insert into knhk.halt_records (log, sector, seq, found_seq, kafka_topic, kafka_partition, kafka_offset, reason,
        detail, expected_hash, found_hash, expected_body, found_body)
      select * from unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::int[], ?::bigint[], ?::text[],
        ?::text[], ?::text[], ?::text[], ?::bytea[], ?::bytea[])
      """;

  private static final String HALTED =
      """
      select count(distinct (h.log, h.sector)) from knhk.halt_records h
      where not exists (select 1 from knhk.halt_continuations c where c.halt_id = h.id)
      """;

  private static final String RESUMED =
      """
      select h.id, h.log, h.sector, s.from_number
      from knhk.halt_resumptions s
      join knhk.halt_records h on h.id = s.halt_id
      where not exists (select 1 from knhk.halt_continuations c where c.halt_id = h.id)
        and not exists (select 1 from knhk.halt_records o where o.log = h.log and o.sector = h.sector
          and not exists (select 1 from knhk.halt_resumptions t where t.halt_id = o.id))
      order by h.id
      limit 1
      """;

  /**
   * Signed receipts of a chain that are in quarantine and not settled: not stored meanwhile, and
   * not of a fork that a person saw and did not accept.
   */
  private static final String WAITING =
      """
      select q.seq, q.id, q.kafka_topic, q.kafka_partition, q.kafka_offset, q.envelope
      from knhk.quarantine q
      where q.log = ? and q.sector = ? and q.receipt_id is not null and (q.seq, q.id) > (?, ?)
        and not exists (select 1 from knhk.receipts r where r.id = q.receipt_id)
        and not exists (
          select 1 from knhk.halt_records h join knhk.halt_resumptions s on s.halt_id = h.id
          where h.log = q.log and h.sector = q.sector and h.found_hash = q.receipt_id and h.reason = 'fork'
            and (s.from_number is null or s.from_number <> q.seq))
      order by q.seq, q.id
      limit ?
      """;

  private static final String CONTINUED =
      "insert into knhk.halt_continuations (halt_id, next_seq) values (?, ?) on conflict do"
          + " nothing";

  private final Connection connection;

  ChainTables(Connection connection) {
    this.connection = connection;
  }

  /** Waits until nobody else judges these chains; until the transaction ends. */
  void lock(Collection<Chain> chains) throws SQLException {
    if (chains.isEmpty()) {
      return;
    }
    List<Chain> ordered =
        chains.stream()
            .sorted(Comparator.comparing(Chain::log).thenComparing(Chain::sector))
            .toList();
    try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
      set(statement, ordered);
      statement.execute();
    }
  }

  /** Each of these chains as it is now. */
  Map<Chain, Stored> read(Collection<Chain> chains) throws SQLException {
    Map<Chain, Stored> stored = new HashMap<>();
    if (chains.isEmpty()) {
      return stored;
    }
    Map<Chain, Set<String>> refused = refused(chains);
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      set(statement, List.copyOf(chains));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Chain chain = new Chain(row.getString(1), row.getString(2));
          long last = row.getLong(3);
          long nextSeq = row.wasNull() ? 0 : last + 1;
          stored.put(
              chain,
              new Stored(
                  chain,
                  nextSeq,
                  row.getString(4),
                  row.getBoolean(5),
                  refused.getOrDefault(chain, Set.of())));
        }
      }
    }
    return stored;
  }

  private Map<Chain, Set<String>> refused(Collection<Chain> chains) throws SQLException {
    Map<Chain, Set<String>> refused = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(REFUSED)) {
      set(statement, List.copyOf(chains));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          refused
              .computeIfAbsent(
                  new Chain(row.getString(1), row.getString(2)), chain -> new HashSet<>())
              .add(row.getString(3));
        }
      }
    }
    return refused;
  }

  /** The ids stored under the last numbers of these heads; without those that are not there. */
  Map<ArchiveHead, String> idsAt(List<ArchiveHead> heads) throws SQLException {
    Map<ArchiveHead, String> ids = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(IDS)) {
      Columns<ArchiveHead> columns = new Columns<>(statement, heads);
      columns.text(ArchiveHead::log);
      columns.text(ArchiveHead::sector);
      columns.bigint(head -> head.nextSeq() - 1);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          for (ArchiveHead head : heads) {
            if (head.log().equals(row.getString(1))
                && head.sector().equals(row.getString(2))
                && head.nextSeq() - 1 == row.getLong(3)) {
              ids.put(head, row.getString(4));
            }
          }
        }
      }
    }
    return ids;
  }

  /** Returns how many were new. */
  int insertQuarantine(List<QuarantineRow> rows) throws SQLException {
    if (rows.isEmpty()) {
      return 0;
    }
    try (PreparedStatement statement = connection.prepareStatement(INSERT_QUARANTINE)) {
      Columns<QuarantineRow> columns = new Columns<>(statement, rows);
      columns.text(QuarantineRow::log);
      columns.text(QuarantineRow::sector);
      columns.bigint(QuarantineRow::seq);
      columns.position(QuarantineRow::at);
      columns.text(row -> row.reason().text());
      columns.text(QuarantineRow::receiptId);
      columns.bytes(QuarantineRow::value);
      return statement.executeUpdate();
    }
  }

  void insertHalts(List<HaltRow> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(INSERT_HALTS)) {
      Columns<HaltRow> columns = new Columns<>(statement, rows);
      columns.text(HaltRow::log);
      columns.text(HaltRow::sector);
      columns.bigint(HaltRow::seq);
      columns.bigint(HaltRow::foundSeq);
      columns.position(HaltRow::at);
      columns.text(row -> row.reason().text());
      columns.text(row -> SqlText.text(row.detail()));
      columns.text(HaltRow::expectedHash);
      columns.text(HaltRow::foundHash);
      columns.bytes(HaltRow::expectedBody);
      columns.bytes(HaltRow::foundBody);
      statement.executeUpdate();
    }
  }

  /** How many chains are halted, in the whole database. */
  int haltedChains() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(HALTED);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }

  /** The oldest halt that a person resumed and whose sector has not been taken up since. */
  @Nullable Resumed firstResumed() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(RESUMED)) {
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        long fromNumber = row.getLong(4);
        return new Resumed(
            row.getLong(1),
            new Chain(row.getString(2), row.getString(3)),
            row.wasNull() ? null : fromNumber);
      }
    }
  }

  /** The next receipts of a chain that wait, by number, at most {@code limit}. */
  List<Waiting> waiting(Chain chain, long afterSeq, long afterId, int limit) throws SQLException {
    List<Waiting> waiting = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(WAITING)) {
      statement.setString(1, chain.log());
      statement.setString(2, chain.sector());
      statement.setLong(3, afterSeq);
      statement.setLong(4, afterId);
      statement.setInt(5, limit);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          waiting.add(
              new Waiting(
                  row.getLong(1),
                  row.getLong(2),
                  new RecordPosition(row.getString(3), row.getInt(4), row.getLong(5)),
                  row.getBytes(6)));
        }
      }
    }
    return waiting;
  }

  /** Says that what waited for the end of a halt was all looked at. */
  void insertContinuation(long haltId, long nextSeq) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CONTINUED)) {
      statement.setLong(1, haltId);
      statement.setLong(2, nextSeq);
      statement.executeUpdate();
    }
  }

  private static void set(PreparedStatement statement, List<Chain> chains) throws SQLException {
    Columns<Chain> columns = new Columns<>(statement, chains);
    columns.text(Chain::log);
    columns.text(Chain::sector);
  }

  /**
   * A halt that a person resumed.
   *
   * @param fromNumber see {@link ChainPlacement#takingUp}
   */
  record Resumed(long haltId, Chain chain, @Nullable Long fromNumber) {}

  /** A row of quarantine that a trusted key signed. */
  @SuppressWarnings("ArrayRecordComponent") // Nobody changes or compares it.
  record Waiting(long seq, long id, RecordPosition at, byte[] envelope) {}
}
