package io.knhk.knowledge.governance;

import io.knhk.knowledge.doctrine.DoctrineBook;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.Choice;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How votes are counted, and when a request is decided. One rejection ends a request; an abstention
 * counts as nothing; approvals decide once enough have agreed and the review is over. Pure.
 */
final class Poll {
  private final Requirements requirements;

  Poll(Requirements requirements) {
    this.requirements = requirements;
  }

  /** Why a vote does not count, if it does not. The request is open and names the present head. */
  static Optional<Answer.Refused<Counted>> refusal(
      Request request,
      Person voter,
      String keyId,
      ControlContent.Vote vote,
      DoctrineBook doctrine,
      long nowMs) {
    if (request.asked().concerns(voter.name())) {
      return refused(
          Refusal.SELF_APPROVAL,
          "expected a voter who did not ask for it and is not who it is for or about: person="
              + voter.name());
    }
    if (!request.requirement().asks(voter.roles())) {
      return refused(
          Refusal.ROLE,
          "expected one of the roles "
              + request.requirement().approvals().keySet()
              + ": person="
              + voter.name()
              + ", roles="
              + voter.roles());
    }
    Optional<String> both = Requirements.segregation(voter.roles(), doctrine, nowMs);
    if (both.isPresent()) {
      return refused(Refusal.SEGREGATION, both.get() + ", person=" + voter.name());
    }
    CastVote earlier = request.votes().get(voter.name());
    if (earlier != null && !earlier.keyId().equals(keyId)) {
      return refused(
          Refusal.SECOND_KEY,
          "expected the key of the first vote: person=" + voter.name() + ", key=" + keyId);
    }
    String present = request.ballot().hash();
    if (!vote.ballot().equals(present)) {
      return refused(
          Refusal.OTHER_BALLOT,
          "expected a vote on what stands: ballot=" + vote.ballot() + ", present=" + present);
    }
    return Optional.empty();
  }

  static Request counted(Request request, CastVote vote) {
    SortedMap<String, CastVote> votes = new TreeMap<>(request.votes());
    boolean changed = votes.put(vote.person(), vote) != null;
    String note =
        vote.choice().name().toLowerCase(Locale.ROOT)
            + " by "
            + vote.person()
            + (changed ? ", in place of an earlier vote" : "");
    Request counted = request.counting(votes, vote.atMs(), note);
    return vote.choice() == Choice.REJECT
        ? counted.in(RequestState.REJECTED, vote.reason(), vote.atMs(), "rejected")
        : counted;
  }

  /** Without the votes of those whose key or role is gone, and with the roles that voters have. */
  static Request recounted(Request request, Registry registry, DoctrineBook doctrine, long nowMs) {
    SortedMap<String, CastVote> votes = new TreeMap<>();
    for (CastVote vote : request.votes().values()) {
      Optional<Person> person = registry.ofUsableKey(vote.keyId());
      if (person.isPresent()
          && request.requirement().asks(person.get().roles())
          && Requirements.segregation(person.get().roles(), doctrine, nowMs).isEmpty()) {
        votes.put(vote.person(), vote.withRoles(person.get().roles()));
      }
    }
    return votes.equals(request.votes())
        ? request
        : request.counting(
            votes,
            nowMs,
            "recounted; votes that count no more: " + (request.votes().size() - votes.size()));
  }

  /**
   * The request as time and votes have it.
   *
   * @param mayApprove whether it may be approved now, if everything else is met
   */
  Request settled(Request request, DoctrineBook doctrine, boolean mayApprove, long nowMs) {
    if (nowMs >= request.expiresAtMs()) {
      return request.in(
          RequestState.EXPIRED,
          "nobody decided in time",
          nowMs,
          "expired, approvals missing: " + request.approvalsNeeded());
    }
    Requirement needed =
        request
            .requirement()
            .atLeast(requirements.chained(request.asked().asked(), doctrine, nowMs));
    Request now = needed.equals(request.requirement()) ? request : request.needing(needed, nowMs);
    RequestState state;
    if (nowMs < now.reviewEndsAtMs()) {
      state = RequestState.UNDER_REVIEW;
    } else if (now.approvalsNeeded() == 0 && mayApprove) {
      state = RequestState.APPROVED;
    } else {
      state = RequestState.APPROVALS_PENDING;
    }
    return state == now.state() ? now : now.in(state, "", nowMs, state.code());
  }

  private static Optional<Answer.Refused<Counted>> refused(Refusal reason, String detail) {
    return Optional.of(new Answer.Refused<>(reason, detail));
  }
}
