package io.knhk.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.embedded.EmbeddedPostgresql;
import io.knhk.embedded.StateDirectory;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.ReceiptBody;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerAuditITCase {
  private static StateDirectory state;
  private static EmbeddedPostgresql postgresql;

  private Connection owner;
  private Connection auditor;

  @BeforeAll
  static void start(@TempDir Path folder) {
    state = StateDirectory.open(folder.resolve("state"));
    postgresql = EmbeddedPostgresql.start(state, OptionalInt.empty());
  }

  @AfterAll
  static void stop() {
    postgresql.close();
    state.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    owner = postgresql.connect(postgresql.owner());
    auditor = postgresql.connect(postgresql.auditor());
    run("alter table knhk.receipts disable trigger all");
    run("truncate knhk.receipts");
  }

  @AfterEach
  void disconnect() throws SQLException {
    owner.close();
    auditor.close();
  }

  @Test
  void shouldVerifyEveryReceiptWhenNothingWasTouched() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 2_500).addRuns("energy", 3);
    ledger.store(owner);
    List<ReceiptBody> verified = new ArrayList<>();

    AuditReport report = LedgerAudit.run(auditor, request(ledger.keys(), null), verified::add);

    assertThat(report.chains()).allSatisfy(chain -> assertThat(chain.problems()).isEmpty());
    assertThat(report.isValid()).isTrue();
    assertThat(report.verified()).isEqualTo(2_503);
    assertThat(chain(report, "finance").verifiedUpTo()).isEqualTo(2_499);
    assertThat(verified).hasSize(2_503);
    assertThat(report.unproved()).anyMatch(sentence -> sentence.contains("cut off the end"));
  }

  @Test
  void shouldReadOneChainWhenSectorIsNamed() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 3).addRuns("energy", 2);
    ledger.store(owner);

    AuditReport report = LedgerAudit.run(auditor, request(ledger.keys(), "energy"), body -> {});

    assertThat(report.chains())
        .singleElement()
        .satisfies(chain -> assertThat(chain.sector()).isEqualTo("energy"));
  }

  @Test
  void shouldProveNothingWhenNothingIsStored() throws Exception {
    AuditReport report =
        LedgerAudit.run(auditor, request(new TestLedger().keys(), null), body -> {});

    assertThat(report.isEmpty()).isTrue();
    assertThat(report.isValid()).isFalse();
  }

  @Test
  void shouldFindEveryFlippedBitWhenInBodyOrSignature() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 4);
    ledger.store(owner);
    byte[] body = ledger.envelopes().get(2).payload();
    byte[] signature = ledger.envelopes().get(2).signature();
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      boolean inBody = i % 2 == 0;
      byte[] flipped = (inBody ? body : signature).clone();
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      if (inBody) {
        set("body", flipped);
      } else {
        set("signature", HexFormat.of().formatHex(flipped));
      }

      AuditReport report = audit(ledger);

      assertThat(report.isValid()).isFalse();
      assertThat(chain(report, "finance").verifiedUpTo()).isEqualTo(1);
      assertThat(chain(report, "finance").problems())
          .allSatisfy(p -> assertThat(p.seq()).isEqualTo(2));
      set("body", body);
      set("signature", HexFormat.of().formatHex(signature));
    }
    assertThat(audit(ledger).isValid()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id = repeat('a', 64)",
        "operation = 'PatternDetected'",
        "timestamp = timestamp + 1",
        "outcome = 'refused'",
        "evidence = evidence || '{\"count\": 11}'",
        "evidence = evidence - 'late'",
        "parent_hash = repeat('b', 64)",
        "sector = 'energy'",
        "log = 'other'",
        "seq = 9",
        "subject = 'x'",
        "snapshot_id = 's2'",
        "key_id = repeat('c', 64)",
        "causes = array['b,c', 'cause-\"1\"']",
        "event_time = event_time - 1"
      })
  void shouldFindChangeWhenAnyColumnSaysSomethingElse(String change) throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 5);
    ledger.store(owner);
    run("update knhk.receipts set " + change + " where sector = 'finance' and seq = 3");

    AuditReport report = audit(ledger);

    assertThat(report.isValid()).isFalse();
    assertThat(chain(report, "finance").verifiedUpTo()).isEqualTo(2);
  }

  @Test
  void shouldFindGapWhenRowWasDeleted() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 5);
    ledger.store(owner);
    run("delete from knhk.receipts where seq = 2");

    AuditReport.Chain chain = chain(audit(ledger), "finance");

    assertThat(chain.verifiedUpTo()).isEqualTo(1);
    assertThat(chain.problems())
        .singleElement()
        .satisfies(p -> assertThat(p.what()).contains("Gap", "next=2"));
  }

  @Test
  void shouldFindGapWhenFirstRowWasDeleted() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 3);
    ledger.store(owner);
    run("delete from knhk.receipts where seq = 0");

    assertThat(chain(audit(ledger), "finance").verifiedUpTo()).isEqualTo(-1);
  }

  @Test
  void shouldFindBothWhenTwoRowsWereSwapped() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 5);
    ledger.store(owner);
    run("update knhk.receipts set seq = 99 where seq = 2");
    run("update knhk.receipts set seq = 2 where seq = 3");
    run("update knhk.receipts set seq = 3 where seq = 99");

    AuditReport.Chain chain = chain(audit(ledger), "finance");

    assertThat(chain.verifiedUpTo()).isEqualTo(1);
    assertThat(chain.problems()).extracting(AuditReport.Problem::seq).contains(2L, 3L);
  }

  @Test
  void shouldFindRewrittenBodyWhenHashWasMadeAnew() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 5);
    ledger.store(owner);
    byte[] rewritten = rewritten(ledger.envelopes().get(2));
    set("body", rewritten);
    set("id", ReceiptBody.hash(rewritten));
    run("update knhk.receipts set evidence = evidence || '{\"count\": 99}' where seq = 2");

    AuditReport.Chain chain = chain(audit(ledger), "finance");

    assertThat(chain.verifiedUpTo()).isEqualTo(1);
    assertThat(chain.problems()).anyMatch(p -> p.seq() == 2 && p.what().contains("BadSignature"));
    assertThat(chain.problems()).anyMatch(p -> p.seq() == 3 && p.what().contains("Fork"));
  }

  @Test
  void shouldFindSecondHistoryWhenKeyHolderRewroteBody() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 5);
    ledger.store(owner);
    byte[] rewritten = rewritten(ledger.envelopes().get(2));
    set("body", rewritten);
    set("id", ReceiptBody.hash(rewritten));
    set("signature", HexFormat.of().formatHex(ledger.resign(rewritten).signature()));
    run("update knhk.receipts set evidence = evidence || '{\"count\": 99}' where seq = 2");

    AuditReport.Chain chain = chain(audit(ledger), "finance");

    assertThat(chain.problems())
        .singleElement()
        .satisfies(p -> assertThat(p.what()).contains("Fork"));
  }

  @Test
  void shouldRefuseAllWhenKeyIsAnother() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", 2);
    ledger.store(owner);

    AuditReport report =
        LedgerAudit.run(auditor, request(new TestLedger().keys(), null), body -> {});

    assertThat(report.verified()).isZero();
    assertThat(report.problems()).isEqualTo(2);
  }

  @Test
  void shouldListFirstProblemsAndCountAllWhenThereAreMany() throws Exception {
    TestLedger ledger = new TestLedger().addRuns("finance", LedgerAudit.PROBLEMS_MAX + 20);
    ledger.store(owner);
    run("update knhk.receipts set outcome = 'x'");

    AuditReport.Chain chain = chain(audit(ledger), "finance");

    assertThat(chain.problemCount()).isEqualTo(LedgerAudit.PROBLEMS_MAX + 20);
    assertThat(chain.problems()).hasSize(LedgerAudit.PROBLEMS_MAX);
  }

  private AuditReport audit(TestLedger ledger) throws Exception {
    return LedgerAudit.run(auditor, request(ledger.keys(), null), body -> {});
  }

  private static byte[] rewritten(Dsse.Envelope envelope) {
    return new String(envelope.payload(), StandardCharsets.UTF_8)
        .replace("\"count\":10", "\"count\":99")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static LedgerAudit.Request request(KeyRing keys, String sector) {
    return new LedgerAudit.Request(keys, sector, Map.of(), Duration.ZERO);
  }

  static AuditReport.Chain chain(AuditReport report, String sector) {
    return report.chains().stream()
        .filter(c -> c.sector().equals(sector) && c.log().equals(TestLedger.LOG))
        .findFirst()
        .orElseThrow();
  }

  private void set(String column, Object value) throws SQLException {
    try (PreparedStatement update =
        owner.prepareStatement("update knhk.receipts set " + column + " = ? where seq = 2")) {
      update.setObject(1, value);
      update.executeUpdate();
    }
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = owner.createStatement()) {
      statement.execute(sql);
    }
  }
}
