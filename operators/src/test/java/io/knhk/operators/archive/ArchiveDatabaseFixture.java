package io.knhk.operators.archive;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.flywaydb.core.Flyway;

/**
 * A real PostgreSQL that can be stopped and started, with a new migrated database for each test.
 */
final class ArchiveDatabaseFixture implements AutoCloseable {
  private static final String WRITER = "archive_test_writer";

  private final Path folder;
  private EmbeddedPostgres server;
  private final int port;
  private int databases;
  private String database = "postgres";

  ArchiveDatabaseFixture(Path folder) throws IOException, SQLException {
    this.folder = folder;
    this.server = builder().start();
    this.port = server.getPort();
    execute("create role " + WRITER + " login password 'secret'");
    Files.writeString(passwordFile(), "secret\n");
  }

  void newDatabase() throws SQLException {
    database = "postgres";
    String next = "archive_" + ++databases;
    execute("create database " + next);
    database = next;
    Flyway.configure()
        .dataSource(url(), "postgres", "")
        .locations("classpath:io/knhk/schemas/sql")
        .schemas("knhk")
        .load()
        .migrate();
    execute("grant knhk_writer to " + WRITER);
  }

  void stop() throws IOException {
    server.close();
  }

  void start() throws IOException {
    server = builder().setPort(port).start();
  }

  ArchiveSinkOptions options() {
    return ArchiveSinkOptions.of(url(), WRITER, passwordFile().toString())
        .withBackoff(Duration.ofMillis(20), Duration.ofMillis(200))
        .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(30));
  }

  /** The sink's writer, open and without state. */
  OneInputStreamOperatorTestHarness<ArchiveRow, Object> writer() throws Exception {
    return writer(options());
  }

  OneInputStreamOperatorTestHarness<ArchiveRow, Object> writer(ArchiveSinkOptions options)
      throws Exception {
    OneInputStreamOperatorTestHarness<ArchiveRow, Object> harness = unopened(options);
    harness.open();
    return harness;
  }

  /** The sink's writer, open, with the state that another had before a barrier. */
  OneInputStreamOperatorTestHarness<ArchiveRow, Object> writer(OperatorSubtaskState state)
      throws Exception {
    OneInputStreamOperatorTestHarness<ArchiveRow, Object> harness = unopened(options());
    harness.initializeState(state);
    harness.open();
    return harness;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static OneInputStreamOperatorTestHarness<ArchiveRow, Object> unopened(
      ArchiveSinkOptions options) throws Exception {
    return new OneInputStreamOperatorTestHarness(
        new SinkWriterOperatorFactory<>(new ArchiveSink(options, Receipted.PEM)));
  }

  String url() {
    return "jdbc:postgresql://localhost:" + port + "/" + database;
  }

  Path passwordFile() {
    return folder.resolve("password");
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = open();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of every row. */
  List<Object> column(String sql, Object... parameters) throws SQLException {
    try (Connection connection = open();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      List<Object> values = new ArrayList<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          values.add(result.getObject(1));
        }
      }
      return values;
    }
  }

  long count(String table) throws SQLException {
    return (Long) column("select count(*) from knhk." + table).get(0);
  }

  /** Returns once the server is gone, so that its folder can be deleted. */
  @Override
  public void close() throws Exception {
    Path file = folder.resolve("data").resolve("postmaster.pid");
    long pid = Long.parseLong(Files.readAllLines(file).get(0).strip());
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    server.close();
    if (process.isPresent()) {
      process.get().onExit().get(60, TimeUnit.SECONDS);
    }
  }

  private Connection open() throws SQLException {
    return DriverManager.getConnection(url(), "postgres", "");
  }

  private EmbeddedPostgres.Builder builder() {
    return EmbeddedPostgres.builder()
        .setDataDirectory(folder.resolve("data"))
        .setCleanDataDirectory(false)
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on");
  }
}
