package io.knhk.detection;

import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.detection.MismatchTally;
import io.knhk.schemas.knowledge.DetectorParameters;
import java.util.List;

/**
 * The watching of one key: {@code merge} what came in, {@code judge} what is complete, {@code
 * judgeSilence}. Functions of their arguments alone, so that a replay of the same calls finds the
 * same.
 *
 * <p>What is merged between two judgements may be cut into calls in any way and order, as long as
 * no more than {@link KeyState#OPEN_BUCKETS_MAX} buckets are open at once; merging in order of
 * start keeps even more of them from being late. Judging twice, or only at the later of two clocks,
 * finds the same bucket findings.
 *
 * <p>Every function takes the parameters of the current snapshot and its version. With another
 * version the mismatches counted so far are forgotten, as the new snapshot may explain them. With
 * other parameters, what was learnt or reported under the old ones is forgotten by the detector
 * that they belong to, and by no other. Both are ignored from a snapshot older than the state's.
 */
public final class Detectors {
  private Detectors() {}

  /**
   * The state with a part of a bucket added. A part of a bucket that has been judged is late: it is
   * counted as such, and its mismatches and times are kept.
   *
   * @param part count 0 if there are only mismatches; a length other than the parameters' is fitted
   *     in where it can be
   * @param mismatches among the observations of the part, found under {@code snapshotVersion}
   * @param maxTimeMs largest event time among them
   * @param recordedAtMs largest LogAppendTime among them
   */
  public static KeyState merge(
      KeyState state,
      BucketStats part,
      List<MismatchTally> mismatches,
      long maxTimeMs,
      long recordedAtMs,
      DetectorParameters parameters,
      long snapshotVersion) {
    KeyDraft draft = new KeyDraft(state);
    boolean current = draft.adopt(parameters, snapshotVersion);
    draft.seen(part.count(), maxTimeMs, recordedAtMs);
    draft.addMismatches(mismatches, part.startMs(), maxTimeMs, current);
    if (part.count() > 0) {
      draft.addPart(part);
    }
    return draft.toState();
  }

  /**
   * Judges each bucket that ends at or before the clock, in order; a bucket without observations
   * between or after them counts as an empty one, up to {@link KeyState#GAP_BUCKETS_MAX} in a row.
   * Then judges the mismatches.
   *
   * @param clockMs of the source, event time; {@link KeyState#NEVER} closes nothing
   */
  public static Judged judge(
      KeyState state, long clockMs, DetectorParameters parameters, long snapshotVersion) {
    KeyDraft draft = new KeyDraft(state);
    draft.adopt(parameters, snapshotVersion);
    draft.handOnEarlyFindings();
    draft.closeThrough(clockMs);
    draft.judgeMismatches();
    return draft.toJudged();
  }

  /**
   * Reports an absence once for each silence; it may be reported again after something newer in
   * event time has come.
   *
   * <p>Do not ask it of a source that said it was at its end.
   *
   * @param sourceClockMs of the source, event time; {@link KeyState#NEVER} when unknown
   * @param sourceRecordedAtMs LogAppendTime of the last that the source sent, for whatever key
   * @param nowRecordedMs recorded time now
   */
  public static Judged judgeSilence(
      KeyState state,
      long sourceClockMs,
      long sourceRecordedAtMs,
      long nowRecordedMs,
      DetectorParameters parameters,
      long snapshotVersion) {
    KeyDraft draft = new KeyDraft(state);
    draft.adopt(parameters, snapshotVersion);
    draft.judgeSilence(sourceClockMs, sourceRecordedAtMs, nowRecordedMs);
    return draft.toJudged();
  }
}
