package io.knhk.operators.monitor;

import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.TypeSample;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.SampledObservation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Counts each event type since the last checkpoint barrier and keeps a few examples of it, by which
 * execute judges changes: the latest that conform and the latest that do not. Nothing is allocated
 * for an observation of a type that was seen since the barrier. An epoch is never restored, so
 * nothing of this is state.
 */
final class TypeSamples {
  /** Event types of one sector between two barriers; others are not sampled. */
  static final int TYPES_MAX = 1_000;

  /** Examples that conform, and as many that do not. */
  static final int EXAMPLES_MAX = 4;

  /** Bytes of a record that may be an example; a larger one is only counted. */
  static final int EXAMPLE_BYTES_MAX = 2 * 1024;

  private final Map<String, Map<String, Tally>> bySector = new HashMap<>();

  void add(RawRecord record, Observation observation, boolean conforms, long snapshotVersion) {
    Map<String, Tally> types = bySector.get(observation.sector());
    if (types == null) {
      types = new HashMap<>();
      bySector.put(observation.sector(), types);
    }
    Tally tally = types.get(observation.eventType());
    if (tally == null) {
      if (types.size() == TYPES_MAX) {
        return;
      }
      tally = new Tally(snapshotVersion);
      types.put(observation.eventType(), tally);
    }
    tally.add(record, observation, conforms);
  }

  /** Hands out what was counted of one sector, in order of event type, and begins anew. */
  void take(String sector, Consumer<TypeSample> out) {
    Map<String, Tally> types = bySector.remove(sector);
    if (types == null) {
      return;
    }
    types.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(type -> out.accept(type.getValue().sample(sector, type.getKey())));
  }

  /** Hands out all sectors, in order of name. */
  void takeAll(Consumer<TypeSample> out) {
    bySector.keySet().stream().sorted().toList().forEach(sector -> take(sector, out));
  }

  private static final class Tally {
    private final long snapshotVersion;
    private final Latest conforming = new Latest();
    private final Latest others = new Latest();
    private long checked;
    private long nonConforming;
    private long recordedAtMs = Long.MIN_VALUE;

    Tally(long snapshotVersion) {
      this.snapshotVersion = snapshotVersion;
    }

    void add(RawRecord record, Observation observation, boolean conforms) {
      checked++;
      nonConforming += conforms ? 0 : 1;
      recordedAtMs = Math.max(recordedAtMs, record.recordedAtMs());
      if (record.value().length <= EXAMPLE_BYTES_MAX) {
        (conforms ? conforming : others).add(record, observation);
      }
    }

    TypeSample sample(String sector, String eventType) {
      List<SampledObservation> examples = new ArrayList<>(2 * EXAMPLES_MAX);
      conforming.addTo(examples, true);
      others.addTo(examples, false);
      examples.sort(
          Comparator.comparingLong(SampledObservation::recordedAtMs)
              .thenComparingInt(SampledObservation::partition)
              .thenComparingLong(SampledObservation::offset));
      return new TypeSample(
          sector, eventType, snapshotVersion, checked, nonConforming, recordedAtMs, examples);
    }
  }

  /** The latest few, overwritten in turn. */
  private static final class Latest {
    private final Observation[] observations = new Observation[EXAMPLES_MAX];
    private final int[] partitions = new int[EXAMPLES_MAX];
    private final long[] offsets = new long[EXAMPLES_MAX];
    private final long[] recordedAtMs = new long[EXAMPLES_MAX];
    private long added;

    void add(RawRecord record, Observation observation) {
      int at = (int) (added % EXAMPLES_MAX);
      observations[at] = observation;
      partitions[at] = record.partition();
      offsets[at] = record.offset();
      recordedAtMs[at] = record.recordedAtMs();
      added++;
    }

    void addTo(List<SampledObservation> out, boolean conforms) {
      for (int i = 0; i < Math.min(added, EXAMPLES_MAX); i++) {
        out.add(
            new SampledObservation(
                observations[i], partitions[i], offsets[i], recordedAtMs[i], conforms));
      }
    }
  }
}
