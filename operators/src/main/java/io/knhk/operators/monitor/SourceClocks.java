package io.knhk.operators.monitor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The event-time clock of each (partition, sector, source): the largest time seen less the allowed
 * disorder, or what the source has marked as complete, whichever is later. One publisher's old or
 * future data never moves another's clock. Bound: {@link #CLOCKS_MAX}; the least recently used goes
 * first, is counted, and starts anew when its source is heard again.
 *
 * <p>Which subtask will read a partition after a restore is the Kafka source's business and not
 * known here, so each is given the clocks of all, the furthest where there are several of one
 * source, and keeps them. But it writes only those of the partitions it has heard since, and of the
 * others those it is the keeper of, by the partition's number. Nothing is lost: a partition is
 * either heard by somebody, who then has all its clocks, or by nobody, and then its keeper has
 * them. Nothing multiplies: a clock is written once by who reads the partition, and once more, as
 * it was at the restore, by a keeper who is somebody else; the next restore makes them one.
 */
final class SourceClocks {
  static final int CLOCKS_MAX = 10_000;
  private static final Comparator<SourceClock> LONGEST_AGO_FIRST =
      Comparator.comparingLong(SourceClock::recordedAtMs)
          .thenComparing(SourceClock::sector)
          .thenComparing(SourceClock::source)
          .thenComparingInt(SourceClock::partition);

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
  private final Set<Integer> heard = new HashSet<>();
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

  /** What this subtask of so many writes: one by one, the least recently used first. */
  List<SourceClock> snapshot(int subtask, int parallelism) {
    List<SourceClock> mine = new ArrayList<>(clocks.size());
    for (Clock clock : clocks.values()) {
      int partition = clock.key.partition();
      if (heard.contains(partition) || partition % parallelism == subtask) {
        mine.add(toState(clock));
      }
    }
    return mine;
  }

  /**
   * Takes what all subtasks wrote, in whatever order; beyond the bound those go that were heard
   * longest ago.
   */
  void restore(Iterable<SourceClock> written) {
    List<SourceClock> all = new ArrayList<>();
    written.forEach(all::add);
    all.sort(LONGEST_AGO_FIRST);
    all.forEach(this::restore);
  }

  private void restore(SourceClock state) {
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
    heard.add(clock.key.partition());
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
