package io.knhk.knowledge.governance;

import io.knhk.schemas.control.Ballot;
import io.knhk.schemas.control.ControlContent.Choice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Something that people decide on, as it stands. Immutable.
 *
 * @param requirement what it needs; from the state before what it asks for
 * @param parent id of the snapshot that it would follow
 * @param doctrine hash of the rules by which it is judged
 * @param approvalsNeeded at least so many more have to agree
 * @param votes that count, by person
 * @param reason why it is as it is, empty while nothing is to be said
 * @param endedAtMs 0 while it is open
 * @param revision counts up with every change
 * @param history what happened, oldest first; at most {@link #HISTORY_MAX}, of which the first is
 *     always kept
 */
public record Request(
    NewRequest asked,
    Requirement requirement,
    long submittedAtMs,
    long reviewEndsAtMs,
    long expiresAtMs,
    String parent,
    String doctrine,
    RequestState state,
    int approvalsNeeded,
    SortedMap<String, CastVote> votes,
    String reason,
    long endedAtMs,
    long revision,
    List<Moment> history) {
  /** Moments that are kept of one request. */
  public static final int HISTORY_MAX = 64;

  /**
   * Something that happened to a request.
   *
   * @param note one line for a person
   */
  public record Moment(long atMs, RequestState state, int approvalsNeeded, String note) {}

  public Request {
    votes = Collections.unmodifiableSortedMap(new TreeMap<>(votes));
    history = List.copyOf(history);
  }

  public String id() {
    return asked.id();
  }

  public RequestKind kind() {
    return asked.asked().kind();
  }

  /** What stands to vote now. */
  public Ballot ballot() {
    return new Ballot(id(), contentId(), doctrine, parent);
  }

  /** The id of what it asks for, 64 hex digits. */
  public String contentId() {
    return AskedJson.contentId(asked.asked());
  }

  /** Votes of one kind, in order of person. */
  public List<CastVote> votes(Choice choice) {
    return votes.values().stream().filter(vote -> vote.choice() == choice).toList();
  }

  /** Whether somebody agreed with a key that everybody has. */
  public boolean isByDemonstration() {
    return votes.values().stream().anyMatch(vote -> vote.isApproval() && vote.demonstration());
  }

  Request in(RequestState next, String why, long atMs, String note) {
    return with(
        requirement,
        parent,
        doctrine,
        next,
        votes,
        why,
        next.isOpen() ? 0 : endedAtMs == 0 ? atMs : endedAtMs,
        atMs,
        note);
  }

  Request counting(SortedMap<String, CastVote> now, long atMs, String note) {
    return with(requirement, parent, doctrine, state, now, reason, endedAtMs, atMs, note);
  }

  Request needing(Requirement now, long atMs) {
    return with(
        now, parent, doctrine, state, votes, reason, endedAtMs, atMs, "more approvals are needed");
  }

  Request rebound(String parentNow, String doctrineNow, long atMs) {
    return with(
        requirement,
        parentNow,
        doctrineNow,
        state,
        new TreeMap<>(),
        reason,
        endedAtMs,
        atMs,
        (parentNow.equals(parent) ? "the doctrine changed" : "the head moved")
            + "; votes void: "
            + votes.size());
  }

  private Request with(
      Requirement requirementNow,
      String parentNow,
      String doctrineNow,
      RequestState next,
      SortedMap<String, CastVote> votesNow,
      String why,
      long endedAt,
      long atMs,
      String note) {
    int needed = requirementNow.missing(votesNow.values());
    List<Moment> moments = new ArrayList<>(history);
    moments.add(new Moment(atMs, next, needed, note));
    if (moments.size() > HISTORY_MAX) {
      moments.remove(1);
    }
    return new Request(
        asked,
        requirementNow,
        submittedAtMs,
        reviewEndsAtMs,
        expiresAtMs,
        parentNow,
        doctrineNow,
        next,
        needed,
        votesNow,
        why,
        endedAt,
        revision + 1,
        moments);
  }
}
