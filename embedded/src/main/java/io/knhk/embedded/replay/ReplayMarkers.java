package io.knhk.embedded.replay;

import io.knhk.schemas.observation.ObservationLimits;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;

/**
 * Which sources a replay had, how far each came, and into which partitions: all of which end with a
 * marker.
 */
final class ReplayMarkers {
  /** Sources beyond this many end without a marker, which is reported. */
  static final int SOURCES_MAX = 10_000;

  private final TreeMap<String, Source> sources = new TreeMap<>();
  private long withoutMarker;

  /**
   * Notes a record.
   *
   * @param nowMs what is further ahead of it than an observation may be is rejected by the loop and
   *     does not count
   */
  void saw(ReplayRecord record, int partition, long nowMs) {
    if (record.source().isEmpty()
        || record.malformed()
        || record.timeMs() > nowMs + ObservationLimits.AHEAD_MS_MAX) {
      return;
    }
    String name = record.sector() + "\n" + record.source();
    Source source = sources.get(name);
    if (source == null) {
      if (sources.size() == SOURCES_MAX) {
        withoutMarker++;
        return;
      }
      source = new Source(record.sector(), record.source());
      sources.put(name, source);
    }
    source.latestMs = Math.max(source.latestMs, record.timeMs());
    source.partitions.set(partition);
  }

  /** In the order of sector, source, partition. */
  List<End> ends() {
    List<End> ends = new ArrayList<>();
    for (Source source : sources.values()) {
      source.partitions.stream()
          .forEach(p -> ends.add(new End(source.sector, source.source, source.latestMs, p)));
    }
    return ends;
  }

  /** Observations whose source was beyond the limit. */
  long withoutMarker() {
    return withoutMarker;
  }

  /** Where a source ended in a partition. */
  record End(String sector, String source, long latestMs, int partition) {
    /**
     * What the source is said to have sent everything up to.
     *
     * @param aheadMs after its last observation
     * @param nowMs the loop rejects a marker too far ahead of it; a minute is left for a broker
     *     whose clock is behind
     */
    long markerMs(long aheadMs, long nowMs) {
      long latestMarkerMs =
          nowMs + ObservationLimits.MARKER_AHEAD_MS_MAX - ObservationLimits.AHEAD_MS_MAX;
      return Math.min(latestMs + aheadMs, latestMarkerMs);
    }
  }

  private static final class Source {
    private final String sector;
    private final String source;
    private final BitSet partitions = new BitSet();
    private long latestMs = Long.MIN_VALUE;

    Source(String sector, String source) {
      this.sector = sector;
      this.source = source;
    }
  }
}
