package io.knhk.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveSinkITCase {
  private static final RecordPosition AT = new RecordPosition("knhk.snapshots.v1", 0, 7);

  @TempDir private static Path folder;
  private static ArchiveDatabaseFixture postgres;

  private final Receipted finance = new Receipted("finance");

  @BeforeAll
  static void startPostgres() throws Exception {
    postgres = new ArchiveDatabaseFixture(folder);
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void newDatabase() throws Exception {
    postgres.newDatabase();
  }

  @Nested
  class Written {
    @Test
    void shouldFillEveryColumnWhenReceiptIsWritten() throws Exception {
      List<ArchiveRow> rows = verified(finance.next(2));

      write(rows);

      ReceiptRow row = rows.get(1).receipt();
      assertThat(
              postgres.column(
                  """
                  select concat_ws('|', operation, timestamp, outcome, evidence, sector, log, seq, subject, snapshot_id,
                    key_id, event_time, causes[1], causes[2], cardinality(causes), parent_hash, id)
                  from knhk.receipts where seq = 1\
                  """))
          .containsExactly(
              "ObservationIngested|2001|ok|{\"count\": 1}|finance|test-log|1|run/1||"
                  + Receipted.KEY.publicKey().keyId()
                  + "|1001|cause \"a\"|cause\\b|2|"
                  + rows.get(0).receipt().id()
                  + "|"
                  + row.id());
      assertThat((byte[]) postgres.column("select body from knhk.receipts where seq = 1").get(0))
          .isEqualTo(row.body());
      assertThat(
              postgres.column("select decode(signature, 'hex') from knhk.receipts where seq = 1"))
          .containsExactly(row.signature());
      assertThat(
              postgres.column("select 1 from knhk.receipts where parent_hash is null and seq = 0"))
          .hasSize(1);
    }

    @Test
    void shouldKeepTheBodyWhenTextHoldsWhatPostgresCannot() throws Exception {
      ReceiptDraft draft =
          new ReceiptDraft(
              "finance",
              Operation.PatternDetected,
              1,
              2,
              "ok",
              "sub\0ject",
              "",
              List.of("ca\0use", "{},\" \\ \n NULL", "NULL", " "),
              "{\"k\\u0000\":\"a\\u0000b\",\"literal\":\"c:\\\\u0000\",\"big\":1e308}");

      write(verified(List.of(finance.next(draft, Receipted.LOG, Receipted.KEY))));

      assertThat(postgres.column("select subject from knhk.receipts"))
          .containsExactly("sub\ufffdject");
      assertThat(postgres.column("select unnest(causes) from knhk.receipts"))
          .containsExactly("ca\ufffduse", "{},\" \\ \n NULL", "NULL", " ");
      assertThat(postgres.column("select evidence ->> 'literal' from knhk.receipts"))
          .containsExactly("c:\\u0000");
      assertThat(postgres.column("select evidence ->> (U&'k\\FFFD') from knhk.receipts"))
          .containsExactly("a\ufffdb");
    }

    @Test
    void shouldWriteWhenBatchIsFullAndBeforeTheBarrier() throws Exception {
      List<ArchiveRow> rows = verified(finance.next(8));
      try (var harness = postgres.writer(postgres.options().withBatch(3, 1 << 20))) {
        for (int i = 0; i < 8; i++) {
          harness.processElement(rows.get(i), 0);
          assertThat(postgres.count("receipts")).isEqualTo((i + 1) / 3 * 3L);
        }
        harness.prepareSnapshotPreBarrier(1);
        assertThat(postgres.count("receipts")).isEqualTo(8);
        harness.prepareSnapshotPreBarrier(2);
        assertThat(postgres.count("receipts")).isEqualTo(8);
      }
    }

    @Test
    void shouldWriteWhenBytesAreFull() throws Exception {
      List<ArchiveRow> rows = verified(finance.next(3));
      int bytes = (int) (rows.get(0).payloadBytes() + rows.get(1).payloadBytes());
      try (var harness = postgres.writer(postgres.options().withBatch(1_000, bytes))) {
        harness.processElement(rows.get(0), 0);
        harness.processElement(rows.get(1), 0);
        assertThat(postgres.count("receipts")).isZero();
        harness.processElement(rows.get(2), 0);
        assertThat(postgres.count("receipts")).isEqualTo(2);
        harness.endInput();
        assertThat(postgres.count("receipts")).isEqualTo(3);
      }
    }

    @Test
    void shouldWriteTheRowAloneWhenItIsLargerThanABatch() throws Exception {
      try (var harness = postgres.writer(postgres.options().withBatch(1_000, 1))) {
        for (ArchiveRow row : verified(finance.next(3))) {
          harness.processElement(row, 0);
        }
        harness.prepareSnapshotPreBarrier(1);
      }
      assertThat(postgres.count("receipts")).isEqualTo(3);
    }
  }

  @Nested
  class Repeated {
    @Test
    void shouldCountAndDropReceiptsWhenTheyAreStoredAlready() throws Exception {
      List<RawRecord> records = finance.next(3);
      List<ArchiveRow> rows = verified(records);
      List<ArchiveRow> twice = new ArrayList<>(rows);
      twice.addAll(rows);

      assertThat(stored(rows)).isEqualTo(new ArchiveMetrics.Stored(3, 0, 0, 0));
      assertThat(stored(rows)).isEqualTo(new ArchiveMetrics.Stored(0, 3, 0, 0));
      rows = verified(finance.next(2), 3);
      twice.addAll(rows);
      assertThat(stored(twice)).isEqualTo(new ArchiveMetrics.Stored(2, 6, 0, 0));
      assertThat(postgres.count("receipts")).isEqualTo(5);
    }

    @Test
    void shouldDropTheRepetitionWhenBothAreInOneBatch() throws Exception {
      List<RawRecord> records = finance.next(3);

      assertThat(
              stored(
                  verified(
                      List.of(records.get(0), records.get(0), records.get(1), records.get(0)))))
          .isEqualTo(new ArchiveMetrics.Stored(2, 2, 0, 0));
    }

    @Test
    void shouldFindEverythingTheSameWhenStartedWithoutStateOnAFullDatabase() throws Exception {
      List<RawRecord> records = finance.next(5);
      write(verified(records));
      records = new ArrayList<>(records);
      records.addAll(finance.next(2));

      write(verified(records));

      assertThat(postgres.column("select seq from knhk.receipts order by seq"))
          .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
      assertThat(postgres.count("halt_records")).isZero();
      assertThat(postgres.count("quarantine")).isZero();
    }
  }

  @Nested
  class Away {
    @Test
    void shouldLoseNothingWhenPostgresIsRestartedInTheMiddle() throws Exception {
      List<ArchiveRow> rows = verified(finance.next(40));
      try (var harness = postgres.writer(postgres.options().withBatch(10, 1 << 20))) {
        for (ArchiveRow row : rows.subList(0, 25)) {
          harness.processElement(row, 0);
        }
        postgres.stop();
        CompletableFuture<Void> started = startPostgresSoon();
        for (ArchiveRow row : rows.subList(25, 40)) {
          harness.processElement(row, 0);
        }
        harness.prepareSnapshotPreBarrier(1);
        started.get(60, TimeUnit.SECONDS);
      }
      assertThat(postgres.column("select count(*) from knhk.receipts")).containsExactly(40L);
      assertThat(postgres.column("select max(seq) from knhk.receipts")).containsExactly(39L);
    }

    @Test
    void shouldConnectAgainWhenItsConnectionIsEnded() throws Exception {
      List<ArchiveRow> rows = verified(finance.next(4));
      try (var harness = postgres.writer(postgres.options())) {
        harness.processElement(rows.get(0), 0);
        harness.prepareSnapshotPreBarrier(1);
        postgres.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name ="
                + " 'knhk-archive'");
        harness.processElement(rows.get(1), 0);
        harness.prepareSnapshotPreBarrier(2);
      }
      assertThat(postgres.count("receipts")).isEqualTo(2);
    }

    @Test
    void shouldStopWaitingWhenInterrupted() throws Exception {
      ArchiveSinkOptions nowhere =
          ArchiveSinkOptions.of(
              "jdbc:postgresql://localhost:1/none", "nobody", postgres.passwordFile().toString());
      CountDownLatch attempted = new CountDownLatch(1);
      try (ArchiveDatabase database = new ArchiveDatabase(nowhere)) {
        FutureTask<Throwable> waiting =
            new FutureTask<>(
                () -> {
                  attempted.countDown();
                  try {
                    database.transaction(tables -> "");
                    return null;
                  } catch (InterruptedException e) {
                    return e;
                  }
                });
        Thread thread = new Thread(waiting);
        thread.start();
        attempted.await();
        thread.interrupt();

        assertThat(waiting.get(30, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
      }
    }

    private CompletableFuture<Void> startPostgresSoon() {
      return CompletableFuture.runAsync(
          () -> {
            try {
              postgres.start();
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
    }
  }

  @Nested
  class Refused {
    @Test
    void shouldFailWhenWaitingDoesNotHelp() throws Exception {
      List<ArchiveRow> rows = verified(finance.next(1));
      ArchiveSinkOptions options = postgres.options();
      postgres.execute("revoke knhk_writer from archive_test_writer");
      try {
        assertThatThrownBy(() -> stored(options, rows))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("sqlState=42501");
      } finally {
        postgres.execute("grant knhk_writer to archive_test_writer");
      }
      ArchiveSinkOptions noFile =
          ArchiveSinkOptions.of(
              options.jdbcUrl(), options.user(), folder.resolve("none").toString());
      assertThatThrownBy(() -> stored(noFile, rows))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("expected a readable password file: passwordFile=");
    }
  }

  @Nested
  class Others {
    @Test
    void shouldQuarantineTheSnapshotWhenItsVersionHasAnotherBody() throws Exception {
      SnapshotRow row = snapshot(1, "body");
      SnapshotRow other = snapshot(1, "other");

      write(
          List.of(
              ArchiveRow.of(row),
              ArchiveRow.of(row),
              ArchiveRow.of(other),
              ArchiveRow.of(snapshot(2, "body"))));
      write(List.of(ArchiveRow.of(row)));

      assertThat(postgres.column("select version from knhk.snapshots order by 1"))
          .containsExactly(1L, 2L);
      assertThat(postgres.column("select body from knhk.snapshots where version = 1"))
          .containsExactly(row.body());
      assertThat(
              postgres.column(
                  "select envelope from knhk.quarantine where reason = 'fork' and seq = 1"))
          .containsExactly(other.envelope());
      assertThat(postgres.count("halt_records")).isZero();
    }

    @Test
    void shouldKeepDeadLettersOnceWhenTheyAreRepeated() throws Exception {
      DeadLetterRow whole = deadLetter(1, "bytes".getBytes(StandardCharsets.UTF_8));
      DeadLetterRow empty = deadLetter(2, null);

      write(List.of(ArchiveRow.of(whole), ArchiveRow.of(empty), ArchiveRow.of(whole)));
      write(List.of(ArchiveRow.of(empty), ArchiveRow.of(deadLetter(1, new byte[] {1}))));

      assertThat(
              postgres.column("select body from knhk.dead_letter_records order by source_offset"))
          .containsExactly(whole.body(), null);
      assertThat(postgres.column("select headers -> 0 ->> 'name' from knhk.dead_letter_records"))
          .containsExactly("a\ufffd", "a\ufffd");
      assertThat(postgres.column("select reason from knhk.quarantine")).containsExactly("fork");
    }
  }

  private static SnapshotRow snapshot(long version, String body) {
    return new SnapshotRow(
        new RecordPosition(AT.topic(), AT.partition(), version * 1_000 + body.hashCode() % 1_000),
        Receipted.LOG,
        "finance",
        version,
        "id",
        "",
        "",
        1,
        Receipted.KEY.publicKey().keyId(),
        body.getBytes(StandardCharsets.UTF_8),
        new byte[64]);
  }

  private static DeadLetterRow deadLetter(long offset, byte[] body) {
    return new DeadLetterRow(
        new RecordPosition(
            "knhk.deadletters.v1", 0, offset + (body == null ? 0 : body.length * 10L)),
        new RecordPosition("knhk.observations.v1", 1, offset),
        "INVALID_JSON",
        "expected\0 JSON",
        "finance",
        5,
        "[{\"name\":\"a\\u0000\",\"value\":\"AA==\"}]",
        body);
  }

  private static List<ArchiveRow> verified(List<RawRecord> records) throws Exception {
    return ReceiptVerificationHarnessTest.run(records);
  }

  /**
   * As {@link #verified(List)} of receipts that go on after {@code skipped} others: their rows
   * without a chain before.
   */
  private List<ArchiveRow> verified(List<RawRecord> records, int skipped) throws Exception {
    List<RawRecord> all = new ArrayList<>(new Receipted("finance").next(skipped));
    all.addAll(records);
    List<ArchiveRow> rows = verified(all);
    return rows.subList(skipped, rows.size());
  }

  private static void write(List<ArchiveRow> rows) throws Exception {
    try (var harness = postgres.writer()) {
      for (ArchiveRow row : rows) {
        harness.processElement(row, 0);
      }
      harness.prepareSnapshotPreBarrier(1);
    }
  }

  private static ArchiveMetrics.Stored stored(List<ArchiveRow> rows) throws Exception {
    return stored(postgres.options(), rows);
  }

  private static ArchiveMetrics.Stored stored(ArchiveSinkOptions options, List<ArchiveRow> rows)
      throws Exception {
    try (ArchiveDatabase database = new ArchiveDatabase(options)) {
      KnownHeads none = new KnownHeads(List.of());
      return database.transaction(tables -> BatchStore.store(tables, rows, none)).stored();
    }
  }
}
