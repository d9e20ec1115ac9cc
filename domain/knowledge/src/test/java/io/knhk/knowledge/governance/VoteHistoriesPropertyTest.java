package io.knhk.knowledge.governance;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.doctrine.Effect;
import io.knhk.knowledge.doctrine.Scope;
import io.knhk.knowledge.governance.GovernanceOptions.Level;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Random histories of votes, against a model that counts in another way. */
class VoteHistoriesPropertyTest {
  private static final int HISTORIES_A_TRY = 500;
  private static final int STEPS = 14;
  private static final long HOUR_MS = Office.HOUR_MS;
  private static final long EXPIRY_MS = 20 * HOUR_MS;

  /** Changes of persons need one administrator and no time, so that they can be in a history. */
  private static final GovernanceOptions OPTIONS =
      GovernanceOptions.DEFAULTS
          .with(Criticality.CRITICAL, new Level(1, 0))
          .withRequests(EXPIRY_MS, 1_000, 1_000);

  private static final List<String> VOTERS =
      List.of("alice", "bob", "carol", "chuck", "sue", "sam", "ann");
  private static final Set<String> APPROVERS = Set.of("alice", "bob", "carol", "chuck", "sue");
  private static final Scope SCOPE =
      new Scope(new TreeSet<>(Set.of(Effect.ADDITION)), new TreeSet<>());
  private static final List<String> CONTENTS =
      IntStream.rangeClosed(0, STEPS).mapToObj(i -> Office.id("content " + i)).toList();
  private static final List<RequestKind> KINDS =
      List.of(RequestKind.IMPORT, RequestKind.ROLLBACK, RequestKind.CHANGE);
  private static final List<Criticality> CRITICALITIES =
      List.of(Criticality.HIGH, Criticality.MEDIUM, Criticality.LOW);

  @Property(tries = 200, shrinking = ShrinkingMode.OFF)
  void shouldStandWhereTheModelStandsWhateverHappens(@ForAll long seed) {
    for (int i = 0; i < HISTORIES_A_TRY; i++) {
      new History(new Random(seed + i * 0x9E3779B97F4A7C15L)).run();
    }
  }

  private static final class History {
    private final Random random;
    private final Office office = new Office(OPTIONS, List.of());
    private final VoteModel model = new VoteModel(APPROVERS, EXPIRY_MS);
    private final List<Request> requests = new ArrayList<>();
    private int heads;
    private int revocations;

    History(Random random) {
      this.random = random;
    }

    void run() {
      open();
      for (int i = 0; i < STEPS; i++) {
        switch (random.nextInt(10)) {
          case 0 -> open();
          case 1 -> moveHead();
          case 2 -> revoke();
          case 3, 4 -> pass();
          default -> vote();
        }
        compare();
      }
    }

    private void open() {
      int kind = random.nextInt(KINDS.size());
      Level level = OPTIONS.of(CRITICALITIES.get(kind));
      String author = List.of("sam", "sue", "").get(random.nextInt(3));
      Asked asked =
          new Asked.Change(
              KINDS.get(kind), CONTENTS.get(requests.size()), "", new TreeSet<>(), SCOPE);
      Answer<Request> opened =
          office.tryOpen(Office.asked("history " + requests.size(), asked, author));
      if (opened instanceof Answer.Accepted<Request> accepted) {
        requests.add(accepted.value());
        model.ask(new VoteModel.Ask(author, level.quorum(), level.reviewMs(), office.nowMs));
      }
    }

    private void moveHead() {
      office.head = Office.id("head " + ++heads);
      office.governance.headChanged(office.head, office.nowMs);
      model.headMoved(office.nowMs);
    }

    private void revoke() {
      String person = VOTERS.get(random.nextInt(4));
      int key = person.equals("bob") ? 1 + random.nextInt(2) : 1;
      Asked.Approver asked =
          new Asked.Approver(
              person, new TreeSet<>(Set.of(Role.APPROVER)), "", Office.keyId(person, key));
      Answer<Request> opened =
          office.tryOpen(Office.asked("revocation " + ++revocations, asked, "ann"));
      if (opened instanceof Answer.Accepted<Request> accepted) {
        Request approved = office.approve("ben", accepted.value());
        Office.accepted(office.governance.applyApprover(approved, office.nowMs));
        model.revoke(office.nowMs, person, key);
      }
    }

    private void pass() {
      Request aim = requests.get(random.nextInt(requests.size()));
      long[] moments = {
        office.nowMs,
        office.nowMs + random.nextInt(8) * HOUR_MS / 2,
        aim.reviewEndsAtMs() - 1,
        aim.reviewEndsAtMs(),
        aim.expiresAtMs() - 1,
        aim.expiresAtMs()
      };
      office.nowMs = Math.max(office.nowMs, moments[random.nextInt(moments.length)]);
      while (!office.governance.advance(office.head, office.nowMs).isEmpty()) {
        // One is approved at a time.
      }
      model.tick(office.nowMs);
    }

    private void vote() {
      int at = random.nextInt(requests.size());
      Request request = requests.get(at);
      String voter = VOTERS.get(random.nextInt(VOTERS.size()));
      int key = voter.equals("bob") ? 1 + random.nextInt(2) : 1;
      Choice choice =
          random.nextInt(12) == 0
              ? Choice.REJECT
              : random.nextInt(4) == 0 ? Choice.ABSTAIN : Choice.APPROVE;
      String present = office.now(request).ballot().hash();
      String ballot =
          switch (random.nextInt(8)) {
            case 0 -> request.ballot().hash();
            case 1 -> office.now(requests.get(random.nextInt(requests.size()))).ballot().hash();
            default -> present;
          };
      boolean counted =
          office.tryVote(voter, key, request.id(), ballot, choice) instanceof Answer.Accepted;
      boolean expected = model.vote(office.nowMs, at, voter, key, choice, ballot.equals(present));
      if (counted != expected) {
        assertThat(counted).as("vote of %s on %s", voter, at).isEqualTo(expected);
      }
    }

    private void compare() {
      for (int i = 0; i < requests.size(); i++) {
        Request request = office.now(requests.get(i));
        VoteModel.Standing standing = model.standing(i);
        if (request.state() != standing.state()) {
          assertThat(request.state()).as("request %s", i).isEqualTo(standing.state());
        }
        if (request.state() == RequestState.APPROVED) {
          assertThat(request.approvalsNeeded()).isZero();
          assertThat(standing.needed()).isZero();
          for (CastVote vote : request.votes(Choice.APPROVE)) {
            assertThat(standing.approvers()).contains(vote.person());
          }
        }
      }
    }
  }
}
