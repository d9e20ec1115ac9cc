package io.knhk.detection;

import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.MismatchTally;
import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.DetectorParameters;
import java.util.ArrayList;
import java.util.List;

/** One key driven by a test: its state, and all that was found. */
final class Key {
  final List<Finding> found = new ArrayList<>();
  KeyState state = KeyState.empty();
  DetectorParameters parameters;
  long version = 1;

  Key(DetectorParameters parameters) {
    this.parameters = parameters;
  }

  static BucketStats bucket(long startMs, int count, int errors, double value) {
    BucketStats bucket = BucketStats.empty(startMs, Params.BUCKET_MS, 2);
    for (int i = 0; i < count; i++) {
      bucket = bucket.with(value, i < errors);
    }
    return bucket;
  }

  Key merge(BucketStats part, MismatchTally... mismatches) {
    long lastMs = part.startMs() + Math.max(0, part.lengthMs() - 1);
    state =
        Detectors.merge(
            state, part, List.of(mismatches), lastMs, 1_000_000 + lastMs, parameters, version);
    return this;
  }

  /** Merges bucket number {@code index} and judges everything up to its end. */
  Key next(long index, int count, int errors, double value) {
    merge(bucket(index * Params.BUCKET_MS, count, errors, value));
    return judge((index + 1) * Params.BUCKET_MS);
  }

  Key judge(long clockMs) {
    return take(Detectors.judge(state, clockMs, parameters, version));
  }

  Key judgeSilence(long clockMs, long sourceRecordedAtMs, long nowRecordedMs) {
    return take(
        Detectors.judgeSilence(
            state, clockMs, sourceRecordedAtMs, nowRecordedMs, parameters, version));
  }

  List<PatternKind> kinds() {
    return found.stream().map(Finding::kind).toList();
  }

  private Key take(Judged judged) {
    state = judged.state();
    found.addAll(judged.findings());
    return this;
  }
}
