package io.knhk.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In order, since a server takes seconds to start: the last test starts it again. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class EmbeddedPostgresqlITCase {
  @TempDir static Path folder;

  private static StateDirectory state;
  private static EmbeddedPostgresql postgresql;

  @BeforeAll
  static void start() {
    state = StateDirectory.open(folder.resolve("state with a blank"));
    postgresql = EmbeddedPostgresql.start(state, OptionalInt.empty());
  }

  @AfterAll
  static void stop() {
    if (postgresql != null) {
      postgresql.close();
    }
    state.close();
  }

  @Test
  @Order(1)
  void shouldWriteThroughToTheDiskAndListenOnLoopbackAloneWhenStarted() throws SQLException {
    try (Connection connection = postgresql.connect(postgresql.auditor())) {
      assertThat(one(connection, "show fsync")).isEqualTo("on");
      assertThat(one(connection, "show synchronous_commit")).isEqualTo("on");
      assertThat(one(connection, "show full_page_writes")).isEqualTo("on");
      assertThat(one(connection, "show listen_addresses")).isEqualTo("127.0.0.1");
    }
  }

  @Test
  @Order(1)
  void shouldKeepPasswordsToTheirOwnerAndAskForThemWhenConnecting() throws Exception {
    for (PostgresqlLogin login :
        new PostgresqlLogin[] {postgresql.owner(), postgresql.writer(), postgresql.auditor()}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(login.passwordFile())))
          .isEqualTo("rw-------");
      try (Connection connection = postgresql.connect(login)) {
        assertThat(connection.isValid(1)).isTrue();
      }
      assertThatThrownBy(
              () -> DriverManager.getConnection(postgresql.jdbcUrl(), login.user(), "guess"))
          .hasMessageContaining("password authentication failed");
    }
    Path passFile = state.keys().resolve("pgpass");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(passFile)))
        .isEqualTo("rw-------");
    assertThat(postgresql.uri())
        .startsWith("postgresql://knhk_reader@127.0.0.1:" + postgresql.port() + "/knhk?passfile=")
        .doesNotContain(" ")
        .doesNotContain(postgresql.auditor().password());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "receipts",
        "snapshots",
        "dead_letter_records",
        "quarantine",
        "halt_records",
        "halt_resumptions"
      })
  @Order(2)
  void shouldRefuseToForgetWhenEvenTheOwnerAsks(String table) throws SQLException {
    try (Connection connection = postgresql.connect(postgresql.owner())) {
      String column =
          List.of("dead_letter_records", "halt_resumptions").contains(table) ? "reason" : "sector";
      for (String sql :
          new String[] {
            "update knhk." + table + " set " + column + " = 'x'",
            "delete from knhk." + table,
            "truncate knhk." + table + " cascade"
          }) {
        assertThatThrownBy(() -> run(connection, sql))
            .hasMessageContaining("expected an append-only table: table=knhk.")
            .hasMessageContaining("Hint: Rows of the archive are evidence");
      }
    }
  }

  @Test
  @Order(2)
  void shouldLeaveNoTableThatForgetsWhenOneIsAddedLater() throws SQLException {
    try (Connection connection = postgresql.connect(postgresql.auditor())) {
      assertThat(
              one(
                  connection,
                  "select coalesce(string_agg(c.relname, ', '), '') from pg_class c"
                      + " where c.relnamespace = 'knhk'::regnamespace and c.relkind = 'r'"
                      + " and c.relname <> 'flyway_schema_history' and not exists ("
                      // Before delete (8), update (16) and truncate (32), and enabled.
                      + "select from pg_trigger t where t.tgrelid = c.oid and t.tgenabled = 'O'"
                      + " and t.tgfoid = 'knhk.refuse_change'::regproc and (t.tgtype & 58) = 58)"))
          .isEmpty();
    }
  }

  @Test
  @Order(2)
  void shouldGiveEachRoleNoMoreThanItNeeds() throws SQLException {
    String insert =
        "insert into knhk.halt_records (log, sector, seq, reason, detail, kafka_partition, kafka_offset)"
            + " values ('main', 'finance', 3, 'GAP', 'expected seq: seq=5', 0, %d)";
    try (Connection writer = postgresql.connect(postgresql.writer());
        Connection auditor = postgresql.connect(postgresql.auditor())) {
      run(writer, insert.formatted(1));
      assertThat(one(auditor, "select reason from knhk.halts where sector = 'finance'"))
          .isEqualTo("GAP");
      assertThatThrownBy(() -> run(auditor, insert.formatted(2)))
          .hasMessageContaining("permission denied");
      assertThatThrownBy(() -> run(writer, "delete from knhk.halt_records"))
          .hasMessageContaining("permission denied");
      assertThatThrownBy(() -> run(writer, "drop table knhk.halt_records"))
          .hasMessageContaining("must be owner");
      assertThatThrownBy(() -> run(writer, "alter table knhk.receipts disable trigger append_only"))
          .hasMessageContaining("must be owner");
    }
  }

  @Test
  @Order(3)
  void shouldRefuseAndTouchNothingWhenAnotherPostgresHasItsProcessNumber() throws Exception {
    Path data = Files.createDirectories(folder.resolve("foreign"));
    Path program = Files.copy(Path.of("/bin/sleep"), folder.resolve("postgres"));
    Process other = new ProcessBuilder(program.toString(), "60").start();
    try {
      Path pid = pidFile(data, other);

      assertThatThrownBy(() -> PostgresqlLeftover.stop(data))
          .isInstanceOfSatisfying(
              StackException.class,
              e -> assertThat(e.code()).isEqualTo(StackException.POSTGRESQL_FOREIGN))
          .hasMessageContaining("process=" + other.pid());
      assertThat(other.isAlive()).isTrue();
      assertThat(pid).exists();
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  @Order(3)
  void shouldPassOverAStaleFileWhenItsProcessNumberWasTakenBySomethingElse() throws Exception {
    Path data = Files.createDirectories(folder.resolve("stale"));
    Process other = new ProcessBuilder("sleep", "60").start();
    try {
      Path pid = pidFile(data, other);

      PostgresqlLeftover.stop(data);

      assertThat(other.isAlive()).isTrue();
      assertThat(pid).doesNotExist();
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  @Order(4)
  void shouldKeepItsRowsWhenStartedAgain() throws SQLException {
    int port = postgresql.port();
    postgresql.close();
    postgresql.close();
    assertThat(state.postgres().resolve("data").resolve("postmaster.pid")).doesNotExist();

    postgresql = EmbeddedPostgresql.start(state, OptionalInt.of(port));

    try (Connection auditor = postgresql.connect(postgresql.auditor())) {
      assertThat(one(auditor, "select count(*) from halts where sector = 'finance'"))
          .isEqualTo("1");
    }
  }

  @Test
  @Order(5)
  void shouldSayWhichFileIsMissingWhenAPasswordIsLost() throws IOException {
    postgresql.close();
    Files.delete(postgresql.owner().passwordFile());

    assertThatThrownBy(() -> EmbeddedPostgresql.start(state, OptionalInt.empty()))
        .isInstanceOfSatisfying(
            StackException.class,
            e -> assertThat(e.code()).isEqualTo(StackException.POSTGRESQL_PASSWORD))
        .hasMessageContaining("postgresql-owner.password");
  }

  private static Path pidFile(Path data, Process process) throws Exception {
    assertThat(process.waitFor(10, TimeUnit.MILLISECONDS)).isFalse();
    return Files.writeString(
        data.resolve("postmaster.pid"), process.pid() + "\n" + data + "\n0\n15432\n");
  }

  static String one(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).as(sql).isTrue();
      return rows.getString(1);
    }
  }

  static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
