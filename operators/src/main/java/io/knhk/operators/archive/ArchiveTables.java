package io.knhk.operators.archive;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The statements on receipts, snapshots and dead letters of {@code V1__archive.sql}, each for many
 * rows at once: an array a column. None of them changes a row.
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

  private final Connection connection;
  private final ChainTables chains;
  private final KnowledgeTable knowledge;

  ArchiveTables(Connection connection) {
    this.connection = connection;
    this.chains = new ChainTables(connection);
    this.knowledge = new KnowledgeTable(connection);
  }

  /** Those about chains, halts and quarantine. */
  ChainTables chains() {
    return chains;
  }

  KnowledgeTable knowledge() {
    return knowledge;
  }

  void commit() throws SQLException {
    connection.commit();
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

  private static RecordPosition position(ResultSet result) throws SQLException {
    return new RecordPosition(result.getString(1), result.getInt(2), result.getLong(3));
  }

  record ReceiptNumber(String log, String sector, long seq) {
    static ReceiptNumber of(ReceiptRow row) {
      return new ReceiptNumber(row.log(), row.sector(), row.seq());
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Nobody changes or compares it.
  record StoredReceipt(String id, byte[] body) {
    boolean isSame(ReceiptRow row) {
      return id.equals(row.id()) && Arrays.equals(body, row.body());
    }
  }

  record SnapshotVersion(String log, String sector, long version) {
    static SnapshotVersion of(SnapshotRow row) {
      return new SnapshotVersion(row.log(), row.sector(), row.version());
    }
  }
}
