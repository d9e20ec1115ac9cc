package io.knhk.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.operators.types.RawRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What halts a sector, how it goes on, and what the writer refuses to go on with. */
class ArchiveHaltITCase {
  @TempDir private static Path folder;
  private static ArchiveDatabaseFixture postgres;

  private final Receipted finance = new Receipted("finance");
  private final Receipted energy = new Receipted("energy");

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
  class Garbage {
    @Test
    void shouldChangeNothingWhenUnsignedRecordsStandBetweenReceipts() throws Exception {
      List<RawRecord> good = finance.next(4);
      Receipted stranger = new Receipted("finance");
      List<RawRecord> records = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        records.add(Receipted.record("finance", 100 + i, new byte[] {(byte) i}));
        records.add(Receipted.record("finance", 200 + i, Receipted.badlySigned(good.get(i))));
        records.add(
            Receipted.record(
                "finance",
                300 + i,
                stranger
                    .next(stranger.draft("ok", "{}"), Receipted.LOG, Receipted.key(2))
                    .value()));
        records.add(good.get(i));
      }

      write(records);
      write(records); // Again, as after a restart.

      assertThat(numbers("finance")).containsExactly(0L, 1L, 2L, 3L);
      assertThat(postgres.count("halt_records")).isZero();
      assertThat(
              postgres.column(
                  "select reason || count(*) from knhk.quarantine where receipt_id is null group by"
                      + " reason order by 1"))
          .containsExactly("bad_signature4", "malformed4", "unknown_key4");
    }
  }

  @Nested
  class Gaps {
    @Test
    void shouldHaltAndKeepTheRestWhenReceiptIsMissing() throws Exception {
      List<RawRecord> records = finance.next(5);
      List<RawRecord> read = new ArrayList<>(without(records, 1));
      read.addAll(energy.next(2));

      write(read);
      write(read); // Again: nothing is added.

      assertThat(numbers("finance")).containsExactly(0L);
      assertThat(numbers("energy")).containsExactly(0L, 1L);
      assertThat(
              postgres.column(
                  "select concat_ws('|', reason, seq, found_seq, kafka_offset, detail) from"
                      + " knhk.halts"))
          .singleElement()
          .asString()
          .startsWith("gap|1|2|2|expected the next number: next=1, seq=2, hash=");
      assertThat(postgres.column("select reason || seq from knhk.quarantine order by seq"))
          .containsExactly("gap2", "halted3", "halted4");
      assertThat(postgres.column("select envelope from knhk.quarantine where seq = 4"))
          .containsExactly(records.get(4).value());
      assertThat(postgres.column("select length(receipt_id) from knhk.quarantine"))
          .containsOnly(64);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    void shouldTakeUpAllInOrderWhenMissingReceiptCameAndSectorIsResumed(int batch)
        throws Exception {
      List<RawRecord> records = finance.next(7);
      try (var harness = postgres.writer(postgres.options().withBatch(batch, 1 << 20))) {
        for (int i : new int[] {0, 3, 4, 2, 1, 4, 5}) {
          process(harness, records.get(i));
        }
        harness.prepareSnapshotPreBarrier(1);
        assertThat(numbers("finance")).containsExactly(0L);
        resume(1, null);

        harness.prepareSnapshotPreBarrier(2);
        process(harness, records.get(6));
        harness.prepareSnapshotPreBarrier(3);
      }
      assertThat(numbers("finance")).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
      assertThat(postgres.column("select next_seq from knhk.halt_continuations"))
          .containsExactly(6L);
      assertThat(postgres.count("halt_records")).isEqualTo(1);
    }

    @Test
    void shouldHaltAnewWhenResumedBeforeMissingReceiptCame() throws Exception {
      List<RawRecord> records = finance.next(4);
      write(without(records, 1));
      resume(1, null);
      write(List.of());

      assertThat(numbers("finance")).containsExactly(0L);
      assertThat(postgres.column("select reason || seq from knhk.halts where resumed_at is null"))
          .containsExactly("gap1");

      write(List.of(records.get(1)));
      resume(2, null);
      write(List.of());

      assertThat(numbers("finance")).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void shouldGoOnFromTheNumberWhenMissingReceiptsAreDeclaredLost() throws Exception {
      List<RawRecord> records = finance.next(8);
      write(without(records, 2, 3, 4));
      resume(1, 5L);

      write(List.of(records.get(7)));
      write(List.of(records.get(3))); // It was not lost after all: kept, and no halt.
      write(finance.next(1));

      assertThat(numbers("finance")).containsExactly(0L, 1L, 5L, 6L, 7L, 8L);
      assertThat(postgres.column("select reason from knhk.quarantine where seq = 3"))
          .containsExactly("declared_lost");
      assertThat(postgres.count("halt_records")).isEqualTo(1);
    }

    @Test
    void shouldNotLeaveOutASecondGapWhenOneIsDeclared() throws Exception {
      List<RawRecord> records = finance.next(8);
      write(without(records, 2, 5));
      resume(1, 3L);

      write(List.of());

      assertThat(numbers("finance")).containsExactly(0L, 1L, 3L, 4L);
      assertThat(postgres.column("select seq from knhk.halts where resumed_at is null"))
          .containsExactly(5L);
    }

    @Test
    void shouldBeginWhereItCanWhenTheBeginningIsLost() throws Exception {
      List<RawRecord> records = finance.next(6);
      write(records.subList(3, 6));
      resume(1, 3L);

      write(List.of());

      assertThat(numbers("finance")).containsExactly(3L, 4L, 5L);
    }

    @Test
    void shouldWaitBehindWhatWaitsWhenResumedInTheMiddleOfABatch() throws Exception {
      List<RawRecord> records = finance.next(6);
      try (var harness = postgres.writer()) {
        for (int i : new int[] {0, 2, 1}) {
          process(harness, records.get(i));
        }
        harness.prepareSnapshotPreBarrier(1);
        resume(1, null);
        for (int i : new int[] {3, 4, 5}) {
          process(harness, records.get(i));
        }
        harness.prepareSnapshotPreBarrier(2);
      }

      assertThat(numbers("finance")).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void shouldNotTakeUpWhatIsSignedNoMore() throws Exception {
      List<RawRecord> records = finance.next(4);
      write(List.of(records.get(0), records.get(2), records.get(3), records.get(1)));
      postgres.execute("alter table knhk.quarantine disable trigger append_only");
      postgres.execute(
          "update knhk.quarantine set envelope = set_byte(envelope, 300, 65 + get_byte(envelope,"
              + " 300) % 2) where seq = 2");
      resume(1, null);

      write(List.of());

      assertThat(numbers("finance")).containsExactly(0L, 1L);
      assertThat(postgres.column("select reason || found_seq from knhk.halts order by id"))
          .containsExactly("gap2", "gap3");
    }
  }

  @Nested
  class Forks {
    @Test
    void shouldKeepBothBodiesWhenStoredBodyIsAnother() throws Exception {
      Receipted other = finance.fork();
      List<RawRecord> records = finance.next(3);
      write(records);
      List<RawRecord> others = new ArrayList<>(List.of(other.next("other"), other.next("other")));
      others.addAll(energy.next(2));

      write(others);

      assertThat(numbers("energy")).containsExactly(0L, 1L);
      assertThat(numbers("finance")).containsExactly(0L, 1L, 2L);
      assertThat(
              postgres.column("select reason || seq || ' ' || kafka_offset from knhk.halt_records"))
          .containsExactly("fork0 " + others.get(0).offset());
      assertThat(postgres.column("select expected_body from knhk.halt_records"))
          .containsExactly(rows(records).get(0).receipt().body());
      assertThat(postgres.column("select found_body from knhk.halt_records"))
          .containsExactly(rows(others).get(0).receipt().body());
      assertThat(postgres.column("select expected_hash <> found_hash from knhk.halt_records"))
          .containsExactly(true);
      assertThat(postgres.column("select reason || seq from knhk.quarantine order by seq"))
          .containsExactly("fork0", "halted1");
    }

    @Test
    void shouldHaltWhenParentIsAnother() throws Exception {
      List<RawRecord> records = new ArrayList<>(finance.next(1));
      Receipted other = finance.fork();
      records.addAll(finance.next(1));
      other.next("other");
      records.add(other.next("other"));

      write(records);

      assertThat(postgres.column("select reason || seq from knhk.halts")).containsExactly("fork2");
      assertThat(numbers("finance")).containsExactly(0L, 1L);
    }

    @Test
    void shouldGiveTheSameRowsWhereverTheBatchEnds() throws Exception {
      Receipted other = finance.fork();
      List<RawRecord> records = new ArrayList<>(finance.next(4));
      records.add(other.next("other"));
      records.addAll(finance.next(3));
      for (int size = 1; size <= records.size(); size++) {
        postgres.newDatabase();
        try (var harness = postgres.writer(postgres.options().withBatch(size, 1 << 20))) {
          for (RawRecord record : records) {
            process(harness, record);
          }
          harness.prepareSnapshotPreBarrier(1);
        }
        assertThat(numbers("finance")).containsExactly(0L, 1L, 2L, 3L);
        assertThat(postgres.column("select reason || seq from knhk.quarantine order by seq"))
            .containsExactly("fork0", "halted4", "halted5", "halted6");
        assertThat(postgres.count("halt_records")).isEqualTo(1);
      }
    }

    @Test
    void shouldHaltEachSectorOnceWhenTopicIsBegunAnew() throws Exception {
      write(finance.next(5));
      write(energy.next(5));
      List<RawRecord> anew = new ArrayList<>();
      for (String sector : List.of("finance", "energy")) {
        // From offset 0 and number 0 again, with other bodies.
        Receipted again = new Receipted(sector);
        for (int i = 0; i < 8; i++) {
          anew.add(again.next("again"));
        }
      }

      write(anew);

      assertThat(
              postgres.column("select sector || reason || seq from knhk.halt_records order by 1"))
          .containsExactly("energyfork0", "financefork0");
      assertThat(postgres.count("quarantine")).isEqualTo(16);
      assertThat(postgres.count("receipts")).isEqualTo(10);
    }

    @Test
    void shouldKeepBothWhenTopicIsBegunAnewAfterAHalt() throws Exception {
      write(without(finance.next(4), 1));
      Receipted again = new Receipted("finance");
      again.next("again");
      again.next("again");

      write(List.of(again.next("again"))); // Number 2, at the offset of another number 2.

      assertThat(postgres.column("select seq from knhk.quarantine order by 1"))
          .containsExactly(2L, 2L, 3L);
    }

    @Test
    void shouldGoOnWithoutTheForkWhenResumed() throws Exception {
      Receipted other = finance.fork();
      List<RawRecord> records = new ArrayList<>(finance.next(2));
      RawRecord forked = other.next("other");
      records.add(forked);
      records.addAll(finance.next(2));
      write(records);
      assertThat(numbers("finance")).containsExactly(0L, 1L);
      resume(1, null);

      write(List.of());
      write(records); // Again from the beginning, the fork included.
      write(List.of(Receipted.record("finance", 777, forked.value())));
      write(finance.next(1));

      assertThat(numbers("finance")).containsExactly(0L, 1L, 2L, 3L, 4L);
      assertThat(postgres.count("halt_records")).isEqualTo(1);
      assertThat(postgres.column("select kafka_offset from knhk.quarantine where seq = 0"))
          .containsExactlyInAnyOrder(forked.offset(), 777L);
    }

    @Test
    void shouldNoticeTheSecondForkWhenBothCameWhileHalted() throws Exception {
      Receipted other = finance.fork();
      Receipted third = finance.fork();
      List<RawRecord> records = new ArrayList<>(finance.next(3));
      records.add(other.next("other"));
      records.add(third.next("third"));
      records.addAll(finance.next(1));
      write(records);
      resume(1, null);
      write(List.of());

      assertThat(postgres.column("select seq from knhk.halts where resumed_at is null"))
          .containsExactly(0L);
      resume(2, null);
      write(List.of());

      assertThat(numbers("finance")).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void shouldGoOnWithAnotherHistoryWhenAPersonAcceptsTheBreak() throws Exception {
      write(finance.next(2));
      Receipted other = finance.fork();
      write(List.of(finance.next("stored")));
      other.next("not stored");
      write(List.of(other.next("goes on"), other.next("goes on")));
      assertThat(postgres.column("select reason || seq from knhk.halts")).containsExactly("fork3");
      resume(1, 3L);

      write(List.of(other.next("goes on")));
      write(List.of(other.next("goes on")));

      assertThat(numbers("finance")).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
      assertThat(postgres.count("halt_records")).isEqualTo(1);
    }
  }

  @Nested
  class Restored {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void shouldComeToTheSameWhenRestartedInTheMiddle(int restartAt) throws Exception {
      Receipted other = finance.fork();
      List<RawRecord> records = finance.next(6);
      List<RawRecord> read = new ArrayList<>();
      read.add(records.get(0));
      read.add(Receipted.record("finance", 55, Receipted.badlySigned(records.get(1))));
      read.add(records.get(1));
      read.add(other.next("other")); // Halts.
      read.add(records.get(3)); // And a gap.
      read.add(records.get(4));
      OperatorSubtaskState state;
      try (var harness = postgres.writer()) {
        for (RawRecord record : read.subList(0, restartAt)) {
          process(harness, record);
        }
        harness.prepareSnapshotPreBarrier(1);
        state = harness.snapshot(1, 1);
        // Written, and then lost with the failure.
        for (RawRecord record : read.subList(restartAt, read.size())) {
          process(harness, record);
        }
        harness.prepareSnapshotPreBarrier(2);
      }
      resume(1, null);

      try (var harness = postgres.writer(state)) {
        for (RawRecord record : read.subList(restartAt, read.size())) {
          process(harness, record);
        }
        harness.prepareSnapshotPreBarrier(3);
        assertThat(postgres.column("select reason || seq from knhk.halts order by id"))
            .containsExactly("fork0", "gap2");
        process(harness, records.get(2));
        harness.prepareSnapshotPreBarrier(4);
        resume(2, null);
        harness.prepareSnapshotPreBarrier(5);
        process(harness, records.get(5));
        harness.prepareSnapshotPreBarrier(6);
      }

      assertThat(numbers("finance")).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void shouldGoOnWhenTheDatabaseIsAhead() throws Exception {
      List<RawRecord> records = finance.next(6);
      OperatorSubtaskState state = stateAfter(records.subList(0, 2));
      write(records.subList(2, 5));

      try (var harness = postgres.writer(state)) {
        for (RawRecord record : records.subList(2, 6)) {
          process(harness, record);
        }
        harness.prepareSnapshotPreBarrier(1);
      }

      assertThat(numbers("finance")).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void shouldRefuseForGoodWhenTheDatabaseHasLess() throws Exception {
      List<RawRecord> records = finance.next(5);
      OperatorSubtaskState state = stateAfter(records);
      postgres.newDatabase();
      write(records.subList(0, 2));

      try (var harness = postgres.writer(state)) {
        assertThatThrownBy(() -> harness.prepareSnapshotPreBarrier(1))
            .isInstanceOf(SuppressRestartsException.class)
            .cause()
            .hasMessageStartingWith("KNHK-1203: ")
            .hasMessageContaining("sector=finance, seqInState=4, seqInDatabase=1")
            .hasMessageContaining("without its state");
      }
    }

    @Test
    void shouldRefuseForGoodWhenTheDatabaseHasAnotherHistory() throws Exception {
      Receipted other = finance.fork();
      List<RawRecord> records = finance.next(3);
      OperatorSubtaskState state = stateAfter(records);
      postgres.newDatabase();
      write(List.of(other.next("other"), other.next("other"), other.next("other"), other.next()));

      try (var harness = postgres.writer(state)) {
        process(harness, finance.next());
        assertThatThrownBy(() -> harness.prepareSnapshotPreBarrier(1))
            .isInstanceOf(SuppressRestartsException.class)
            .cause()
            .hasMessageStartingWith("KNHK-1203: ")
            .hasMessageContaining("seqInState=2, seqInDatabase=3");
      }
      assertThat(postgres.count("halt_records")).isZero();
    }

    @Test
    void shouldRefuseForGoodWhenTheDatabaseLosesRowsWhileItRuns() throws Exception {
      try (var harness = postgres.writer()) {
        for (RawRecord record : finance.next(4)) {
          process(harness, record);
        }
        harness.prepareSnapshotPreBarrier(1);
        postgres.execute("alter table knhk.receipts disable trigger append_only");
        postgres.execute("delete from knhk.receipts where seq >= 2");
        process(harness, finance.next());

        assertThatThrownBy(() -> harness.prepareSnapshotPreBarrier(2))
            .isInstanceOf(SuppressRestartsException.class);
      }
      assertThat(numbers("finance")).containsExactly(0L, 1L);
    }
  }

  private OperatorSubtaskState stateAfter(List<RawRecord> records) throws Exception {
    try (var harness = postgres.writer()) {
      for (RawRecord record : records) {
        process(harness, record);
      }
      harness.prepareSnapshotPreBarrier(1);
      return harness.snapshot(1, 1);
    }
  }

  private static void write(List<RawRecord> records) throws Exception {
    try (var harness = postgres.writer()) {
      for (RawRecord record : records) {
        process(harness, record);
      }
      harness.prepareSnapshotPreBarrier(1);
    }
  }

  private static void process(
      org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness<ArchiveRow, Object> harness,
      RawRecord record)
      throws Exception {
    for (ArchiveRow row : rows(List.of(record))) {
      harness.processElement(row, 0);
    }
  }

  private static List<ArchiveRow> rows(List<RawRecord> records) throws Exception {
    return ReceiptVerificationHarnessTest.run(records);
  }

  private static void resume(long halt, Long fromNumber) throws Exception {
    postgres.execute(
        "insert into knhk.halt_resumptions (halt_id, reason, from_number) values ("
            + halt
            + ", 'seen', "
            + fromNumber
            + ")");
  }

  private static List<Object> numbers(String sector) throws Exception {
    return postgres.column("select seq from knhk.receipts where sector = ? order by seq", sector);
  }

  private static List<RawRecord> without(List<RawRecord> records, int... left) {
    List<RawRecord> rest = new ArrayList<>(records);
    for (int i = left.length - 1; i >= 0; i--) {
      rest.remove(left[i]);
    }
    return rest;
  }
}
