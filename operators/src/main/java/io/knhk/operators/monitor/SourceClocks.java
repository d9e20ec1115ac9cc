package io.knhk.operators.monitor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The event-time clock of each (partition, sector, source): the largest time seen less the allowed
 * disorder, or what the source has marked as complete, whichever is later. One publisher's old or
 * future data never moves another's clock. Bound: {@link #CLOCKS_MAX}; the least recently used goes
 * first, is counted, and starts anew when its source is heard again.
 */
final class SourceClocks {
  static final int CLOCKS_MAX = 10_000;

  /** Mutable, so that an observation costs one look-up. */
  static final class Clock {
    private final SourceKey key;
    private long maxTimeMs = Long.MIN_VALUE;
    private long markedMs = Long.MIN_VALUE;
    private long recordedAtMs;
    private boolean changed;

    private Clock(SourceKey key) {
      this.key = key;
    }
  }

  private record SourceKey(int partition, String sector, String source) {}

  private final long disorderMs;
  private final LinkedHashMap<SourceKey, Clock> clocks = new LinkedHashMap<>(64, 0.75f, true);
  private final List<Clock> changed = new ArrayList<>();
  private long evicted;

  /**
   * @param disorderMs how far behind the largest time an observation may be without being late
   */
  SourceClocks(long disorderMs) {
    this.disorderMs = disorderMs;
  }

  /** Notes an observation and says whether it was late. */
  boolean observe(int partition, String sector, String source, long timeMs, long recordedAtMs) {
    Clock clock = clock(partition, sector, source);
    boolean late = timeMs < clockMs(clock.maxTimeMs, clock.markedMs);
    clock.maxTimeMs = Math.max(clock.maxTimeMs, timeMs);
    touch(clock, recordedAtMs);
    return late;
  }

  /** The source itself says that it has sent everything up to {@code timeMs}. */
  void mark(int partition, String sector, String source, long timeMs, long recordedAtMs) {
    Clock clock = clock(partition, sector, source);
    clock.markedMs = Math.max(clock.markedMs, timeMs);
    touch(clock, recordedAtMs);
  }

  /** Clocks that were touched since the last call. */
  List<SourceClock> takeChanged() {
    List<SourceClock> taken = new ArrayList<>(changed.size());
    for (Clock clock : changed) {
      clock.changed = false;
      taken.add(toState(clock));
    }
    changed.clear();
    return taken;
  }

  /** What a state stands for as a clock. */
  long clockMs(SourceClock clock) {
    return clockMs(clock.maxTimeMs(), clock.markedMs());
  }

  /** How many were forgotten since the last call. */
  long takeEvicted() {
    long taken = evicted;
    evicted = 0;
    return taken;
  }

  List<SourceClock> snapshot() {
    List<SourceClock> all = new ArrayList<>(clocks.size());
    for (Clock clock : clocks.values()) {
      all.add(toState(clock));
    }
    return all;
  }

  /** Takes what any subtask had; where several had the same clock, the furthest counts. */
  void restore(SourceClock state) {
    Clock clock = clock(state.partition(), state.sector(), state.source());
    clock.maxTimeMs = Math.max(clock.maxTimeMs, state.maxTimeMs());
    clock.markedMs = Math.max(clock.markedMs, state.markedMs());
    clock.recordedAtMs = Math.max(clock.recordedAtMs, state.recordedAtMs());
  }

  private Clock clock(int partition, String sector, String source) {
    SourceKey key = new SourceKey(partition, sector, source);
    Clock clock = clocks.get(key);
    if (clock == null) {
      clock = new Clock(key);
      clocks.put(key, clock);
      if (clocks.size() > CLOCKS_MAX) {
        Map.Entry<SourceKey, Clock> eldest = clocks.entrySet().iterator().next();
        clocks.remove(eldest.getKey());
        evicted++;
      }
    }
    return clock;
  }

  private void touch(Clock clock, long recordedAtMs) {
    clock.recordedAtMs = Math.max(clock.recordedAtMs, recordedAtMs);
    if (!clock.changed) {
      clock.changed = true;
      changed.add(clock);
    }
  }

  private long clockMs(long maxTimeMs, long markedMs) {
    return maxTimeMs == Long.MIN_VALUE ? markedMs : Math.max(maxTimeMs - disorderMs, markedMs);
  }

  private static SourceClock toState(Clock clock) {
    return new SourceClock(
        clock.key.partition(),
        clock.key.sector(),
        clock.key.source(),
        clock.maxTimeMs,
        clock.markedMs,
        clock.recordedAtMs);
  }
}
