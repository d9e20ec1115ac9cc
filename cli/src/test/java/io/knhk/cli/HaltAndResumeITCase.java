package io.knhk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.cli.verify.TestLedger;
import io.knhk.embedded.EmbeddedFlink;
import io.knhk.embedded.EmbeddedKafka;
import io.knhk.embedded.EmbeddedPostgresql;
import io.knhk.embedded.StateDirectory;
import io.knhk.jobs.KafkaOptions;
import io.knhk.jobs.LedgerOptions;
import io.knhk.jobs.archive.ArchiveOptions;
import io.knhk.jobs.archive.ReceiptArchiveJob;
import io.knhk.jobs.launch.KnhkJob;
import io.knhk.ledger.Dsse;
import io.knhk.schemas.Topics;
import io.knhk.schemas.receipt.Operation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive job on a real Kafka and PostgreSQL: what halts it, how people get it going again. */
class HaltAndResumeITCase {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final int PARTITION = 1;

  @TempDir private Path folder;

  private final TestLedger ledger = new TestLedger().addRuns("finance", 20);
  private final KnhkInProcess knhk = new KnhkInProcess(Map.of());
  private StateDirectory state;
  private EmbeddedKafka kafka;
  private EmbeddedPostgresql postgresql;
  private EmbeddedFlink flink;
  private JobClient archive;

  @BeforeEach
  void start() throws Exception {
    state = StateDirectory.open(folder.resolve("state"));
    kafka = EmbeddedKafka.start(state, OptionalInt.empty());
    kafka.createTopics();
    postgresql = EmbeddedPostgresql.start(state, OptionalInt.empty());
    Files.writeString(publicKey(), ledger.publicPem());
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
    endpoints.put("publicKeyFile", publicKey().toString());
    endpoints.put("pid", Long.toString(ProcessHandle.current().pid()));
    state.writeEndpoints(endpoints);
    startArchive();
  }

  @AfterEach
  void stop() {
    flink.close();
    postgresql.close();
    kafka.close();
    state.close();
  }

  @Test
  void shouldHaltOnSignedEvidenceAloneAndGoOnWhenResumed() throws Exception {
    goesOnThroughGarbage();
    goesOnOnceMissingReceiptCame();
    goesOnWithoutTheFork();
    goesOnFromANumber();
    refusesADatabaseThatLostRows();
  }

  private void goesOnThroughGarbage() throws Exception {
    TestLedger stranger = new TestLedger().addRuns("finance", 10);
    for (int i = 0; i < 10; i++) {
      send("not a receipt".getBytes(StandardCharsets.UTF_8));
      send(badlySigned(envelope(i)));
      send(stranger.envelopes().get(i).toJson());
      send(envelope(i).toJson());
    }
    awaitReceipts(10);

    assertThat(run("halts", "list", "--json").json()).isEmpty();
    KnhkInProcess.Result verified = run("verify");
    assertThat(verified.exitCode()).as(verified.err()).isZero();
    assertThat(verified.out()).contains("30 records in quarantine that no trusted key signed");
  }

  private void goesOnOnceMissingReceiptCame() throws Exception {
    send(envelope(11).toJson());
    send(envelope(12).toJson());
    JsonNode halt = awaitOpenHalt("gap");
    assertThat(halt.path("expected").asLong()).isEqualTo(10);
    assertThat(halt.path("found").asLong()).isEqualTo(11);
    String id = halt.path("id").asText();
    KnhkInProcess.Result refused = run("halts", "resume", id, "--reason", "because");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(refused.err()).startsWith("KNHK-1054").contains("missing=10", "--from-number 11");

    restartArchive();
    send(envelope(10).toJson());
    until("all three wait", () -> openHalt().path("waiting").asLong() == 3);
    assertThat(run("halts", "resume", id, "--reason", "sent again", "--as", "anna").exitCode())
        .isZero();
    awaitReceipts(13);

    KnhkInProcess.Result again = run("halts", "resume", id, "--reason", "once more");
    assertThat(again.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(again.err()).startsWith("KNHK-1053");
    JsonNode continued = run("halts", "list", "--json").json().get(0);
    assertThat(continued.path("state").asText()).isEqualTo("continued");
    assertThat(continued.path("person").asText()).isEqualTo("anna");
    assertThat(continued.path("login").asText()).isEqualTo(postgresql.writer().user());
    assertThat(run("verify").exitCode()).isZero();
  }

  private void goesOnWithoutTheFork() throws Exception {
    String other =
        new String(envelope(12).payload(), StandardCharsets.UTF_8)
            .replace("\"count\":10", "\"count\":99");
    send(ledger.resign(other.getBytes(StandardCharsets.UTF_8)).toJson());
    send(envelope(13).toJson());
    JsonNode halt = awaitOpenHalt("fork");
    assertThat(halt.path("expected").asLong()).isEqualTo(12);
    assertThat(run("verify").exitCode()).isEqualTo(ExitCode.EVIDENCE_INVALID);

    assertThat(
            run("halts", "resume", halt.path("id").asText(), "--reason", "second job stopped")
                .exitCode())
        .isZero();
    awaitReceipts(14);

    restartArchive();
    KnhkInProcess.Result verified = run("verify");
    assertThat(verified.exitCode()).as(verified.err() + verified.out()).isZero();
    assertThat(verified.out())
        .contains("ACCEPTED finance/12: fork", "because second job stopped")
        .contains("but for what people accepted");
  }

  private void goesOnFromANumber() throws Exception {
    send(envelope(17).toJson());
    String id = awaitOpenHalt("gap").path("id").asText();
    assertThat(
            run("halts", "resume", id, "--from-number", "16", "--reason", "disk lost").exitCode())
        .isEqualTo(ExitCode.USAGE);
    KnhkInProcess.Result resumed =
        run("halts", "resume", id, "--from-number", "17", "--reason", "disk lost", "--json");
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(resumed.json().get(0).path("declaredLost").asText()).isEqualTo("14..16");
    send(envelope(18).toJson());
    awaitReceipts(16);

    KnhkInProcess.Result verified = run("verify", "--json");
    assertThat(verified.exitCode()).as(verified.err() + verified.out()).isZero();
    assertThat(verified.json().at("/chains/0/accepted").toString())
        .contains("gap 14..16, accepted by", "because disk lost");
  }

  private void refusesADatabaseThatLostRows() throws Exception {
    flink.close();
    try (Connection owner = postgresql.connect(postgresql.owner());
        Statement statement = owner.createStatement()) {
      statement.execute("alter table knhk.receipts disable trigger append_only");
      statement.execute("delete from knhk.receipts where seq >= 12");
    }
    startArchive();

    assertThatThrownBy(
            () -> archive.getJobExecutionResult().get(WAIT.toSeconds(), TimeUnit.SECONDS))
        .hasStackTraceContaining("KNHK-1203: expected a database with every receipt")
        .hasStackTraceContaining("sector=finance, seqInState=18, seqInDatabase=11");
  }

  @Test
  void shouldCountWhatWasRestoredWhenVerifying() throws Exception {
    TestLedger restored = new TestLedger().addRuns("energy", 2);
    restored.add(
        "energy",
        Operation.LedgerRestored,
        "restored",
        "s",
        "s1",
        "{\"reason\":\"disk"
            + " lost\",\"stateSeq\":0,\"committedSeq\":1,\"stateHash\":\"a\",\"committedHash\":\"b\"}");
    try (Connection owner = postgresql.connect(postgresql.owner())) {
      restored.store(owner);
    }
    Path export = Files.write(folder.resolve("export.dsse"), restored.export());
    Path pem = Files.writeString(folder.resolve("restored.pem"), restored.publicPem());

    KnhkInProcess.Result table = run("verify", "--public-key", pem.toString());
    KnhkInProcess.Result file =
        run("verify", "--json", "--file", export.toString(), "--public-key", pem.toString());

    assertThat(table.exitCode()).as(table.err() + table.out()).isZero();
    assertThat(table.out()).contains("Restored 1 times:\n  energy/2: disk lost\n");
    assertThat(file.json().path("restored").asLong()).isEqualTo(1);
    assertThat(file.json().at("/chains/0/restored/0/reason").asText()).isEqualTo("disk lost");
  }

  private void startArchive() throws Exception {
    flink = EmbeddedFlink.start(state, OptionalInt.empty(), 1);
    Configuration config = new Configuration();
    config.set(KafkaOptions.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
    config.set(LedgerOptions.LOG, TestLedger.LOG);
    config.set(LedgerOptions.TRUSTED_KEYS_FILE, publicKey().toString());
    config.set(ArchiveOptions.JDBC_URL, postgresql.jdbcUrl());
    config.set(ArchiveOptions.USER, postgresql.writer().user());
    config.set(ArchiveOptions.PASSWORD_FILE, postgresql.writer().passwordFile().toString());
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(EmbeddedFlink.base(state));
    env.setParallelism(1);
    archive =
        flink.submit(
            ReceiptArchiveJob.graph(env, config),
            KnhkJob.ARCHIVE,
            note -> assertThat(note).isNull());
  }

  /** From its newest checkpoint. */
  private void restartArchive() throws Exception {
    flink.close();
    startArchive();
  }

  private Path publicKey() {
    return state.keys().resolve("public.pem");
  }

  private Dsse.Envelope envelope(int number) {
    return ledger.envelopes().get(number);
  }

  private static byte[] badlySigned(Dsse.Envelope envelope) {
    byte[] signature = envelope.signature();
    signature[7] ^= 1;
    return new Dsse.Envelope(
            envelope.payloadType(), envelope.payload(), envelope.keyId(), signature)
        .toJson();
  }

  private void send(byte[] value) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      byte[] key = "finance".getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(Topics.RECEIPTS, PARTITION, key, value)).get();
    }
  }

  private JsonNode awaitOpenHalt(String reason) throws Exception {
    until("a halt by a " + reason, () -> openHalt().path("reason").asText().equals(reason));
    return openHalt();
  }

  private JsonNode openHalt() throws Exception {
    return run("halts", "list", "--open", "--json").json().path(0);
  }

  private void awaitReceipts(int count) throws Exception {
    until(
        count + " receipts",
        () -> {
          try (Connection auditor = postgresql.connect(postgresql.auditor());
              Statement statement = auditor.createStatement();
              ResultSet row = statement.executeQuery("select count(*) from knhk.receipts")) {
            row.next();
            return row.getInt(1) == count;
          }
        });
  }

  private static void until(String what, Callable<Boolean> holds) throws Exception {
    long deadlineNs = System.nanoTime() + WAIT.toNanos();
    CountDownLatch never = new CountDownLatch(1);
    while (!holds.call()) {
      assertThat(System.nanoTime())
          .as("expected within " + WAIT + ": " + what)
          .isLessThan(deadlineNs);
      assertThat(never.await(100, TimeUnit.MILLISECONDS)).isFalse();
    }
  }

  private KnhkInProcess.Result run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--state");
    all.add(state.root().toString());
    return knhk.run(all.toArray(String[]::new));
  }
}
