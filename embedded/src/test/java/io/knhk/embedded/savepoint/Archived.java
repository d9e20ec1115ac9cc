package io.knhk.embedded.savepoint;

import io.knhk.embedded.EmbeddedPostgresql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/** What the archive has stored. */
final class Archived {
  private Archived() {}

  static long count(EmbeddedPostgresql postgresql, String table) throws Exception {
    try (Connection connection = postgresql.connect(postgresql.auditor());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from knhk." + table)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** The id, which is the hash, of the last receipt of each sector. */
  static Map<String, String> lastIds(EmbeddedPostgresql postgresql) throws Exception {
    Map<String, String> ids = new TreeMap<>();
    try (Connection connection = postgresql.connect(postgresql.auditor());
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select distinct on (sector) sector, id from knhk.receipts order by sector, seq"
                    + " desc")) {
      while (rows.next()) {
        ids.put(rows.getString(1), rows.getString(2));
      }
    }
    return ids;
  }
}
