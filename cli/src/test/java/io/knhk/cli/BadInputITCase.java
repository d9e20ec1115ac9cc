package io.knhk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.embedded.Stack;
import io.knhk.embedded.StackOptions;
import io.knhk.jobs.launch.KnhkJob;
import io.knhk.schemas.Topics;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationCodec;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is sent ends as a receipt or as one dead letter, and no job restarts because of it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BadInputITCase {
  private static final Duration WAIT = Duration.ofSeconds(90);
  private static final String GOOD_DATA =
      "{\"eventType\":\"payment.authorised\",\"value\":12.5,\"outcome\":\"ok\",\"attributes\":{\"currency\":\"EUR\"}}";

  @TempDir static Path folder;
  private static Stack stack;
  private static KafkaProducer<byte[], byte[]> producer;

  @BeforeAll
  static void start() {
    stack = Stack.start(StackOptions.of(folder.resolve("state")), step -> {});
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                stack.endpoints().bootstrapServers(),
                "max.request.size",
                2_000_000),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @AfterAll
  static void stop() {
    producer.close();
    stack.close();
  }

  @Test
  @Order(1)
  void shouldBecomeOneDeadLetterEachWhenInputIsBad() throws Exception {
    Map<String, byte[]> bad = badInput();
    for (byte[] value : bad.values()) {
      send(value);
    }
    send(event("good-1", Instant.now(), "finance", GOOD_DATA));

    await("select count(*) from knhk.dead_letter_records", bad.size());

    for (Map.Entry<String, byte[]> expected : bad.entrySet()) {
      assertThat(
              query(
                  "select count(*) from knhk.dead_letter_records where reason = '"
                      + reasonOf(expected.getKey())
                      + "' and sha256(body) = sha256(decode('"
                      + java.util.HexFormat.of().formatHex(expected.getValue())
                      + "', 'hex'))"))
          .as(expected.getKey())
          .isEqualTo(1);
    }
    await(rejectedSum(), bad.size());
    assertNoRestart();
  }

  @Test
  @Order(2)
  void shouldLoseNoneWhenTenThousandBadOnesComeAmongGoodOnes() throws Exception {
    long lettersBefore = query("select count(*) from knhk.dead_letter_records");
    long ingestedBefore = query(ingestedSum());
    Future<RecordMetadata> last = null;
    for (int i = 0; i < 10_000; i++) {
      last = producer.send(record(("{\"broken\": " + i).getBytes(StandardCharsets.UTF_8)));
      if (i % 10 == 0) {
        last = producer.send(record(event("among-" + i, Instant.now(), "finance", GOOD_DATA)));
      }
    }
    last.get();
    await("select count(*) from knhk.dead_letter_records", lettersBefore + 10_000);
    await(ingestedSum(), ingestedBefore + 1_000);
    await(rejectedSum(), lettersBefore + 10_000);
    assertNoRestart();
  }

  @Test
  @Order(3)
  void shouldPutAMendedDeadLetterBackOnceWhenReplayed() throws Exception {
    KnhkInProcess knhk =
        new KnhkInProcess(Map.of("KNHK_STATE", folder.resolve("state").toString()));
    byte[] broken = event("mend-me", Instant.now(), "finnance", GOOD_DATA);
    RecordMetadata at = send(broken);
    String where =
        " where topic = '"
            + at.topic()
            + "' and source_partition = "
            + at.partition()
            + " and source_offset = "
            + at.offset();
    await("select count(*) from knhk.dead_letter_records" + where, 1);
    long ingestedBefore = query(ingestedSum());
    Path mended = folder.resolve("mended.json");
    Files.write(mended, event("mend-me", Instant.now(), "finance", GOOD_DATA));
    String id = at.topic() + "/" + at.partition() + "/" + at.offset();

    KnhkInProcess.Result dry =
        knhk.run("deadletters", "replay", id, "--file", mended.toString(), "--dry-run");
    assertThat(dry.exitCode()).as(dry.err()).isZero();
    KnhkInProcess.Result real = knhk.run("deadletters", "replay", id, "--file", mended.toString());
    assertThat(real.exitCode()).as(real.err()).isZero();
    await(ingestedSum(), ingestedBefore + 1);
    KnhkInProcess.Result again = knhk.run("deadletters", "replay", id, "--file", mended.toString());
    assertThat(again.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(query(ingestedSum())).isEqualTo(ingestedBefore + 1);
  }

  @Test
  @Order(4)
  void shouldEvaluateBothWhenOldDataFollowsNewFromAnotherSource() throws Exception {
    long start2015 = Instant.parse("2015-03-01T00:00:00Z").toEpochMilli();
    long start2014 = Instant.parse("2014-03-01T00:00:00Z").toEpochMilli();
    for (int i = 0; i < 60; i++) {
      send(unknownType("urn:test:2015", "new.kind", start2015 + i * 60_000L, i));
    }
    for (int i = 0; i < 60; i++) {
      send(unknownType("urn:test:2014", "old.kind", start2014 + i * 60_000L, i));
    }
    awaitAtLeast(patterns("new.kind", "urn:test:2015"), 1);
    awaitAtLeast(patterns("old.kind", "urn:test:2014"), 1);
    assertThat(
            query(
                "select coalesce(sum((evidence ->> 'late')::bigint), 0) from knhk.receipts"
                    + " where operation = 'ObservationIngested' and sector = 'energy'"))
        .isZero();
    assertNoRestart();
  }

  private static Map<String, byte[]> badInput() {
    Instant now = Instant.now();
    Map<String, byte[]> bad = new LinkedHashMap<>();
    bad.put("INVALID_JSON", "{\"specversion\":\"1.0\",".getBytes(StandardCharsets.UTF_8));
    bad.put(
        "NOT_CLOUDEVENTS_1_0",
        text(event("v", now, "finance", GOOD_DATA))
            .replace("\"1.0\"", "\"0.3\"")
            .getBytes(StandardCharsets.UTF_8));
    bad.put("UNKNOWN_SECTOR", event("s", now, "gambling", GOOD_DATA));
    bad.put("MISSING_FIELD", event("m", now, "finance", "{\"eventType\":\"payment.authorised\"}"));
    bad.put("NOT_FINITE", event("n", now, "finance", GOOD_DATA.replace("12.5", "1e999")));
    bad.put("TOO_MANY_ATTRIBUTES", event("a", now, "finance", attributes(65)));
    bad.put(
        "TOO_LARGE", event("l", now, "finance", GOOD_DATA.replace("EUR", "E".repeat(65 * 1024))));
    byte[] wrongUtf8 = event("u", now, "finance", GOOD_DATA.replace("EUR", "E?R"));
    for (int i = 0; i < wrongUtf8.length; i++) {
      if (wrongUtf8[i] == '?') {
        wrongUtf8[i] = (byte) 0xC3;
      }
    }
    bad.put("INVALID_UTF8", wrongUtf8);
    bad.put("AHEAD_OF_TIME", event("t", now.plusSeconds(3_600), "finance", GOOD_DATA));
    bad.put("INVALID_JSON NaN", event("nan", now, "finance", GOOD_DATA.replace("12.5", "NaN")));
    return bad;
  }

  private static String reasonOf(String name) {
    if (name.equals("INVALID_JSON NaN")) {
      return "NOT_FINITE";
    }
    return name;
  }

  private static String attributes(int count) {
    StringBuilder attributes = new StringBuilder();
    for (int i = 0; i < count; i++) {
      attributes.append(i == 0 ? "" : ",").append("\"a").append(i).append("\":").append(i);
    }
    return GOOD_DATA.replace("\"currency\":\"EUR\"", attributes);
  }

  private static byte[] event(String id, Instant time, String sector, String data) {
    return String.format(
            Locale.ROOT,
            "{\"specversion\":\"1.0\",\"type\":\"io.knhk.observation.v1\",\"source\":\"urn:test\",\"id\":\"%s\","
                + "\"time\":\"%s\",\"subject\":\"account-1\",\"sector\":\"%s\",\"datacontenttype\":\"application/json\","
                + "\"data\":%s}",
            id,
            time,
            sector,
            data)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] unknownType(String source, String type, long timeMs, int i) {
    return ObservationCodec.encodeStructured(
        new Observation(
            "energy",
            source,
            source + "-" + i,
            timeMs,
            "thing-1",
            type,
            i,
            false,
            List.of(Attribute.ofText("unit", "kW"))),
        source);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static RecordMetadata send(byte[] value) throws Exception {
    return producer.send(record(value)).get();
  }

  private static ProducerRecord<byte[], byte[]> record(byte[] value) {
    return new ProducerRecord<>(
        Topics.OBSERVATIONS, "urn:test".getBytes(StandardCharsets.UTF_8), value);
  }

  private static String ingestedSum() {
    return "select coalesce(sum((evidence ->> 'count')::bigint), 0) from knhk.receipts"
        + " where operation = 'ObservationIngested' and sector = 'finance'";
  }

  private static String rejectedSum() {
    return "select coalesce(sum((evidence ->> 'count')::bigint), 0) from knhk.receipts"
        + " where operation = 'ObservationsRejected' and sector = '_ingest'";
  }

  private static String patterns(String type, String source) {
    return "select count(*) from knhk.receipts where operation = 'PatternDetected'"
        + " and evidence ->> 'eventType' = '"
        + type
        + "' and evidence ->> 'source' = '"
        + source
        + "'";
  }

  private static void await(String sql, long expected) throws SQLException {
    awaitAtLeast(sql, expected);
    assertThat(query(sql)).isEqualTo(expected);
  }

  private static void awaitAtLeast(String sql, long expected) throws SQLException {
    long untilNs = System.nanoTime() + WAIT.toNanos();
    while (query(sql) < expected) {
      stack.check();
      assertThat(System.nanoTime())
          .as("got %s, want %s: %s", query(sql), expected, sql)
          .isLessThan(untilNs);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  private static long query(String sql) throws SQLException {
    try (Connection archive = stack.postgresql().connect(stack.postgresql().auditor());
        Statement statement = archive.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void assertNoRestart() throws Exception {
    long untilNs = System.nanoTime() + WAIT.toNanos();
    String restarts = restarts();
    // Flink's page knows a metric only some seconds after it was first asked for any.
    while (restarts.isEmpty()) {
      assertThat(System.nanoTime()).as("numRestarts").isLessThan(untilNs);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      restarts = restarts();
    }
    assertThat(restarts).isEqualTo("0");
  }

  private static String restarts() throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            stack.endpoints().flinkUrl()
                                + "/jobs/"
                                + KnhkJob.LOOP.id(0)
                                + "/metrics?get=numRestarts"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    JsonNode metrics = new ObjectMapper().readTree(answer.body());
    return metrics.path(0).path("value").asText();
  }
}
