package io.knhk.operators.monitor;

import static io.knhk.operators.types.Harnesses.barrier;
import static io.knhk.operators.types.Harnesses.take;
import static io.knhk.operators.types.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.knhk.ledger.CompactRange;
import io.knhk.ledger.SaltedLeaves;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.CheckedObservation;
import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.DeadLetter;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.Lanes;
import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.Samples;
import io.knhk.operators.types.SectorSignal;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.observation.ObservationLimits;
import io.knhk.schemas.observation.RejectionReason;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MonitorOperatorHarnessTest {
  private static final String UID = "monitor";
  private static final long DISORDER_MS = 10_000;
  private static final List<byte[]> GENESIS = Samples.genesis();
  private static final JsonMapper JSON = new JsonMapper();

  private final Feed feed = new Feed();
  private final SigningKey key = Samples.newKey();
  @TempDir private Path folder;
  private Path keyFile;
  private TwoInputStreamOperatorTestHarness<RawRecord, ControlUpdate, CheckedObservation> monitor;

  @BeforeEach
  void open() throws Exception {
    keyFile = Samples.keyFile(folder, key);
    monitor = open(null, 1, 0);
  }

  @AfterEach
  void close() throws Exception {
    monitor.close();
  }

  @Test
  void shouldPassObservationOnWhenItConforms() throws Exception {
    read(feed.payment(3, Feed.SOURCE, T0), feed.payment(3, Feed.SOURCE, T0 + 1));

    List<CheckedObservation> seen = take(monitor);
    assertThat(seen)
        .containsExactly(
            checked(3, 0, 0, T0, Feed.recordedAtMs(0)),
            checked(3, 1, 0, T0 + 1, Feed.recordedAtMs(1)));
    assertThat(take(monitor, Edges.DEAD_LETTERS)).isEmpty();
  }

  @Test
  void shouldPassObservationOnWithMismatchWhenItDoesNotConform() throws Exception {
    read(feed.paymentWithRisk(0, Feed.SOURCE, T0));

    assertThat(take(monitor).get(0).mismatches())
        .singleElement()
        .satisfies(
            mismatch -> {
              assertThat(mismatch.kind()).isEqualTo(MismatchKind.UNKNOWN_ATTRIBUTE);
              assertThat(mismatch.attribute()).isEqualTo("risk_score");
              assertThat(mismatch.datatype()).isEqualTo(Datatype.DECIMAL);
              assertThat(mismatch.number()).isEqualTo(0.2);
            });
  }

  @Nested
  class DeadLetters {
    @ParameterizedTest
    @EnumSource(RejectionReason.class)
    void shouldBecomeOneDeadLetterWhenRecordBreaksARule(RejectionReason reason) throws Exception {
      RawRecord good = feed.payment(2, Feed.SOURCE, T0);
      RawRecord bad = feed.bytes(2, broken(reason));
      read(good, bad, feed.payment(2, Feed.SOURCE, T0));
      barrier(monitor, 1);

      DeadLetter letter = take(monitor, Edges.DEAD_LETTERS).get(0);
      assertThat(letter.reason()).isEqualTo(reason.name());
      assertThat(letter.detail()).startsWith("expected");
      assertThat(letter.original()).usingRecursiveComparison().isEqualTo(bad);
      assertThat(take(monitor)).hasSize(2);
      ReceiptDraft receipt = receiptOf(Sectors.INGEST);
      assertThat(receipt.operation()).isEqualTo(Operation.ObservationsRejected);
      assertThat(receipt.outcome()).isEqualTo("rejected");
      assertThat(receipt.subject()).isEqualTo("knhk.observations.v1/2/_ingest/1");
      assertThat(receipt.snapshotId()).isEmpty();
      JsonNode evidence = evidence(receipt);
      assertThat(evidence.get("count").asLong()).isEqualTo(1);
      assertThat(evidence.get("reasons").get(reason.name()).asLong()).isEqualTo(1);
      assertThat(evidence.get("sectors").properties()).hasSize(1);
      assertThat(evidence.get("merkleRoot").asText()).isEqualTo(root(receipt, List.of(bad)));
    }

    @Test
    void shouldBecomeDeadLetterWhenRecordHasNoValue() throws Exception {
      RawRecord tombstone =
          new RawRecord(
              "knhk.observations.v1",
              0,
              5,
              T0,
              true,
              new byte[] {1},
              new String[0],
              new byte[0][],
              false,
              new byte[0]);

      read(tombstone);

      assertThat(take(monitor, Edges.DEAD_LETTERS)).hasSize(1);
    }

    @Test
    void shouldCountReasonsAndSectorsWhenManyAreRejected() throws Exception {
      for (int i = 0; i < 10_000; i++) {
        read(feed.text(0, i % 2 == 0 ? "{" : event().replace("12.5", "\"x\"")));
      }
      barrier(monitor, 1);

      List<ReceiptDraft> receipts = take(monitor, Edges.RECEIPTS);
      assertThat(take(monitor, Edges.DEAD_LETTERS)).hasSize(10_000);
      assertThat(receipts).hasSize(3);
      long json = 0;
      long finance = 0;
      for (ReceiptDraft receipt : receipts) {
        json += evidence(receipt).get("reasons").get("INVALID_JSON").asLong();
        finance += evidence(receipt).get("sectors").get("finance").asLong();
      }
      assertThat(json).isEqualTo(5_000);
      assertThat(finance).isEqualTo(5_000);
    }
  }

  @Nested
  class Runs {
    @Test
    void shouldCloseRunWhenItHasAsManyAsItMay() throws Exception {
      for (int i = 0; i < Run.RECORDS_MAX; i++) {
        assertThat(take(monitor, Edges.RECEIPTS)).isEmpty();
        read(feed.payment(0, Feed.SOURCE, T0));
      }

      JsonNode evidence = evidence(receiptOf("finance"));
      assertThat(evidence.get("count").asLong()).isEqualTo(4_096);
      assertThat(evidence.get("lastOffset").asLong()).isEqualTo(4_095);
      read(feed.payment(0, Feed.SOURCE, T0));
      List<CheckedObservation> seen = take(monitor);
      assertThat(seen.get(4_095).runFirstOffset()).isZero();
      assertThat(seen.get(4_096).runFirstOffset()).isEqualTo(4_096);
    }

    @Test
    void shouldSayWhatItHoldsWhenRunIsClosed() throws Exception {
      List<RawRecord> records =
          List.of(
              feed.payment(1, Feed.SOURCE, T0 + 20_000),
              feed.paymentWithRisk(1, Feed.SOURCE, T0 + 30_000),
              feed.payment(1, Feed.SOURCE, T0 + 19_999),
              feed.payment(1, Feed.SOURCE, T0 + 20_000));
      read(records.toArray(RawRecord[]::new));
      barrier(monitor, 1);

      ReceiptDraft receipt = receiptOf("finance");
      assertThat(receipt.operation()).isEqualTo(Operation.ObservationIngested);
      assertThat(receipt.subject()).isEqualTo("knhk.observations.v1/1/finance/0");
      assertThat(receipt.snapshotId()).isEqualTo(Samples.genesis("finance").snapshotId());
      assertThat(receipt.causes()).isEmpty();
      assertThat(receipt.eventTimeMs()).isEqualTo(T0 + 30_000);
      assertThat(receipt.recordedAtMs()).isEqualTo(Feed.recordedAtMs(3));
      JsonNode evidence = evidence(receipt);
      assertThat(evidence.get("topic").asText()).isEqualTo("knhk.observations.v1");
      assertThat(evidence.get("partition").asInt()).isEqualTo(1);
      assertThat(evidence.get("firstOffset").asLong()).isZero();
      assertThat(evidence.get("lastOffset").asLong()).isEqualTo(3);
      assertThat(evidence.get("count").asLong()).isEqualTo(4);
      assertThat(evidence.get("nonConforming").asLong()).isEqualTo(1);
      assertThat(evidence.get("late").asLong()).isEqualTo(1);
      assertThat(evidence.get("firstTimeMs").asLong()).isEqualTo(T0 + 19_999);
      assertThat(evidence.get("lastTimeMs").asLong()).isEqualTo(T0 + 30_000);
      assertThat(evidence.get("snapshotVersion").asLong()).isEqualTo(1);
      assertThat(evidence.get("merkleRoot").asText()).isEqualTo(root(receipt, records));
    }

    @Test
    void shouldKeepRunsApartWhenPartitionsAndSectorsDiffer() throws Exception {
      read(
          feed.payment(0, Feed.SOURCE, T0),
          feed.payment(1, Feed.SOURCE, T0),
          feed.reading(0, Feed.SOURCE, T0),
          feed.payment(0, Feed.SOURCE, T0));
      barrier(monitor, 1);

      assertThat(take(monitor, Edges.RECEIPTS))
          .extracting(ReceiptDraft::subject)
          .containsExactlyInAnyOrder(
              "knhk.observations.v1/0/finance/0",
              "knhk.observations.v1/1/finance/0",
              "knhk.observations.v1/0/energy/1");
    }

    @Test
    void shouldHoldNoOpenRunWhenStateIsRestored() throws Exception {
      read(feed.payment(0, Feed.SOURCE, T0));
      OperatorSubtaskState state = barrier(monitor, 1);
      assertThat(take(monitor, Edges.RECEIPTS)).hasSize(1);
      barrier(monitor, 2);
      assertThat(take(monitor, Edges.RECEIPTS)).isEmpty();

      reopen(state);
      barrier(monitor, 3);
      assertThat(take(monitor, Edges.RECEIPTS)).isEmpty();
      read(feed.payment(0, Feed.SOURCE, T0));
      barrier(monitor, 4);
      assertThat(receiptOf("finance").subject()).isEqualTo("knhk.observations.v1/0/finance/1");
    }

    @Test
    void shouldCloseRunWhenInputEnds() throws Exception {
      read(feed.payment(0, Feed.SOURCE, T0));

      monitor.getOperator().finish();

      assertThat(take(monitor, Edges.RECEIPTS)).hasSize(1);
    }

    @Test
    void shouldGiveTheSameReceiptWhenTheSameIsReadAgain() throws Exception {
      RawRecord first = feed.payment(0, Feed.SOURCE, T0);
      OperatorSubtaskState state = barrier(monitor, 1);
      read(first);
      barrier(monitor, 2);
      ReceiptDraft before = receiptOf("finance");

      reopen(state);
      read(first);
      barrier(monitor, 2);

      assertThat(receiptOf("finance")).isEqualTo(before);
    }
  }

  @Nested
  class Snapshots {
    private final CompiledSnapshot second =
        Samples.withAttribute(
            Samples.genesis("finance"), "payment.authorised", "risk_score", Datatype.DECIMAL);

    @Test
    void shouldCloseRunsOfTheSectorWhenItsSnapshotChanges() throws Exception {
      read(feed.paymentWithRisk(0, Feed.SOURCE, T0), feed.reading(0, Feed.SOURCE, T0));
      promote(second);

      ReceiptDraft closed = receiptOf("finance");
      assertThat(closed.snapshotId()).isEqualTo(Samples.genesis("finance").snapshotId());
      assertThat(evidence(closed).get("nonConforming").asLong()).isEqualTo(1);
      read(feed.paymentWithRisk(0, Feed.SOURCE, T0));
      barrier(monitor, 1);
      List<ReceiptDraft> rest = take(monitor, Edges.RECEIPTS);
      assertThat(rest)
          .extracting(ReceiptDraft::subject)
          .containsExactlyInAnyOrder(
              "knhk.observations.v1/0/energy/1", "knhk.observations.v1/0/finance/2");
      ReceiptDraft under2 =
          rest.stream().filter(draft -> draft.sector().equals("finance")).findFirst().orElseThrow();
      assertThat(under2.snapshotId()).isEqualTo(second.snapshotId());
      assertThat(evidence(under2).get("nonConforming").asLong()).isZero();
      assertThat(evidence(under2).get("snapshotVersion").asLong()).isEqualTo(2);
    }

    @Test
    void shouldConformWhenThePromotedSnapshotKnowsTheAttribute() throws Exception {
      read(feed.paymentWithRisk(0, Feed.SOURCE, T0));
      promote(second);
      read(feed.paymentWithRisk(0, Feed.SOURCE, T0));

      List<CheckedObservation> seen = take(monitor);
      assertThat(seen.get(0).mismatches()).hasSize(1);
      assertThat(seen.get(0).snapshotVersion()).isEqualTo(1);
      assertThat(seen.get(1).mismatches()).isEmpty();
      assertThat(seen.get(1).snapshotVersion()).isEqualTo(2);
    }

    @Test
    void shouldIgnoreSnapshotWhenItIsNotNewer() throws Exception {
      promote(second);
      read(feed.paymentWithRisk(0, Feed.SOURCE, T0));

      promote(second);
      promote(Samples.genesis("finance"));

      assertThat(take(monitor, Edges.RECEIPTS)).isEmpty();
      read(feed.paymentWithRisk(0, Feed.SOURCE, T0));
      assertThat(take(monitor)).allMatch(seen -> seen.snapshotVersion() == 2);
    }

    @Test
    void shouldRunTheBroadcastSnapshotWhenRestoredOrRescaled() throws Exception {
      promote(second);
      OperatorSubtaskState state = barrier(monitor, 1);

      for (OperatorSubtaskState of2 : Harnesses.rescale(List.of(state), 2)) {
        reopen(of2);
        read(feed.paymentWithRisk(0, Feed.SOURCE, T0), feed.reading(0, Feed.SOURCE, T0));

        List<CheckedObservation> seen = take(monitor);
        assertThat(seen.get(0).mismatches()).isEmpty();
        assertThat(seen.get(0).snapshotVersion()).isEqualTo(2);
        assertThat(seen.get(1).snapshotVersion()).isEqualTo(1);
      }
    }

    @Test
    void shouldAcknowledgeOnceAtTheBarrierWhenSnapshotRuns() throws Exception {
      barrier(monitor, 1);
      assertThat(take(monitor, Edges.ACKNOWLEDGEMENTS))
          .containsExactlyInAnyOrderElementsOf(
              Sectors.ALL.stream()
                  .map(
                      sector ->
                          SectorSignal.acknowledged(
                              sector, 1, Samples.genesis(sector).snapshotId(), UID, 0, 1))
                  .toList());
      promote(second);
      assertThat(take(monitor, Edges.ACKNOWLEDGEMENTS)).isEmpty();

      OperatorSubtaskState state = barrier(monitor, 2);
      SectorSignal acknowledged =
          SectorSignal.acknowledged("finance", 2, second.snapshotId(), UID, 0, 1);
      assertThat(take(monitor, Edges.ACKNOWLEDGEMENTS)).containsExactly(acknowledged);
      barrier(monitor, 3);
      assertThat(take(monitor, Edges.ACKNOWLEDGEMENTS)).isEmpty();

      reopen(state);
      barrier(monitor, 4);
      assertThat(take(monitor, Edges.ACKNOWLEDGEMENTS)).hasSize(5).contains(acknowledged);
    }
  }

  @Nested
  class Clocks {
    @Test
    void shouldBeLateForItsOwnSourceOnlyWhenItIsOld() throws Exception {
      read(
          feed.payment(0, "urn:future", T0 + 86_400_000),
          feed.payment(0, "urn:past", T0 - 86_400_000),
          feed.payment(0, "urn:past", T0 - 86_400_000 - DISORDER_MS),
          feed.reading(0, "urn:future", T0),
          feed.payment(1, "urn:future", T0));
      barrier(monitor, 1);

      assertThat(take(monitor, Edges.RECEIPTS))
          .hasSize(3)
          .allSatisfy(receipt -> assertThat(evidence(receipt).get("late").asLong()).isZero());
    }

    @Test
    void shouldBeLateWhenItIsFurtherBehindThanTheDisorderAllows() throws Exception {
      read(
          feed.payment(0, Feed.SOURCE, T0),
          feed.payment(0, Feed.SOURCE, T0 - DISORDER_MS),
          feed.payment(0, Feed.SOURCE, T0 - DISORDER_MS - 1));
      barrier(monitor, 1);

      assertThat(evidence(receiptOf("finance")).get("late").asLong()).isEqualTo(1);
    }

    @Test
    void shouldTellProgressAtTheBarrierWhenSourceWasHeard() throws Exception {
      read(
          feed.payment(0, Feed.SOURCE, T0 + 5),
          feed.payment(0, Feed.SOURCE, T0),
          feed.reading(0, "urn:b", T0 - 7));
      assertThat(take(monitor, Edges.PROGRESS)).isEmpty();

      barrier(monitor, 1);

      assertThat(take(monitor, Edges.PROGRESS))
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(
              ControlUpdate.progress(
                  "finance", Feed.SOURCE, T0 + 5 - DISORDER_MS, T0 + 5, Feed.recordedAtMs(1)),
              ControlUpdate.progress(
                  "energy", "urn:b", T0 - 7 - DISORDER_MS, T0 - 7, Feed.recordedAtMs(2)),
              ControlUpdate.tick(Feed.recordedAtMs(2), 0, 1));
      barrier(monitor, 2);
      assertThat(take(monitor, Edges.PROGRESS)).isEmpty();
    }

    @Test
    void shouldSayThatTimeHasPassedOnlyOnceTheBacklogIsRead() throws Exception {
      long tickMs = Feed.recordedAtMs(0) + 3_600_000;
      monitor.processElement2(new StreamRecord<>(ControlUpdate.tick(tickMs)));
      read(feed.payment(0, Feed.SOURCE, T0));
      barrier(monitor, 1);
      assertThat(take(monitor, Edges.PROGRESS))
          .filteredOn(update -> update.kind() == ControlUpdate.Kind.TICK)
          .extracting(ControlUpdate::recordedAtMs)
          .containsExactly(Feed.recordedAtMs(0));

      barrier(monitor, 2);
      assertThat(take(monitor, Edges.PROGRESS))
          .extracting(ControlUpdate::recordedAtMs)
          .containsExactly(tickMs);
    }

    @Test
    void shouldCloseTheSourceWhenItsMarkerComes() throws Exception {
      read(
          feed.payment(0, Feed.SOURCE, T0),
          feed.marker(0, "finance", Feed.SOURCE, T0 + 50_000),
          feed.payment(0, Feed.SOURCE, T0 + 49_999),
          feed.payment(0, Feed.SOURCE, T0 + 50_000));
      barrier(monitor, 1);

      assertThat(take(monitor, Edges.PROGRESS))
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(
              ControlUpdate.progress(
                  "finance", Feed.SOURCE, T0 + 50_000, T0 + 50_000, Feed.recordedAtMs(3)),
              ControlUpdate.tick(Feed.recordedAtMs(3), 0, 1));
      JsonNode evidence = evidence(receiptOf("finance"));
      assertThat(evidence.get("count").asLong()).isEqualTo(3);
      assertThat(evidence.get("late").asLong()).isEqualTo(1);
      assertThat(take(monitor)).hasSize(3);
    }

    @Test
    void shouldDeadLetterAMarkerWhenItIsFromTheYear9999() throws Exception {
      read(
          feed.payment(0, Feed.SOURCE, T0),
          feed.marker(
              0, "finance", Feed.SOURCE, Instant.parse("9999-12-31T23:59:59Z").toEpochMilli()),
          feed.payment(0, Feed.SOURCE, T0 + 1));
      barrier(monitor, 1);

      assertThat(take(monitor, Edges.DEAD_LETTERS))
          .singleElement()
          .extracting(DeadLetter::reason)
          .isEqualTo("AHEAD_OF_TIME");
      assertThat(take(monitor, Edges.PROGRESS))
          .filteredOn(update -> update.kind() == ControlUpdate.Kind.PROGRESS)
          .extracting(ControlUpdate::clockMs)
          .containsExactly(T0 + 1 - DISORDER_MS);
      assertThat(evidence(receiptOf("finance")).get("late").asLong()).isZero();
    }

    @Test
    void shouldGoOnWithTheClockWhenRestored() throws Exception {
      read(feed.payment(0, Feed.SOURCE, T0), feed.marker(0, "finance", "urn:b", T0));
      OperatorSubtaskState state = barrier(monitor, 1);
      take(monitor, Edges.RECEIPTS);

      reopen(state);
      read(
          feed.payment(0, Feed.SOURCE, T0 - DISORDER_MS - 1),
          feed.payment(0, "urn:b", T0 - 1),
          feed.payment(0, "urn:c", T0 - 1));
      barrier(monitor, 2);

      assertThat(evidence(receiptOf("finance")).get("late").asLong()).isEqualTo(2);
    }

    @Test
    void shouldTakeTheFurthestClockWhenRescaled() throws Exception {
      var other = open(null, 2, 1);
      monitor.close();
      monitor = open(null, 2, 0);
      read(feed.payment(0, Feed.SOURCE, T0));
      other.processElement1(new StreamRecord<>(feed.payment(0, Feed.SOURCE, T0 + 90_000)));
      OperatorSubtaskState of0 = barrier(monitor, 1);
      OperatorSubtaskState of1 = barrier(other, 1);
      other.close();

      OperatorSubtaskState of1Alone = Harnesses.rescale(List.of(of0, of1), 1).get(0);
      reopen(of1Alone);
      read(feed.payment(0, Feed.SOURCE, T0 + 90_000 - DISORDER_MS - 1));
      OperatorSubtaskState whole = barrier(monitor, 2);
      assertThat(evidence(receiptOf("finance")).get("late").asLong()).isEqualTo(1);

      for (OperatorSubtaskState of2 : Harnesses.rescale(List.of(whole), 2)) {
        reopen(of2);
        read(feed.payment(0, Feed.SOURCE, T0 + 90_000 - DISORDER_MS - 1));
        barrier(monitor, 3);
        assertThat(evidence(receiptOf("finance")).get("late").asLong()).isEqualTo(1);
      }
    }

    @Test
    void shouldWriteEachClockOnceWhenRescaledToFourAndBack() throws Exception {
      for (int partition = 0; partition < 8; partition++) {
        for (int source = 0; source < 3; source++) {
          read(feed.payment(partition, "urn:" + source, T0 + partition));
        }
      }
      OperatorSubtaskState one = barrier(monitor, 1);
      assertThat(clocksIn(one)).isEqualTo(24);

      List<OperatorSubtaskState> four = new ArrayList<>();
      for (int subtask = 0; subtask < 4; subtask++) {
        reopen(Harnesses.rescale(List.of(one), 4).get(subtask), 4, subtask);
        four.add(barrier(monitor, 2));
      }
      assertThat(four.stream().mapToInt(Clocks::clocksIn).sum()).isEqualTo(24);
      reopen(Harnesses.rescale(four, 1).get(0));

      OperatorSubtaskState back = barrier(monitor, 3);
      assertThat(clocksIn(back)).isEqualTo(24);
      assertEveryClockIsAt(back, 0);
    }

    @Test
    void shouldWriteEachClockAtMostTwiceWhenPartitionsAreReadElsewhereThanTheyAreKept()
        throws Exception {
      for (int partition = 0; partition < 8; partition++) {
        read(feed.payment(partition, "urn:0", T0 + partition));
        read(feed.payment(partition, "urn:quiet", T0 + partition + 90_000));
      }
      List<OperatorSubtaskState> states = List.of(barrier(monitor, 1));
      for (int round = 1; round <= 3; round++) {
        List<OperatorSubtaskState> next = new ArrayList<>();
        for (int subtask = 0; subtask < 4; subtask++) {
          reopen(Harnesses.rescale(states, 4).get(subtask), 4, subtask);
          for (int partition = 0; partition < 8; partition++) {
            if ((partition + round) % 4 == subtask) {
              read(feed.payment(partition, "urn:0", T0 + partition + round * 30_000L));
            }
          }
          next.add(barrier(monitor, round + 1));
        }
        assertThat(next.stream().mapToInt(Clocks::clocksIn).sum()).isBetween(16, 32);
        states = next;
      }

      reopen(Harnesses.rescale(states, 1).get(0));
      OperatorSubtaskState back = barrier(monitor, 9);
      assertThat(clocksIn(back)).isEqualTo(16);
      assertEveryClockIsAt(back, 90_000);
    }

    @Test
    void shouldForgetTheOneHeardLongestAgoWhenManyAreMergedIntoOne() throws Exception {
      List<OperatorSubtaskState> states = new ArrayList<>();
      Feed newer = new Feed();
      for (int i = 0; i < 2; i++) {
        newer.payment(0, "urn:skipped", T0);
      }
      for (int subtask = 1; subtask >= 0; subtask--) {
        reopen(null, 2, subtask);
        for (int i = 0; i < SourceClocks.CLOCKS_MAX; i++) {
          read((subtask == 0 ? newer : feed).payment(subtask, "urn:" + i, T0));
        }
        states.add(barrier(monitor, 1));
      }
      int all = states.stream().mapToInt(Clocks::clocksIn).sum();
      assertThat(all).isEqualTo(2 * SourceClocks.CLOCKS_MAX);

      reopen(Harnesses.rescale(states, 1).get(0));
      assertThat(clocksIn(barrier(monitor, 2))).isEqualTo(SourceClocks.CLOCKS_MAX);
      read(feed.payment(0, "urn:0", T0 - DISORDER_MS - 1));
      read(feed.payment(0, "urn:9999", T0 - DISORDER_MS - 1));
      barrier(monitor, 3);
      assertThat(evidence(receiptOf("finance")).get("late").asLong()).isEqualTo(1);
    }

    /** A subtask that reads everything knows an observation of every source as late or not. */
    private void assertEveryClockIsAt(OperatorSubtaskState state, long aheadMs) throws Exception {
      for (int partition = 0; partition < 8; partition++) {
        for (long behindMs : new long[] {DISORDER_MS, DISORDER_MS + 1}) {
          reopen(state);
          take(monitor, Edges.RECEIPTS);
          read(feed.payment(partition, "urn:0", T0 + partition + aheadMs - behindMs));
          barrier(monitor, 10);
          assertThat(evidence(receiptOf("finance")).get("late").asLong())
              .as("partition %s, behind %s ms", partition, behindMs)
              .isEqualTo(behindMs - DISORDER_MS);
        }
      }
    }

    private static int clocksIn(OperatorSubtaskState state) {
      return state.getManagedOperatorState().stream()
          .map(handle -> handle.getStateNameToPartitionOffsets().get("source-clocks"))
          .filter(Objects::nonNull)
          .mapToInt(clocks -> clocks.getOffsets().length)
          .sum();
    }

    @Test
    void shouldForgetTheLeastRecentSourceWhenThereAreTooMany() throws Exception {
      read(feed.payment(0, "urn:0", T0), feed.payment(0, "urn:1", T0));
      for (int i = 2; i < SourceClocks.CLOCKS_MAX; i++) {
        read(feed.payment(0, "urn:" + i, T0));
      }
      read(feed.payment(0, "urn:0", T0), feed.payment(0, "urn:one-more", T0));
      barrier(monitor, 1);
      take(monitor, Edges.RECEIPTS);

      read(feed.payment(0, "urn:1", T0 - DISORDER_MS - 1));
      barrier(monitor, 2);
      assertThat(evidence(receiptOf("finance")).get("late").asLong()).isZero();
      read(feed.payment(0, "urn:0", T0 - DISORDER_MS - 1));
      barrier(monitor, 3);
      assertThat(evidence(receiptOf("finance")).get("late").asLong()).isEqualTo(1);
    }
  }

  @Test
  void shouldRefuseToOpenWhenThereIsNoKey() throws Exception {
    keyFile = folder.resolve("none.pem");

    assertThatThrownBy(() -> open(null, 1, 0)).hasMessageContaining("none.pem");
  }

  private void reopen(OperatorSubtaskState state) throws Exception {
    reopen(state, 1, 0);
  }

  private void reopen(@Nullable OperatorSubtaskState state, int parallelism, int subtask)
      throws Exception {
    monitor.close();
    monitor = open(state, parallelism, subtask);
  }

  private TwoInputStreamOperatorTestHarness<RawRecord, ControlUpdate, CheckedObservation> open(
      @Nullable OperatorSubtaskState state, int parallelism, int subtask) throws Exception {
    return Harnesses.open(
        new TwoInputStreamOperatorTestHarness<>(
            new MonitorOperator(new MonitorOptions(DISORDER_MS, keyFile.toString()), UID, GENESIS),
            Harnesses.MAX_PARALLELISM,
            parallelism,
            subtask),
        state);
  }

  private void read(RawRecord... records) throws Exception {
    for (RawRecord record : records) {
      monitor.processElement1(new StreamRecord<>(record));
    }
  }

  private void promote(CompiledSnapshot snapshot) throws Exception {
    monitor.processElement2(new StreamRecord<>(ControlUpdate.snapshot(snapshot, T0)));
  }

  /** The one receipt of a sector that came out since the last time anybody asked. */
  private ReceiptDraft receiptOf(String sector) {
    List<ReceiptDraft> receipts =
        take(monitor, Edges.RECEIPTS).stream()
            .filter(draft -> draft.sector().equals(sector))
            .toList();
    assertThat(receipts).hasSize(1);
    return receipts.get(0);
  }

  private String root(ReceiptDraft receipt, List<RawRecord> records) {
    SaltedLeaves leaves =
        new SaltedLeaves(SaltedLeaves.seed(SaltedLeaves.secret(key), receipt.subject()));
    CompactRange range = new CompactRange();
    for (RawRecord record : records) {
      range.append(leaves.leaf(range.size(), record.value()));
    }
    return HexFormat.of().formatHex(range.root());
  }

  private static CheckedObservation checked(
      int partition, long offset, long runFirstOffset, long timeMs, long recordedAtMs) {
    return new CheckedObservation(
        "finance",
        Lanes.of("card-2"),
        "payment.authorised",
        "card-2",
        Feed.SOURCE,
        timeMs,
        12.5,
        false,
        recordedAtMs,
        partition,
        offset,
        runFirstOffset,
        1,
        List.of());
  }

  private static JsonNode evidence(ReceiptDraft draft) throws Exception {
    return JSON.readTree(draft.evidence());
  }

  private static String event() {
    return "{\"specversion\":\"1.0\",\"type\":\"io.knhk.observation.v1\",\"source\":\"urn:a\","
        + "\"id\":\"1\",\"time\":\"2023-11-14T00:00:00Z\",\"subject\":\"card-2\",\"sector\":\"finance\","
        + "\"data\":{\"eventType\":\"payment.authorised\",\"value\":12.5,\"attributes\":{\"currency\":\"EUR\"}}}";
  }

  private static byte[] broken(RejectionReason reason) {
    String good = event();
    String bad =
        switch (reason) {
          case TOO_LARGE -> good + " ".repeat(ObservationLimits.BYTES_MAX);
          case INVALID_UTF8 -> good;
          case INVALID_JSON -> good.substring(1);
          case NESTED_TOO_DEEP -> good.replace("\"EUR\"", "[".repeat(100) + "]".repeat(100));
          case NOT_CLOUDEVENTS_1_0 -> good.replace("\"1.0\"", "\"0.3\"");
          case UNEXPECTED_TYPE -> good.replace("io.knhk.observation.v1", "com.example.other");
          case MISSING_FIELD -> good.replace("\"subject\":\"card-2\",", "");
          case INVALID_FIELD -> good.replace("12.5", "\"12.5\"");
          case UNKNOWN_SECTOR -> good.replace("\"finance\"", "\"astrology\"");
          case NOT_FINITE -> good.replace("12.5", "1e999");
          case TOO_MANY_ATTRIBUTES -> good.replace("\"currency\":\"EUR\"", attributes(65));
          case AHEAD_OF_TIME -> good.replace("2023-", "2923-");
        };
    byte[] bytes = bad.getBytes(StandardCharsets.UTF_8);
    if (reason == RejectionReason.INVALID_UTF8) {
      bytes[good.indexOf("card-2")] = (byte) 0xff;
    }
    return bytes;
  }

  private static String attributes(int count) {
    List<String> attributes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      attributes.add("\"a" + i + "\":1");
    }
    return String.join(",", attributes);
  }
}
