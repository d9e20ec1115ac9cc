package io.knhk.operators.analyze;

import io.knhk.detection.KeyState;
import io.knhk.schemas.detection.BucketStats;
import java.util.List;

/**
 * In memory beside each key's state: just enough to know whether it must be judged, without reading
 * the state. Mutable.
 */
final class LiveKey {
  private final String flinkKey;
  private final WatchKey key;
  private ProgressView.Source source;
  private String group = "";
  private long snapshotVersion = -1;
  private long expectedEveryMs;
  private long nextCloseMs = Long.MAX_VALUE;
  private long lastSeenMs = KeyState.NEVER;
  private long lastRecordedAtMs = KeyState.NEVER;
  private boolean silenceReported;
  private boolean touched;

  LiveKey(String flinkKey, WatchKey key, ProgressView.Source source) {
    this.flinkKey = flinkKey;
    this.key = key;
    this.source = source;
  }

  /** Takes over what the state says, after it was read or changed. */
  void follow(KeyState state, boolean isTouched) {
    List<BucketStats> open = state.openBuckets();
    nextCloseMs = open.isEmpty() ? Long.MAX_VALUE : open.get(0).endMs();
    lastSeenMs = state.lastSeenMs();
    lastRecordedAtMs = state.lastRecordedAtMs();
    silenceReported = state.absentSinceMs() == state.lastSeenMs();
    touched = isTouched;
  }

  /** Notes how long a silence the snapshot of that version allows; 0: any. */
  void expect(long version, long everyMs) {
    snapshotVersion = version;
    expectedEveryMs = everyMs;
  }

  /** Goes by the source as it is known now, should it have been forgotten meanwhile. */
  void find(ProgressView progress) {
    source = progress.now(source, key.sector(), key.source());
  }

  boolean isDue(long nowRecordedMs) {
    return touched || nextCloseMs <= source.clockMs() || isSilent(nowRecordedMs);
  }

  private boolean isSilent(long nowRecordedMs) {
    if (expectedEveryMs == 0
        || silenceReported
        || lastSeenMs == KeyState.NEVER
        || source.isEnded()) {
      return false;
    }
    return source.hasPassed(lastSeenMs, expectedEveryMs)
        || (nowRecordedMs != Long.MIN_VALUE && nowRecordedMs - expectedEveryMs > lastRecordedAtMs);
  }

  void moveTo(String toGroup) {
    group = toGroup;
  }

  String group() {
    return group;
  }

  long snapshotVersion() {
    return snapshotVersion;
  }

  String flinkKey() {
    return flinkKey;
  }

  WatchKey key() {
    return key;
  }

  ProgressView.Source source() {
    return source;
  }

  long lastRecordedAtMs() {
    return lastRecordedAtMs;
  }
}
