package io.knhk.operators.archive;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sets one parameter after the other, each to the array of a column. */
final class Columns<R> {
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
