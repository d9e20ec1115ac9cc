package io.knhk.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.embedded.EmbeddedKafka;
import io.knhk.embedded.EmbeddedPostgresql;
import io.knhk.embedded.StateDirectory;
import io.knhk.ledger.Dsse;
import io.knhk.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaComparisonITCase {
  private static StateDirectory state;
  private static EmbeddedKafka kafka;
  private static EmbeddedPostgresql postgresql;

  @BeforeAll
  static void start(@TempDir Path folder) {
    state = StateDirectory.open(folder.resolve("state"));
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
  void empty() throws Exception {
    run("alter table knhk.receipts disable trigger all");
    run("truncate knhk.receipts");
    try (Admin admin =
        Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.deleteTopics(List.of(Topics.RECEIPTS)).all().get();
    }
    kafka.createTopics();
  }

  @Test
  void shouldProveTailWhenKafkaHoldsTheSame() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 5).addRuns("energy", 2);
    store(ledger);
    send(ledger.envelopes());
    send(ledger.envelopes().subList(3, 5)); // Sent again, as after a restart.

    AuditReport report = audit(ledger);

    assertThat(report.isValid()).isTrue();
    assertThat(report.proved())
        .anyMatch(sentence -> sentence.contains("Kafka has no receipt beyond"));
  }

  @Test
  void shouldFindCutWhenLastRowsWereDeleted() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 5);
    store(ledger);
    send(ledger.envelopes());
    run("delete from knhk.receipts where seq >= 3");

    AuditReport report = audit(ledger);

    assertThat(report.isValid()).isFalse();
    AuditReport.Chain chain = report.chains().get(0);
    assertThat(chain.verifiedUpTo()).isEqualTo(2);
    assertThat(chain.problems())
        .singleElement()
        .satisfies(p -> assertThat(p.what()).contains("lastInTable=2", "lastInKafka=4"));
  }

  @Test
  void shouldFindCutWhenEveryRowOfSectorWasDeleted() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 5).addRuns("energy", 1);
    store(ledger);
    send(ledger.envelopes());
    run("delete from knhk.receipts where sector = 'energy'");

    assertThat(audit(ledger).isValid()).isFalse();
  }

  @Test
  void shouldFindSecondHistoryWhenKafkaHoldsAnotherReceiptUnderNumber() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 3);
    store(ledger);
    byte[] other =
        new String(ledger.envelopes().get(1).payload(), StandardCharsets.UTF_8)
            .replace("\"count\":10", "\"count\":99")
            .getBytes(StandardCharsets.UTF_8);
    send(List.of(ledger.envelopes().get(0), ledger.resign(other), ledger.envelopes().get(2)));

    assertThat(audit(ledger).isValid()).isFalse();
  }

  @Test
  void shouldIgnoreAndMentionWhenStrangerWroteToTopic() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 3);
    store(ledger);
    send(ledger.envelopes());
    send(new TestLedger().addRuns("finance", 9).envelopes());

    AuditReport report = audit(ledger);

    assertThat(report.isValid()).isTrue();
    assertThat(report.unproved())
        .anyMatch(sentence -> sentence.contains("records of " + Topics.RECEIPTS));
  }

  @Test
  void shouldSaySoWhenKafkaDoesNotAnswer() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 3);
    store(ledger);

    AuditReport report =
        LedgerAudit.run(
            connection(),
            new LedgerAudit.Request(
                ledger.keys(), null, Map.of("bootstrap.servers", "127.0.0.1:1"), Duration.ZERO),
            body -> {});

    assertThat(report.isValid()).isTrue();
    assertThat(report.unproved()).anyMatch(sentence -> sentence.startsWith("what Kafka holds"));
  }

  private static AuditReport audit(TestLedger ledger) throws Exception {
    try (Connection connection = connection()) {
      return LedgerAudit.run(
          connection,
          new LedgerAudit.Request(
              ledger.keys(),
              null,
              Map.of("bootstrap.servers", kafka.bootstrapServers()),
              Duration.ZERO),
          body -> {});
    }
  }

  private static Connection connection() throws SQLException {
    return postgresql.connect(postgresql.auditor());
  }

  private static void store(TestLedger ledger) throws SQLException {
    try (Connection owner = postgresql.connect(postgresql.owner())) {
      ledger.store(owner);
    }
  }

  private static void send(List<Dsse.Envelope> envelopes) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (Dsse.Envelope envelope : envelopes) {
        producer.send(new ProducerRecord<>(Topics.RECEIPTS, 0, null, envelope.toJson())).get();
      }
    }
  }

  private static void run(String sql) throws SQLException {
    try (Connection owner = postgresql.connect(postgresql.owner());
        Statement statement = owner.createStatement()) {
      statement.execute(sql);
    }
  }
}
