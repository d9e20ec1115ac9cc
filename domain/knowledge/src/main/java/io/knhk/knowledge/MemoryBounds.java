package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.DetectorParameters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Q5: what the sector's watched keys and compiled form take in memory, and how long judging all
 * keys of its dearest event type at once takes, are estimated and within their limits. A sector
 * that is beyond a limit already may change as long as the change adds nothing to that.
 */
final class MemoryBounds {
  static final String NAME = "Q5";
  private static final String ASKS = "memory and tail are bounded";

  /** Buckets that are judged at once after a gap; a longer one is skipped. */
  private static final long BUCKETS_AT_ONCE_MAX = 64;

  private MemoryBounds() {}

  static Invariant check(Candidate candidate, CompiledChange change, ValidationLimits limits) {
    ValidationLimits.Costs costs = limits.costs();
    long before = keyBytes(candidate.compiled().types(), costs);
    long after = keyBytes(change.types(), costs) + change.typesBytes();
    List<Witness> witnesses = new ArrayList<>();
    if (after > limits.memoryBytesMax() && after > before + change.typesBytes()) {
      witnesses.add(
          new Witness(
              "",
              "",
              "expected bounded memory of the sector: bytes="
                  + after
                  + ", limit="
                  + limits.memoryBytesMax(),
              "",
              "watch fewer event types subject by subject"));
    }
    double tailNs = 0;
    for (CompiledType type : change.typesAfter().values()) {
      double ns = tailNs(type, costs);
      tailNs = Math.max(tailNs, ns);
      CompiledType was = change.typesBefore().get(type.name());
      if (WorkBounds.ms(ns) > limits.tailMsMax() && (was == null || ns > tailNs(was, costs))) {
        witnesses.add(
            new Witness(
                type.name(),
                "",
                "expected a bounded tail: ms="
                    + WorkBounds.ms(ns)
                    + ", limit="
                    + limits.tailMsMax()
                    + ", bucketMs="
                    + type.detectors().bucketMs(),
                "",
                "longer buckets, fewer detectors, or do not watch each subject"));
      }
    }
    SortedMap<String, Long> figures = new TreeMap<>();
    figures.put("memoryBytes", after);
    figures.put("tailMs", WorkBounds.ms(tailNs));
    return new Invariant(NAME, ASKS, figures, witnesses, List.of());
  }

  private static long keyBytes(Collection<CompiledType> types, ValidationLimits.Costs costs) {
    long bytes = 0;
    for (CompiledType type : types) {
      bytes += keys(type, costs) * costs.keyBytes();
    }
    return bytes;
  }

  private static long keys(CompiledType type, ValidationLimits.Costs costs) {
    return costs.typeKeys() + (type.watchEachSubject() ? costs.subjectKeys() : 0);
  }

  private static double tailNs(CompiledType type, ValidationLimits.Costs costs) {
    DetectorParameters with = type.detectors();
    int detectors =
        (with.frequencyZ() > 0 ? 1 : 0)
            + (with.maxPerBucket() > 0 ? 1 : 0)
            + (with.errorRateMax() > 0 ? 1 : 0)
            + (with.expectedEveryMs() > 0 ? 1 : 0)
            + (with.driftZ() > 0 ? 1 : 0);
    long buckets = Math.max(1, Math.min(BUCKETS_AT_ONCE_MAX, costs.catchUpMs() / with.bucketMs()));
    return keys(type, costs) * (double) buckets * detectors * costs.judgedNs();
  }
}
