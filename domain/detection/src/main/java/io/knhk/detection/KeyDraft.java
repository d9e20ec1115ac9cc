package io.knhk.detection;

import static io.knhk.detection.KeyState.ACTIVE_PATTERNS_MAX;
import static io.knhk.detection.KeyState.EARLY_FINDINGS_MAX;
import static io.knhk.detection.KeyState.GAP_BUCKETS_MAX;
import static io.knhk.detection.KeyState.MISMATCHES_MAX;
import static io.knhk.detection.KeyState.NEVER;
import static io.knhk.detection.KeyState.OPEN_BUCKETS_MAX;

import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.MismatchTally;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.DetectorParameters;
import java.util.ArrayList;
import java.util.List;

/** A {@link KeyState} while it is being changed; lives for one call of {@link Detectors}. */
final class KeyDraft {
  private final KeyState before;
  private final List<Finding> findings = new ArrayList<>();
  private final List<OpenMismatch> mismatches;
  private final ActivePatterns active;
  private final List<EarlyFinding> earlyFindings;
  private OpenBuckets buckets;
  private DetectorParameters parameters;
  private long snapshotVersion;
  private long observedCount;
  private Baseline frequency;
  private Drift drift;
  private long lastSeenMs;
  private long lastRecordedAtMs;
  private long judgedUntilMs;
  private long lastBucketEndMs;
  private int emptyBuckets;
  private long absentSinceMs;
  private long late;
  private long closedEarly;
  private long misfit;
  private long staleMismatches;
  private long excessMismatches;
  private long suppressed;

  KeyDraft(KeyState state) {
    before = state;
    mismatches = new ArrayList<>(state.mismatches());
    active = new ActivePatterns(state.active());
    earlyFindings = new ArrayList<>(state.earlyFindings());
    buckets = new OpenBuckets(state.openBuckets());
    parameters = state.parameters();
    snapshotVersion = state.snapshotVersion();
    observedCount = state.observedCount();
    frequency = state.frequency();
    drift = state.drift();
    lastSeenMs = state.lastSeenMs();
    lastRecordedAtMs = state.lastRecordedAtMs();
    judgedUntilMs = state.judgedUntilMs();
    lastBucketEndMs = state.lastBucketEndMs();
    emptyBuckets = state.emptyBuckets();
    absentSinceMs = state.absentSinceMs();
    late = state.setAside().late();
    closedEarly = state.setAside().closedEarly();
    misfit = state.setAside().misfit();
    staleMismatches = state.setAside().staleMismatches();
    excessMismatches = state.setAside().excessMismatches();
    suppressed = state.setAside().suppressed();
  }

  /** Takes the parameters of a snapshot that is not older than the state's; false if it is. */
  boolean adopt(DetectorParameters next, long version) {
    if (version < snapshotVersion) {
      return false;
    }
    if (version > snapshotVersion) {
      snapshotVersion = version;
      mismatches.clear();
      observedCount = 0;
      active.end(PatternKind.SCHEMA_MISMATCH);
    }
    if (!next.equals(parameters)) {
      replaceParameters(next);
    }
    return true;
  }

  void seen(long count, long maxTimeMs, long recordedAtMs) {
    observedCount += count;
    lastRecordedAtMs = Math.max(lastRecordedAtMs, recordedAtMs);
    if (maxTimeMs > lastSeenMs) {
      lastSeenMs = maxTimeMs;
      active.end(PatternKind.ABSENCE);
    }
  }

  void addMismatches(List<MismatchTally> more, long fromMs, long maxTimeMs, boolean current) {
    for (MismatchTally tally : more) {
      if (current) {
        addMismatch(tally, fromMs, maxTimeMs + 1);
      } else {
        staleMismatches += tally.count();
      }
    }
  }

  void addPart(BucketStats part) {
    BucketStats fitted = OpenBuckets.fit(part, parameters.bucketMs());
    if (fitted == null) {
      misfit += part.count();
    } else if (judgedUntilMs != NEVER && fitted.startMs() < judgedUntilMs) {
      late += part.count();
    } else {
      buckets.add(fitted);
      while (buckets.size() > OPEN_BUCKETS_MAX) {
        closedEarly++;
        closeFirst();
        keepEarlyFindings();
      }
    }
  }

  void handOnEarlyFindings() {
    for (EarlyFinding early : earlyFindings) {
      findings.add(early.finding());
    }
    earlyFindings.clear();
  }

  void closeThrough(long clockMs) {
    if (clockMs == NEVER) {
      return;
    }
    while (!buckets.isEmpty() && buckets.first().endMs() <= clockMs) {
      closeFirst();
    }
    if (judgedUntilMs != NEVER) {
      long untilMs = BucketStats.startOf(clockMs, parameters.bucketMs());
      closeEmptyUntil(buckets.isEmpty() ? untilMs : Math.min(untilMs, buckets.first().startMs()));
    }
  }

  void judgeMismatches() {
    for (int i = 0; i < mismatches.size(); i++) {
      OpenMismatch mismatch = mismatches.get(i);
      if (!MismatchDetector.due(mismatch, parameters)) {
        continue;
      }
      Finding finding = MismatchDetector.finding(mismatch, observedCount, parameters);
      if (active.beginMismatch(mismatch.element(), finding.windowStartMs())) {
        findings.add(finding);
        mismatches.set(i, mismatch.reported());
      } else {
        suppressed++;
      }
    }
  }

  void judgeSilence(long sourceClockMs, long sourceRecordedAtMs, long nowRecordedMs) {
    if (absentSinceMs == lastSeenMs) {
      return;
    }
    long sourceMs = Math.max(sourceRecordedAtMs, lastRecordedAtMs);
    AbsenceDetector.judge(lastSeenMs, sourceClockMs, sourceMs, nowRecordedMs, frequency, parameters)
        .ifPresent(
            finding -> {
              absentSinceMs = lastSeenMs;
              active.begin(PatternKind.ABSENCE, lastSeenMs);
              findings.add(finding);
            });
  }

  KeyState toState() {
    return new KeyState(
        snapshotVersion,
        parameters,
        buckets.toList(),
        mismatches,
        observedCount,
        frequency,
        drift,
        active.toList(),
        earlyFindings,
        lastSeenMs,
        lastRecordedAtMs,
        judgedUntilMs,
        lastBucketEndMs,
        emptyBuckets,
        absentSinceMs,
        new SetAside(late, closedEarly, misfit, staleMismatches, excessMismatches, suppressed));
  }

  Judged toJudged() {
    KeyState after = toState();
    return new Judged(after.equals(before) ? before : after, findings);
  }

  private void replaceParameters(DetectorParameters next) {
    DetectorParameters last = parameters;
    parameters = next;
    boolean sameBuckets = next.bucketMs() == last.bucketMs();
    boolean sameBaseline =
        sameBuckets
            && next.baselineBuckets() == last.baselineBuckets()
            && next.warmupBuckets() == last.warmupBuckets();
    if (!sameBuckets) {
      changeBuckets(next.bucketMs());
    }
    if (!sameBaseline || Double.compare(next.frequencyZ(), last.frequencyZ()) != 0) {
      frequency = Baseline.NONE;
      active.end(PatternKind.FREQUENCY_ANOMALY);
    }
    if (!sameBaseline || Double.compare(next.driftZ(), last.driftZ()) != 0) {
      drift = Drift.NONE;
      active.end(PatternKind.VALUE_DRIFT);
    }
    if (!sameBuckets || next.maxPerBucket() != last.maxPerBucket()) {
      active.end(PatternKind.RATE_EXCEEDED);
    }
    if (!sameBuckets
        || Double.compare(next.errorRateMax(), last.errorRateMax()) != 0
        || next.errorMinCount() != last.errorMinCount()) {
      active.end(PatternKind.ERROR_SPIKE);
    }
    if (next.expectedEveryMs() != last.expectedEveryMs()) {
      absentSinceMs = NEVER;
      active.end(PatternKind.ABSENCE);
    }
  }

  /**
   * A bucket of the new length that was judged in part would be judged short: it counts as judged.
   */
  private void changeBuckets(long bucketMs) {
    emptyBuckets = 0;
    if (judgedUntilMs != NEVER) {
      judgedUntilMs = BucketStats.startOf(judgedUntilMs + bucketMs - 1, bucketMs);
    }
    OpenBuckets old = buckets;
    buckets = new OpenBuckets(List.of());
    for (BucketStats bucket : old.toList()) {
      addPart(bucket);
    }
  }

  private void addMismatch(MismatchTally tally, long fromMs, long untilMs) {
    int at = 0;
    while (at < mismatches.size() && OpenMismatch.order(mismatches.get(at).tally(), tally) < 0) {
      at++;
    }
    if (at < mismatches.size() && mismatches.get(at).tally().sameElement(tally)) {
      mismatches.set(at, mismatches.get(at).plus(tally, fromMs, untilMs));
      return;
    }
    mismatches.add(at, new OpenMismatch(tally, fromMs, untilMs, 0));
    if (mismatches.size() > MISMATCHES_MAX) {
      excessMismatches += mismatches.remove(MISMATCHES_MAX).tally().count();
    }
  }

  private void keepEarlyFindings() {
    for (Finding finding : findings) {
      if (earlyFindings.size() < EARLY_FINDINGS_MAX) {
        earlyFindings.add(EarlyFinding.of(finding));
      } else {
        suppressed++;
      }
    }
    findings.clear();
  }

  private void closeFirst() {
    BucketStats bucket = buckets.removeFirst();
    if (judgedUntilMs != NEVER) {
      closeEmptyUntil(bucket.startMs());
    }
    judgeGapBefore(bucket);
    close(bucket);
    emptyBuckets = 0;
    lastBucketEndMs = bucket.endMs();
  }

  /** Gaps are judged as the empty buckets that they are; what is beyond the limit is skipped. */
  private void closeEmptyUntil(long untilMs) {
    while (judgedUntilMs < untilMs && emptyBuckets < GAP_BUCKETS_MAX) {
      emptyBuckets++;
      close(BucketStats.empty(judgedUntilMs, parameters.bucketMs(), 0));
    }
    judgedUntilMs = Math.max(judgedUntilMs, untilMs);
  }

  /** A silence that was reported while it lasted began in the bucket before the gap. */
  private void judgeGapBefore(BucketStats bucket) {
    boolean reported =
        absentSinceMs < lastBucketEndMs && absentSinceMs >= lastBucketEndMs - parameters.bucketMs();
    if (lastBucketEndMs != NEVER && !reported) {
      AbsenceDetector.judgeGap(lastBucketEndMs, bucket.startMs(), frequency, parameters)
          .ifPresent(findings::add);
    }
  }

  private void close(BucketStats bucket) {
    List<Finding> found = new ArrayList<>(4);
    FrequencyDetector.Step counted = FrequencyDetector.judge(frequency, bucket, parameters);
    frequency = counted.baseline();
    found.addAll(counted.findings());
    ErrorDetector.judge(bucket, parameters).ifPresent(found::add);
    DriftDetector.Step valued = DriftDetector.judge(drift, bucket, parameters);
    drift = valued.drift();
    valued.finding().ifPresent(found::add);
    active.endMissing(found);
    for (Finding finding : found) {
      if (active.begin(finding.kind(), finding.windowStartMs())) {
        findings.add(finding);
      }
    }
    judgedUntilMs = bucket.endMs();
  }

  static {
    assert ACTIVE_PATTERNS_MAX >= PatternKind.values().length;
  }
}
