package io.knhk.operators.analyze;

import io.knhk.operators.types.ControlUpdate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * How far each source has come, and how far recorded time has, as one subtask has heard. Recorded
 * time is the least that any subtask of monitor has read up to, so that nothing seems silent only
 * because a backlog is still being read. Bound: {@link #SOURCES_MAX}; the one heard longest ago
 * goes first, and counts as unheard until it is heard again.
 */
final class ProgressView {
  static final int SOURCES_MAX = 20_000;
  private static final MapStateDescriptor<String, SourceProgress> PROGRESS =
      new MapStateDescriptor<>(
          "source-progress", Types.STRING, TypeInformation.of(SourceProgress.class));

  /** How far one source has come; it moves on under whoever holds it. */
  static final class Source {
    private long clockMs = Long.MIN_VALUE;
    private long seenMs = Long.MIN_VALUE;
    private long recordedAtMs = Long.MIN_VALUE;

    /** No observation before this is still waited for; Long.MIN_VALUE before the first word. */
    long clockMs() {
      return clockMs;
    }

    /** Largest event time of any of its observations; Long.MIN_VALUE before the first. */
    long seenMs() {
      return seenMs;
    }

    /** Newest LogAppendTime of any of its records; Long.MIN_VALUE before the first word. */
    long recordedAtMs() {
      return recordedAtMs;
    }

    /** Whether the source has said that it sent everything, and nothing newer has come since. */
    boolean isEnded() {
      return clockMs > seenMs;
    }

    /** Whether an observation has been seen that is more than {@code byMs} after {@code timeMs}. */
    boolean hasPassed(long timeMs, long byMs) {
      return seenMs != Long.MIN_VALUE && seenMs - byMs > timeMs;
    }

    private void move(long toClockMs, long toSeenMs, long toRecordedAtMs) {
      clockMs = Math.max(clockMs, toClockMs);
      seenMs = Math.max(seenMs, toSeenMs);
      recordedAtMs = Math.max(recordedAtMs, toRecordedAtMs);
    }
  }

  private final BroadcastState<String, SourceProgress> state;
  private final Map<String, Source> sources = new HashMap<>();
  private final Map<Integer, Long> readUpTo = new HashMap<>();
  private int readers;

  private ProgressView(BroadcastState<String, SourceProgress> state) {
    this.state = state;
  }

  static ProgressView open(OperatorStateStore store) throws Exception {
    ProgressView view = new ProgressView(store.getBroadcastState(PROGRESS));
    for (Map.Entry<String, SourceProgress> entry : view.state.immutableEntries()) {
      SourceProgress stored = entry.getValue();
      view.of(stored.sector(), stored.source())
          .move(stored.clockMs(), stored.seenMs(), stored.recordedAtMs());
    }
    return view;
  }

  /** Takes a PROGRESS or a TICK. */
  void apply(ControlUpdate update) throws Exception {
    if (update.kind() != ControlUpdate.Kind.PROGRESS) {
      heard(update);
      return;
    }
    Source source = of(update.sector(), update.source());
    source.move(update.clockMs(), update.seenMs(), update.recordedAtMs());
    state.put(
        key(update.sector(), update.source()),
        new SourceProgress(
            update.sector(), update.source(), source.clockMs, source.seenMs, source.recordedAtMs));
  }

  /** The source of that name; one that was not heard of yet is made. */
  Source of(String sector, String source) {
    Source found = sources.computeIfAbsent(key(sector, source), name -> new Source());
    if (sources.size() > SOURCES_MAX) {
      forgetOldest(found);
    }
    return found;
  }

  /**
   * Up to when, in recorded time, everything has been read; Long.MIN_VALUE until every reader has
   * said so.
   */
  long nowRecordedMs() {
    if (readers == 0 || readUpTo.size() < readers) {
      return Long.MIN_VALUE;
    }
    long least = Long.MAX_VALUE;
    for (long upTo : readUpTo.values()) {
      least = Math.min(least, upTo);
    }
    return least;
  }

  private void heard(ControlUpdate tick) {
    if (tick.parallelism() != readers) {
      readers = tick.parallelism();
      readUpTo.clear();
    }
    readUpTo.merge(tick.subtask(), tick.recordedAtMs(), Math::max);
  }

  private void forgetOldest(Source kept) {
    String oldest =
        sources.entrySet().stream()
            .filter(entry -> entry.getValue() != kept)
            .min(
                Comparator.<Map.Entry<String, Source>>comparingLong(
                        entry -> entry.getValue().recordedAtMs)
                    .thenComparing(Map.Entry::getKey))
            .orElseThrow()
            .getKey();
    sources.remove(oldest);
    try {
      state.remove(oldest);
    } catch (Exception e) {
      throw new IllegalStateException("expected broadcast state to forget: source=" + oldest, e);
    }
  }

  private static String key(String sector, String source) {
    return sector + "\n" + source;
  }
}
