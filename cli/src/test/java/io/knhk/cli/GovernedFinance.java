package io.knhk.cli;

import io.knhk.cli.verify.TestLedger;
import io.knhk.embedded.EmbeddedKafka;
import io.knhk.embedded.EmbeddedPostgresql;
import io.knhk.embedded.StateDirectory;
import io.knhk.knowledge.Ontologies;
import io.knhk.knowledge.Snapshot;
import io.knhk.knowledge.governance.Person;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Finance with people, a rule and its ontology, on a real Kafka and PostgreSQL, answered by the
 * real governance. The servers are started for each class, the tables emptied for each test.
 */
abstract class GovernedFinance {
  static final String TYPE = "https://knhk.io/ns/finance#payment.authorised";
  static final Delta CHANGE =
      new Delta(
          List.of(
              "<"
                  + TYPE
                  + "> <http://www.w3.org/2000/01/rdf-schema#comment> \"Risk is scored.\" ."),
          List.of());
  static final String PROPOSAL = "3f".repeat(32);
  static final DoctrineRule RULE =
      new DoctrineRule(
          "no-friday",
          "finance",
          DoctrineRule.Constraint.TIME_WINDOW,
          new TreeMap<>(
              Map.of(
                  "mode",
                  "deny",
                  "days",
                  "fri",
                  "from",
                  "00:00",
                  "until",
                  "23:59",
                  "zone",
                  "Europe/Zurich")),
          DoctrineRule.Enforcement.WARNING,
          0,
          Long.MAX_VALUE,
          1,
          "Nothing on Fridays.");

  static Path folder;
  static StateDirectory state;
  static EmbeddedKafka kafka;
  static EmbeddedPostgresql postgresql;

  final KnhkInProcess knhk = new KnhkInProcess(Map.of());
  final Map<String, SigningKey> keys = new HashMap<>();
  TestLedger ledger;
  TestLoop loop;

  @BeforeAll
  static void start(@TempDir Path temporary) {
    folder = temporary;
    state = StateDirectory.open(folder.resolve(".knhk"));
    kafka = EmbeddedKafka.start(state, OptionalInt.empty());
    kafka.createTopics();
    postgresql = EmbeddedPostgresql.start(state, OptionalInt.empty());
  }

  @AfterAll
  static void stop() {
    postgresql.close();
    kafka.close();
    state.close();
  }

  @BeforeEach
  void prepare() throws Exception {
    ledger = new TestLedger();
    Path key = Files.writeString(state.keys().resolve("public.pem"), ledger.publicPem());
    Map<String, String> endpoints = new HashMap<>();
    endpoints.put("bootstrapServers", kafka.bootstrapServers());
    endpoints.put("jdbcUrl", postgresql.jdbcUrl());
    endpoints.put("postgresqlUri", postgresql.uri());
    endpoints.put("auditorUser", postgresql.auditor().user());
    endpoints.put("auditorPasswordFile", postgresql.auditor().passwordFile().toString());
    endpoints.put("writerUser", postgresql.writer().user());
    endpoints.put("writerPasswordFile", postgresql.writer().passwordFile().toString());
    endpoints.put("flinkUrl", "http://127.0.0.1:1");
    endpoints.put("log", TestLedger.LOG);
    endpoints.put("publicKeyFile", key.toString());
    endpoints.put("pid", Long.toString(ProcessHandle.current().pid()));
    state.writeEndpoints(endpoints);
    for (String table :
        List.of("receipts", "snapshots", "knowledge_documents", "dead_letter_records")) {
      execute("alter table knhk." + table + " disable trigger all");
      execute("delete from knhk." + table);
      execute("alter table knhk." + table + " enable trigger all");
    }
    loop =
        new TestLoop(
            ledger,
            postgresql,
            kafka.bootstrapServers(),
            finance(),
            List.of(
                person("sam", Role.STEWARD),
                person("bob", Role.APPROVER),
                person("carol", Role.APPROVER),
                person("chuck", Role.APPROVER),
                person("cleo", Role.APPROVER),
                person("dora", Role.ADMINISTRATOR),
                person("ed", Role.ADMINISTRATOR),
                person("flo", Role.ADMINISTRATOR),
                person("gus", Role.ADMINISTRATOR)),
            List.of(RULE));
    person("mallory", Role.APPROVER);
  }

  @AfterEach
  void end() throws InterruptedException {
    loop.close();
  }

  Person person(String name, Role... roles) throws Exception {
    SigningKey key = SigningKey.generate(new SecureRandom());
    keys.put(name, key);
    Path file = keyFile(name);
    Files.writeString(file, key.toPem());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return Person.genesis(
        name,
        new TreeSet<>(Arrays.asList(roles)),
        List.of(HexFormat.of().formatHex(key.publicKey().bytes())),
        false);
  }

  static Path keyFile(String name) {
    return folder.resolve(name + ".pem");
  }

  static Snapshot finance() {
    Snapshot finance = Ontologies.bundled().get("finance");
    if (finance == null) {
      throw new IllegalStateException("expected the ontology of finance");
    }
    return finance;
  }

  static void changeDocuments(String set, String kind) throws SQLException {
    execute("alter table knhk.knowledge_documents disable trigger all");
    execute("update knhk.knowledge_documents set " + set + " where kind = '" + kind + "'");
    execute("alter table knhk.knowledge_documents enable trigger all");
  }

  static void execute(String sql) throws SQLException {
    try (Connection owner = postgresql.connect(postgresql.owner());
        Statement statement = owner.createStatement()) {
      statement.execute(sql);
    }
  }

  KnhkInProcess.Result as(String person, String... arguments) {
    return run(with(arguments, "--signing-key", keyFile(person).toString()));
  }

  KnhkInProcess.Result run(String... arguments) {
    return knhk.run(with(arguments, "--state", state.root().toString()));
  }

  static String[] with(String[] arguments, String... more) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }
}
