package io.knhk.operators.analyze;

import static io.knhk.operators.types.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.knhk.ledger.MerkleTree;
import io.knhk.operators.types.CheckedObservation;
import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.Samples;
import io.knhk.operators.types.SectorSignal;
import io.knhk.operators.types.TypePartial;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.Topics;
import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.detection.MismatchTally;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // Harnesses close with any exception.
class AnalyzeHarnessTest {
  private static final long HOUR_MS = 3_600_000;

  /** Not watched subject by subject: hourly, 5 % errors of at least 50, mismatches from 20. */
  private static final String SETTLED = "payment.settled";

  /** Not watched subject by subject: half-hourly, 10 deviations after 24 buckets. */
  private static final String DECLINED = "payment.declined";

  /** Watched subject by subject: half-hourly, 20 % errors of at least 20. */
  private static final String AUTHORISED = "payment.authorised";

  /** Expected every minute. */
  private static final String FREQUENCY = "grid.frequency";

  @Nested
  class Mismatches {
    @Test
    void shouldBecomePatternWhenThereAreEnough() throws Exception {
      try (Analysis analysis = new Analysis(null)) {
        seeRisk(analysis, 19, 0, 1);
        assertThat(analysis.barrier()).isEmpty();
        seeRisk(analysis, 1, 19, 1);

        List<Pattern> patterns = analysis.barrier();

        assertThat(patterns).hasSize(1);
        Pattern pattern = patterns.get(0);
        assertThat(pattern.kind()).isEqualTo(PatternKind.SCHEMA_MISMATCH);
        assertThat(pattern.element()).isEqualTo(SETTLED + "#risk_score");
        assertThat(pattern.mismatch()).isEqualTo("UNKNOWN_ATTRIBUTE");
        assertThat(pattern.datatype()).isEqualTo(Datatype.DECIMAL);
        assertThat(pattern.count()).isEqualTo(20);
        assertThat(pattern.confidence()).isBetween(0.9, 1.0);
        assertThat(pattern.snapshotVersion()).isEqualTo(1);
        assertThat(pattern.snapshotId()).isEqualTo(Samples.genesis("finance").snapshotId());
        assertThat(pattern.source()).isEqualTo(Analysis.SOURCE);
        assertThat(pattern.subject()).isEmpty();
        assertThat(pattern.sampleOffset()).isZero();
        assertThat(pattern.recordedAtMs()).isEqualTo(T0 + 19);
        assertThat(analysis.barrier()).isEmpty();
        assertThat(analysis.receipts).hasSize(1);
        ReceiptDraft receipt = analysis.receipts.get(0);
        assertThat(receipt.operation()).isEqualTo(Operation.PatternDetected);
        assertThat(receipt.subject()).isEqualTo(pattern.id());
        assertThat(receipt.causes()).isEqualTo(pattern.causes());
        assertThat(receipt.snapshotId()).isEqualTo(pattern.snapshotId());
        assertThat(receipt.recordedAtMs()).isEqualTo(pattern.recordedAtMs());
      }
    }

    @Test
    void shouldCountForNothingWhenTheyWereSeenUnderAnOlderSnapshot() throws Exception {
      try (Analysis analysis = new Analysis(null)) {
        seeRisk(analysis, 19, 0, 1);
        analysis.control(second());
        seeRisk(analysis, 100, 19, 1);
        assertThat(analysis.barrier()).isEmpty();
        seeRisk(analysis, 19, 119, 2);
        assertThat(analysis.barrier()).isEmpty();
        seeRisk(analysis, 1, 138, 2);

        assertThat(analysis.barrier())
            .singleElement()
            .satisfies(
                pattern -> {
                  assertThat(pattern.snapshotVersion()).isEqualTo(2);
                  assertThat(pattern.observed()).isEqualTo(20);
                });
      }
    }

    @Test
    void shouldBeForgottenWhenTheSnapshotChangesAfterTheBarrier() throws Exception {
      try (Analysis analysis = new Analysis(null)) {
        seeRisk(analysis, 19, 0, 1);
        analysis.barrier();
        Analysis.State state = analysis.state();
        try (Analysis restored = new Analysis(state)) {
          restored.control(second());
          seeRisk(restored, 19, 19, 2);
          assertThat(restored.barrier()).isEmpty();
        }
      }
    }

    @Test
    void shouldBeToldApartWhenTypeIsUnknown() throws Exception {
      try (Analysis analysis = new Analysis(null)) {
        for (int i = 0; i < 20; i++) {
          analysis.see(unknown("payment.teleported", i));
        }

        assertThat(analysis.barrier())
            .singleElement()
            .satisfies(
                pattern -> {
                  assertThat(pattern.mismatch()).isEqualTo("UNKNOWN_EVENT_TYPE");
                  assertThat(pattern.element()).isEqualTo("payment.teleported");
                });
      }
    }

    private ControlUpdate second() {
      return ControlUpdate.snapshot(Samples.following(Samples.genesis("finance")), T0);
    }
  }

  @Nested
  class Buckets {
    @Test
    void shouldReportErrorSpikeWhenTheSourceHasPassedTheBucket() throws Exception {
      try (Analysis analysis = new Analysis(null)) {
        analysis.see("finance", SETTLED, T0, false, 50).see("finance", SETTLED, T0, true, 20);
        analysis.progress("finance", T0 + HOUR_MS - 1, T0 + HOUR_MS + 9, T0);
        assertThat(analysis.barrier()).isEmpty();
        analysis.control(
            ControlUpdate.progress(
                "finance", "urn:other", T0 + 9 * HOUR_MS, T0 + 10 * HOUR_MS, T0));
        assertThat(analysis.barrier()).isEmpty();
        analysis.progress("finance", T0 + HOUR_MS, T0 + HOUR_MS + 10, T0);

        assertThat(analysis.barrier())
            .singleElement()
            .satisfies(
                pattern -> {
                  assertThat(pattern.kind()).isEqualTo(PatternKind.ERROR_SPIKE);
                  assertThat(pattern.element()).isEqualTo(SETTLED + "!error");
                  assertThat(pattern.windowStartMs()).isEqualTo(T0);
                  assertThat(pattern.windowEndMs()).isEqualTo(T0 + HOUR_MS);
                  assertThat(pattern.count()).isEqualTo(70);
                  assertThat(pattern.subject()).isEmpty();
                });
      }
    }

    @Test
    void shouldWatchEachSubjectWhenTheClassSaysSo() throws Exception {
      try (Analysis analysis = new Analysis(null)) {
        analysis.see("finance", AUTHORISED, T0, true, 30);
        for (int i = 0; i < 30; i++) {
          analysis.see(
              Analysis.observation(
                  "finance", AUTHORISED, "card-7", T0, false, 100 + i, 0, 1, List.of()));
        }
        analysis.progress("finance", T0 + HOUR_MS, T0 + HOUR_MS + 10, T0);

        List<Pattern> patterns = analysis.barrier();

        assertThat(patterns)
            .extracting(Pattern::kind, Pattern::subject, Pattern::observed)
            .containsExactly(
                tuple(PatternKind.ERROR_SPIKE, "card-2", 1.0),
                tuple(PatternKind.ERROR_SPIKE, "", 0.5));
        assertThat(analysis.subjects.numKeyedStateEntries()).isEqualTo(2);
        assertThat(analysis.types.numKeyedStateEntries()).isEqualTo(1);
      }
    }

    @Test
    void shouldWatchNoSubjectWhenTheClassDoesNotSaySo() throws Exception {
      try (Analysis analysis = new Analysis(null)) {
        analysis.see("finance", SETTLED, T0, true, 60);
        analysis.barrier();

        assertThat(analysis.subjects.numKeyedStateEntries()).isZero();
      }
    }

    @Test
    void shouldReportASurgeWhenTheBaselineIsKnownAlsoAfterRestoreAndRescale() throws Exception {
      Analysis.State state;
      try (Analysis analysis = new Analysis(null)) {
        for (int bucket = 0; bucket < 24; bucket++) {
          seeBucket(analysis, bucket, 10);
          assertThat(analysis.barrier()).isEmpty();
        }
        state = analysis.state();
      }
      try (Analysis restored = new Analysis(state)) {
        seeBucket(restored, 24, 200);
        assertSurge(restored.barrier());
      }
      try (Analysis rescaled = new Analysis(overFourSubtasks(state))) {
        seeBucket(rescaled, 24, 200);
        assertSurge(rescaled.barrier());
      }
      try (Analysis without = new Analysis(null)) {
        seeBucket(without, 24, 200);
        assertThat(without.barrier()).isEmpty();
      }
    }

    @Test
    void shouldFindTheSameWhenRestoredInTheMiddleOfABucket() throws Exception {
      List<Pattern> straight;
      Analysis.State state;
      try (Analysis analysis = new Analysis(null)) {
        analysis.see("finance", SETTLED, T0, true, 40);
        analysis.barrier();
        state = analysis.state();
        straight = finish(analysis);
      }
      try (Analysis restored = new Analysis(state)) {
        assertThat(finish(restored)).isEqualTo(straight).hasSize(1);
      }
    }

    private List<Pattern> finish(Analysis analysis) throws Exception {
      for (int i = 0; i < 30; i++) {
        analysis.see(
            Analysis.observation(
                "finance", SETTLED, "card-2", T0 + 5, false, 40 + i, 40, 1, List.of()));
      }
      return analysis.progress("finance", T0 + HOUR_MS, T0 + HOUR_MS + 10, T0).barrier();
    }

    private void assertSurge(List<Pattern> patterns) {
      assertThat(patterns)
          .singleElement()
          .satisfies(
              pattern -> {
                assertThat(pattern.kind()).isEqualTo(PatternKind.FREQUENCY_ANOMALY);
                assertThat(pattern.element()).isEqualTo(DECLINED + "!rate");
                assertThat(pattern.observed()).isEqualTo(200);
                assertThat(pattern.expected()).isEqualTo(10);
              });
    }

    private void seeBucket(Analysis analysis, int bucket, int count) throws Exception {
      long startMs = T0 + bucket * HOUR_MS / 2;
      analysis
          .see("finance", DECLINED, startMs, false, count)
          .progress("finance", startMs + HOUR_MS / 2, startMs + HOUR_MS / 2 + 10, T0);
    }

    /** The state after it was spread over four subtasks of each operator and put together again. */
    private Analysis.State overFourSubtasks(Analysis.State state) throws Exception {
      AnalyzeOptions options = new AnalyzeOptions(Topics.OBSERVATIONS, 1_000, 1_000);
      List<OperatorSubtaskState> subjects = new ArrayList<>();
      List<OperatorSubtaskState> types = new ArrayList<>();
      for (int subtask = 0; subtask < 4; subtask++) {
        OperatorSubtaskState mine = Harnesses.rescale(List.of(state.subjects()), 4).get(subtask);
        try (var harness = Analysis.subjects(options, mine, 4, subtask)) {
          subjects.add(Harnesses.barrier(harness, 1));
        }
        mine = Harnesses.rescale(List.of(state.types()), 4).get(subtask);
        try (var harness = Analysis.types(options, mine, 4, subtask)) {
          types.add(Harnesses.barrier(harness, 1));
        }
      }
      return new Analysis.State(
          Harnesses.rescale(subjects, 1).get(0), Harnesses.rescale(types, 1).get(0));
    }
  }

  @Nested
  class Silences {
    @Test
    void shouldReportAbsenceWhenTheSourceHasMovedOn() throws Exception {
      try (Analysis analysis = new Analysis(null)) {
        analysis.see("energy", FREQUENCY, T0, false, 1);
        analysis.progress("energy", T0 + 50_000, T0 + 60_000, T0);
        assertThat(analysis.barrier()).isEmpty();
        analysis.progress("energy", T0 + 50_001, T0 + 60_001, T0);

        assertThat(analysis.barrier())
            .singleElement()
            .satisfies(
                pattern -> {
                  assertThat(pattern.kind()).isEqualTo(PatternKind.ABSENCE);
                  assertThat(pattern.element()).isEqualTo(FREQUENCY + "!heartbeat");
                  assertThat(pattern.windowStartMs()).isEqualTo(T0);
                  assertThat(pattern.causes()).hasSize(1);
                });
        analysis.progress("energy", T0 + 150_001, T0 + 160_001, T0);
        assertThat(analysis.barrier())
            .extracting(Pattern::kind)
            .doesNotContain(PatternKind.ABSENCE);
      }
    }

    @Test
    void shouldReportAbsenceOnceWhenAllIsSilentAndRecordedTimePasses() throws Exception {
      Analysis.State state;
      try (Analysis analysis = new Analysis(null)) {
        analysis.see("energy", FREQUENCY, T0, false, 1);
        analysis.control(ControlUpdate.tick(T0 + 60_000));
        assertThat(analysis.barrier()).isEmpty();
        state = analysis.state();
      }
      try (Analysis restored = new Analysis(state)) {
        restored.control(ControlUpdate.tick(T0 + 60_001));
        assertThat(restored.barrier())
            .extracting(Pattern::kind)
            .containsExactly(PatternKind.ABSENCE);
        restored.control(ControlUpdate.tick(T0 + 120_000));
        assertThat(restored.barrier()).isEmpty();
      }
    }

    @Test
    void shouldReportNoAbsenceWhileOneReaderStillHasABacklog() throws Exception {
      try (Analysis analysis = new Analysis(null)) {
        analysis.see("energy", FREQUENCY, T0, false, 1);
        analysis.control(ControlUpdate.tick(T0 + 60_001, 0, 2));
        assertThat(analysis.barrier()).isEmpty();
        analysis.control(ControlUpdate.tick(T0 + 30_000, 1, 2));
        assertThat(analysis.barrier()).isEmpty();
        analysis.control(ControlUpdate.tick(T0 + 60_001, 1, 2));
        assertThat(analysis.barrier())
            .extracting(Pattern::kind)
            .containsExactly(PatternKind.ABSENCE);
      }
    }

    @Test
    void shouldReportNoAbsenceWhenTheSourceSaidThatItIsAtItsEnd() throws Exception {
      try (Analysis analysis = new Analysis(null)) {
        analysis.see("energy", FREQUENCY, T0, false, 1);
        analysis.progress("energy", T0 + HOUR_MS, T0, T0);
        analysis.control(ControlUpdate.tick(T0 + 10 * HOUR_MS));

        assertThat(analysis.barrier()).isEmpty();
      }
    }
  }

  @Nested
  class Limits {
    private final AnalyzeOptions small = new AnalyzeOptions(Topics.OBSERVATIONS, 2, 3);

    @Test
    void shouldForgetTheLeastRecentWhenTooManyTypesAreUnknown() throws Exception {
      try (var types = Analysis.types(small, null, 1, 0)) {
        for (int i = 0; i < 3; i++) {
          types.processElement1(new StreamRecord<>(unknownPartial("unknown." + i, 15)));
        }
        types.processElement1(new StreamRecord<>(unknownPartial("unknown.0", 1)));
        types.processElement1(new StreamRecord<>(unknownPartial("unknown.3", 15)));
        assertThat(types.numKeyedStateEntries()).isEqualTo(3);
        types.processElement1(new StreamRecord<>(unknownPartial("unknown.1", 19)));
        types.processElement1(new StreamRecord<>(unknownPartial("unknown.0", 4)));
        Harnesses.barrier(types, 1);

        assertThat(Harnesses.take(types, Edges.PATTERNS))
            .extracting(Pattern::eventType)
            .containsExactly("unknown.0");
      }
    }

    @Test
    void shouldForgetTheLeastRecentWhenTooManySubjectsAreWatched() throws Exception {
      try (var subjects = Analysis.subjects(small, null, 1, 0)) {
        for (int i = 0; i < 50; i++) {
          subjects.processElement1(
              new StreamRecord<>(
                  Analysis.observation(
                      "finance", AUTHORISED, "card-" + i, T0, false, i, 0, 1, List.of())));
          Harnesses.barrier(subjects, i + 1);
        }

        assertThat(subjects.numKeyedStateEntries()).isEqualTo(2);
      }
    }

    @Test
    void shouldKeepToTheLimitWhenStateIsRestored() throws Exception {
      OperatorSubtaskState state;
      try (var types = Analysis.types(small, null, 1, 0)) {
        for (int i = 0; i < 3; i++) {
          types.processElement1(new StreamRecord<>(unknownPartial("unknown." + i, 15)));
        }
        state = Harnesses.barrier(types, 1);
      }
      AnalyzeOptions smaller = new AnalyzeOptions(Topics.OBSERVATIONS, 1, 1);
      try (var types = Analysis.types(smaller, state, 1, 0)) {
        assertThat(types.numKeyedStateEntries()).isEqualTo(1);
      }
    }

    @Test
    void shouldHandOnEarlyWhenTooMuchIsTallied() throws Exception {
      try (var subjects = Analysis.subjects(small, null, 1, 0)) {
        for (int i = 0; i < SubjectsOperator.TALLIES_MAX - 1; i++) {
          subjects.processElement1(new StreamRecord<>(settled(i)));
        }
        assertThat(Harnesses.take(subjects)).isEmpty();
        subjects.processElement1(new StreamRecord<>(settled(SubjectsOperator.TALLIES_MAX)));

        List<TypePartial> early = Harnesses.take(subjects);
        assertThat(early).hasSize(1);
        assertThat(early.get(0).buckets()).hasSize(SubjectsOperator.TALLIES_MAX);
        Harnesses.barrier(subjects, 1);
        assertThat(Harnesses.take(subjects)).isEmpty();
      }
    }

    @Test
    void shouldRefuseOptionsWhenThereIsRoomForNone() {
      assertThatThrownBy(() -> new AnalyzeOptions("t", 0, 1)).hasMessageContaining("subjectsMax=0");
      assertThatThrownBy(() -> new AnalyzeOptions("t", 1, 0))
          .hasMessageContaining("unknownTypesMax=0");
    }

    private CheckedObservation settled(int bucket) {
      return Analysis.observation(
          "finance", SETTLED, "card-2", T0 + bucket * HOUR_MS, false, bucket, 0, 1, List.of());
    }
  }

  @Nested
  class Causes {
    @Test
    void shouldNameTheLatestRunsAndTheRootOfAllWhenThereAreMany() throws Exception {
      List<String> runs = runs(0, 100);
      try (var types = Analysis.types(new AnalyzeOptions(Topics.OBSERVATIONS, 2, 3), null, 1, 0)) {
        // Two lanes read the same runs.
        types.processElement1(new StreamRecord<>(unknownPartial("unknown", 5, runs)));
        types.processElement1(new StreamRecord<>(unknownPartial("unknown", 5, runs)));
        Harnesses.barrier(types, 1);
        List<String> more = runs(100, 110);
        types.processElement1(new StreamRecord<>(unknownPartial("unknown", 5, more.subList(0, 8))));
        types.processElement1(
            new StreamRecord<>(unknownPartial("unknown", 5, more.subList(4, 10))));
        Harnesses.barrier(types, 2);

        Pattern pattern = Harnesses.take(types, Edges.PATTERNS).get(0);
        List<String> all = runs(0, 110);
        assertThat(pattern.runs()).isEqualTo(110);
        assertThat(pattern.causes()).isEqualTo(all.subList(110 - Pattern.CAUSES_MAX, 110));
        assertThat(pattern.runsRoot()).isEqualTo(root(all));
      }
    }

    @Test
    void shouldNameTheRunsOfTheOpenWindowOnlyWhenOneWasClosed() throws Exception {
      try (Analysis analysis = new Analysis(null)) {
        settled(analysis, T0, false, 0, 0);
        settled(analysis, T0 + HOUR_MS, false, 60, 60);
        analysis.progress("finance", T0 + HOUR_MS, T0 + HOUR_MS + 10, T0);
        assertThat(analysis.barrier()).isEmpty();
        settled(analysis, T0 + HOUR_MS, true, 120, 120);
        analysis.progress("finance", T0 + 2 * HOUR_MS, T0 + 2 * HOUR_MS + 10, T0);

        Pattern pattern = analysis.barrier().get(0);

        // The first epoch brought the beginning of the open window too; its runs stay.
        assertThat(pattern.causes()).containsExactly(run(0), run(60), run(120));
      }
    }

    private void settled(
        Analysis analysis, long timeMs, boolean error, long offset, long runFirstOffset)
        throws Exception {
      for (int i = 0; i < 60; i++) {
        analysis.see(
            Analysis.observation(
                "finance",
                SETTLED,
                "card-2",
                timeMs,
                error,
                offset + i,
                runFirstOffset,
                1,
                List.of()));
      }
    }
  }

  /**
   * Whatever lane or order the parts of an epoch come in, what is found is the same, ids included.
   */
  @Property(tries = 15)
  void shouldFindTheSameWhenAnEpochIsCutAnotherWay(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 6) int parts) throws Exception {
    Random random = new Random(seed);
    List<EpochTally> cut = new ArrayList<>();
    EpochTally whole = new EpochTally();
    for (int i = 0; i < parts; i++) {
      cut.add(new EpochTally());
    }
    for (int i = 0; i < 80; i++) {
      for (EpochTally tally : List.of(whole, cut.get(random.nextInt(parts)))) {
        tally.add(T0 + i, i * 0.37, i % 4 == 0, T0 + i, HOUR_MS, 2);
        tally.add(Analysis.RISK_SCORE.get(0), 0, i);
        tally.addRun(run(i / 7));
      }
    }
    List<TypePartial> partials = new ArrayList<>();
    for (EpochTally tally : cut) {
      if (!tally.runs().isEmpty()) {
        partials.add(partial(SETTLED, tally));
      }
    }
    Collections.shuffle(partials, random);

    List<Pattern> expected = found(List.of(partial(SETTLED, whole)));
    assertThat(expected).hasSize(2);
    assertThat(found(partials)).isEqualTo(expected);
  }

  @Test
  void shouldAcknowledgeOnceWhenSnapshotRunsAndAgainWhenRestored() throws Exception {
    CompiledSnapshot second = Samples.following(Samples.genesis("finance"));
    Analysis.State state;
    try (Analysis analysis = new Analysis(null)) {
      analysis.barrier();
      assertThat(acknowledged(analysis)).hasSize(2 * Sectors.ALL.size());
      analysis.control(ControlUpdate.snapshot(second, T0));
      analysis.barrier();
      assertThat(acknowledged(analysis))
          .containsExactly(
              SectorSignal.acknowledged("finance", 2, second.snapshotId(), Analysis.SUBJECTS, 0, 1),
              SectorSignal.acknowledged("finance", 2, second.snapshotId(), Analysis.TYPES, 0, 1));
      analysis.barrier();
      assertThat(acknowledged(analysis)).isEmpty();
      state = analysis.state();
    }
    try (Analysis restored = new Analysis(state)) {
      restored.barrier();
      assertThat(acknowledged(restored))
          .hasSize(2 * Sectors.ALL.size())
          .contains(
              SectorSignal.acknowledged("finance", 2, second.snapshotId(), Analysis.SUBJECTS, 0, 1),
              SectorSignal.acknowledged("finance", 2, second.snapshotId(), Analysis.TYPES, 0, 1));
    }
  }

  private static List<Pattern> found(List<TypePartial> partials) throws Exception {
    try (var types = Analysis.types(new AnalyzeOptions("t", 2, 3), null, 1, 0)) {
      for (TypePartial partial : partials) {
        types.processElement1(new StreamRecord<>(partial));
      }
      types.processElement2(
          new StreamRecord<>(
              ControlUpdate.progress(
                  "finance", Analysis.SOURCE, T0 + HOUR_MS, T0 + HOUR_MS + 10, T0)));
      Harnesses.barrier(types, 1);
      return Harnesses.take(types, Edges.PATTERNS);
    }
  }

  private static List<SectorSignal> acknowledged(Analysis analysis) {
    List<SectorSignal> all = new ArrayList<>();
    all.addAll(Harnesses.take(analysis.subjects, Edges.ACKNOWLEDGEMENTS));
    all.addAll(Harnesses.take(analysis.types, Edges.ACKNOWLEDGEMENTS));
    return all;
  }

  private static void seeRisk(Analysis analysis, int count, long fromOffset, long version)
      throws Exception {
    for (long offset = fromOffset; offset < fromOffset + count; offset++) {
      analysis.see(
          Analysis.observation(
              "finance", SETTLED, "card-2", T0, false, offset, 0, version, Analysis.RISK_SCORE));
    }
  }

  private static CheckedObservation unknown(String eventType, long offset) {
    return Analysis.observation(
        "finance", eventType, "card-2", T0, false, offset, 0, 1, List.of(unknownType()));
  }

  private static Mismatch unknownType() {
    return new Mismatch(MismatchKind.UNKNOWN_EVENT_TYPE, "", Datatype.STRING, Double.NaN);
  }

  private static TypePartial unknownPartial(String eventType, int count) {
    return unknownPartial(eventType, count, List.of(run(0)));
  }

  private static TypePartial unknownPartial(String eventType, int count, List<String> runs) {
    BucketStats bucket = BucketStats.empty(T0, 300_000, 6);
    MismatchTally tally = MismatchTally.of(unknownType(), 0, 0);
    for (int i = 0; i < count; i++) {
      bucket = bucket.with(1, false);
      tally = i == 0 ? tally : tally.plus(MismatchTally.of(unknownType(), 0, i));
    }
    return new TypePartial(
        "finance", eventType, Analysis.SOURCE, 1, List.of(bucket), List.of(tally), T0, T0, runs);
  }

  private static TypePartial partial(String eventType, EpochTally tally) {
    return new TypePartial(
        "finance",
        eventType,
        Analysis.SOURCE,
        1,
        tally.buckets(),
        tally.mismatches(),
        tally.maxTimeMs(),
        tally.recordedAtMs(),
        tally.runs());
  }

  private static String run(long firstOffset) {
    return Topics.OBSERVATIONS + "/0/finance/" + firstOffset;
  }

  /** Names that sort as they are numbered. */
  private static List<String> runs(int from, int to) {
    List<String> runs = new ArrayList<>();
    for (int i = from; i < to; i++) {
      runs.add(run(1_000 + i));
    }
    return runs;
  }

  private static String root(List<String> runs) {
    List<byte[]> leaves = new ArrayList<>();
    for (String run : runs) {
      leaves.add(MerkleTree.leafHash(run.getBytes(StandardCharsets.UTF_8)));
    }
    return HexFormat.of().formatHex(MerkleTree.root(leaves));
  }
}
