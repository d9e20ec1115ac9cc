package io.knhk.cli;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A select with as many conditions as the user gave; values are always bound, never spliced in. */
public final class Query {
  private static final int FETCH_ROWS = 500;

  private final StringBuilder sql;
  private final List<Object> values = new ArrayList<>();
  private boolean filtered;

  /**
   * @param select up to and with the from clause
   */
  public Query(String select) {
    this.sql = new StringBuilder(select);
  }

  /**
   * Adds a condition; nothing where the value is null.
   *
   * @param condition with one question mark
   */
  public Query where(String condition, @Nullable Object value) {
    if (value != null) {
      sql.append(filtered ? " and " : " where ").append(condition);
      values.add(value);
      filtered = true;
    }
    return this;
  }

  /** Binds a value to a question mark that the select itself has. Before any condition. */
  public Query with(Object value) {
    values.add(value);
    return this;
  }

  /** Adds whatever comes last: order and limit. */
  public Query then(String end) {
    sql.append(' ').append(end);
    return this;
  }

  /** Hands every row to the reader, a few at a time. */
  public void forEach(Connection connection, RowReader reader) throws SQLException {
    // Without a transaction the driver would fetch everything at once.
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
      for (int i = 0; i < values.size(); i++) {
        statement.setObject(i + 1, values.get(i));
      }
      statement.setFetchSize(FETCH_ROWS);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          reader.read(rows);
        }
      }
    } finally {
      if (!connection.isClosed()) {
        connection.rollback();
        connection.setAutoCommit(autoCommit);
      }
    }
  }

  /** Reads the row the result set is at. */
  public interface RowReader {
    void read(ResultSet row) throws SQLException;
  }
}
