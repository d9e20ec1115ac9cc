package io.knhk.operators.execute;

import io.knhk.operators.types.TypeSample;
import io.knhk.schemas.observation.SampledObservation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * A bounded sample of recent observations, by which changes are judged.
 *
 * <p>State, keyed by sector: for each event type the {@link #OBSERVATIONS_MAX} that were recorded
 * last; at most {@link #TYPES_MAX} types, the one heard longest ago goes first.
 */
final class RecentObservations {
  /**
   * Of one event type. Monitor keeps those of more than 2 KiB out, so a sector has 64 MiB at most.
   */
  static final int OBSERVATIONS_MAX = 128;

  static final int TYPES_MAX = 256;

  /** A sample that is full is not written again before so much recorded time has passed. */
  static final long REFRESH_MS = 5_000;

  /**
   * By place where the time is the same, so that what is kept does not depend on who came first.
   */
  private static final Comparator<SampledObservation> BY_TIME =
      Comparator.comparingLong(SampledObservation::recordedAtMs)
          .thenComparingInt(SampledObservation::partition)
          .thenComparingLong(SampledObservation::offset);

  private final MapState<String, TypeRecent> types;
  private final ValueState<Integer> count;

  RecentObservations(RuntimeContext context) {
    types =
        context.getMapState(
            new MapStateDescriptor<>(
                "recent-observations", Types.STRING, TypeInformation.of(TypeRecent.class)));
    count = context.getState(new ValueStateDescriptor<>("recent-types", Types.INT));
  }

  void add(TypeSample sample) throws Exception {
    TypeRecent before = types.get(sample.eventType());
    if (before != null
        && before.observations().size() == OBSERVATIONS_MAX
        && sample.recordedAtMs() - before.recordedAtMs() < REFRESH_MS) {
      return;
    }
    List<SampledObservation> all =
        new ArrayList<>(before == null ? List.of() : before.observations());
    all.addAll(sample.examples());
    all.sort(BY_TIME);
    long recordedAtMs =
        before == null
            ? sample.recordedAtMs()
            : Math.max(before.recordedAtMs(), sample.recordedAtMs());
    types.put(
        sample.eventType(),
        new TypeRecent(
            new ArrayList<>(all.subList(Math.max(0, all.size() - OBSERVATIONS_MAX), all.size())),
            recordedAtMs));
    if (before == null) {
      int now = (count.value() == null ? 0 : count.value()) + 1;
      count.update(now > TYPES_MAX ? now - removeOldest() : now);
    }
  }

  /** Of every type, in order of name. */
  Map<String, List<SampledObservation>> all() throws Exception {
    Map<String, List<SampledObservation>> all = new TreeMap<>();
    for (Map.Entry<String, TypeRecent> type : types.entries()) {
      all.put(type.getKey(), type.getValue().observations());
    }
    return all;
  }

  private int removeOldest() throws Exception {
    String oldest = null;
    long oldestMs = Long.MAX_VALUE;
    for (Map.Entry<String, TypeRecent> type : types.entries()) {
      long ms = type.getValue().recordedAtMs();
      if (oldest == null
          || ms < oldestMs
          || (ms == oldestMs && type.getKey().compareTo(oldest) < 0)) {
        oldest = type.getKey();
        oldestMs = ms;
      }
    }
    if (oldest == null) {
      return 0;
    }
    types.remove(oldest);
    return 1;
  }
}
