package io.knhk.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.Topics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ReceiptVerificationHarnessTest {
  private static final int MAX_PARALLELISM = 128;

  private final Receipted finance = new Receipted("finance");
  private final Receipted energy = new Receipted("energy");

  @Test
  void shouldEmitEveryReceiptWhenTheChainIsWhole() throws Exception {
    List<RawRecord> records = finance.next(3);

    List<ArchiveRow> rows = run(records);

    assertThat(rows).extracting(row -> row.receipt().seq()).containsExactly(0L, 1L, 2L);
    ReceiptRow last = rows.get(2).receipt();
    assertThat(last.parentHash()).isEqualTo(rows.get(1).receipt().id());
    assertThat(last.log()).isEqualTo(Receipted.LOG);
    assertThat(last.subject()).isEqualTo("run/2");
    assertThat(last.causes()).containsExactly("cause \"a\"", "cause\\b");
    assertThat(last.envelope()).isEqualTo(records.get(2).value());
    assertThat(last.signature()).hasSize(64);
  }

  @Test
  void shouldPassReceiptOnAgainWhenItIsRepeated() throws Exception {
    List<RawRecord> records = finance.next(3);

    List<ArchiveRow> rows =
        run(
            List.of(
                records.get(0), records.get(1), records.get(0), records.get(1), records.get(2)));

    assertThat(rows).extracting(row -> row.receipt().seq()).containsExactly(0L, 1L, 0L, 1L, 2L);
  }

  @Test
  void shouldLeaveThePlaceToTheDatabaseWhenReceiptsAreMissing() throws Exception {
    List<RawRecord> records = finance.next(4);

    List<ArchiveRow> rows = run(List.of(records.get(3), records.get(1)));

    assertThat(receipts(rows)).extracting(ReceiptRow::seq).containsExactly(3L, 1L);
  }

  @Nested
  class Unsigned {
    @Test
    void shouldGoOnWithTheRealOneWhenSignatureOfACopyIsBad() throws Exception {
      RawRecord good = finance.next();

      List<ArchiveRow> rows =
          run(List.of(Receipted.record("finance", 70, Receipted.badlySigned(good)), good));

      assertThat(quarantined(rows, RefusalReason.BAD_SIGNATURE))
          .containsExactly(RecordPosition.of(Receipted.record("finance", 70, new byte[0])));
      assertThat(receipts(rows)).extracting(ReceiptRow::seq).containsExactly(0L);
    }

    @Test
    void shouldQuarantineWhenKeyIsUnknown() throws Exception {
      SigningKey stranger = Receipted.key(2);
      RawRecord foreign = finance.next(finance.draft("ok", "{}"), Receipted.LOG, stranger);
      RawRecord foreignLog =
          new Receipted("finance").next(finance.draft("ok", "{}"), "other-log", stranger);

      List<ArchiveRow> rows = run(List.of(foreign, foreignLog));

      assertThat(quarantined(rows, RefusalReason.UNKNOWN_KEY)).hasSize(2);
      assertThat(rows).hasSize(2);
    }

    @Test
    void shouldQuarantineWhenBodyNamesAnotherSectorThanTheKey() throws Exception {
      RawRecord energys = energy.next();

      List<ArchiveRow> rows =
          run(List.of(Receipted.record("finance", 0, energys.value()), energys, finance.next()));

      assertThat(quarantined(rows, RefusalReason.MALFORMED)).hasSize(1);
      assertThat(rows.get(0).quarantine().sector()).isEqualTo("finance");
      assertThat(rows.get(0).quarantine().seq()).isZero();
      assertThat(receipts(rows))
          .extracting(ReceiptRow::sector)
          .containsExactly("energy", "finance");
    }

    @Test
    void shouldQuarantineWhenPayloadTypeIsAnother() throws Exception {
      byte[] body = Dsse.Envelope.parse(finance.next().value()).payload();
      byte[] tick = Dsse.sign(Receipted.KEY, Receipts.TICK_PAYLOAD_TYPE, body).toJson();

      assertThat(
              quarantined(
                  run(List.of(Receipted.record("finance", 0, tick))), RefusalReason.MALFORMED))
          .hasSize(1);
    }

    @Test
    void shouldKeepEveryRecordAndGoOnWhenBytesAreRandom() throws Exception {
      Random random = new Random(7);
      List<RawRecord> records = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        byte[] value = new byte[random.nextInt(300)];
        random.nextBytes(value);
        records.add(Receipted.record("finance", 1_000 + i, value));
        records.add(finance.next());
      }

      List<ArchiveRow> rows = run(records);

      assertThat(quarantined(rows, RefusalReason.MALFORMED)).hasSize(200);
      assertThat(rows.get(0).quarantine().value()).isEqualTo(records.get(0).value());
      assertThat(rows.get(0).quarantine().receiptId()).isNull();
      assertThat(receipts(rows)).hasSize(200);
    }

    @Test
    void shouldQuarantineAsUnnamedWhenKeyIsNoSector() throws Exception {
      RawRecord good = finance.next();
      RawRecord keyless =
          new RawRecord(
              Topics.RECEIPTS,
              0,
              9,
              1,
              false,
              new byte[0],
              new String[0],
              new byte[0][],
              true,
              good.value());
      List<ArchiveRow> rows =
          run(List.of(keyless, Receipted.record("no-such-sector", 10, good.value()), good));

      assertThat(quarantined(rows, RefusalReason.MALFORMED)).hasSize(2);
      assertThat(rows.get(1).quarantine().sector()).isEqualTo(SectorOfKey.UNNAMED);
      assertThat(receipts(rows)).hasSize(1);
    }
  }

  @Test
  void shouldKeepEveryLogThatATrustedKeySigned() throws Exception {
    RawRecord other =
        new Receipted("finance").next(finance.draft("ok", "{}"), "other-log", Receipted.KEY);
    try (var harness = harness(1, 0)) {
      harness.open();
      for (RawRecord record : List.of(other, finance.next())) {
        harness.processElement(record, 0);
      }

      assertThat(harness.extractOutputValues())
          .extracting(row -> row.receipt().log())
          .containsExactly("other-log", Receipted.LOG);
    }
  }

  @Test
  void shouldGiveTheSameWhenRestoredOrRescaled() throws Exception {
    List<Receipted> chains =
        Stream.concat(Sectors.ALL.stream(), Stream.of(Sectors.INGEST)).map(Receipted::new).toList();
    List<RawRecord> records = new ArrayList<>();
    for (Receipted chain : chains) {
      records.addAll(chain.next(2));
    }
    records.add(Receipted.record("energy", 99, new byte[] {1}));
    OperatorSubtaskState one;
    try (var harness = harness(1, 0)) {
      harness.open();
      for (RawRecord record : records) {
        harness.processElement(record, 0);
      }
      one = harness.snapshot(1, 1);
      assertThat(harness.numKeyedStateEntries()).isZero();
    }

    List<ArchiveRow> rows = new ArrayList<>();
    for (int subtask = 0; subtask < 3; subtask++) {
      try (var harness = harness(3, subtask)) {
        harness.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                one, MAX_PARALLELISM, 1, 3, subtask));
        harness.open();
        for (Receipted chain : chains) {
          for (RawRecord record : ownedBy(List.of(chain.next()), 3, subtask)) {
            harness.processElement(record, 0);
          }
        }
        rows.addAll(harness.extractOutputValues());
      }
    }

    assertThat(receipts(rows)).isNotEmpty();
    assertThat(rows).allMatch(row -> row.receipt() != null);
  }

  @Test
  void shouldRefuseToBeBuiltWhenKeyOrLogIsNone() {
    assertThatThrownBy(() -> new ReceiptVerification(Receipted.LOG, "no key"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected");
    assertThatThrownBy(() -> new ReceiptVerification(" ", Receipted.PEM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected the log's name");
  }

  private static List<RawRecord> ownedBy(List<RawRecord> records, int parallelism, int subtask) {
    return records.stream()
        .filter(
            record ->
                KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        SectorOfKey.sectorOf(record), MAX_PARALLELISM, parallelism)
                    == subtask)
        .sorted(Comparator.comparingLong(RawRecord::offset))
        .toList();
  }

  static List<ArchiveRow> run(List<RawRecord> records) throws Exception {
    try (var harness = harness(1, 0)) {
      harness.open();
      for (RawRecord record : records) {
        harness.processElement(record, 0);
      }
      return harness.extractOutputValues();
    }
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, RawRecord, ArchiveRow> harness(
      int parallelism, int subtask) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new ReceiptVerification(Receipted.LOG, Receipted.PEM)),
            new SectorOfKey(),
            Types.STRING,
            MAX_PARALLELISM,
            parallelism,
            subtask);
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    harness
        .getExecutionConfig()
        .configure(configuration, ReceiptVerificationHarnessTest.class.getClassLoader());
    return harness;
  }

  private static List<ReceiptRow> receipts(List<ArchiveRow> rows) {
    return rows.stream().map(ArchiveRow::receipt).filter(row -> row != null).toList();
  }

  /** Where those are that were refused for this reason; all that were refused, by nothing else. */
  private static List<RecordPosition> quarantined(List<ArchiveRow> rows, RefusalReason reason) {
    List<QuarantineRow> quarantined =
        rows.stream().map(ArchiveRow::quarantine).filter(row -> row != null).toList();
    assertThat(quarantined).extracting(QuarantineRow::reason).containsOnly(reason);
    return quarantined.stream().map(QuarantineRow::at).toList();
  }
}
