package io.knhk.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Opens connections to PostgreSQL. */
public final class Archive {
  private static final String CONNECT_SECONDS = "5";

  private Archive() {}

  /** As one who reads. */
  public static Connection asAuditor(ResolvedEndpoints endpoints) {
    return connect(endpoints, endpoints.auditor(), true);
  }

  /** As one who may also insert. */
  public static Connection asWriter(ResolvedEndpoints endpoints) {
    return connect(endpoints, endpoints.writer(), false);
  }

  private static Connection connect(
      ResolvedEndpoints endpoints, ResolvedEndpoints.@Nullable Login login, boolean readOnly) {
    String url = endpoints.jdbcUrl();
    if (url == null) {
      throw nothingRuns(endpoints);
    }
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "knhk");
    properties.setProperty("connectTimeout", CONNECT_SECONDS);
    properties.setProperty("loginTimeout", CONNECT_SECONDS);
    properties.setProperty("tcpKeepAlive", "true");
    if (readOnly) {
      properties.setProperty("readOnly", "true");
      properties.setProperty("readOnlyMode", "always");
    }
    if (login != null) {
      properties.setProperty("user", login.user());
      Path passwordFile = login.passwordFile();
      if (passwordFile != null) {
        properties.setProperty("password", password(passwordFile));
      }
    }
    try {
      return DriverManager.getConnection(url, properties);
    } catch (SQLException e) {
      throw CliError.POSTGRESQL_UNREACHABLE.because(
          "expected PostgreSQL to answer: url=" + url + ", problem=" + e.getMessage(),
          "Run ./knhk status, or ./knhk doctor.",
          e);
    }
  }

  public static CliException nothingRuns(ResolvedEndpoints endpoints) {
    return CliError.NOTHING_RUNS.because(
        "expected a running stack: state="
            + endpoints.stateDir()
            + " has no "
            + EndpointResolver.ENDPOINTS_FILE
            + ", and no server was named",
        "Run ./knhk up in another terminal, or name a server with --bootstrap-server, --postgres or --profile.");
  }

  /** Ends a command whose query failed: the server went away, refused, or did not understand. */
  public static CliException failed(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    if (state.startsWith("08") || state.startsWith("57P")) {
      return CliError.POSTGRESQL_UNREACHABLE.because(
          "expected PostgreSQL to go on answering: " + e.getMessage(), "Run ./knhk status.", e);
    }
    if (state.equals("25006") || state.equals("42501")) {
      return CliError.SQL_REFUSED.because(
          "expected a statement that only reads what an auditor may: sqlState="
              + state
              + ", problem="
              + e.getMessage(),
          "Rows of the archive are never changed. Use a select.",
          e);
    }
    return CliError.SQL_FAILED.because(
        "expected a statement that PostgreSQL can run: sqlState="
            + state
            + ", problem="
            + e.getMessage(),
        "knhk sql \"select table_name from information_schema.tables where table_schema = 'knhk'\" lists the tables.",
        e);
  }

  /** What a password file says. */
  static String password(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw CliError.BAD_SECRET_FILE.because(
          "expected a file with a password: file=" + file + ", problem=" + e,
          "Name it with --postgres-password-file, or mend its permissions.",
          e);
    }
  }
}
