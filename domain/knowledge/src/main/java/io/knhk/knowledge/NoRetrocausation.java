package io.knhk.knowledge;

import io.knhk.schemas.knowledge.Proposal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Q1: the history is one line without a circle that ends at the head, the proposal's basis is in
 * it, only a rollback leads back to a snapshot that was left, and the evidence is not younger than
 * the decision that rests on it.
 */
final class NoRetrocausation {
  static final String NAME = "Q1";
  private static final String ASKS =
      "no retrocausation: one acyclic history ending at the head, the basis in it, evidence older than the change";

  private NoRetrocausation() {}

  static Invariant check(Candidate candidate, Snapshot shadow) {
    List<Witness> witnesses = new ArrayList<>();
    List<Ancestor> history = candidate.history();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < history.size(); i++) {
      Ancestor at = history.get(i);
      if (!ids.add(at.snapshotId()) && !at.rollback()) {
        fail(witnesses, at, "expected an acyclic history: the snapshot is in it twice");
      }
      if (i > 0) {
        follows(history.get(i - 1), at, witnesses);
      }
    }
    head(candidate, witnesses);
    basis(candidate, witnesses);
    way(candidate.proposal(), shadow, ids, witnesses);
    SortedMap<String, Long> figures = new TreeMap<>();
    figures.put("versions", (long) history.size());
    figures.put("basisVersion", candidate.proposal().basisVersion());
    figures.put("evidenceRecordedAtMs", candidate.evidenceRecordedAtMs());
    figures.put("decidedAtMs", candidate.decidedAtMs());
    return new Invariant(NAME, ASKS, figures, witnesses, List.of());
  }

  private static void follows(Ancestor before, Ancestor at, List<Witness> witnesses) {
    if (at.version() != before.version() + 1 || !at.parentId().equals(before.snapshotId())) {
      fail(witnesses, at, "expected the version after its parent: before=" + before.version());
    }
    if (at.promotedAtMs() < before.promotedAtMs()) {
      fail(
          witnesses,
          at,
          "expected a promotion no earlier than its parent's: promotedAtMs="
              + at.promotedAtMs()
              + ", parent="
              + before.promotedAtMs());
    }
  }

  private static void head(Candidate candidate, List<Witness> witnesses) {
    List<Ancestor> history = candidate.history();
    String headId = candidate.head().id();
    if (history.isEmpty() || !history.get(history.size() - 1).snapshotId().equals(headId)) {
      witnesses.add(new Witness(headId, "", "expected a history that ends at the head"));
    }
  }

  private static void basis(Candidate candidate, List<Witness> witnesses) {
    Proposal proposal = candidate.proposal();
    boolean found = false;
    for (Ancestor at : candidate.history()) {
      found |=
          at.version() == proposal.basisVersion()
              && at.snapshotId().equals(proposal.basisSnapshotId());
    }
    if (!found) {
      witnesses.add(
          new Witness(
              proposal.basisSnapshotId(),
              "",
              "expected a basis that is the head or before it: version="
                  + proposal.basisVersion()));
    }
    if (candidate.evidenceRecordedAtMs() > candidate.decidedAtMs()
        || proposal.recordedAtMs() > candidate.decidedAtMs()) {
      witnesses.add(
          new Witness(
              proposal.patternId(),
              "",
              "expected evidence no younger than the change: evidenceRecordedAtMs="
                  + candidate.evidenceRecordedAtMs()
                  + ", proposalRecordedAtMs="
                  + proposal.recordedAtMs()
                  + ", decidedAtMs="
                  + candidate.decidedAtMs()));
    }
  }

  private static void way(
      Proposal proposal, Snapshot shadow, Set<String> ids, List<Witness> witnesses) {
    boolean rollback = proposal.rule().equals(Proposal.ROLLBACK);
    if (ids.contains(shadow.id()) && !rollback) {
      witnesses.add(
          new Witness(
              shadow.id(),
              "",
              "expected a new snapshot: a way back to one that was left is a rollback, not a change",
              "",
              "ask for a rollback to that snapshot"));
    } else if (!ids.contains(shadow.id()) && rollback) {
      witnesses.add(
          new Witness(shadow.id(), "", "expected a rollback to lead to a snapshot of the history"));
    }
  }

  private static void fail(List<Witness> witnesses, Ancestor at, String message) {
    witnesses.add(new Witness(at.snapshotId(), "", message + ", version=" + at.version()));
  }
}
