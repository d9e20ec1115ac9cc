package io.knhk.operators.analyze;

import io.knhk.operators.types.ControlUpdate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * How far each source has come, and how far recorded time has, as one subtask has heard. Recorded
 * time is the least that any subtask of monitor has read up to, so that nothing seems silent only
 * because a backlog is still being read. Bound: {@link #SOURCES_MAX}; the one heard longest ago
 * goes first. Who holds it then keeps what it said last, and finds it again by {@link #now} once it
 * is heard again.
 */
final class ProgressView {
  static final int SOURCES_MAX = 20_000;
  private static final MapStateDescriptor<String, SourceProgress> PROGRESS =
      new MapStateDescriptor<>(
          "source-progress", Types.STRING, TypeInformation.of(SourceProgress.class));

  /** How far one source has come; it moves on under whoever holds it, until it is forgotten. */
  static final class Source {
    private final String name;
    private boolean forgotten;
    private long clockMs = Long.MIN_VALUE;
    private long seenMs = Long.MIN_VALUE;
    private long recordedAtMs = Long.MIN_VALUE;

    private Source(String name) {
      this.name = name;
    }

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

  private static final Source UNHEARD = unheard();

  private final BroadcastState<String, SourceProgress> state;
  private final Map<String, Source> sources = new HashMap<>();
  private final TreeSet<Source> longestAgoFirst =
      new TreeSet<>(
          Comparator.<Source>comparingLong(source -> source.recordedAtMs)
              .thenComparing(source -> source.name));
  private final Map<Integer, Long> readUpTo = new HashMap<>();
  private int readers;

  private ProgressView(BroadcastState<String, SourceProgress> state) {
    this.state = state;
  }

  static ProgressView open(OperatorStateStore store) throws Exception {
    ProgressView view = new ProgressView(store.getBroadcastState(PROGRESS));
    for (Map.Entry<String, SourceProgress> entry : view.state.immutableEntries()) {
      SourceProgress stored = entry.getValue();
      view.move(
          key(stored.sector(), stored.source()),
          stored.clockMs(),
          stored.seenMs(),
          stored.recordedAtMs());
    }
    return view;
  }

  /** Takes a PROGRESS or a TICK. */
  void apply(ControlUpdate update) throws Exception {
    if (update.kind() != ControlUpdate.Kind.PROGRESS) {
      heard(update);
      return;
    }
    String name = key(update.sector(), update.source());
    if (!sources.containsKey(name) && sources.size() == SOURCES_MAX) {
      forgetOldest();
    }
    Source source = move(name, update.clockMs(), update.seenMs(), update.recordedAtMs());
    state.put(
        name,
        new SourceProgress(
            update.sector(), update.source(), source.clockMs, source.seenMs, source.recordedAtMs));
  }

  /** The source of that name; {@link #UNHEARD} stands for one that was not heard of yet. */
  Source of(String sector, String source) {
    return sources.getOrDefault(key(sector, source), UNHEARD);
  }

  /** The same, for who holds {@code held} of that name already: that one while nothing is newer. */
  Source now(Source held, String sector, String source) {
    return held.forgotten ? sources.getOrDefault(key(sector, source), held) : held;
  }

  int size() {
    return sources.size();
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

  private Source move(String name, long clockMs, long seenMs, long recordedAtMs) {
    Source source = sources.computeIfAbsent(name, Source::new);
    longestAgoFirst.remove(source);
    source.move(clockMs, seenMs, recordedAtMs);
    longestAgoFirst.add(source);
    return source;
  }

  private void forgetOldest() throws Exception {
    Source oldest = longestAgoFirst.first();
    longestAgoFirst.remove(oldest);
    sources.remove(oldest.name);
    oldest.forgotten = true;
    state.remove(oldest.name);
  }

  private static Source unheard() {
    Source source = new Source("");
    source.forgotten = true;
    return source;
  }

  private static String key(String sector, String source) {
    return sector + "\n" + source;
  }
}
