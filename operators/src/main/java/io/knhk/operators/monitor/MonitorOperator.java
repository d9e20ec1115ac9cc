package io.knhk.operators.monitor;

import io.knhk.knowledge.check.ObservationCheck;
import io.knhk.ledger.SaltedLeaves;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.CheckedObservation;
import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.DeadLetter;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.Lanes;
import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.SectorSignal;
import io.knhk.operators.types.SnapshotView;
import io.knhk.operators.types.TypeSample;
import io.knhk.registry.Telemetry;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.observation.Decoded;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationCodec;
import io.knhk.schemas.observation.RejectionReason;
import io.knhk.schemas.observation.SourceMarker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Decodes each record, checks it against the snapshot in force and hands it on; what cannot be
 * decoded becomes a dead letter. Every record ends in exactly one run. Runs are closed before each
 * checkpoint barrier, hence an operator and not a function.
 *
 * <p>State: the clocks of the sources (union list, see {@link SourceClocks}; at most {@link
 * SourceClocks#CLOCKS_MAX} a subtask) and the snapshots in force (broadcast).
 */
public final class MonitorOperator extends AbstractStreamOperator<CheckedObservation>
    implements TwoInputStreamOperator<RawRecord, ControlUpdate, CheckedObservation> {
  private static final long serialVersionUID = 1L;
  private static final ListStateDescriptor<SourceClock> CLOCKS =
      new ListStateDescriptor<>("source-clocks", TypeInformation.of(SourceClock.class));

  private final MonitorOptions options;
  private final String uid;
  private final ArrayList<byte[]> genesis;

  private transient byte[] saltSecret;
  private transient SnapshotView snapshots;
  private transient Map<String, ObservationCheck> checks;
  private transient SourceClocks clocks;
  private transient ListState<SourceClock> clockState;
  private transient Map<RunKey, Run> openRuns;
  private transient TypeSamples samples;
  private transient Map<Integer, Long> readUpTo;
  private transient long tickMs;
  private transient ArrayList<Mismatch> mismatches;
  private transient StreamRecord<CheckedObservation> reused;
  private transient Counter observations;
  private transient Map<RejectionReason, Counter> rejected;
  private transient Counter nonConforming;
  private transient Counter late;
  private transient Counter runs;
  private transient Counter evicted;

  private record RunKey(int partition, String sector) {}

  /**
   * @param uid of this operator, by which it acknowledges snapshots
   * @param genesis encoded version 1 of every sector
   */
  public MonitorOperator(MonitorOptions options, String uid, List<byte[]> genesis) {
    this.options = options;
    this.uid = uid;
    this.genesis = new ArrayList<>(genesis);
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    snapshots = SnapshotView.open(context.getOperatorStateStore(), genesis);
    checks = new HashMap<>();
    for (CompiledSnapshot snapshot : snapshots.all()) {
      checks.put(snapshot.sector(), ObservationCheck.of(snapshot));
    }
    clocks = new SourceClocks(options.disorderMs());
    clockState = context.getOperatorStateStore().getUnionListState(CLOCKS);
    clocks.restore(clockState.get());
  }

  @Override
  public void open() throws Exception {
    super.open();
    saltSecret = SaltedLeaves.secret(SigningKey.fromPem(Path.of(options.signingKeyFile())));
    openRuns = new HashMap<>();
    samples = new TypeSamples();
    readUpTo = new HashMap<>();
    tickMs = Long.MIN_VALUE;
    mismatches = new ArrayList<>();
    reused = new StreamRecord<>(null);
    MetricGroup metrics = getMetricGroup();
    observations = metrics.counter(Telemetry.MONITOR_OBSERVATIONS);
    rejected = new EnumMap<>(RejectionReason.class);
    for (RejectionReason reason : RejectionReason.values()) {
      rejected.put(
          reason,
          metrics
              .addGroup(Telemetry.KEY_REJECT_REASON, reason.name())
              .counter(Telemetry.MONITOR_REJECTED));
    }
    nonConforming = metrics.counter(Telemetry.MONITOR_NON_CONFORMING);
    late = metrics.counter(Telemetry.MONITOR_LATE);
    runs = metrics.counter(Telemetry.MONITOR_RUNS);
    evicted = metrics.counter(Telemetry.MONITOR_SOURCES_EVICTED);
    for (CompiledSnapshot snapshot : snapshots.all()) {
      String sector = snapshot.sector();
      metrics
          .addGroup(Telemetry.KEY_SECTOR, sector)
          .gauge(Telemetry.MONITOR_SNAPSHOT_VERSION, () -> versionOf(sector));
    }
  }

  @Override
  public void processElement1(StreamRecord<RawRecord> element) {
    RawRecord record = element.getValue();
    readUpTo.merge(record.partition(), record.recordedAtMs(), Math::max);
    observations.inc();
    Decoded decoded =
        ObservationCodec.decode(
            record.hasValue() ? record.value() : null,
            record.headerNames(),
            record.headerValues(),
            record.recordedAtMs());
    if (decoded instanceof Decoded.Accepted accepted) {
      accept(record, accepted.observation());
    } else if (decoded instanceof Decoded.Rejected reason) {
      reject(record, reason);
    } else if (decoded instanceof Decoded.Marked marked) {
      SourceMarker marker = marked.marker();
      observations.dec();
      clocks.mark(
          record.partition(),
          marker.sector(),
          marker.source(),
          marker.timeMs(),
          record.recordedAtMs());
    }
  }

  @Override
  public void processElement2(StreamRecord<ControlUpdate> element) throws Exception {
    ControlUpdate update = element.getValue();
    if (update.kind() == ControlUpdate.Kind.TICK) {
      tickMs = Math.max(tickMs, update.recordedAtMs());
      return;
    }
    CompiledSnapshot next = snapshots.apply(update);
    if (next != null) {
      closeRuns(next.sector());
      samples.take(next.sector(), this::emit);
      checks.put(next.sector(), ObservationCheck.of(next));
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    closeRuns(null);
    samples.takeAll(this::emit);
    for (SourceClock clock : clocks.takeChanged()) {
      output.collect(
          Edges.PROGRESS,
          new StreamRecord<>(
              ControlUpdate.progress(
                  clock.sector(),
                  clock.source(),
                  clocks.clockMs(clock),
                  clock.maxTimeMs(),
                  clock.recordedAtMs())));
    }
    evicted.inc(clocks.takeEvicted());
    sayReadUpTo();
    int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    int parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    for (CompiledSnapshot snapshot : snapshots.takeUnacknowledged()) {
      output.collect(
          Edges.ACKNOWLEDGEMENTS,
          new StreamRecord<>(
              SectorSignal.acknowledged(
                  snapshot.sector(),
                  snapshot.version(),
                  snapshot.snapshotId(),
                  uid,
                  subtask,
                  parallelism)));
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    clockState.update(
        clocks.snapshot(
            getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(),
            getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks()));
  }

  @Override
  public void finish() throws Exception {
    prepareSnapshotPreBarrier(Long.MAX_VALUE);
    super.finish();
  }

  /**
   * Says how far this subtask has read in recorded time: while it reads, up to the partition that
   * lags most; once an epoch brings nothing, up to the last tick.
   */
  private void sayReadUpTo() {
    long upToMs = tickMs;
    for (long partitionMs : readUpTo.values()) {
      upToMs = upToMs == Long.MIN_VALUE ? partitionMs : Math.min(upToMs, partitionMs);
    }
    readUpTo.clear();
    if (upToMs != Long.MIN_VALUE) {
      output.collect(
          Edges.PROGRESS,
          new StreamRecord<>(
              ControlUpdate.tick(
                  upToMs,
                  getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(),
                  getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks())));
    }
  }

  private void accept(RawRecord record, Observation observation) {
    CompiledSnapshot snapshot = snapshots.of(observation.sector());
    ObservationCheck check = checks.get(observation.sector());
    if (snapshot == null || check == null) {
      throw new IllegalStateException(
          "expected a snapshot for every known sector: sector=" + observation.sector());
    }
    boolean isLate =
        clocks.observe(
            record.partition(),
            observation.sector(),
            observation.source(),
            observation.timeMs(),
            record.recordedAtMs());
    mismatches.clear();
    check.check(observation, mismatches);
    Run run = run(record, observation.sector(), snapshot.snapshotId(), snapshot.version());
    run.addObservation(record, observation.timeMs(), mismatches.isEmpty(), isLate);
    samples.add(record, observation, mismatches.isEmpty(), snapshot.version());
    if (isLate) {
      late.inc();
    }
    if (!mismatches.isEmpty()) {
      nonConforming.inc();
    }
    output.collect(
        reused.replace(
            new CheckedObservation(
                observation.sector(),
                Lanes.of(observation.subject()),
                observation.eventType(),
                observation.subject(),
                observation.source(),
                observation.timeMs(),
                observation.value(),
                observation.error(),
                record.recordedAtMs(),
                record.partition(),
                record.offset(),
                run.firstOffset(),
                snapshot.version(),
                mismatches.isEmpty() ? List.of() : List.copyOf(mismatches))));
    closeIfFull(record, run);
  }

  private void reject(RawRecord record, Decoded.Rejected why) {
    Counter counter = rejected.get(why.reason());
    if (counter != null) {
      counter.inc();
    }
    Run run = run(record, Sectors.INGEST, "", 0);
    run.addRejected(record, why.reason().name(), why.sector());
    output.collect(
        Edges.DEAD_LETTERS,
        new StreamRecord<>(
            new DeadLetter(record, why.reason().name(), why.detail(), why.sector())));
    closeIfFull(record, run);
  }

  private Run run(RawRecord record, String sector, String snapshotId, long snapshotVersion) {
    RunKey key = new RunKey(record.partition(), sector);
    Run run = openRuns.get(key);
    if (run == null) {
      run = new Run(record, sector, snapshotId, snapshotVersion, saltSecret);
      openRuns.put(key, run);
    }
    return run;
  }

  private void closeIfFull(RawRecord record, Run run) {
    if (run.isFull()) {
      openRuns.remove(new RunKey(record.partition(), run.sector()));
      emit(run);
    }
  }

  /** Closes the runs of one sector, or all of them for null. */
  private void closeRuns(@Nullable String sector) {
    openRuns
        .values()
        .removeIf(
            run -> {
              boolean close = sector == null || run.sector().equals(sector);
              if (close) {
                emit(run);
              }
              return close;
            });
  }

  private void emit(Run run) {
    runs.inc();
    output.collect(Edges.RECEIPTS, new StreamRecord<>(run.toReceipt()));
  }

  private void emit(TypeSample sample) {
    output.collect(Edges.SAMPLES, new StreamRecord<>(sample));
  }

  private long versionOf(String sector) {
    CompiledSnapshot snapshot = snapshots.of(sector);
    return snapshot == null ? 0 : snapshot.version();
  }
}
