package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.Proposal;
import java.util.List;
import java.util.Map;

/** Candidates whose head is compiled as execute would have it. */
final class Candidates {
  private Candidates() {}

  static Candidate of(
      Snapshot head,
      List<Ancestor> history,
      Proposal proposal,
      long evidenceRecordedAtMs,
      long decidedAtMs) {
    return of(head, history, proposal, evidenceRecordedAtMs, decidedAtMs, Context.NONE);
  }

  static Candidate of(
      Snapshot head,
      List<Ancestor> history,
      Proposal proposal,
      long evidenceRecordedAtMs,
      long decidedAtMs,
      Context context) {
    CompiledSnapshot compiled =
        SnapshotCompiler.compile(
            proposal.sector(), head, Math.max(1, history.size()), "", "", 0, Map.of());
    return new Candidate(
        head, compiled, history, proposal, evidenceRecordedAtMs, decidedAtMs, context);
  }
}
