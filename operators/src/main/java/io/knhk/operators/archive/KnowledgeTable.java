package io.knhk.operators.archive;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The statements on {@code knowledge_documents} of {@code V5__knowledge.sql}. */
final class KnowledgeTable {
  /** Numbers are given in the order of the rows. */
  private static final String INSERT =
      """
      insert into knhk.knowledge_documents (log, sector, kind, id, revision, recorded_at, document, key_id, body,
        signature)
      select u.log, u.sector, u.kind, u.id, u.revision, u.recorded_at, u.document::jsonb, u.key_id, u.body, u.signature
      from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[],
        ?::bytea[], ?::text[]) with ordinality
        as u(log, sector, kind, id, revision, recorded_at, document, key_id, body, signature, place)
      order by u.place
      on conflict do nothing
      returning number
      """;

  private static final String CONFLICTS =
      """
      select d.log, d.sector, d.kind, d.about, d.revision
      from knhk.knowledge_documents d
      where d.number = any (?) and exists (
        select from knhk.knowledge_documents o
        where o.log = d.log and o.sector = d.sector and o.kind = d.kind and o.about = d.about
          and o.revision = d.revision and o.number < d.number)
      """;

  private final Connection connection;

  KnowledgeTable(Connection connection) {
    this.connection = connection;
  }

  /**
   * Inserts those that are new, in order.
   *
   * @return one text for each thing of which there are two documents now
   */
  List<String> insert(List<KnowledgeRow> rows) throws SQLException {
    if (rows.isEmpty()) {
      return List.of();
    }
    List<Long> inserted = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      Columns<KnowledgeRow> columns = new Columns<>(statement, rows);
      columns.text(row -> SqlText.text(row.log()));
      columns.text(KnowledgeRow::sector);
      columns.text(KnowledgeRow::kind);
      columns.text(row -> SqlText.text(row.id()));
      columns.bigint(KnowledgeRow::revision);
      columns.bigint(KnowledgeRow::recordedAtMs);
      columns.text(row -> SqlText.json(row.document()));
      columns.text(KnowledgeRow::keyId);
      columns.bytes(KnowledgeRow::body);
      columns.text(row -> HexFormat.of().formatHex(row.signature()));
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          inserted.add(result.getLong(1));
        }
      }
    }
    return conflicts(inserted);
  }

  private List<String> conflicts(List<Long> inserted) throws SQLException {
    List<String> conflicts = new ArrayList<>();
    if (inserted.isEmpty()) {
      return conflicts;
    }
    try (PreparedStatement statement = connection.prepareStatement(CONFLICTS)) {
      statement.setArray(1, connection.createArrayOf("int8", inserted.toArray()));
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          conflicts.add(
              "log="
                  + result.getString(1)
                  + ", sector="
                  + result.getString(2)
                  + ", kind="
                  + result.getString(3)
                  + ", about="
                  + result.getString(4)
                  + ", revision="
                  + result.getLong(5));
        }
      }
    }
    return conflicts;
  }
}
