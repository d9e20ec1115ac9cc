package io.knhk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.embedded.EmbeddedKafka;
import io.knhk.embedded.EmbeddedPostgresql;
import io.knhk.embedded.StateDirectory;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.Topics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A broker, a database and a Flink cluster that somebody brought: made ready by the commands, found
 * good by the doctor, then broken one thing at a time.
 */
class ClusterDoctorITCase {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OWNER = "boss";
  private static final String DATABASE = "plant";

  @TempDir private static Path folder;

  private static StateDirectory state;
  private static EmbeddedKafka kafka;
  private static EmbeddedPostgresql postgresql;
  private static FlinkOfSomebody flink;
  private static Path signing;
  private static Path loop;
  private static Path archive;
  private static Path ownerPassword;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private int exitCode;

  @BeforeAll
  static void start() throws Exception {
    state = StateDirectory.open(folder.resolve("servers"));
    kafka = EmbeddedKafka.start(state, OptionalInt.empty());
    postgresql = EmbeddedPostgresql.start(state, OptionalInt.empty());
    ownerPassword = secret("owner.password", "x");
    execute(postgresql.jdbcUrl(), "create role " + OWNER + " login createrole password 'x'");
    execute(postgresql.jdbcUrl(), "create database " + DATABASE + " owner " + OWNER);
    // The roles are there from the server's own database.
    execute(postgresql.jdbcUrl(), "grant knhk_owner to " + OWNER + " with admin option");
    writeFiles();
    ClusterDoctorITCase one = new ClusterDoctorITCase();
    assertThat(one.run("topics", "create", "--bootstrap-server", kafka.bootstrapServers()))
        .as(text(one.err))
        .isZero();
    assertThat(one.run(one.asOwner("database", "migrate"))).as(text(one.err)).isZero();
    flink =
        FlinkOfSomebody.start(
            folder.resolve("flink"), kafka.bootstrapServers(), FlinkOfSomebody.good(folder));
    flink.submitBoth();
  }

  @AfterAll
  static void stop() throws Exception {
    if (flink != null) {
      flink.close();
    }
    postgresql.close();
    kafka.close();
    state.close();
  }

  @Test
  void shouldFindNothingWrongWhenAllIsAsTheJobsNeedIt() throws Exception {
    Map<String, JsonNode> rows = doctor();

    assertThat(exitCode).as(rows.toString()).isZero();
    assertThat(rows.values().stream().map(row -> row.path("result").asText()))
        .doesNotContain("FAILED", "skipped");
    // One machine has one broker, and one JobManager.
    assertThat(rows.values().stream().filter(row -> row.path("result").asText().equals("WARNING")))
        .extracting(row -> row.path("check").asText())
        .containsExactlyInAnyOrder("topic copies", "high availability");
    assertThat(rows)
        .containsKeys(
            "job loop",
            "job loop checkpoints",
            "job archive settings",
            "checkpoints kept",
            "schema",
            "append-only triggers",
            "writer login",
            "writer role",
            "key pair",
            "password file",
            "configuration loop.properties");
    assertThat(rows.get("job loop").path("detail").asText())
        .contains("6b6e686b000000000000000000000001");
    assertThat(run(cluster("doctor", "--cluster"))).isZero();
    assertThat(text(out))
        .contains(
            "CHECK",
            "high-availability.type: zookeeper, high-availability.zookeeper.quorum: HOST:2181");
  }

  @ParameterizedTest
  @CsvSource({
    "knhk.receipts.v1, message.timestamp.type, CreateTime, LogAppendTime",
    "knhk.receipts.v1, retention.ms, 604800000, -1",
    "knhk.snapshots.v1, cleanup.policy, compact, delete",
    "knhk.deadletters.v1, max.message.bytes, 1048588, 2097152",
    "knhk.control.v1, unclean.leader.election.enable, true, false"
  })
  void shouldFailWhenSettingOfTopicIsWrong(String topic, String name, String value, String want)
      throws Exception {
    String before = alter(topic, name, value);
    try {
      JsonNode row = failed(topic + " " + name);
      assertThat(row.path("detail").asText()).isEqualTo("got=" + value + ", want=" + want);
      assertThat(row.path("next").asText())
          .isEqualTo(
              "kafka-configs.sh --bootstrap-server "
                  + kafka.bootstrapServers()
                  + " --alter --entity-type topics --entity-name "
                  + topic
                  + " --add-config "
                  + name
                  + "="
                  + want);
      assertThat(run("topics", "create", "--bootstrap-server", kafka.bootstrapServers()))
          .isEqualTo(ExitCode.FAILURE);
      assertThat(text(err)).contains("FAILED " + topic + " " + name, "KNHK-1081");
    } finally {
      alter(topic, name, before);
    }
  }

  @Test
  void shouldCreateMissingTopicAloneAndOnlyWhenItIsNoDryRun() throws Exception {
    String servers = kafka.bootstrapServers();
    try (Admin admin = admin()) {
      admin.deleteTopics(List.of(Topics.DEAD_LETTERS, Topics.CONTROL)).all().get();
      admin.createTopics(List.of(new NewTopic(Topics.CONTROL, 3, (short) 1))).all().get();
    }
    try {
      assertThat(failed(Topics.DEAD_LETTERS).path("next").asText())
          .isEqualTo("knhk topics create --bootstrap-server " + servers);
      assertThat(doctor().get(Topics.CONTROL).path("detail").asText())
          .startsWith("partitions=3")
          .contains("want=1");
      assertThat(
              run("topics", "create", "--dry-run", "--bootstrap-server", servers, "-o", "ndjson"))
          .isEqualTo(ExitCode.FAILURE);
      assertThat(text(out))
          .contains(
              "{\"topic\":\"knhk.deadletters.v1\",\"result\":\"would"
                  + " create\",\"partitions\":4,\"copies\":1");
      assertThat(run("topics", "list", "--bootstrap-server", servers, "--json")).isZero();
      assertThat(JSON.readTree(text(out))).hasSize(6);
      assertThat(text(err)).contains("Missing: [knhk.deadletters.v1]");
      assertThat(
              run("topics", "create", "--replication-factor", "3", "--bootstrap-server", servers))
          .isEqualTo(ExitCode.FAILURE);
      assertThat(text(err)).contains("KNHK-1080", "topic=knhk.deadletters.v1");
    } finally {
      try (Admin admin = admin()) {
        admin.deleteTopics(List.of(Topics.CONTROL)).all().get();
      }
      assertThat(run("topics", "create", "--bootstrap-server", servers, "--partitions", "2"))
          .as(text(err))
          .isZero();
    }
    assertThat(run("topics", "list", "--bootstrap-server", servers, "--json")).isZero();
    JsonNode deadLetters = JSON.readTree(text(out)).get(6);
    assertThat(deadLetters.path("topic").asText()).isEqualTo(Topics.DEAD_LETTERS);
    assertThat(deadLetters.path("partitions").asInt()).isEqualTo(2);
    assertThat(deadLetters.path("kept").asText()).isEqualTo("for ever");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "drop trigger append_only on knhk.receipts | append-only triggers | create trigger"
            + " append_only before update or delete or truncate on knhk.receipts | create trigger"
            + " append_only before update or delete or truncate on knhk.receipts for each statement"
            + " execute function knhk.refuse_change()",
        "alter table knhk.snapshots disable trigger append_only | append-only triggers | alter"
            + " table knhk.snapshots enable trigger append_only; | alter table knhk.snapshots"
            + " enable trigger append_only",
        "grant update, delete on knhk.receipts to knhk_writer | rights | revoke update, delete,"
            + " truncate, trigger | revoke update, delete on knhk.receipts from knhk_writer",
        "revoke insert on knhk.receipts from knhk_writer | writer inserts | grant select, insert on"
            + " all tables | grant insert on knhk.receipts to knhk_writer",
        "revoke select on knhk.flyway_schema_history from knhk_writer | schema | grant select on"
            + " knhk.flyway_schema_history | grant select on knhk.flyway_schema_history to"
            + " knhk_writer",
        "delete from knhk.flyway_schema_history where version = '3' | schema | knhk database"
            + " migrate |",
        "update knhk.flyway_schema_history set checksum = 1 where version = '3' | schema | knhk"
            + " database status |",
        "alter database plant set synchronous_commit = off | synchronous_commit | alter database"
            + " plant reset synchronous_commit; | alter database plant reset synchronous_commit",
        "grant knhk_owner to knhk_archive | writer login | revoke knhk_owner from knhk_archive;"
            + " | revoke knhk_owner from knhk_archive",
        "alter role knhk_archive superuser | writer login | grant knhk_writer | alter role"
            + " knhk_archive nosuperuser",
        "revoke knhk_writer from knhk_archive | writer role | grant knhk_writer to knhk_archive; |"
            + " grant knhk_writer to knhk_archive"
      })
  void shouldFailWhenDatabaseIsNotAsItWasMade(
      String breaks, String check, String next, String mends) throws Exception {
    if (mends == null) {
      execute(plant(), "create table public.kept as select * from knhk.flyway_schema_history");
    }
    execute(plant(), breaks);
    try {
      assertThat(failed(check).path("next").asText()).contains(next);
    } finally {
      if (mends == null) {
        execute(plant(), "delete from knhk.flyway_schema_history");
        execute(plant(), "insert into knhk.flyway_schema_history select * from public.kept");
        execute(plant(), "drop table public.kept");
      } else {
        execute(plant(), mends);
      }
    }
  }

  @Test
  void shouldFailWhenServerTearsPages() throws Exception {
    // Fsync itself stands on this server's command line, where nothing but a restart changes it.
    setAndAwait("alter system set full_page_writes = off", "off");
    try {
      assertThat(failed("full_page_writes").path("next").asText())
          .isEqualTo("alter system set full_page_writes = on; select pg_reload_conf();");
    } finally {
      setAndAwait("alter system reset full_page_writes", "on");
    }
  }

  @Test
  void shouldFailWhenAKeyIsOpenOrAConfigurationHoldsASecret() throws Exception {
    Files.setPosixFilePermissions(signing, PosixFilePermissions.fromString("rw-r--r--"));
    String before = Files.readString(archive);
    Files.writeString(archive, before + "knhk.kafka.client-properties=ssl.key.password:hunter2\n");
    try {
      assertThat(failed("signing key").path("next").asText()).isEqualTo("chmod 600 " + signing);
      assertThat(failed("configuration archive.properties").path("detail").asText())
          .contains("knhk.kafka.client-properties");
      assertThat(text(out) + text(err)).doesNotContain("hunter2");
    } finally {
      Files.setPosixFilePermissions(signing, PosixFilePermissions.fromString("rw-------"));
      Files.writeString(archive, before);
    }
  }

  @Test
  void shouldFailWhenFlinkForgetsItsCheckpoints() throws Exception {
    Map<String, String> bad = FlinkOfSomebody.good(folder);
    bad.put("execution.checkpointing.num-retained", "1");
    bad.remove("execution.checkpointing.storage");
    bad.remove("execution.checkpointing.dir");
    bad.put("restart-strategy.type", "none");
    bad.put("heartbeat.timeout", "50 s");
    try (FlinkOfSomebody other =
        FlinkOfSomebody.start(folder.resolve("other"), kafka.bootstrapServers(), bad)) {
      assertThat(run("doctor", "--cluster", "--flink", other.url(), "--json"))
          .isEqualTo(ExitCode.FAILURE);
      Map<String, JsonNode> rows = rows();
      assertThat(rows.get("checkpoints kept").path("next").asText())
          .contains("execution.checkpointing.num-retained: 3");
      assertThat(rows.get("checkpoint storage").path("result").asText()).isEqualTo("FAILED");
      assertThat(rows.get("restart strategy").path("result").asText()).isEqualTo("FAILED");
      assertThat(rows.get("heartbeat").path("result").asText()).isEqualTo("WARNING");
      assertThat(rows.get("job loop").path("detail").asText()).isEqualTo("does not run here");
    }
  }

  @Test
  void shouldMigrateOnceAndSayWhatItDid() throws Exception {
    assertThat(run(asOwner("database", "migrate", "--json"))).as(text(err)).isZero();
    assertThat(text(err)).contains("Nothing to do");
    assertThat(JSON.readTree(text(out)).findValuesAsText("result"))
        .isNotEmpty()
        .containsOnly("applied before");
    assertThat(JSON.readTree(text(out)).at("/0/appliedBy").asText()).isEqualTo(OWNER);

    execute(postgresql.jdbcUrl(), "create database bare owner " + OWNER);
    String bare = uri("bare");
    String[] owner = {
      "--postgres-user", OWNER, "--postgres-password-file", ownerPassword.toString()
    };
    assertThat(run(with(owner, "database", "migrate", "--dry-run", "--postgres", bare, "--json")))
        .isZero();
    assertThat(JSON.readTree(text(out)).findValuesAsText("result"))
        .isNotEmpty()
        .containsOnly("would apply");
    assertThat(run(with(owner, "doctor", "--cluster", "--postgres", bare, "--json")))
        .isEqualTo(ExitCode.FAILURE);
    assertThat(rows().get("schema").path("next").asText()).startsWith("knhk database migrate");
    assertThat(run(with(owner, "database", "migrate", "--postgres", bare))).as(text(err)).isZero();
    assertThat(value(jdbc("bare"), "select count(*) from knhk.receipts")).isEqualTo("0");
    assertThat(run(with(owner, "database", "status", "--postgres", bare, "--json"))).isZero();
    assertThat(JSON.readTree(text(out)).findValuesAsText("result")).containsOnly("applied");
  }

  @Test
  void shouldRefuseToMigrateWhenOwnerLacksRights() throws Exception {
    execute(postgresql.jdbcUrl(), "create role nobody login password 'x'");
    execute(postgresql.jdbcUrl(), "create database empty");

    assertThat(
            run(
                "database",
                "migrate",
                "--postgres",
                uri("empty"),
                "--postgres-user",
                "nobody",
                "--postgres-password-file",
                ownerPassword.toString()))
        .isEqualTo(ExitCode.REFUSED);
    assertThat(text(err))
        .contains(
            "KNHK-1082",
            "alter role nobody createrole;",
            "grant create on database empty to nobody;",
            "grant knhk_owner to nobody with admin option;");
  }

  @Test
  void shouldExitWithUnreachableWhenNothingAnswers() throws Exception {
    assertThat(
            run(
                "doctor",
                "--cluster",
                "--json",
                "--flink",
                "http://127.0.0.1:1",
                "--bootstrap-server",
                "127.0.0.1:1",
                "--postgres",
                "postgresql://127.0.0.1:1/knhk"))
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(rows()).containsKeys("flink", "kafka", "postgresql");
    assertThat(run("doctor", "--cluster")).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(text(err)).startsWith("KNHK-1010");
    assertThat(
            run(
                "doctor",
                "--cluster",
                "--flink",
                "http://127.0.0.1:1",
                "--bootstrap-server",
                kafka.bootstrapServers()))
        .isEqualTo(ExitCode.FAILURE);
  }

  private Map<String, JsonNode> doctor() throws IOException {
    exitCode = run(cluster("doctor", "--cluster", "--json"));
    return rows();
  }

  private JsonNode failed(String check) throws IOException {
    Map<String, JsonNode> rows = doctor();
    assertThat(exitCode).isEqualTo(ExitCode.FAILURE);
    assertThat(rows).as(text(err)).containsKey(check);
    assertThat(rows.get(check).path("result").asText())
        .as(rows.get(check).toString())
        .isEqualTo("FAILED");
    return rows.get(check);
  }

  private Map<String, JsonNode> rows() throws IOException {
    Map<String, JsonNode> rows = new HashMap<>();
    for (JsonNode row : JSON.readTree(text(out))) {
      rows.put(row.path("check").asText(), row);
    }
    return rows;
  }

  private static String[] cluster(String... command) {
    return with(
        new String[] {
          "--flink", flink.url(), "--config", loop.toString(), "--config", archive.toString()
        },
        command);
  }

  private String[] asOwner(String... command) {
    return with(
        new String[] {
          "--postgres",
          uri(DATABASE),
          "--postgres-user",
          OWNER,
          "--postgres-password-file",
          ownerPassword.toString()
        },
        command);
  }

  private static String[] with(String[] more, String... command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new ByteArrayInputStream(new byte[0]),
            Map.of(),
            folder,
            folder,
            false);
    return Knhk.run(terminal, args);
  }

  private static void writeFiles() throws IOException {
    SigningKey key = SigningKey.generate(new SecureRandom());
    signing = secret("signing.pem", key.toPem());
    Path trusted = Files.writeString(folder.resolve("public.pem"), key.publicKey().toPem());
    Files.setPosixFilePermissions(trusted, PosixFilePermissions.fromString("rw-r--r--"));
    Properties both = new Properties();
    both.setProperty("knhk.kafka.bootstrap-servers", kafka.bootstrapServers());
    both.setProperty("knhk.keys.trusted-file", trusted.toString());
    loop = store("loop.properties", both, Map.of("knhk.keys.signing-file", signing.toString()));
    archive =
        store(
            "archive.properties",
            both,
            Map.of(
                "knhk.archive.jdbc-url", plant(),
                "knhk.archive.user", postgresql.writer().user(),
                "knhk.archive.password-file", postgresql.writer().passwordFile().toString()));
  }

  private static Path store(String name, Properties both, Map<String, String> more)
      throws IOException {
    Properties all = new Properties();
    all.putAll(both);
    all.putAll(more);
    Path file = folder.resolve(name);
    try (var writer = Files.newBufferedWriter(file)) {
      all.store(writer, null);
    }
    return file;
  }

  private static Path secret(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  /** Sets and returns what it was before. */
  private static String alter(String topic, String name, String value) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try (Admin admin = admin()) {
      String before =
          admin.describeConfigs(List.of(resource)).all().get().get(resource).get(name).value();
      AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
      admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
      return before;
    }
  }

  private static void setAndAwait(String sql, String value) throws Exception {
    execute(plant(), sql);
    try (Connection owner = connect(plant());
        Statement statement = owner.createStatement()) {
      statement.execute("select pg_reload_conf()");
    }
    FlinkOfSomebody.await(
        "full_page_writes=" + value, () -> value(plant(), "show full_page_writes").equals(value));
  }

  private static void execute(String url, String sql) throws Exception {
    try (Connection owner = connect(url);
        Statement statement = owner.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String value(String url, String sql) throws Exception {
    try (Connection owner = connect(url);
        Statement statement = owner.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static Connection connect(String url) throws Exception {
    return DriverManager.getConnection(
        url, postgresql.owner().user(), postgresql.owner().password());
  }

  private static String plant() {
    return jdbc(DATABASE);
  }

  private static String jdbc(String database) {
    return "jdbc:" + uri(database);
  }

  private static String uri(String database) {
    return "postgresql://127.0.0.1:" + postgresql.port() + "/" + database;
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
