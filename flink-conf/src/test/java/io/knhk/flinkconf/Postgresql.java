package io.knhk.flinkconf;

import io.knhk.embedded.EmbeddedPostgresql;
import io.knhk.embedded.PostgresqlLogin;
import io.knhk.embedded.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** A PostgreSQL server that is killed and started again on the same folder and port. */
final class Postgresql implements AutoCloseable {
  private static final Duration GONE_WITHIN = Duration.ofSeconds(30);

  private final StateDirectory state;
  private final int port;
  private EmbeddedPostgresql server;

  private Postgresql(StateDirectory state, int port) {
    this.state = state;
    this.port = port;
    this.server = EmbeddedPostgresql.start(state, OptionalInt.of(port));
  }

  static Postgresql start(Path folder) {
    return new Postgresql(StateDirectory.open(folder), Processes.freePort());
  }

  String jdbcUrl() {
    return server.jdbcUrl();
  }

  PostgresqlLogin writer() {
    return server.writer();
  }

  PostgresqlLogin owner() {
    return server.owner();
  }

  PostgresqlLogin auditor() {
    return server.auditor();
  }

  /** A connection of somebody who may read. */
  Connection connect() throws SQLException {
    return server.connect(server.auditor());
  }

  /**
   * SIGKILL of the postmaster and of whatever of it has not noticed at once: nothing is written any
   * more.
   */
  void kill() throws IOException, InterruptedException {
    long pid = postmaster();
    List<ProcessHandle> backends = ProcessHandle.of(pid).orElseThrow().descendants().toList();
    Processes.kill(pid);
    backends.forEach(ProcessHandle::destroyForcibly);
    Eventually.until(
        GONE_WITHIN,
        "PostgreSQL is gone",
        () -> backends.stream().noneMatch(ProcessHandle::isAlive));
    // There is nothing left to stop: this lets go of the library's lock on the folder.
    server.close();
  }

  /** Starts it, again; it recovers from its log. */
  void start() {
    server = EmbeddedPostgresql.start(state, OptionalInt.of(port));
  }

  @Override
  public void close() {
    server.close();
    state.close();
  }

  private long postmaster() throws IOException {
    Path file = state.postgres().resolve("data").resolve("postmaster.pid");
    return Long.parseLong(Files.readAllLines(file).get(0).strip());
  }
}
