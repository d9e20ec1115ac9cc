package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.Proposal;
import java.util.List;

/**
 * A change to be validated, with all that the stages look at.
 *
 * @param head the sector's current snapshot
 * @param compiled the same, compiled
 * @param history versions promoted, oldest first, the last of them the head; it may begin later
 *     than version 1 but not after the proposal's basis
 * @param evidenceRecordedAtMs recordedAtMs of the pattern behind the proposal
 * @param decidedAtMs recordedAtMs of the decision being taken
 */
public record Candidate(
    Snapshot head,
    CompiledSnapshot compiled,
    List<Ancestor> history,
    Proposal proposal,
    long evidenceRecordedAtMs,
    long decidedAtMs,
    Context context) {
  public Candidate {
    history = List.copyOf(history);
  }
}
