package io.knhk.operators.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to PostgreSQL, made when it is first needed and again when it is lost. For one
 * thread.
 */
final class ArchiveDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ArchiveDatabase.class);
  private static final String DRIVER = "org.postgresql.Driver";

  /**
   * A process that stands still in the middle of a transaction must not hold its chains for ever:
   * the job goes on elsewhere.
   */
  private static final String GIVE_UP_IDLE = "set idle_in_transaction_session_timeout = '10s'";

  private final ArchiveSinkOptions options;
  private @Nullable Connection connection;
  private @Nullable ArchiveTables tables;

  ArchiveDatabase(ArchiveSinkOptions options) {
    this.options = options;
  }

  /**
   * Runs work in a transaction, and again from its start whenever PostgreSQL went away, until it is
   * committed. Whether a commit whose answer was lost took place is not known: the work must be
   * such that doing it twice is the same as once.
   *
   * @throws IOException if the work cannot succeed by waiting
   * @throws InterruptedException if the thread is interrupted between two attempts
   */
  <T> T transaction(Work<T> work) throws IOException, InterruptedException {
    long pauseMs = options.backoffMsMin();
    for (int attempt = 1; ; attempt++) {
      if (Thread.interrupted()) {
        throw new InterruptedException("expected to write a batch: attempts=" + (attempt - 1));
      }
      try {
        ArchiveTables current = connected();
        T result = work.run(current);
        current.commit();
        if (attempt > 1) {
          LOG.info("PostgreSQL is back after {} attempts", attempt);
        }
        return result;
      } catch (SQLException e) {
        close();
        if (!SqlStates.passesByWaiting(e)) {
          throw new IOException(
              "expected PostgreSQL to take the batch: sqlState="
                  + e.getSQLState()
                  + ", url="
                  + options.jdbcUrl(),
              e);
        }
        LOG.warn(
            "PostgreSQL is away, attempt {}, next in {} ms: sqlState={}, {}",
            attempt,
            pauseMs,
            e.getSQLState(),
            e.getMessage());
        Thread.sleep(pauseMs);
        pauseMs = Math.min(pauseMs * 2, options.backoffMsMax());
      } catch (IOException | RuntimeException e) {
        close();
        throw e;
      }
    }
  }

  /**
   * Gives the connection back; a transaction that is open is rolled back. May be called twice, and
   * the next work reconnects.
   */
  @Override
  public void close() {
    Connection open = connection;
    connection = null;
    tables = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        LOG.debug("A lost connection did not close", e);
      }
    }
  }

  private ArchiveTables connected() throws SQLException, IOException {
    ArchiveTables current = tables;
    if (current == null) {
      Connection opened = connect();
      connection = opened;
      try (Statement statement = opened.createStatement()) {
        statement.execute(GIVE_UP_IDLE);
      }
      opened.setAutoCommit(false);
      opened.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      current = new ArchiveTables(opened);
      tables = current;
    }
    return current;
  }

  private Connection connect() throws SQLException, IOException {
    Properties properties = new Properties();
    properties.setProperty("user", options.user());
    properties.setProperty("password", password());
    properties.setProperty("ApplicationName", "knhk-archive");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", seconds(options.connectTimeoutMs()));
    properties.setProperty("socketTimeout", seconds(options.socketTimeoutMs()));
    Connection opened = driver().connect(options.jdbcUrl(), properties);
    if (opened == null) {
      throw new IOException(
          "expected a URL that PostgreSQL's driver accepts: url=" + options.jdbcUrl());
    }
    return opened;
  }

  /**
   * By name, from the job's own class loader: DriverManager looks for drivers once in the life of
   * the process.
   */
  private static Driver driver() {
    try {
      return Class.forName(DRIVER).asSubclass(Driver.class).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "expected PostgreSQL's driver on the class path: class=" + DRIVER, e);
    }
  }

  private String password() throws IOException {
    try {
      return Files.readString(Path.of(options.passwordFile())).strip();
    } catch (IOException e) {
      throw new IOException(
          "expected a readable password file: passwordFile=" + options.passwordFile(), e);
    }
  }

  private static String seconds(long ms) {
    return Long.toString(Math.max(1, ms / 1_000));
  }

  /** What is done in one transaction. */
  interface Work<T> {
    T run(ArchiveTables tables) throws SQLException, IOException;
  }
}
