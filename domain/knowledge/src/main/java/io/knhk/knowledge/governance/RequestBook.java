package io.knhk.knowledge.governance;

import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** The requests of a sector: opened, voted on, ended. */
final class RequestBook {
  private final GovernanceOptions options;
  private final GovernanceState state;
  private final Poll poll;

  RequestBook(GovernanceOptions options, GovernanceState state, Poll poll) {
    this.options = options;
    this.state = state;
    this.poll = poll;
  }

  /** What speaks against any request by this author, whatever it asks for. */
  Optional<Answer.Refused<Request>> refusal(NewRequest what, long nowMs) {
    if (state.request(what.id()).isPresent()) {
      return Optional.of(
          new Answer.Refused<>(
              Refusal.KNOWN_REQUEST, "expected a request that is new: request=" + what.id()));
    }
    int open = state.open().size();
    if (open >= options.pendingMax()) {
      return Optional.of(
          new Answer.Refused<>(
              Refusal.FULL,
              "expected bounded requests: open=" + open + ", limit=" + options.pendingMax()));
    }
    return state
        .registry()
        .person(what.author())
        .flatMap(person -> Requirements.segregation(person.roles(), state.doctrine(), nowMs))
        .map(both -> new Answer.Refused<>(Refusal.SEGREGATION, both + ", person=" + what.author()));
  }

  Request open(NewRequest what, Requirement requirement, String headId, long nowMs) {
    Request submitted =
        new Request(
            what,
            requirement,
            nowMs,
            nowMs + requirement.reviewMs(),
            nowMs + options.expiryMs(),
            headId,
            state.doctrine().hash(),
            RequestState.SUBMITTED,
            requirement.missing(List.of()),
            new TreeMap<>(),
            "",
            0,
            0,
            List.of(
                new Request.Moment(
                    nowMs, RequestState.SUBMITTED, requirement.missing(List.of()), "submitted")));
    return put(poll.settled(submitted, state.doctrine(), false, nowMs));
  }

  Answer<Counted> vote(
      Person voter,
      String keyId,
      ControlContent.Vote vote,
      String messageId,
      String headId,
      long nowMs) {
    Optional<Request> found = state.request(vote.request());
    if (found.isEmpty()) {
      return Answer.refused(
          Refusal.UNKNOWN_REQUEST, "expected a known request: request=" + vote.request());
    }
    Request request = found.get();
    if (!request.state().isOpen() || nowMs >= request.expiresAtMs()) {
      return ended(request);
    }
    Optional<Person> person = state.registry().ofUsableKey(keyId);
    if (person.isEmpty() || !person.get().name().equals(voter.name())) {
      return Answer.refused(
          Refusal.UNKNOWN_KEY, "expected a key of the voter that counts: key=" + keyId);
    }
    if (!request.parent().equals(headId) || !request.doctrine().equals(state.doctrine().hash())) {
      return Answer.refused(
          Refusal.OTHER_BALLOT, "expected a vote on what follows the head: head=" + headId);
    }
    request = Poll.recounted(request, state.registry(), state.doctrine(), nowMs);
    Optional<Answer.Refused<Counted>> refusal =
        Poll.refusal(request, person.get(), keyId, vote, state.doctrine(), nowMs);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    CastVote cast =
        new CastVote(
            person.get().name(),
            keyId,
            messageId,
            vote.choice(),
            vote.reason(),
            vote.producerFault(),
            nowMs,
            person.get().demonstration(),
            person.get().roles());
    Request counted = Poll.counted(request, cast);
    if (counted.state() == RequestState.REJECTED) {
      put(counted);
      return Answer.accepted(new Counted(counted, holdRejected(counted, cast, nowMs)));
    }
    return Answer.accepted(
        new Counted(
            put(poll.settled(counted, state.doctrine(), mayApprove(counted), nowMs)), List.of()));
  }

  List<Request> advance(String headId, long nowMs) {
    List<Request> changed = new ArrayList<>();
    boolean approved = false;
    for (Request before : state.open()) {
      Request now = bound(before, headId, nowMs);
      now = Poll.recounted(now, state.registry(), state.doctrine(), nowMs);
      now = poll.settled(now, state.doctrine(), !approved && mayApprove(now), nowMs);
      approved |= now.state() == RequestState.APPROVED;
      if (!now.equals(before)) {
        changed.add(put(now));
      }
    }
    return changed;
  }

  List<Request> headChanged(String headId, long nowMs) {
    List<Request> changed = new ArrayList<>();
    for (Request before : state.open()) {
      Request now = bound(before, headId, nowMs);
      if (!now.equals(before)) {
        changed.add(put(now));
      }
    }
    return changed;
  }

  Answer<Request> withdraw(Person who, String requestId, String reason, long nowMs) {
    Optional<Request> found = state.request(requestId);
    if (found.isEmpty()) {
      return Answer.refused(
          Refusal.UNKNOWN_REQUEST, "expected a known request: request=" + requestId);
    }
    Request request = found.get();
    if (!request.asked().author().equals(who.name())) {
      return Answer.refused(
          Refusal.NOT_AUTHOR, "expected the one who asked for it: person=" + who.name());
    }
    if (!request.state().isOpen()) {
      return ended(request);
    }
    return Answer.accepted(
        put(request.in(RequestState.REVOKED, reason, nowMs, "taken back by " + who.name())));
  }

  Request end(String requestId, RequestState end, String reason, long nowMs) {
    Request request =
        state
            .request(requestId)
            .orElseThrow(
                () -> new IllegalStateException("expected a known request: request=" + requestId));
    boolean possible =
        request.state() == RequestState.APPROVED
            ? end == RequestState.APPROVED || end == RequestState.REFUSED
            : request.state().isOpen() && !end.isOpen();
    if (!possible) {
      throw new IllegalStateException(
          "expected an end of it: request="
              + requestId
              + ", state="
              + request.state().code()
              + ", end="
              + end.code());
    }
    return put(request.in(end, reason, nowMs, reason));
  }

  /**
   * The request as it is known, which was approved by the rules as they are.
   *
   * @throws IllegalStateException if it was not
   */
  Request approved(Request request) {
    Request known = state.request(request.id()).orElse(request);
    if (known.state() != RequestState.APPROVED
        || !known.doctrine().equals(state.doctrine().hash())) {
      throw new IllegalStateException(
          "expected an approved request, by the doctrine as it is: request="
              + request.id()
              + ", state="
              + known.state().code());
    }
    return known;
  }

  Held hold(
      HoldTarget target, String change, String by, String reason, String requestId, long nowMs) {
    Held held =
        new Held(target, change, true, by, reason, requestId, nowMs, state.nextHoldRevision());
    state.put(held);
    return held;
  }

  List<Held> holdChanges(
      Collection<String> changeKeys, String by, String reason, String requestId, long nowMs) {
    List<Held> held = new ArrayList<>();
    for (String key : new TreeSet<>(changeKeys)) {
      boolean full = state.holds().changes() >= options.heldChangesMax();
      if (state.holds().isHeld(HoldTarget.CHANGE, key)) {
        continue;
      }
      if (!full) {
        held.add(hold(HoldTarget.CHANGE, key, by, reason, requestId, nowMs));
      } else if (!state.holds().isHeld(HoldTarget.PROPOSALS, "")) {
        String why =
            "no more changes can be held: held="
                + state.holds().changes()
                + ", limit="
                + options.heldChangesMax();
        held.add(hold(HoldTarget.PROPOSALS, "", "", why, requestId, nowMs));
      }
    }
    return held;
  }

  private List<Held> holdRejected(Request rejected, CastVote cast, long nowMs) {
    return rejected.asked().asked() instanceof Asked.Change change
        ? holdChanges(change.changeKeys(), cast.person(), cast.reason(), rejected.id(), nowMs)
        : List.of();
  }

  private boolean mayApprove(Request request) {
    return !request.kind().promotes() || !state.holds().isHeld(HoldTarget.PROMOTIONS, "");
  }

  private Request bound(Request request, String headId, long nowMs) {
    String doctrine = state.doctrine().hash();
    return request.parent().equals(headId) && request.doctrine().equals(doctrine)
        ? request
        : request.rebound(headId, doctrine, nowMs);
  }

  private Request put(Request request) {
    state.put(request);
    if (!request.state().isOpen()) {
      forgetBeyondLimit(request);
    }
    return request;
  }

  /** The oldest that is over; not the one that just ended, which somebody may still carry out. */
  private void forgetBeyondLimit(Request latest) {
    List<Request> ended =
        state.requests().stream()
            .filter(request -> !request.state().isOpen() && !request.id().equals(latest.id()))
            .toList();
    if (ended.size() >= options.endedMax()) {
      ended.stream()
          .min(Comparator.comparingLong(Request::endedAtMs).thenComparing(Request::id))
          .ifPresent(oldest -> state.removeRequest(oldest.id()));
    }
  }

  private static <T> Answer<T> ended(Request request) {
    return Answer.refused(
        Refusal.ENDED,
        "expected an open request: request="
            + request.id()
            + ", state="
            + (request.state().isOpen() ? RequestState.EXPIRED : request.state()).code());
  }
}
