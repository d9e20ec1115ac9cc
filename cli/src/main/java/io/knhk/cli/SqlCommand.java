package io.knhk.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "sql",
    description = "Runs one statement as the auditor, in a transaction that only reads.",
    footer = {
      "",
      "Example:",
      "  knhk sql 'select sector, count(*) from receipts group by sector' --json"
    })
final class SqlCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FETCH_ROWS = 500;

  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many rows. Default: 10000.")
  private int limit = 10_000;

  @Parameters(
      paramLabel = "STATEMENT",
      description = "The statement; tables need no schema before their name.")
  private String statement = "";

  SqlCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Limits.checkLimit(limit);
    ResolvedEndpoints endpoints = EndpointResolver.resolve(connection, terminal);
    Shown shown = new Shown(limit, terminal);
    try (Connection archive = Archive.asAuditor(endpoints)) {
      archive.setSchema("knhk");
      archive.setReadOnly(true);
      archive.setAutoCommit(false);
      try (Statement run = archive.createStatement()) {
        run.setFetchSize(FETCH_ROWS);
        run.setMaxRows(limit + 1);
        if (run.execute(statement)) {
          write(run.getResultSet(), shown);
        }
      } finally {
        archive.rollback();
      }
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
    shown.sayIfCut();
    return ExitCode.OK;
  }

  private void write(ResultSet rows, Shown shown) throws SQLException {
    ResultSetMetaData columns = rows.getMetaData();
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      names.add(columns.getColumnLabel(i));
    }
    try (Rows out = new Rows(terminal.out(), output.format(), names)) {
      while (rows.next()) {
        if (shown.admits()) {
          out.add(row(rows, columns));
        }
      }
    }
  }

  private static ObjectNode row(ResultSet rows, ResultSetMetaData columns) throws SQLException {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String name = columns.getColumnLabel(i);
      Object value = rows.getObject(i);
      if (value == null) {
        row.putNull(name);
      } else if (columns.getColumnType(i) == Types.OTHER
          && columns.getColumnTypeName(i).startsWith("json")) {
        try {
          row.set(name, JSON.readTree(rows.getString(i)));
        } catch (JsonProcessingException e) {
          throw new IllegalStateException("expected PostgreSQL's json to be JSON", e);
        }
      } else if (value instanceof Boolean bool) {
        row.put(name, bool);
      } else if (value instanceof Integer || value instanceof Long || value instanceof Short) {
        row.put(name, rows.getLong(i));
      } else if (value instanceof BigDecimal decimal) {
        row.put(name, decimal);
      } else if (value instanceof Double || value instanceof Float) {
        row.put(name, rows.getDouble(i));
      } else if (value instanceof byte[] bytes) {
        row.put(name, "\\x" + HexFormat.of().formatHex(bytes));
      } else {
        row.put(name, rows.getString(i));
      }
    }
    return row;
  }
}
