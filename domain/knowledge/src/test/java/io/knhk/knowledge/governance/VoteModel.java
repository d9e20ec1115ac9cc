package io.knhk.knowledge.governance;

import io.knhk.schemas.control.ControlContent.Choice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What should become of votes, said a second time and differently: everything that happened is kept
 * as a list, and where a request stands is found by going through all of it from the beginning.
 */
final class VoteModel {
  private static final long NEVER = -1;

  /** Something that happened. */
  private sealed interface Event {
    long atMs();
  }

  private record Voted(long atMs, int request, String person, int key, Choice choice)
      implements Event {}

  private record HeadMoved(long atMs) implements Event {}

  private record KeyRevoked(long atMs, String person, int key) implements Event {}

  private record Ticked(long atMs) implements Event {}

  record Ask(String author, int quorum, long reviewMs, long submittedAtMs) {}

  /** Where a request stands. */
  record Standing(RequestState state, int needed, Set<String> approvers) {}

  private final List<Ask> asks = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private final Set<String> approvers;
  private final long expiryMs;

  VoteModel(Set<String> approvers, long expiryMs) {
    this.approvers = approvers;
    this.expiryMs = expiryMs;
  }

  int ask(Ask ask) {
    asks.add(ask);
    return asks.size() - 1;
  }

  /** Whether a vote counts, and if so, that it was given. */
  boolean vote(
      long nowMs, int request, String person, int key, Choice choice, boolean ballotIsPresent) {
    Ask ask = asks.get(request);
    Map<String, Voted> earlier = new HashMap<>();
    RequestState state = replay(request, earlier);
    Voted mine = earlier.get(person);
    boolean counts =
        state.isOpen()
            && nowMs < ask.submittedAtMs() + expiryMs
            && ballotIsPresent
            && approvers.contains(person)
            && !person.equals(ask.author())
            && !revoked(person, key)
            && (mine == null || mine.key() == key || revoked(person, mine.key()));
    if (counts) {
      events.add(new Voted(nowMs, request, person, key, choice));
    }
    return counts;
  }

  void headMoved(long nowMs) {
    events.add(new HeadMoved(nowMs));
  }

  void revoke(long nowMs, String person, int key) {
    events.add(new KeyRevoked(nowMs, person, key));
  }

  void tick(long nowMs) {
    events.add(new Ticked(nowMs));
  }

  boolean isOpen(int request) {
    return replay(request, new HashMap<>()).isOpen();
  }

  Standing standing(int request) {
    Map<String, Voted> votes = new LinkedHashMap<>();
    RequestState state = replay(request, votes);
    Set<String> yes = new TreeSet<>();
    votes.forEach(
        (person, vote) -> {
          if (vote.choice() == Choice.APPROVE) {
            yes.add(person);
          }
        });
    return new Standing(state, Math.max(0, asks.get(request).quorum() - yes.size()), yes);
  }

  private boolean revoked(String person, int key) {
    for (Event event : events) {
      if (event instanceof KeyRevoked revoked
          && revoked.person().equals(person)
          && revoked.key() == key) {
        return true;
      }
    }
    return false;
  }

  private static void drop(Map<String, Voted> votes, Set<String> gone) {
    if (!gone.isEmpty()) {
      votes.values().removeIf(vote -> gone.contains(vote.person() + vote.key()));
    }
  }

  private static int approvals(Map<String, Voted> votes) {
    int yes = 0;
    for (Voted vote : votes.values()) {
      yes += vote.choice() == Choice.APPROVE ? 1 : 0;
    }
    return yes;
  }

  /** Fills {@code votes} with those that count when everything has happened. */
  private RequestState replay(int request, Map<String, Voted> votes) {
    Ask ask = asks.get(request);
    long reviewEndsAtMs = ask.submittedAtMs() + ask.reviewMs();
    long approvedAtMs = NEVER;
    RequestState state =
        ask.reviewMs() > 0 ? RequestState.UNDER_REVIEW : RequestState.APPROVALS_PENDING;
    Set<String> gone = new HashSet<>();
    for (Event event : events) {
      if (event.atMs() < ask.submittedAtMs() || approvedAtMs != NEVER) {
        continue;
      }
      if (event instanceof KeyRevoked revoked) {
        gone.add(revoked.person() + revoked.key());
      } else if (event instanceof HeadMoved) {
        votes.clear();
      } else if (event instanceof Voted vote && vote.request() == request) {
        drop(votes, gone);
        votes.put(vote.person(), vote);
        if (vote.choice() == Choice.REJECT) {
          return RequestState.REJECTED;
        }
      }
      boolean looked =
          event instanceof Ticked || (event instanceof Voted vote && vote.request() == request);
      if (looked) {
        drop(votes, gone);
        int yes = approvals(votes);
        if (event.atMs() >= ask.submittedAtMs() + expiryMs) {
          return RequestState.EXPIRED;
        } else if (event.atMs() >= reviewEndsAtMs && yes >= ask.quorum()) {
          return RequestState.APPROVED;
        } else if (event.atMs() >= reviewEndsAtMs) {
          state = RequestState.APPROVALS_PENDING;
        }
      }
    }
    return state;
  }
}
