package io.knhk.operators.archive;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The statements on the tables of {@code V1__archive.sql}, each for many rows at once: an array a
 * column. None of them changes a row.
 */
final class ArchiveTables {
  private static final String INSERT_RECEIPTS =
      """
      insert into knhk.receipts (id, operation, timestamp, outcome, evidence, signature, parent_hash, sector,
        log, seq, subject, snapshot_id, key_id, causes, event_time, body)
      select u.id, u.operation, u.timestamp, u.outcome, u.evidence::jsonb, u.signature, u.parent_hash, u.sector,
        u.log, u.seq, u.subject, u.snapshot_id, u.key_id, u.causes::text[], u.event_time, u.body
      from unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
        ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bytea[])
        as u(id, operation, timestamp, outcome, evidence, signature, parent_hash, sector,
        log, seq, subject, snapshot_id, key_id, causes, event_time, body)
      on conflict do nothing
      returning id
      """;

  private static final String STORED_RECEIPTS =
      """
      select r.log, r.sector, r.seq, r.id, r.body
      from unnest(?::text[], ?::text[], ?::bigint[]) as u(log, sector, seq)
      join knhk.receipts r using (log, sector, seq)
      """;

  private static final String LAST_NUMBERS =
      """
      select u.log, u.sector, coalesce(
        (select max(r.seq) from knhk.receipts r where r.log = u.log and r.sector = u.sector), -1)
      from unnest(?::text[], ?::text[]) as u(log, sector)
      """;

  private static final String INSERT_SNAPSHOTS =
      """
      insert into knhk.snapshots (log, sector, version, snapshot_id, parent_id, proposal_id, promoted_at,
        body, signature, key_id)
      select * from unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::bigint[],
        ?::bytea[], ?::text[], ?::text[])
      on conflict do nothing
      returning log, sector, version
      """;

  private static final String STORED_SNAPSHOTS =
      """
      select s.log, s.sector, s.version, s.body
      from unnest(?::text[], ?::text[], ?::bigint[]) as u(log, sector, version)
      join knhk.snapshots s using (log, sector, version)
      """;

  private static final String INSERT_DEAD_LETTERS =
      """
      insert into knhk.dead_letter_records (topic, source_partition, source_offset, reason, detail, sector,
        recorded_at, headers, body)
      select u.topic, u.source_partition, u.source_offset, u.reason, u.detail, u.sector,
        u.recorded_at, u.headers::jsonb, u.body
      from unnest(?::text[], ?::int[], ?::bigint[], ?::text[], ?::text[], ?::text[],
        ?::bigint[], ?::text[], ?::bytea[])
        as u(topic, source_partition, source_offset, reason, detail, sector, recorded_at, headers, body)
      on conflict do nothing
      returning topic, source_partition, source_offset
      """;

  private static final String STORED_DEAD_LETTERS =
      """
      select d.topic, d.source_partition, d.source_offset, d.body
      from unnest(?::text[], ?::int[], ?::bigint[]) as u(topic, source_partition, source_offset)
      join knhk.dead_letter_records d using (topic, source_partition, source_offset)
      """;

  private static final String INSERT_QUARANTINE =
      """
      insert into knhk.quarantine (log, sector, seq, kafka_topic, kafka_partition, kafka_offset, reason, envelope)
      select * from unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::int[], ?::bigint[], ?::text[], ?::bytea[])
      on conflict do nothing
      """;

  private static final String INSERT_HALTS =
      """
      insert into knhk.halt_records (log, sector, seq, kafka_topic, kafka_partition, kafka_offset, reason, detail,
        expected_hash, found_hash, expected_body, found_body)
      select * from unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::int[], ?::bigint[], ?::text[], ?::text[],
        ?::text[], ?::text[], ?::bytea[], ?::bytea[])
      on conflict do nothing
      """;

  private static final String OPEN_HALTS =
      """
      select h.log, h.sector, min(h.seq)
      from knhk.halt_records h
      where not exists (select 1 from knhk.halt_resumptions u
        where (u.log, u.sector, u.kafka_topic, u.kafka_partition, u.kafka_offset)
          = (h.log, h.sector, h.kafka_topic, h.kafka_partition, h.kafka_offset))
      group by h.log, h.sector
      """;

  private static final String RESUMED =
      "select kafka_topic, kafka_partition, kafka_offset from knhk.halt_resumptions";

  private final Connection connection;

  ArchiveTables(Connection connection) {
    this.connection = connection;
  }

  void commit() throws SQLException {
    connection.commit();
  }

  void rollback() throws SQLException {
    connection.rollback();
  }

  /** Inserts those whose id and number are free, and returns their ids. */
  Set<String> insertReceipts(List<ReceiptRow> rows) throws SQLException {
    Set<String> inserted = new HashSet<>();
    if (rows.isEmpty()) {
      return inserted;
    }
    try (PreparedStatement statement = connection.prepareStatement(INSERT_RECEIPTS)) {
      Columns<ReceiptRow> columns = new Columns<>(statement, rows);
      columns.text(ReceiptRow::id);
      columns.text(ReceiptRow::operation);
      columns.bigint(ReceiptRow::recordedAtMs);
      columns.text(row -> SqlText.text(row.outcome()));
      columns.text(row -> SqlText.json(row.evidence()));
      columns.text(row -> HexFormat.of().formatHex(row.signature()));
      columns.text(ReceiptRow::parentHash);
      columns.text(ReceiptRow::sector);
      columns.text(ReceiptRow::log);
      columns.bigint(ReceiptRow::seq);
      columns.text(row -> SqlText.text(row.subject()));
      columns.text(row -> SqlText.text(row.snapshotId()));
      columns.text(ReceiptRow::keyId);
      columns.text(row -> SqlText.array(row.causes()));
      columns.bigint(ReceiptRow::eventTimeMs);
      columns.bytes(ReceiptRow::body);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          inserted.add(result.getString(1));
        }
      }
    }
    return inserted;
  }

  /** What is stored under the numbers of these rows. */
  Map<ReceiptNumber, StoredReceipt> storedReceipts(List<ReceiptRow> rows) throws SQLException {
    Map<ReceiptNumber, StoredReceipt> stored = new HashMap<>();
    if (rows.isEmpty()) {
      return stored;
    }
    try (PreparedStatement statement = connection.prepareStatement(STORED_RECEIPTS)) {
      Columns<ReceiptRow> columns = new Columns<>(statement, rows);
      columns.text(ReceiptRow::log);
      columns.text(ReceiptRow::sector);
      columns.bigint(ReceiptRow::seq);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          stored.put(
              new ReceiptNumber(result.getString(1), result.getString(2), result.getLong(3)),
              new StoredReceipt(result.getString(4), result.getBytes(5)));
        }
      }
    }
    return stored;
  }

  /** The highest number stored of each of these chains, -1 where there is none. */
  Map<Chain, Long> lastNumbers(Collection<Chain> chains) throws SQLException {
    Map<Chain, Long> last = new HashMap<>();
    if (chains.isEmpty()) {
      return last;
    }
    try (PreparedStatement statement = connection.prepareStatement(LAST_NUMBERS)) {
      Columns<Chain> columns = new Columns<>(statement, List.copyOf(chains));
      columns.text(Chain::log);
      columns.text(Chain::sector);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          last.put(new Chain(result.getString(1), result.getString(2)), result.getLong(3));
        }
      }
    }
    return last;
  }

  /** Inserts those whose version is free, and returns their versions. */
  Set<SnapshotVersion> insertSnapshots(List<SnapshotRow> rows) throws SQLException {
    Set<SnapshotVersion> inserted = new HashSet<>();
    try (PreparedStatement statement = connection.prepareStatement(INSERT_SNAPSHOTS)) {
      Columns<SnapshotRow> columns = new Columns<>(statement, rows);
      columns.text(SnapshotRow::log);
      columns.text(SnapshotRow::sector);
      columns.bigint(SnapshotRow::version);
      columns.text(row -> SqlText.text(row.snapshotId()));
      columns.text(row -> SqlText.text(row.parentId()));
      columns.text(row -> SqlText.text(row.proposalId()));
      columns.bigint(SnapshotRow::promotedAtMs);
      columns.bytes(SnapshotRow::body);
      columns.text(row -> HexFormat.of().formatHex(row.signature()));
      columns.text(SnapshotRow::keyId);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          inserted.add(
              new SnapshotVersion(result.getString(1), result.getString(2), result.getLong(3)));
        }
      }
    }
    return inserted;
  }

  Map<SnapshotVersion, byte[]> storedSnapshots(List<SnapshotRow> rows) throws SQLException {
    Map<SnapshotVersion, byte[]> stored = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(STORED_SNAPSHOTS)) {
      Columns<SnapshotRow> columns = new Columns<>(statement, rows);
      columns.text(SnapshotRow::log);
      columns.text(SnapshotRow::sector);
      columns.bigint(SnapshotRow::version);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          stored.put(
              new SnapshotVersion(result.getString(1), result.getString(2), result.getLong(3)),
              result.getBytes(4));
        }
      }
    }
    return stored;
  }

  /** Inserts those whose origin is new, and returns their origins. */
  Set<RecordPosition> insertDeadLetters(List<DeadLetterRow> rows) throws SQLException {
    Set<RecordPosition> inserted = new HashSet<>();
    try (PreparedStatement statement = connection.prepareStatement(INSERT_DEAD_LETTERS)) {
      Columns<DeadLetterRow> columns = new Columns<>(statement, rows);
      columns.position(DeadLetterRow::origin);
      columns.text(row -> SqlText.text(row.reason()));
      columns.text(row -> SqlText.text(row.detail()));
      columns.text(DeadLetterRow::sector);
      columns.bigint(DeadLetterRow::recordedAtMs);
      columns.text(row -> SqlText.json(row.headers()));
      columns.bytes(DeadLetterRow::body);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          inserted.add(position(result));
        }
      }
    }
    return inserted;
  }

  /** The bodies stored under these origins; a stored null is null here. */
  Map<RecordPosition, byte[]> storedDeadLetters(List<DeadLetterRow> rows) throws SQLException {
    Map<RecordPosition, byte[]> stored = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(STORED_DEAD_LETTERS)) {
      new Columns<>(statement, rows).position(DeadLetterRow::origin);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          stored.put(position(result), result.getBytes(4));
        }
      }
    }
    return stored;
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

  /**
   * The chains that are halted and not resumed, each with the number from which on nothing is
   * accepted.
   */
  Map<Chain, Long> openHalts() throws SQLException {
    Map<Chain, Long> halts = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(OPEN_HALTS);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        halts.put(new Chain(result.getString(1), result.getString(2)), result.getLong(3));
      }
    }
    return halts;
  }

  /** The records past which a person said that the archive may go on. */
  Set<RecordPosition> resumed() throws SQLException {
    Set<RecordPosition> resumed = new HashSet<>();
    try (PreparedStatement statement = connection.prepareStatement(RESUMED);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        resumed.add(position(result));
      }
    }
    return resumed;
  }

  private static RecordPosition position(ResultSet result) throws SQLException {
    return new RecordPosition(result.getString(1), result.getInt(2), result.getLong(3));
  }

  record ReceiptNumber(String log, String sector, long seq) {
    static ReceiptNumber of(ReceiptRow row) {
      return new ReceiptNumber(row.log(), row.sector(), row.seq());
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Nobody changes or compares it.
  record StoredReceipt(String id, byte[] body) {}

  record SnapshotVersion(String log, String sector, long version) {
    static SnapshotVersion of(SnapshotRow row) {
      return new SnapshotVersion(row.log(), row.sector(), row.version());
    }
  }

  /** Sets one parameter after the other, each to the array of a column. */
  private static final class Columns<R> {
    private final PreparedStatement statement;
    private final List<R> rows;
    private int parameter;

    Columns(PreparedStatement statement, List<R> rows) {
      this.statement = statement;
      this.rows = rows;
    }

    void text(Function<R, @Nullable String> column) throws SQLException {
      set("text", new String[rows.size()], column);
    }

    void bigint(Function<R, @Nullable Long> column) throws SQLException {
      set("int8", new Long[rows.size()], column);
    }

    void bytes(Function<R, byte @Nullable []> column) throws SQLException {
      set("bytea", new byte[rows.size()][], column);
    }

    void position(Function<R, RecordPosition> column) throws SQLException {
      text(row -> column.apply(row).topic());
      set("int4", new Integer[rows.size()], row -> column.apply(row).partition());
      bigint(row -> column.apply(row).offset());
    }

    private void set(String type, Object[] values, Function<R, ? extends @Nullable Object> column)
        throws SQLException {
      for (int i = 0; i < values.length; i++) {
        values[i] = column.apply(rows.get(i));
      }
      statement.setArray(++parameter, statement.getConnection().createArrayOf(type, values));
    }
  }
}
