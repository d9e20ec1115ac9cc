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

  @Nested
  class Halts {
    @Test
    void shouldHaltWhenReceiptsAreMissing() throws Exception {
      List<RawRecord> records = finance.next(4);

      List<ArchiveRow> rows =
          run(List.of(records.get(0), records.get(2), records.get(1), records.get(3)));

      HaltRow halt = halted(rows, RefusalReason.GAP);
      assertThat(halt.seq()).isEqualTo(1);
      assertThat(halt.at()).isEqualTo(RecordPosition.of(records.get(2)));
      assertThat(halt.expectedHash()).isEqualTo(rows.get(0).receipt().id());
      assertThat(halt.foundHash()).hasSize(64);
      assertThat(halt.detail()).startsWith("expected ");
      assertThat(quarantined(rows)).extracting(QuarantineRow::seq).containsExactly(2L, 1L, 3L);
      assertThat(quarantined(rows))
          .extracting(QuarantineRow::reason)
          .containsExactly(RefusalReason.GAP, RefusalReason.HALTED, RefusalReason.HALTED);
      assertThat(quarantined(rows).get(0).value()).isEqualTo(records.get(2).value());
    }

    @Test
    void shouldHaltWhenParentIsAnother() throws Exception {
      RawRecord first = finance.next();
      Receipted other = finance.fork();
      RawRecord second = finance.next();
      other.next("other");
      RawRecord otherThird = other.next("other");

      HaltRow halt = halted(run(List.of(first, second, otherThird)), RefusalReason.FORK);

      assertThat(halt.seq()).isEqualTo(2);
      assertThat(halt.foundBody()).isEqualTo(Dsse.Envelope.parse(otherThird.value()).payload());
    }

    @Test
    void shouldHaltWhenLastNumberComesWithAnotherBody() throws Exception {
      RawRecord first = finance.next();
      Receipted other = finance.fork();

      halted(run(List.of(first, finance.next(), other.next("other"))), RefusalReason.FORK);
    }

    @Test
    void shouldHaltWhenSignatureIsNotTheKeys() throws Exception {
      RawRecord good = finance.next();
      Dsse.Envelope envelope = Dsse.Envelope.parse(good.value());
      byte[] signature = envelope.signature();
      signature[7] ^= 1;
      byte[] flipped =
          new Dsse.Envelope(envelope.payloadType(), envelope.payload(), envelope.keyId(), signature)
              .toJson();

      List<ArchiveRow> rows = run(List.of(Receipted.record("finance", 0, flipped), good));

      halted(rows, RefusalReason.BAD_SIGNATURE);
      assertThat(quarantined(rows)).hasSize(2);
    }

    @Test
    void shouldHaltWhenKeyIsUnknown() throws Exception {
      SigningKey stranger = Receipted.key(2);

      halted(
          run(List.of(finance.next(finance.draft("ok", "{}"), Receipted.LOG, stranger))),
          RefusalReason.UNKNOWN_KEY);
    }

    @Test
    void shouldHaltWhenLogIsAnother() throws Exception {
      halted(
          run(List.of(finance.next(finance.draft("ok", "{}"), "other-log", Receipted.KEY))),
          RefusalReason.WRONG_LOG);
    }

    @Test
    void shouldHaltTheKeysSectorWhenBodyNamesAnother() throws Exception {
      RawRecord energys = energy.next();

      List<ArchiveRow> rows =
          run(List.of(Receipted.record("finance", 0, energys.value()), energys, finance.next()));

      assertThat(halted(rows, RefusalReason.MALFORMED).sector()).isEqualTo("finance");
      assertThat(receipts(rows)).extracting(ReceiptRow::sector).containsExactly("energy");
      assertThat(quarantined(rows)).extracting(QuarantineRow::sector).containsOnly("finance");
    }

    @Test
    void shouldHaltWhenPayloadTypeIsAnother() throws Exception {
      byte[] body = Dsse.Envelope.parse(finance.next().value()).payload();
      byte[] tick = Dsse.sign(Receipted.KEY, Receipts.TICK_PAYLOAD_TYPE, body).toJson();

      halted(run(List.of(Receipted.record("finance", 0, tick))), RefusalReason.MALFORMED);
    }

    @Test
    void shouldKeepEveryRecordWhenBytesAreRandom() throws Exception {
      Random random = new Random(7);
      List<RawRecord> records = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        byte[] value = new byte[random.nextInt(300)];
        random.nextBytes(value);
        records.add(Receipted.record("finance", i, value));
      }

      List<ArchiveRow> rows = run(records);

      HaltRow halt = halted(rows, RefusalReason.MALFORMED);
      assertThat(halt.foundBody()).isEqualTo(records.get(0).value());
      assertThat(halt.foundHash()).isNull();
      assertThat(quarantined(rows)).hasSize(200).extracting(QuarantineRow::seq).containsOnlyNulls();
    }

    @Test
    void shouldHaltOnlyTheUnnamedWhenKeyIsNoSector() throws Exception {
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

      assertThat(halted(rows, RefusalReason.MALFORMED).sector()).isEqualTo(SectorOfKey.UNNAMED);
      assertThat(quarantined(rows)).hasSize(2);
      assertThat(receipts(rows)).hasSize(1);
    }

    @Test
    void shouldLetOtherSectorsGoOnWhenOneHalts() throws Exception {
      List<RawRecord> finances = finance.next(3);
      List<RawRecord> energies = energy.next(3);

      List<ArchiveRow> rows =
          run(
              List.of(
                  finances.get(0),
                  energies.get(0),
                  finances.get(2),
                  energies.get(1),
                  finances.get(1),
                  energies.get(2)));

      assertThat(receipts(rows))
          .extracting(ReceiptRow::sector)
          .containsExactly("finance", "energy", "energy", "energy");
      assertThat(halted(rows, RefusalReason.GAP).sector()).isEqualTo("finance");
    }
  }

  @Nested
  class State {
    @Test
    void shouldGoOnFromTheSameNumberWhenRestored() throws Exception {
      List<RawRecord> records = finance.next(5);
      OperatorSubtaskState snapshot = snapshotAfter(records.subList(0, 3));

      List<ArchiveRow> rows = restored(snapshot, records.subList(2, 5));

      assertThat(receipts(rows)).extracting(ReceiptRow::seq).containsExactly(2L, 3L, 4L);
      assertThat(restored(snapshot, records.subList(4, 5)))
          .anyMatch(
              row ->
                  row.halt() != null
                      && row.halt().reason() == RefusalReason.GAP
                      && row.halt().seq() == 3);
    }

    @Test
    void shouldStayHaltedWhenRestored() throws Exception {
      List<RawRecord> records = finance.next(4);
      OperatorSubtaskState snapshot = snapshotAfter(List.of(records.get(0), records.get(2)));

      List<ArchiveRow> rows = restored(snapshot, List.of(records.get(1), energy.next()));

      assertThat(quarantined(rows))
          .extracting(QuarantineRow::reason)
          .containsExactly(RefusalReason.HALTED);
      assertThat(receipts(rows)).extracting(ReceiptRow::sector).containsExactly("energy");
      assertThat(rows).noneMatch(row -> row.halt() != null);
    }

    @Test
    void shouldVerifyAllAgainWhenStateIsMissing() throws Exception {
      List<RawRecord> records = finance.next(3);
      run(records);

      assertThat(receipts(run(records))).extracting(ReceiptRow::seq).containsExactly(0L, 1L, 2L);
    }

    @Test
    void shouldBeginAnewWhenStateIsOfAnotherLog() throws Exception {
      OperatorSubtaskState snapshot = snapshotAfter(finance.next(3));
      Receipted renewed = new Receipted("finance");
      RawRecord first = renewed.next(renewed.draft("ok", "{}"), "new-log", Receipted.KEY);

      try (var harness = harness("new-log", 1, 0)) {
        harness.initializeState(snapshot);
        harness.open();
        harness.processElement(first, 0);

        assertThat(receipts(harness.extractOutputValues()))
            .extracting(ReceiptRow::seq)
            .containsExactly(0L);
      }
    }

    @Test
    void shouldKeepEachChainWhenRescaledUpAndDown() throws Exception {
      List<Receipted> chains =
          Stream.concat(Sectors.ALL.stream(), Stream.of(Sectors.INGEST))
              .map(Receipted::new)
              .toList();
      List<RawRecord> first = new ArrayList<>();
      List<RawRecord> second = new ArrayList<>();
      List<RawRecord> third = new ArrayList<>();
      for (Receipted chain : chains) {
        first.addAll(chain.next(2));
        second.addAll(chain.next(2));
        third.addAll(chain.next(2));
      }
      // One of them has halted and must stay so wherever its key goes.
      first.add(Receipted.record("energy", 99, new byte[] {1}));
      OperatorSubtaskState one = snapshotAfter(first);

      List<OperatorSubtaskState> states = new ArrayList<>();
      List<ArchiveRow> rows = new ArrayList<>();
      for (int subtask = 0; subtask < 3; subtask++) {
        try (var harness = harness(Receipted.LOG, 3, subtask)) {
          harness.initializeState(
              AbstractStreamOperatorTestHarness.repartitionOperatorState(
                  one, MAX_PARALLELISM, 1, 3, subtask));
          harness.open();
          for (RawRecord record : ownedBy(second, 3, subtask)) {
            harness.processElement(record, 0);
          }
          rows.addAll(harness.extractOutputValues());
          states.add(harness.snapshot(1, 1));
        }
      }
      OperatorSubtaskState packaged =
          AbstractStreamOperatorTestHarness.repackageState(
              states.toArray(OperatorSubtaskState[]::new));
      OperatorSubtaskState merged =
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              packaged, MAX_PARALLELISM, 3, 1, 0);
      rows.addAll(restored(merged, third));

      assertThat(rows).noneMatch(row -> row.halt() != null);
      assertThat(receipts(rows))
          .hasSize(5 * 4)
          .extracting(ReceiptRow::seq)
          .containsOnly(2L, 3L, 4L, 5L);
      assertThat(quarantined(rows))
          .hasSize(4)
          .extracting(QuarantineRow::sector)
          .containsOnly("energy");
    }
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
    try (var harness = harness(Receipted.LOG, 1, 0)) {
      harness.open();
      for (RawRecord record : records) {
        harness.processElement(record, 0);
      }
      return harness.extractOutputValues();
    }
  }

  private static OperatorSubtaskState snapshotAfter(List<RawRecord> records) throws Exception {
    try (var harness = harness(Receipted.LOG, 1, 0)) {
      harness.open();
      for (RawRecord record : records) {
        harness.processElement(record, 0);
      }
      return harness.snapshot(1, 1);
    }
  }

  private static List<ArchiveRow> restored(OperatorSubtaskState snapshot, List<RawRecord> records)
      throws Exception {
    try (var harness = harness(Receipted.LOG, 1, 0)) {
      harness.initializeState(snapshot);
      harness.open();
      for (RawRecord record : records) {
        harness.processElement(record, 0);
      }
      return harness.extractOutputValues();
    }
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, RawRecord, ArchiveRow> harness(
      String log, int parallelism, int subtask) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new ReceiptVerification(log, Receipted.PEM)),
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

  private static HaltRow halted(List<ArchiveRow> rows, RefusalReason reason) {
    List<HaltRow> halts = rows.stream().map(ArchiveRow::halt).filter(halt -> halt != null).toList();
    assertThat(halts).hasSize(1);
    assertThat(halts.get(0).reason()).isEqualTo(reason);
    return halts.get(0);
  }

  private static List<ReceiptRow> receipts(List<ArchiveRow> rows) {
    return rows.stream().map(ArchiveRow::receipt).filter(row -> row != null).toList();
  }

  private static List<QuarantineRow> quarantined(List<ArchiveRow> rows) {
    return rows.stream().map(ArchiveRow::quarantine).filter(row -> row != null).toList();
  }
}
