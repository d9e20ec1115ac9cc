package io.knhk.operators.analyze;

import io.knhk.operators.types.CheckedObservation;
import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.Lanes;
import io.knhk.operators.types.Samples;
import io.knhk.operators.types.TypePartial;
import io.knhk.schemas.Topics;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** Both steps of analyze one after the other, one subtask each, as the job has them. */
@SuppressWarnings("try") // Harnesses close with any exception.
final class Analysis implements AutoCloseable {
  static final String SOURCE = "urn:test:a";
  static final String SUBJECTS = "subjects";
  static final String TYPES = "types";
  static final List<Mismatch> RISK_SCORE =
      List.of(new Mismatch(MismatchKind.UNKNOWN_ATTRIBUTE, "risk_score", Datatype.DECIMAL, 0.2));
  private static final List<byte[]> GENESIS = Samples.genesis();
  private static final AnalyzeOptions OPTIONS =
      new AnalyzeOptions(Topics.OBSERVATIONS, 1_000_000, 1_000);

  final KeyedTwoInputStreamOperatorTestHarness<
          String, CheckedObservation, ControlUpdate, TypePartial>
      subjects;
  final KeyedTwoInputStreamOperatorTestHarness<String, TypePartial, ControlUpdate, Void> types;
  final List<ReceiptDraft> receipts = new ArrayList<>();
  private long offset;
  private long checkpoint;

  /** What a checkpoint holds of both. */
  record State(OperatorSubtaskState subjects, OperatorSubtaskState types) {}

  Analysis(@Nullable State state) throws Exception {
    subjects = subjects(OPTIONS, state == null ? null : state.subjects(), 1, 0);
    types = types(OPTIONS, state == null ? null : state.types(), 1, 0);
  }

  static KeyedTwoInputStreamOperatorTestHarness<
          String, CheckedObservation, ControlUpdate, TypePartial>
      subjects(
          AnalyzeOptions options,
          @Nullable OperatorSubtaskState state,
          int parallelism,
          int subtask)
          throws Exception {
    return Harnesses.open(
        new KeyedTwoInputStreamOperatorTestHarness<
            String, CheckedObservation, ControlUpdate, TypePartial>(
            new SubjectsOperator(options, SUBJECTS, GENESIS),
            seen -> seen.sector() + "/" + seen.lane(),
            null,
            Types.STRING,
            Harnesses.MAX_PARALLELISM,
            parallelism,
            subtask),
        state);
  }

  static KeyedTwoInputStreamOperatorTestHarness<String, TypePartial, ControlUpdate, Void> types(
      AnalyzeOptions options, @Nullable OperatorSubtaskState state, int parallelism, int subtask)
      throws Exception {
    return Harnesses.open(
        new KeyedTwoInputStreamOperatorTestHarness<String, TypePartial, ControlUpdate, Void>(
            new TypesOperator(options, TYPES, GENESIS),
            partial -> partial.sector() + "/" + partial.eventType(),
            null,
            Types.STRING,
            Harnesses.MAX_PARALLELISM,
            parallelism,
            subtask),
        state);
  }

  /** Observations of one event type, alike but for their time, each in the run that is told. */
  Analysis see(String sector, String eventType, long timeMs, boolean error, int count)
      throws Exception {
    for (int i = 0; i < count; i++) {
      see(observation(sector, eventType, "card-2", timeMs, error, offset++, 0, 1, List.of()));
    }
    return this;
  }

  Analysis see(CheckedObservation seen) throws Exception {
    subjects.processElement1(new StreamRecord<>(seen));
    return this;
  }

  Analysis control(ControlUpdate update) throws Exception {
    subjects.processElement2(new StreamRecord<>(update));
    types.processElement2(new StreamRecord<>(update));
    return this;
  }

  /** Event time of {@link #SOURCE} in a sector. */
  Analysis progress(String sector, long clockMs, long seenMs, long recordedAtMs) throws Exception {
    return control(ControlUpdate.progress(sector, SOURCE, clockMs, seenMs, recordedAtMs));
  }

  /** A barrier passes; the patterns found before it. */
  List<Pattern> barrier() throws Exception {
    checkpoint++;
    subjects.prepareSnapshotPreBarrier(checkpoint);
    for (TypePartial partial : Harnesses.take(subjects)) {
      types.processElement1(new StreamRecord<>(partial));
    }
    types.prepareSnapshotPreBarrier(checkpoint);
    List<Pattern> patterns = new ArrayList<>(Harnesses.take(subjects, Edges.PATTERNS));
    patterns.addAll(Harnesses.take(types, Edges.PATTERNS));
    receipts.addAll(Harnesses.take(subjects, Edges.RECEIPTS));
    receipts.addAll(Harnesses.take(types, Edges.RECEIPTS));
    return patterns;
  }

  /** The state of the barrier that has just passed. */
  State state() throws Exception {
    return new State(subjects.snapshot(checkpoint, 0), types.snapshot(checkpoint, 0));
  }

  static CheckedObservation observation(
      String sector,
      String eventType,
      String subject,
      long timeMs,
      boolean error,
      long offset,
      long runFirstOffset,
      long snapshotVersion,
      List<Mismatch> mismatches) {
    return new CheckedObservation(
        sector,
        Lanes.of(subject),
        eventType,
        subject,
        SOURCE,
        timeMs,
        12.5,
        error,
        Samples.T0 + offset,
        0,
        offset,
        runFirstOffset,
        snapshotVersion,
        mismatches);
  }

  @Override
  public void close() throws Exception {
    subjects.close();
    types.close();
  }
}
