package io.knhk.operators.analyze;

import io.knhk.operators.types.Edges;
import io.knhk.operators.types.SectorSignal;
import io.knhk.operators.types.SnapshotView;
import io.knhk.registry.Telemetry;
import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * What both analyze operators emit beside their roll-ups: patterns, their receipts,
 * acknowledgements.
 */
final class AnalyzeOutput {
  private final WatchedKeys watched;
  private final Map<PatternKind, Counter> patterns = new EnumMap<>(PatternKind.class);
  private final Counter evicted;
  private final Counter late;

  AnalyzeOutput(MetricGroup metrics, WatchedKeys watched) {
    this.watched = watched;
    for (PatternKind kind : PatternKind.values()) {
      patterns.put(
          kind,
          metrics
              .addGroup(Telemetry.KEY_PATTERN_KIND, kind.name())
              .counter(Telemetry.ANALYZE_PATTERNS));
    }
    this.late = metrics.counter(Telemetry.ANALYZE_LATE);
    this.evicted = metrics.counter(Telemetry.ANALYZE_EVICTED);
    metrics.gauge(Telemetry.ANALYZE_KEYS, watched::size);
  }

  void emit(
      WatchKey key,
      Finding finding,
      WatchState evidence,
      SnapshotView snapshots,
      Output<?> output) {
    CompiledSnapshot snapshot = snapshots.of(key.sector());
    if (snapshot == null) {
      throw new IllegalStateException(
          "expected a snapshot for every known sector: sector=" + key.sector());
    }
    Pattern pattern = Patterns.of(key, finding, evidence, snapshot);
    Counter counter = patterns.get(pattern.kind());
    if (counter != null) {
      counter.inc();
    }
    output.collect(Edges.RECEIPTS, new StreamRecord<>(Patterns.receipt(pattern)));
    output.collect(Edges.PATTERNS, new StreamRecord<>(pattern));
  }

  void acknowledge(List<CompiledSnapshot> running, String uid, TaskInfo task, Output<?> output) {
    for (CompiledSnapshot snapshot : running) {
      output.collect(
          Edges.ACKNOWLEDGEMENTS,
          new StreamRecord<>(
              SectorSignal.acknowledged(
                  snapshot.sector(),
                  snapshot.version(),
                  snapshot.snapshotId(),
                  uid,
                  task.getIndexOfThisSubtask(),
                  task.getNumberOfParallelSubtasks())));
    }
    evicted.inc(watched.takeEvicted());
    late.inc(watched.takeLate());
  }
}
