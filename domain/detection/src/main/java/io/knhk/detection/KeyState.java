package io.knhk.detection;

import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.knowledge.DetectorParameters;
import java.util.List;

/**
 * Everything that is kept of one watched key: an event type, or a subject of one, as one source
 * sees it. Every list has a limit, so the state is bounded whatever comes in. Changed only by
 * {@link Detectors}.
 *
 * @param snapshotVersion of the snapshot the parameters are from, 0 before the first
 * @param parameters that the state was made under
 * @param openBuckets not judged yet, in order of start, at most {@link #OPEN_BUCKETS_MAX}
 * @param mismatches since the snapshot last changed, in order of kind and attribute, at most {@link
 *     #MISMATCHES_MAX}
 * @param observedCount observations since the snapshot last changed
 * @param frequency baseline of the buckets' counts
 * @param drift baseline of the buckets' means
 * @param active patterns reported and not ended, oldest first, at most {@link #ACTIVE_PATTERNS_MAX}
 * @param earlyFindings not handed on yet, at most {@link #EARLY_FINDINGS_MAX}
 * @param lastSeenMs largest event time of any observation, {@link #NEVER} before the first
 * @param lastRecordedAtMs largest LogAppendTime of any observation, {@link #NEVER} before the first
 * @param judgedUntilMs end of the last bucket judged, {@link #NEVER} before the first
 * @param lastBucketEndMs end of the last bucket judged that held observations, {@link #NEVER}
 *     before the first
 * @param emptyBuckets judged in a row since, at most {@link #GAP_BUCKETS_MAX}
 * @param absentSinceMs what lastSeenMs was when a silence was last reported, {@link #NEVER} before
 *     the first
 * @param setAside what could not be judged
 */
public record KeyState(
    long snapshotVersion,
    DetectorParameters parameters,
    List<BucketStats> openBuckets,
    List<OpenMismatch> mismatches,
    long observedCount,
    Baseline frequency,
    Drift drift,
    List<ActivePattern> active,
    List<EarlyFinding> earlyFindings,
    long lastSeenMs,
    long lastRecordedAtMs,
    long judgedUntilMs,
    long lastBucketEndMs,
    int emptyBuckets,
    long absentSinceMs,
    SetAside setAside) {
  /** A time that has not come. */
  public static final long NEVER = Long.MIN_VALUE;

  /** Buckets open at once; one more closes the oldest early. */
  public static final int OPEN_BUCKETS_MAX = 64;

  /**
   * Elements whose mismatches are counted at once; the first in order of kind and attribute are
   * kept.
   */
  public static final int MISMATCHES_MAX = 64;

  /** Patterns active at once. */
  public static final int ACTIVE_PATTERNS_MAX = 10;

  /** Findings of buckets closed early that can wait for the next judgement. */
  public static final int EARLY_FINDINGS_MAX = 64;

  /** Empty buckets in a row that are judged; the rest of a longer gap is skipped. */
  public static final int GAP_BUCKETS_MAX = 64;

  /** Buckets in a row without a pattern that end it. */
  public static final int NORMAL_BUCKETS_TO_END = 3;

  private static final KeyState EMPTY =
      new KeyState(
          0,
          DetectorParameters.UNKNOWN_TYPE,
          List.of(),
          List.of(),
          0,
          Baseline.NONE,
          Drift.NONE,
          List.of(),
          List.of(),
          NEVER,
          NEVER,
          NEVER,
          NEVER,
          0,
          NEVER,
          SetAside.NONE);

  public KeyState {
    openBuckets = List.copyOf(openBuckets);
    mismatches = List.copyOf(mismatches);
    active = List.copyOf(active);
    earlyFindings = List.copyOf(earlyFindings);
  }

  public static KeyState empty() {
    return EMPTY;
  }

  /** Observations that came after their bucket had been judged. */
  public long lateCount() {
    return setAside.late();
  }
}
