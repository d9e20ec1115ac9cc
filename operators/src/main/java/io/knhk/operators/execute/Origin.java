package io.knhk.operators.execute;

import io.knhk.knowledge.Author;
import io.knhk.knowledge.governance.RequestKind;

/**
 * Where a change comes from.
 *
 * @param requestId under which people decide on it: the message that asks for it, or the loop's own
 *     proposal
 * @param evidenceRecordedAtMs recorded time of what led to it
 * @param isDryRun whether it is only tried
 */
record Origin(
    RequestKind kind,
    Author author,
    String requestId,
    long evidenceRecordedAtMs,
    boolean isDryRun) {

  /** A pattern was seen. */
  static Origin loop(String proposalId, long evidenceRecordedAtMs) {
    return new Origin(RequestKind.CHANGE, Author.LOOP, proposalId, evidenceRecordedAtMs, false);
  }
}
