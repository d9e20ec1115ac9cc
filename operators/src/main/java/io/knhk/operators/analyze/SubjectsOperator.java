package io.knhk.operators.analyze;

import io.knhk.ledger.Subjects;
import io.knhk.operators.types.CheckedObservation;
import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.SnapshotView;
import io.knhk.operators.types.TypePartial;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.DetectorParameters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * First step of analyze, keyed by (sector, lane): watches each subject where its class says so, and
 * rolls every observation up per type. What arrives between two barriers is tallied in memory;
 * before the barrier the tallies go into keyed state, patterns are judged, and the roll-ups go on
 * to {@link TypesOperator}.
 *
 * <p>State: see {@link WatchedKeys}; at most {@link #SUBJECTS_MAX} subjects a type in one subtask.
 * At most {@link #TALLIES_MAX} buckets are tallied in memory; beyond that they are handed on early,
 * unjudged.
 */
public final class SubjectsOperator extends AbstractStreamOperator<TypePartial>
    implements TwoInputStreamOperator<CheckedObservation, ControlUpdate, TypePartial> {
  private static final long serialVersionUID = 1L;
  static final int SUBJECTS_MAX = 1_000_000;
  static final int TALLIES_MAX = 65_536;

  private final AnalyzeOptions options;
  private final String uid;
  private final ArrayList<byte[]> genesis;

  private transient SnapshotView snapshots;
  private transient ProgressView progress;
  private transient WatchedKeys watched;
  private transient AnalyzeOutput analyzed;
  private transient Map<TypeKey, EpochTally> types;
  private transient Map<SubjectKey, EpochTally> subjects;
  private transient int tallies;

  private record TypeKey(String sector, String eventType, String source, long snapshotVersion) {}

  private record SubjectKey(String flinkKey, WatchKey key, long snapshotVersion) {}

  private static final class SubjectGrain implements WatchedKeys.Grain {
    private final int keysMax;

    SubjectGrain(int keysMax) {
      this.keysMax = keysMax;
    }

    @Override
    public int keysMax(String group) {
      return keysMax;
    }

    @Override
    public String group(WatchKey key, @Nullable CompiledType type) {
      return key.sector() + "/" + key.eventType();
    }

    @Override
    public DetectorParameters parameters(@Nullable CompiledType type) {
      return type == null ? DetectorParameters.UNKNOWN_TYPE : type.detectors();
    }
  }

  /**
   * @param uid of this operator, by which it acknowledges snapshots
   * @param genesis encoded version 1 of every sector
   */
  public SubjectsOperator(AnalyzeOptions options, String uid, List<byte[]> genesis) {
    this.options = options;
    this.uid = uid;
    this.genesis = new ArrayList<>(genesis);
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    snapshots = SnapshotView.open(context.getOperatorStateStore(), genesis);
    progress = ProgressView.open(context.getOperatorStateStore());
  }

  @Override
  public void open() throws Exception {
    super.open();
    int parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    int subjectsMax = Math.max(1, Math.min(SUBJECTS_MAX, options.subjectsMax()) / parallelism);
    watched =
        WatchedKeys.open(
            getKeyedStateBackend(), snapshots, progress, new SubjectGrain(subjectsMax));
    analyzed = new AnalyzeOutput(getMetricGroup(), watched);
    types = new HashMap<>();
    subjects = new HashMap<>();
    tallies = 0;
  }

  @Override
  public void processElement1(StreamRecord<CheckedObservation> element) throws Exception {
    CheckedObservation seen = element.getValue();
    CompiledType type = watched.type(seen.sector(), seen.eventType());
    long bucketMs =
        type == null ? DetectorParameters.UNKNOWN_TYPE.bucketMs() : type.detectors().bucketMs();
    int decimals = type == null ? CompiledType.DECIMALS_DEFAULT : type.decimals();
    String run =
        Subjects.run(
            options.observationsTopic(), seen.partition(), seen.sector(), seen.runFirstOffset());
    TypeKey typeKey =
        new TypeKey(seen.sector(), seen.eventType(), seen.source(), seen.snapshotVersion());
    EpochTally rollUp = types.computeIfAbsent(typeKey, key -> new EpochTally());
    tallies += add(rollUp, seen, run, bucketMs, decimals);
    for (Mismatch mismatch : seen.mismatches()) {
      tallies += rollUp.add(mismatch, seen.partition(), seen.offset());
    }
    if (type != null && type.watchEachSubject()) {
      WatchKey key = new WatchKey(seen.sector(), seen.eventType(), seen.subject(), seen.source());
      SubjectKey subjectKey = new SubjectKey((String) getCurrentKey(), key, seen.snapshotVersion());
      EpochTally tally = subjects.computeIfAbsent(subjectKey, k -> new EpochTally());
      tallies += add(tally, seen, run, bucketMs, decimals);
    }
    if (tallies >= TALLIES_MAX) {
      handOn();
    }
  }

  @Override
  public void processElement2(StreamRecord<ControlUpdate> element) throws Exception {
    ControlUpdate update = element.getValue();
    if (update.kind() == ControlUpdate.Kind.SNAPSHOT) {
      snapshots.apply(update);
    } else {
      progress.apply(update);
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    handOn();
    watched.judge(
        (key, finding, evidence) -> analyzed.emit(key, finding, evidence, snapshots, output));
    analyzed.acknowledge(
        snapshots.takeUnacknowledged(), uid, getRuntimeContext().getTaskInfo(), output);
  }

  @Override
  public void finish() throws Exception {
    prepareSnapshotPreBarrier(Long.MAX_VALUE);
    super.finish();
  }

  private static int add(
      EpochTally tally, CheckedObservation seen, String run, long bucketMs, int decimals) {
    tally.addRun(run);
    return tally.add(
        seen.timeMs(), seen.value(), seen.error(), seen.recordedAtMs(), bucketMs, decimals);
  }

  private void handOn() throws Exception {
    for (Map.Entry<SubjectKey, EpochTally> entry : subjects.entrySet()) {
      SubjectKey key = entry.getKey();
      EpochTally tally = entry.getValue();
      watched.merge(
          key.flinkKey(),
          key.key(),
          tally.buckets(),
          List.of(),
          key.snapshotVersion(),
          tally.maxTimeMs(),
          tally.recordedAtMs(),
          tally.runs());
    }
    for (Map.Entry<TypeKey, EpochTally> entry : types.entrySet()) {
      TypeKey key = entry.getKey();
      EpochTally tally = entry.getValue();
      output.collect(
          new StreamRecord<>(
              new TypePartial(
                  key.sector(),
                  key.eventType(),
                  key.source(),
                  key.snapshotVersion(),
                  tally.buckets(),
                  tally.mismatches(),
                  tally.maxTimeMs(),
                  tally.recordedAtMs(),
                  tally.runs())));
    }
    subjects.clear();
    types.clear();
    tallies = 0;
  }
}
