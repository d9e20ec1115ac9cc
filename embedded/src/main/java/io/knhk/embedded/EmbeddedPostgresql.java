package io.knhk.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server on the loopback interface, started from the binaries on the class path,
 * keeping its data in the state folder and writing it through to the disk. The server is a process
 * of its own; it is told to stop by {@link #close}, and one that a killed process left behind is
 * stopped by the next {@link #start}.
 *
 * <p>Every connection needs a password (SCRAM); the passwords are files in the state's key folder.
 * The schema is brought up to date at every start.
 */
public final class EmbeddedPostgresql implements AutoCloseable {
  public static final int DEFAULT_PORT = 15_432;
  public static final String DATABASE = "knhk";

  private static final Duration START_WAIT = Duration.ofSeconds(60);
  private static final long LOG_BYTES_MAX = 16L << 20;
  private static final int LOG_TAIL_LINES = 3;

  private final EmbeddedPostgres server;
  private final Path data;
  private final int port;
  private final Path keys;
  private boolean closed;

  private EmbeddedPostgresql(EmbeddedPostgres server, Path data, int port, Path keys) {
    this.server = server;
    this.data = data;
    this.port = port;
    this.keys = keys;
  }

  /**
   * Returns once the schema is there and both logins work.
   *
   * @param port empty for {@link #DEFAULT_PORT}, or a free one where that is taken
   * @throws StackException when the port is taken, a server that is not ours runs on the data, or
   *     it does not start
   */
  public static EmbeddedPostgresql start(StateDirectory state, OptionalInt port) {
    Path data = state.postgres().resolve("data");
    Path log = state.logs().resolve("postgresql.log");
    EmbeddedPostgresql started = null;
    try {
      PostgresqlLeftover.stop(data);
      int chosen = Ports.choose("PostgreSQL", DEFAULT_PORT, port);
      removeUnfinished(data);
      rotate(log);
      PostgresqlLogin owner = owner(state.keys());
      boolean first = !Files.exists(data.resolve("PG_VERSION"));
      if (first) {
        owner.createPassword(new SecureRandom());
      }
      EmbeddedPostgres server = launch(state, data, log, chosen, owner);
      started = new EmbeddedPostgresql(server, data, chosen, state.keys());
      started.prepare();
      return started;
    } catch (StackException e) {
      stopQuietly(started, data, e);
      throw e;
    } catch (IOException | SQLException | RuntimeException e) {
      stopQuietly(started, data, e);
      throw new StackException(
          StackException.POSTGRESQL_FAILED,
          "expected PostgreSQL to start: data="
              + data
              + ", problem="
              + e.getMessage()
              + ", its log ends with: "
              + tail(log)
              + ". The whole log is "
              + log
              + ".",
          e);
    }
  }

  public int port() {
    return port;
  }

  public String jdbcUrl() {
    return "jdbc:postgresql://" + Ports.HOST + ":" + port + "/" + DATABASE;
  }

  /**
   * What {@code psql} and every other client on libpq takes. It reads as the auditor; the password
   * is in the file that it names.
   */
  public String uri() {
    return "postgresql://"
        + auditor().user()
        + "@"
        + Ports.HOST
        + ":"
        + port
        + "/"
        + DATABASE
        + "?passfile="
        + passFile().toString().replace("%", "%25").replace(" ", "%20").replace("&", "%26");
  }

  /** May insert and select. */
  public PostgresqlLogin writer() {
    return new PostgresqlLogin("knhk_archive", keys.resolve("postgresql-writer.password"));
  }

  /** May select. */
  public PostgresqlLogin auditor() {
    return new PostgresqlLogin("knhk_reader", keys.resolve("postgresql-auditor.password"));
  }

  /** May do anything; runs the migrations. */
  public PostgresqlLogin owner() {
    return owner(keys);
  }

  /** A connection of one of the logins above; the caller closes it. */
  public Connection connect(PostgresqlLogin login) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), login.user(), login.password());
  }

  /** Cuts the connections, writes a checkpoint and stops the server. May be called twice. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      server.close();
      // The library gives up after five seconds; a large last checkpoint takes longer.
      PostgresqlLeftover.stop(data);
    } catch (IOException e) {
      throw new StackException(
          StackException.POSTGRESQL_FAILED,
          "expected PostgreSQL to stop: data=" + data + ", problem=" + e.getMessage() + ".",
          e);
    }
  }

  private static PostgresqlLogin owner(Path keys) {
    return new PostgresqlLogin("postgres", keys.resolve("postgresql-owner.password"));
  }

  private static EmbeddedPostgres launch(
      StateDirectory state, Path data, Path log, int port, PostgresqlLogin owner)
      throws IOException {
    ProcessBuilder.Redirect toLog = ProcessBuilder.Redirect.appendTo(log.toFile());
    return EmbeddedPostgres.builder()
        .setOverrideWorkingDirectory(state.postgres().resolve("binaries").toFile())
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setRegisterShutdownHook(false)
        .setPGStartupWait(START_WAIT)
        .setOutputRedirector(toLog)
        .setErrorRedirector(toLog)
        .setPort(port)
        // These go to initdb; the last --auth wins.
        .setLocaleConfig("auth", "scram-sha-256")
        .setLocaleConfig("pwfile", owner.passwordFile().toString())
        .setLocaleConfig("locale", "C.UTF-8")
        .setConnectConfig("password", owner.password())
        // The library passes -F, which turns fsync off; a later setting wins.
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("listen_addresses", Ports.HOST)
        .setServerConfig("unix_socket_directories", "")
        .setServerConfig("max_connections", "50")
        .setServerConfig("shared_buffers", "64MB")
        .start();
  }

  private void prepare() throws IOException, SQLException {
    PostgresqlLogin owner = owner();
    String server = "jdbc:postgresql://" + Ports.HOST + ":" + port + "/postgres";
    try (Connection connection =
        DriverManager.getConnection(server, owner.user(), owner.password())) {
      if (!exists(connection, "select from pg_database where datname = '" + DATABASE + "'")) {
        execute(connection, "create database " + DATABASE + " encoding 'UTF8' template template0");
      }
    }
    new ArchiveSchema(jdbcUrl(), owner.user(), owner.password()).migrate();
    try (Connection connection = connect(owner)) {
      login(connection, writer(), "knhk_writer");
      login(connection, auditor(), "knhk_auditor");
    }
    StringBuilder lines = new StringBuilder();
    for (PostgresqlLogin login : List.of(owner, writer(), auditor())) {
      lines.append(Ports.HOST).append(':').append(port).append(":*:");
      lines.append(login.user()).append(':').append(login.password()).append('\n');
    }
    SecretFiles.write(passFile(), lines.toString());
  }

  /** The password is set again each time, so that keys brought back from elsewhere work. */
  private static void login(Connection connection, PostgresqlLogin login, String role)
      throws IOException, SQLException {
    login.createPassword(new SecureRandom());
    if (!exists(connection, "select from pg_roles where rolname = '" + login.user() + "'")) {
      execute(connection, "create role " + login.user() + " login");
    }
    execute(connection, "grant " + role + " to " + login.user());
    execute(connection, "alter role " + login.user() + " set search_path = " + ArchiveSchema.NAME);
    try (Statement statement = connection.createStatement()) {
      String password = statement.enquoteLiteral(login.password());
      statement.execute("alter role " + login.user() + " password " + password);
    }
  }

  private static boolean exists(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next();
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Path passFile() {
    return keys.resolve("pgpass");
  }

  /**
   * An initdb that was cut off leaves a folder without a configuration, which initdb will not take
   * up again.
   */
  private static void removeUnfinished(Path data) throws IOException {
    if (!Files.isDirectory(data) || Files.exists(data.resolve("global").resolve("pg_control"))) {
      return;
    }
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void rotate(Path log) throws IOException {
    if (Files.exists(log) && Files.size(log) > LOG_BYTES_MAX) {
      Files.move(
          log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String tail(Path log) {
    try {
      List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      return String.join(
          " | ", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "(not readable)";
    }
  }

  private static void stopQuietly(
      @Nullable EmbeddedPostgresql started, Path data, Exception because) {
    try {
      if (started != null) {
        started.close();
      } else {
        PostgresqlLeftover.stop(data);
      }
    } catch (IOException | RuntimeException e) {
      because.addSuppressed(e);
    }
  }
}
