package io.knhk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.cli.verify.TestLedger;
import io.knhk.embedded.EmbeddedKafka;
import io.knhk.embedded.EmbeddedPostgresql;
import io.knhk.embedded.StateDirectory;
import io.knhk.ledger.ReceiptBody;
import io.knhk.schemas.Topics;
import io.knhk.schemas.observation.Decoded;
import io.knhk.schemas.observation.ObservationCodec;
import io.knhk.schemas.receipt.Operation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands against a real Kafka and a real PostgreSQL, found as users find them: through
 * endpoints.json.
 */
class CommandsITCase {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PARTITIONS = 4;

  private static Path folder;
  private static StateDirectory state;
  private static EmbeddedKafka kafka;
  private static EmbeddedPostgresql postgresql;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private TestLedger ledger;

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
    for (String table : List.of("receipts", "deadletter_replays", "dead_letter_records")) {
      execute("alter table knhk." + table + " disable trigger all");
      execute("delete from knhk." + table);
      execute("alter table knhk." + table + " enable trigger all");
    }
  }

  @Test
  void shouldListGetAndExportReceipts() throws Exception {
    storeReceipts(ledger.addRuns("finance", 5).addRuns("energy", 2));

    assertThat(run("receipts", "list", "--sector", "finance", "--limit", "3", "-o", "ndjson"))
        .isZero();
    assertThat(text(out).lines()).hasSize(3).first().asString().contains("\"seq\":4");
    assertThat(text(err)).contains("There are more");

    String id = ReceiptBody.hash(ledger.envelopes().get(1).payload());
    assertThat(run("receipts", "get", id.substring(0, 20), "--json")).as(text(err)).isZero();
    assertThat(JSON.readTree(text(out)).path("id").asText()).isEqualTo(id);
    assertThat(run("receipts", "get", "finance/1", "--json")).isZero();
    assertThat(JSON.readTree(text(out)).path("id").asText()).isEqualTo(id);
    assertThat(run("receipts", "get", "finance/99")).isEqualTo(ExitCode.NOT_FOUND);

    Path export = folder.resolve("all.dsse");
    assertThat(run("receipts", "export", "--out", export.toString())).isZero();
    assertThat(Files.readAllLines(export)).hasSize(7);
    Path key = state.keys().resolve("public.pem");
    assertThat(run("verify", "--file", export.toString(), "--public-key", key.toString())).isZero();
    assertThat(text(out)).contains("energy", "finance");
  }

  @Test
  void shouldVerifyAsExitCodesSay() throws Exception {
    assertThat(run("verify")).isEqualTo(ExitCode.INCOMPLETE);
    storeReceipts(ledger.addRuns("finance", 5));
    assertThat(run("verify")).as(text(err)).isZero();
    assertThat(text(out)).contains("Proved: ");
    execute("alter table knhk.receipts disable trigger all");
    execute("update knhk.receipts set outcome = 'x' where seq = 3");
    assertThat(run("verify", "--json")).isEqualTo(ExitCode.EVIDENCE_INVALID);
    assertThat(JSON.readTree(text(out)).at("/chains/0/verifiedUpTo").asLong()).isEqualTo(2);
    assertThat(text(err)).startsWith("KNHK-1070");
  }

  @Test
  void shouldRefuseWhenStatementWouldWrite() throws Exception {
    storeReceipts(ledger.addRuns("finance", 2));
    assertThat(
            run("sql", "select sector, count(*) as n, max(seq) from receipts group by 1", "--json"))
        .isZero();
    assertThat(JSON.readTree(text(out)).at("/0/n").asLong()).isEqualTo(2);
    for (String write :
        List.of(
            "delete from receipts",
            "create temporary table t(a int)",
            "set transaction read write; delete from receipts",
            "insert into halt_resumptions (halt_id, reason) values (1, 'why not')")) {
      assertThat(run("sql", write)).as(write + text(err)).isEqualTo(ExitCode.REFUSED);
    }
    assertThat(run("sql", "selct")).isEqualTo(ExitCode.FAILURE);
  }

  @Test
  void shouldReplayDeadLetterOnceWithItsOriginInHeaders() throws Exception {
    execute(
        "insert into knhk.dead_letter_records values ('knhk.observations.v1', 2, 17, 'INVALID_JSON', 'expected JSON', 'finance',"
            + " 1400000000000, '\\x7b', '[{\"name\":\"x\",\"value\":\"eQ==\"}]'::jsonb)");
    assertThat(run("deadletters", "list", "--sector", "finance")).isZero();
    assertThat(text(out)).contains("knhk.observations.v1/2/17", "INVALID_JSON");
    assertThat(run("deadletters", "show", "2/17", "--raw")).isZero();
    assertThat(text(out)).isEqualTo("{");

    long before = end(2);
    assertThat(run("deadletters", "replay", "2/17", "--dry-run", "--json")).isZero();
    assertThat(JSON.readTree(text(out)).at("/0/expected").asText()).isEqualTo("rejected");
    assertThat(end(2)).isEqualTo(before);

    Path mended = Files.writeString(folder.resolve("mended.json"), "{\"mended\":true}");
    assertThat(run("deadletters", "replay", "2/17", "--file", mended.toString()))
        .as(text(err))
        .isZero();
    ConsumerRecord<byte[], byte[]> sent = read(2, before).get(0);
    assertThat(sent.value()).asString(StandardCharsets.UTF_8).isEqualTo("{\"mended\":true}");
    List<String> headers = new ArrayList<>();
    for (Header header : sent.headers()) {
      headers.add(header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8));
    }
    assertThat(headers)
        .containsExactly(
            "x=y",
            "knhk_origin_topic=knhk.observations.v1",
            "knhk_origin_partition=2",
            "knhk_origin_offset=17");

    assertThat(run("deadletters", "replay", "2/17")).isEqualTo(ExitCode.REFUSED);
    assertThat(text(err)).startsWith("KNHK-1050");
    assertThat(end(2)).isEqualTo(before + 1);
    assertThat(run("deadletters", "replay", "2/17", "--again")).isZero();
    assertThat(end(2)).isEqualTo(before + 2);
    assertThat(run("deadletters", "replay", "2/18")).isEqualTo(ExitCode.NOT_FOUND);
  }

  @Test
  void shouldPublishCsvAndSendBadRowsAsTheyAre() throws Exception {
    long[] before = ends();
    Path csv =
        Files.writeString(
            folder.resolve("payment.authorised.csv"),
            """
            timestamp,value,key,outcome,currency,risk_score
            2015-01-01 00:00:00,12.5,acc-1,ok,EUR,0.2
            2015-01-01T00:00:01Z,13,acc-2,error,EUR,
            2015-01-01 00:00:02,abc,acc-3,ok,EUR,0.1
            """);

    assertThat(run("publish", "--sector", "finance", csv.toString(), "--no-wait", "--json"))
        .as(text(err))
        .isZero();

    assertThat(JSON.readTree(text(out)).path("sent").asLong()).isEqualTo(3);
    List<ConsumerRecord<byte[], byte[]>> records = readAll(before);
    assertThat(records).hasSize(3);
    assertThat(ObservationCodec.decode(records.get(0).value(), System.currentTimeMillis()))
        .isInstanceOfSatisfying(
            Decoded.Accepted.class,
            accepted -> {
              assertThat(accepted.observation().subject()).isEqualTo("acc-1");
              assertThat(accepted.observation().eventType()).isEqualTo("payment.authorised");
              assertThat(accepted.observation().attributes()).hasSize(2);
            });
    assertThat(ObservationCodec.decode(records.get(1).value(), System.currentTimeMillis()))
        .isInstanceOfSatisfying(
            Decoded.Accepted.class,
            accepted -> assertThat(accepted.observation().attributes()).hasSize(1));
    assertThat(records.get(2).value())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("2015-01-01 00:00:02,abc,acc-3,ok,EUR,0.1");
  }

  @Test
  void shouldSendNothingWhenEventNamesAnotherSector() throws Exception {
    long[] before = ends();
    Path ndjson =
        Files.writeString(
            folder.resolve("mixed.ndjson"),
            "{\"sector\":\"finance\"}\n\n{\"sector\":\"energy\"}\n");

    assertThat(run("publish", "--sector", "finance", ndjson.toString(), "--no-wait"))
        .isEqualTo(ExitCode.FAILURE);
    assertThat(text(err)).startsWith("KNHK-1034").contains("event=2");
    assertThat(ends()).isEqualTo(before);
  }

  @Test
  void shouldSayWhatBecameOfEachRecordWhenReceiptsCame() throws Exception {
    Path ndjson =
        Files.writeString(
            folder.resolve("two.ndjson"), "not json\n{\"sector\":\"finance\",\"source\":\"s\"}\n");
    long[] before = ends();
    List<RecordHeader> headers = new ArrayList<>();
    for (int p = 0; p < PARTITIONS; p++) {
      ledger.add(
          "finance",
          Operation.ObservationIngested,
          "ingested",
          "t/" + p,
          "s1",
          "{\"topic\":\""
              + Topics.OBSERVATIONS
              + "\",\"partition\":"
              + p
              + ",\"firstOffset\":0,\"lastOffset\":1000000,"
              + "\"count\":1,\"late\":0}");
      // Whatever lands there is said to be rejected, twice.
      for (int twice = 0; twice < 2; twice++) {
        headers.clear();
        headers.add(header("knhk_reason", "INVALID_JSON"));
        headers.add(header("knhk_topic", Topics.OBSERVATIONS));
        headers.add(header("knhk_partition", Integer.toString(p)));
        headers.add(header("knhk_offset", Long.toString(before[p])));
        send(headers);
      }
    }
    storeReceipts(ledger);

    assertThat(run("publish", "--sector", "finance", ndjson.toString(), "--json"))
        .as(text(err))
        .isZero();

    JsonNode result = JSON.readTree(text(out));
    assertThat(result.path("receipted").asBoolean()).isTrue();
    assertThat(result.path("accepted").asLong() + result.path("rejected").asLong()).isEqualTo(2);
    assertThat(result.path("rejected").asLong()).isBetween(1L, 2L);
  }

  @Test
  void shouldExitWithIncompleteWhenNoReceiptComes() throws Exception {
    Path ndjson = Files.writeString(folder.resolve("one.ndjson"), "{\"sector\":\"finance\"}\n");

    assertThat(run("publish", "--sector", "finance", ndjson.toString(), "--timeout", "0"))
        .isEqualTo(ExitCode.INCOMPLETE);
    assertThat(text(err)).contains("KNHK-1051");
  }

  @Test
  void shouldShowStatusAndFindingsAndRefuseReset() throws Exception {
    storeReceipts(ledger.addRuns("finance", 3));
    assertThat(run("status", "--json")).as(text(err)).isZero();
    assertThat(JSON.readTree(text(out)).at("/sectors/0/verifiedUpTo").asLong()).isEqualTo(2);
    assertThat(run("status")).isZero();
    assertThat(text(out)).contains("SNAPSHOTVERSION");
    assertThat(run("snapshots", "list", "--json")).isZero();
    assertThat(text(out).strip()).isEqualTo("[]");
    assertThat(run("doctor", "-o", "ndjson")).isEqualTo(ExitCode.FAILURE); // No Flink here.
    assertThat(text(out))
        .contains(
            "{\"check\":\"kafka\",\"result\":\"ok\"", "{\"check\":\"fsync\",\"result\":\"ok\"");
    assertThat(run("reset", "--yes")).isNotZero();
    assertThat(state.keys()).exists();
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

  private static void storeReceipts(TestLedger ledger) throws SQLException {
    try (Connection owner = postgresql.connect(postgresql.owner())) {
      ledger.store(owner);
    }
  }

  private static void execute(String sql) throws SQLException {
    try (Connection owner = postgresql.connect(postgresql.owner());
        Statement statement = owner.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void send(List<RecordHeader> headers) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<byte[], byte[]>(
                  Topics.DEAD_LETTERS, 0, (byte[]) null, new byte[0], List.copyOf(headers)))
          .get();
    }
  }

  private static RecordHeader header(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static long end(int partition) {
    return ends()[partition];
  }

  private static long[] ends() {
    long[] ends = new long[PARTITIONS];
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      for (int p = 0; p < PARTITIONS; p++) {
        TopicPartition partition = new TopicPartition(Topics.OBSERVATIONS, p);
        ends[p] = consumer.endOffsets(List.of(partition)).get(partition);
      }
    }
    return ends;
  }

  private static List<ConsumerRecord<byte[], byte[]>> readAll(long[] from) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int p = 0; p < PARTITIONS; p++) {
      records.addAll(read(p, from[p]));
    }
    return records;
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(int p, long from) {
    TopicPartition partition = new TopicPartition(Topics.OBSERVATIONS, p);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, from);
      long end = end(p);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
