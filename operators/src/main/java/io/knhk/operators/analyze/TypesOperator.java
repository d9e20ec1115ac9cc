package io.knhk.operators.analyze;

import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.SnapshotView;
import io.knhk.operators.types.TypePartial;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.DetectorParameters;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Second step of analyze, keyed by (sector, event type): merges the lanes' roll-ups and judges each
 * type, as each of its sources sees it, at every barrier. Its patterns leave by side outputs.
 *
 * <p>State: see {@link WatchedKeys}; at most {@link AnalyzeOptions#unknownTypesMax} event types a
 * sector that no snapshot knows, and {@link #SOURCES_MAX} sources of one that it does, in one
 * subtask.
 */
public final class TypesOperator extends AbstractStreamOperator<Void>
    implements TwoInputStreamOperator<TypePartial, ControlUpdate, Void> {
  private static final long serialVersionUID = 1L;
  static final int SOURCES_MAX = 10_000;

  private final AnalyzeOptions options;
  private final String uid;
  private final ArrayList<byte[]> genesis;

  private transient SnapshotView snapshots;
  private transient ProgressView progress;
  private transient WatchedKeys watched;
  private transient AnalyzeOutput analyzed;

  private static final class TypeGrain implements WatchedKeys.Grain {
    private final int unknownTypesMax;

    TypeGrain(int unknownTypesMax) {
      this.unknownTypesMax = unknownTypesMax;
    }

    @Override
    public int keysMax(String group) {
      return group.startsWith(UNKNOWN) ? unknownTypesMax : SOURCES_MAX;
    }

    @Override
    public String group(WatchKey key, @Nullable CompiledType type) {
      return type == null ? UNKNOWN + key.sector() : key.sector() + "/" + key.eventType();
    }

    /**
     * Where subjects are watched too, a limit on their number in a bucket is one on each of them,
     * not on all together.
     */
    @Override
    public DetectorParameters parameters(@Nullable CompiledType type) {
      if (type == null) {
        return DetectorParameters.UNKNOWN_TYPE;
      }
      return type.watchEachSubject() ? withoutRateLimit(type.detectors()) : type.detectors();
    }

    private static final String UNKNOWN = "?";
  }

  /**
   * @param uid of this operator, by which it acknowledges snapshots
   * @param genesis encoded version 1 of every sector
   */
  public TypesOperator(AnalyzeOptions options, String uid, List<byte[]> genesis) {
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
    TypeGrain grain = new TypeGrain(Math.max(1, options.unknownTypesMax() / parallelism));
    watched = WatchedKeys.open(getKeyedStateBackend(), snapshots, progress, grain);
    analyzed = new AnalyzeOutput(getMetricGroup(), watched);
  }

  @Override
  public void processElement1(StreamRecord<TypePartial> element) throws Exception {
    TypePartial partial = element.getValue();
    watched.merge(
        (String) getCurrentKey(),
        new WatchKey(partial.sector(), partial.eventType(), "", partial.source()),
        partial.buckets(),
        partial.mismatches(),
        partial.snapshotVersion(),
        partial.maxTimeMs(),
        partial.recordedAtMs(),
        partial.runs());
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

  private static DetectorParameters withoutRateLimit(DetectorParameters of) {
    return new DetectorParameters(
        of.bucketMs(),
        of.baselineBuckets(),
        of.warmupBuckets(),
        of.frequencyZ(),
        0,
        of.errorRateMax(),
        of.errorMinCount(),
        of.expectedEveryMs(),
        of.driftZ(),
        of.mismatchMinCount());
  }
}
