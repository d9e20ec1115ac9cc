package io.knhk.operators.analyze;

import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.MismatchTally;
import io.knhk.schemas.knowledge.CompiledType;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** What one key brought since the last barrier, in memory. Mutable; not kept beyond the barrier. */
final class EpochTally {
  /**
   * Elements whose mismatches are told apart; what is beyond is in its run's receipt, but in no
   * pattern.
   */
  static final int ELEMENTS_MAX = 64;

  private final TreeMap<Long, BucketStats> buckets = new TreeMap<>();
  private final List<MismatchTally> mismatches = new ArrayList<>();
  private final TreeSet<String> runs = new TreeSet<>();
  private long maxTimeMs = Long.MIN_VALUE;
  private long recordedAtMs = Long.MIN_VALUE;

  /**
   * @param decimals to which values are scaled, see {@link CompiledType#decimals()}
   * @return how many entries this tally grew by
   */
  int add(long timeMs, double value, boolean error, long recordedAt, long bucketMs, int decimals) {
    long startMs = BucketStats.startOf(timeMs, bucketMs);
    BucketStats before = buckets.get(startMs);
    BucketStats bucket = before == null ? BucketStats.empty(startMs, bucketMs, decimals) : before;
    buckets.put(startMs, bucket.with(value, error));
    maxTimeMs = Math.max(maxTimeMs, timeMs);
    recordedAtMs = Math.max(recordedAtMs, recordedAt);
    return before == null ? 1 : 0;
  }

  int add(Mismatch mismatch, int partition, long offset) {
    return add(MismatchTally.of(mismatch, partition, offset));
  }

  void addRun(String run) {
    runs.add(run);
  }

  List<BucketStats> buckets() {
    return List.copyOf(buckets.values());
  }

  List<MismatchTally> mismatches() {
    return List.copyOf(mismatches);
  }

  List<String> runs() {
    return List.copyOf(runs);
  }

  long maxTimeMs() {
    return maxTimeMs;
  }

  long recordedAtMs() {
    return recordedAtMs;
  }

  private int add(MismatchTally tally) {
    for (int i = 0; i < mismatches.size(); i++) {
      if (mismatches.get(i).sameElement(tally)) {
        mismatches.set(i, mismatches.get(i).plus(tally));
        return 0;
      }
    }
    if (mismatches.size() == ELEMENTS_MAX) {
      return 0;
    }
    mismatches.add(tally);
    return 1;
  }
}
