package io.knhk.detection;

import static io.knhk.detection.KeyState.ACTIVE_PATTERNS_MAX;
import static io.knhk.detection.KeyState.NORMAL_BUCKETS_TO_END;

import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.PatternKind;
import java.util.ArrayList;
import java.util.List;

/**
 * The patterns of a key that have been reported and have not ended. What persists is reported once.
 *
 * <p>Patterns of buckets end after {@link KeyState#NORMAL_BUCKETS_TO_END} buckets without them, an
 * absence when something comes, a mismatch when the snapshot changes. There are fewer kinds than
 * places, so that only mismatches can be too many: a new one then waits, and the newest gives way
 * to a pattern of another kind.
 */
final class ActivePatterns {
  private final List<ActivePattern> patterns;

  ActivePatterns(List<ActivePattern> patterns) {
    this.patterns = new ArrayList<>(patterns);
  }

  /** Whether it was not active before; it is now. */
  boolean begin(PatternKind kind, long sinceMs) {
    if (indexOf(kind, "") >= 0) {
      return false;
    }
    if (patterns.size() == ACTIVE_PATTERNS_MAX) {
      removeNewestMismatch();
    }
    patterns.add(new ActivePattern(kind, "", sinceMs, 0));
    return true;
  }

  /** Whether it is active now; false if there is no place for it. */
  boolean beginMismatch(String element, long sinceMs) {
    if (indexOf(PatternKind.SCHEMA_MISMATCH, element) >= 0) {
      return true;
    }
    if (patterns.size() == ACTIVE_PATTERNS_MAX) {
      return false;
    }
    patterns.add(new ActivePattern(PatternKind.SCHEMA_MISMATCH, element, sinceMs, 0));
    return true;
  }

  void end(PatternKind kind) {
    patterns.removeIf(pattern -> pattern.kind() == kind);
  }

  /**
   * Brings each pattern that a bucket has and that is not among {@code found} one bucket nearer to
   * its end.
   */
  void endMissing(List<Finding> found) {
    for (int i = patterns.size() - 1; i >= 0; i--) {
      ActivePattern pattern = patterns.get(i);
      if (pattern.kind() == PatternKind.SCHEMA_MISMATCH || pattern.kind() == PatternKind.ABSENCE) {
        continue;
      }
      boolean still = found.stream().anyMatch(finding -> finding.kind() == pattern.kind());
      int normal = still ? 0 : pattern.normalBuckets() + 1;
      if (normal >= NORMAL_BUCKETS_TO_END) {
        patterns.remove(i);
      } else {
        patterns.set(i, new ActivePattern(pattern.kind(), "", pattern.sinceMs(), normal));
      }
    }
  }

  List<ActivePattern> toList() {
    return patterns;
  }

  private int indexOf(PatternKind kind, String element) {
    for (int i = 0; i < patterns.size(); i++) {
      if (patterns.get(i).is(kind, element)) {
        return i;
      }
    }
    return -1;
  }

  private void removeNewestMismatch() {
    for (int i = patterns.size() - 1; i >= 0; i--) {
      if (patterns.get(i).kind() == PatternKind.SCHEMA_MISMATCH) {
        patterns.remove(i);
        return;
      }
    }
  }
}
