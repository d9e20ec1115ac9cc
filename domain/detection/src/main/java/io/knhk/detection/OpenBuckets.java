package io.knhk.detection;

import io.knhk.schemas.detection.BucketStats;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Buckets that are not judged yet, in order of start, one for each start. All of one length. */
final class OpenBuckets {
  private final List<BucketStats> buckets;

  OpenBuckets(List<BucketStats> buckets) {
    this.buckets = new ArrayList<>(buckets);
  }

  /**
   * The part as one of the bucket of length {@code lengthMs} that holds all of it; null if two hold
   * some of it.
   */
  static @Nullable BucketStats fit(BucketStats part, long lengthMs) {
    if (part.lengthMs() == lengthMs) {
      return part;
    }
    long startMs = BucketStats.startOf(part.startMs(), lengthMs);
    return part.endMs() <= startMs + lengthMs
        ? new BucketStats(
            startMs,
            lengthMs,
            part.decimals(),
            part.count(),
            part.errors(),
            part.unsummable(),
            part.sumHigh(),
            part.sumLow(),
            part.squaresHigh(),
            part.squaresLow(),
            part.min(),
            part.max())
        : null;
  }

  void add(BucketStats part) {
    int at = buckets.size();
    while (at > 0 && buckets.get(at - 1).startMs() > part.startMs()) {
      at--;
    }
    if (at > 0 && buckets.get(at - 1).startMs() == part.startMs()) {
      buckets.set(at - 1, sum(buckets.get(at - 1), part));
    } else {
      buckets.add(at, part);
    }
  }

  boolean isEmpty() {
    return buckets.isEmpty();
  }

  int size() {
    return buckets.size();
  }

  BucketStats first() {
    return buckets.get(0);
  }

  BucketStats removeFirst() {
    return buckets.remove(0);
  }

  List<BucketStats> toList() {
    return buckets;
  }

  /**
   * Where a snapshot changed the decimals half way, the values with fewer are only counted:
   * whichever comes first, the sum is the same.
   */
  private static BucketStats sum(BucketStats a, BucketStats b) {
    int decimals = Math.max(a.decimals(), b.decimals());
    return withDecimals(a, decimals).plus(withDecimals(b, decimals));
  }

  private static BucketStats withDecimals(BucketStats bucket, int decimals) {
    return bucket.decimals() == decimals
        ? bucket
        : new BucketStats(
            bucket.startMs(),
            bucket.lengthMs(),
            decimals,
            bucket.count(),
            bucket.errors(),
            bucket.count(),
            0,
            0,
            0,
            0,
            Long.MAX_VALUE,
            Long.MIN_VALUE);
  }
}
