package io.knhk.knowledge.governance;

import static io.knhk.knowledge.governance.Office.accepted;
import static io.knhk.knowledge.governance.Office.asked;
import static io.knhk.knowledge.governance.Office.change;
import static io.knhk.knowledge.governance.Office.detail;
import static io.knhk.knowledge.governance.Office.id;
import static io.knhk.knowledge.governance.Office.keyId;
import static io.knhk.knowledge.governance.Office.refused;
import static io.knhk.knowledge.governance.Office.relaxation;
import static io.knhk.knowledge.governance.Office.revoke;
import static io.knhk.knowledge.governance.Office.roles;
import static io.knhk.knowledge.governance.Office.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.knowledge.doctrine.Effect;
import io.knhk.schemas.control.Ballot;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.control.ControlMessage;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.DoctrineRule;
import io.knhk.schemas.knowledge.DoctrineRule.Constraint;
import io.knhk.schemas.knowledge.DoctrineRule.Enforcement;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What somebody would try to get a change through that they may not make. None of it works. */
class GovernanceAttackTest {
  private static final DoctrineRule CHAIN =
      rule(
          "four-eyes",
          Constraint.APPROVAL_CHAIN,
          Enforcement.MANDATORY,
          "quorum",
          "2",
          "applies-to",
          "loosening");

  private final Office office = new Office(CHAIN);
  private final Governance governance = office.governance;

  @Nested
  class Votes {
    private final Request critical = office.open("a", relaxation(Criticality.CRITICAL), "sam");

    @Test
    void shouldCountOnceWhenASignerComesAgainUnderAReencodedKey() {
      office.approve("alice", critical);
      // Whatever a key is wrapped in, its id is of the same 32 bytes; nothing else is an id.
      String key = Office.publicKey("alice", 1);
      assertThatThrownBy(() -> Person.keyId(key.toUpperCase(Locale.ROOT)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> Person.keyId("302a300506032b6570032100" + key))
          .isInstanceOf(IllegalArgumentException.class);
      Person alice = governance.registry().person("alice").orElseThrow();
      Answer<Counted> upper =
          governance.vote(
              alice,
              keyId("alice").toUpperCase(Locale.ROOT),
              vote(critical, Choice.APPROVE),
              id("v"),
              office.head,
              office.nowMs);
      assertThat(refused(upper)).isEqualTo(Refusal.UNKNOWN_KEY);
      assertThat(office.approve("alice", critical).approvalsNeeded()).isEqualTo(2);
    }

    @Test
    void shouldRefuseAKeyWhenSomebodyHasItUnderAnotherName() {
      Asked.Approver mallory =
          new Asked.Approver(
              "mallory", new TreeSet<>(Set.of(Role.APPROVER)), Office.publicKey("alice", 1), "");
      assertThat(refused(office.tryOpen(asked("m", mallory, "ann")))).isEqualTo(Refusal.KEY);
    }

    @Test
    void shouldRefuseTheSecondKeyWhenAPersonHasTwo() {
      assertThat(office.approve("bob", critical).approvalsNeeded()).isEqualTo(2);
      assertThat(refused(office.tryVote("bob", 2, critical, Choice.APPROVE)))
          .isEqualTo(Refusal.SECOND_KEY);
      assertThat(office.now(critical).approvalsNeeded()).isEqualTo(2);
    }

    @Test
    void shouldRefuseAVoteForOneWhenItIsReplayedOnAnother() {
      Request other = office.open("b", relaxation(Criticality.CRITICAL), "sam");
      assertThat(other.contentId()).isEqualTo(critical.contentId());
      assertThat(
              refused(
                  office.tryVote("alice", 1, other.id(), critical.ballot().hash(), Choice.APPROVE)))
          .isEqualTo(Refusal.OTHER_BALLOT);
      assertThat(office.now(other).votes()).isEmpty();
    }

    @Test
    void shouldRefuseAVoteWhenTheProposalIsAnotherThanTheVoterSaw() {
      Request request = office.open("c", change("c"), "sam");
      String edited =
          new Ballot(request.id(), id("edited"), request.doctrine(), request.parent()).hash();
      assertThat(refused(office.tryVote("alice", 1, request.id(), edited, Choice.APPROVE)))
          .isEqualTo(Refusal.OTHER_BALLOT);
    }

    @Test
    void shouldRefuseAnEditWhenTheRequestIsKnown() {
      Request request = office.open("c", change("c", Effect.LOOSENING), "sam");
      office.approve("alice", request);
      NewRequest edited =
          new NewRequest(request.id(), change("worse"), "The same, and more", "sam", "");
      assertThat(refused(office.tryOpen(edited))).isEqualTo(Refusal.KNOWN_REQUEST);
      assertThat(office.now(request).asked()).isEqualTo(request.asked());
    }

    @Test
    void shouldCarryOutWhatWasVotedOnWhenAnotherIsHandedIn() {
      Request approved = office.approved(critical, "alice", "bob", "carol");
      Request forged =
          new Request(
              new NewRequest(
                  approved.id(),
                  new Asked.Relaxation(
                      "https://knhk.io/ns/finance#transfer::sanctions",
                      7 * Office.DAY_MS,
                      Criticality.CRITICAL,
                      relaxation(Criticality.CRITICAL).scope()),
                  "",
                  "sam",
                  ""),
              approved.requirement(),
              approved.submittedAtMs(),
              approved.reviewEndsAtMs(),
              approved.expiresAtMs(),
              approved.parent(),
              approved.doctrine(),
              approved.state(),
              0,
              approved.votes(),
              "",
              approved.endedAtMs(),
              approved.revision(),
              approved.history());
      assertThat(governance.grantRelaxation(forged, office.nowMs).guard()).isEqualTo(Office.GUARD);
    }

    @Test
    void shouldNotCountAnAbstentionAsYes() {
      for (String voter : List.of("alice", "bob", "carol", "chuck", "sue")) {
        accepted(office.tryVote(voter, 1, critical, Choice.ABSTAIN));
      }
      office.nowMs = critical.reviewEndsAtMs();
      governance.advance(office.head, office.nowMs);
      assertThat(office.now(critical).state()).isEqualTo(RequestState.APPROVALS_PENDING);
      assertThat(office.now(critical).approvalsNeeded()).isEqualTo(3);
    }

    @Test
    void shouldRefuseTheVoteWhenAPersonIsOfAnotherSector() {
      Person stranger = Office.person("stranger", 1, Role.APPROVER);
      assertThat(
              refused(
                  governance.vote(
                      stranger,
                      keyId("stranger"),
                      vote(critical, Choice.APPROVE),
                      id("v"),
                      office.head,
                      office.nowMs)))
          .isEqualTo(Refusal.UNKNOWN_KEY);
    }

    @Test
    void shouldRefuseTheVoteWhenTheKeyIsAnotherPersons() {
      Person alice = governance.registry().person("alice").orElseThrow();
      assertThat(
              refused(
                  governance.vote(
                      alice,
                      keyId("bob"),
                      vote(critical, Choice.APPROVE),
                      id("v"),
                      office.head,
                      office.nowMs)))
          .isEqualTo(Refusal.UNKNOWN_KEY);
    }

    @Test
    void shouldRefuseTheVoteWhenTheRoleDoesNotVoteOnIt() {
      assertThat(refused(office.tryApprove("ann", critical))).isEqualTo(Refusal.ROLE);
      Request approver = office.open("b", roles("sam", Role.STEWARD), "ann");
      assertThat(refused(office.tryApprove("alice", approver))).isEqualTo(Refusal.ROLE);
    }

    @Test
    void shouldRefuseAVoteWhenTheHeadMoved() {
      office.approve("alice", critical);
      office.head = Office.NEXT_HEAD;
      // Nobody told the governance of it yet: the vote is not counted all the same.
      assertThat(refused(office.tryApprove("bob", critical))).isEqualTo(Refusal.OTHER_BALLOT);
      assertThat(governance.headChanged(office.head, office.nowMs)).hasSize(1);
      Request rebound = office.now(critical);
      assertThat(rebound.votes()).isEmpty();
      assertThat(rebound.approvalsNeeded()).isEqualTo(3);
      assertThat(rebound.parent()).isEqualTo(Office.NEXT_HEAD);
      assertThat(refused(office.tryApprove("bob", critical))).isEqualTo(Refusal.OTHER_BALLOT);
      assertThat(office.approve("bob", rebound).approvalsNeeded()).isEqualTo(2);
    }

    @Test
    void shouldNotApproveOnAStaleParentWhenTimePasses() {
      office.approve("alice", critical);
      office.approve("bob", critical);
      office.approve("carol", critical);
      office.nowMs = critical.reviewEndsAtMs();
      governance.advance(Office.NEXT_HEAD, office.nowMs);
      Request now = office.now(critical);
      assertThat(now.state()).isEqualTo(RequestState.APPROVALS_PENDING);
      assertThat(now.approvalsNeeded()).isEqualTo(3);
    }

    @Test
    void shouldRefuseTheVoteWhenTheRequestIsExpired() {
      office.nowMs = critical.expiresAtMs() - 1;
      office.approve("alice", critical);
      office.nowMs = critical.expiresAtMs();
      assertThat(detail(office.tryApprove("bob", critical))).endsWith("state=expired");
      office.nowMs++;
      assertThat(refused(office.tryApprove("carol", critical))).isEqualTo(Refusal.ENDED);
    }

    private ControlContent.Vote vote(Request request, Choice choice) {
      return new ControlContent.Vote(request.id(), request.ballot().hash(), choice, "", false);
    }
  }

  @Nested
  class SelfApproval {
    @Test
    void shouldRefuseTheVoteWhenTheVoterAskedForIt() {
      Request request = office.open("a", change("a"), "sue");
      assertThat(refused(office.tryApprove("sue", request))).isEqualTo(Refusal.SELF_APPROVAL);
      assertThat(office.approve("alice", request).state()).isEqualTo(RequestState.APPROVED);
    }

    @Test
    void shouldRefuseTheVoteWhenItIsOnBehalfOfTheVoter() {
      Request byService =
          office.open(new NewRequest(id("a"), change("a"), "For alice", "sam", "alice"));
      Request byLoop = office.open(new NewRequest(id("b"), change("b"), "For alice", "", "alice"));
      assertThat(refused(office.tryApprove("alice", byService))).isEqualTo(Refusal.SELF_APPROVAL);
      assertThat(refused(office.tryApprove("alice", byLoop))).isEqualTo(Refusal.SELF_APPROVAL);
    }

    @Test
    void shouldRefuseTheVoteWhenTheVoterWouldGetTheRole() {
      Request request = office.open("a", roles("ben", Role.ADMINISTRATOR, Role.STEWARD), "ann");
      assertThat(refused(office.tryApprove("ben", request))).isEqualTo(Refusal.SELF_APPROVAL);
    }
  }

  @Nested
  class Ended {
    @Test
    void shouldRefuseTheSameRequestWhenItWasRejected() {
      NewRequest what = asked("a", change("a"), "sam");
      office.reject("alice", office.open(what));
      assertThat(refused(office.tryOpen(what))).isEqualTo(Refusal.KNOWN_REQUEST);
    }

    @Test
    void shouldHoldTheSameChangeWhenItWasRejected() {
      Request request = office.open("a", change("a"), "");
      Counted counted = accepted(office.tryVote("alice", 1, request, Choice.REJECT));
      assertThat(counted.held())
          .extracting(Held::change, Held::by, Held::requestId)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("payment.authorised#a", "alice", request.id()));
      // Drift that goes on is proposed under another id, and by anybody.
      assertThat(refused(office.tryOpen(asked("again", change("a"), "")))).isEqualTo(Refusal.HELD);
      assertThat(refused(office.tryOpen(asked("by hand", change("a"), "sam"))))
          .isEqualTo(Refusal.HELD);
      assertThat(governance.whyPeopleDecide(change("a"), 0.99, Set.of(), office.nowMs))
          .hasValueSatisfying(why -> assertThat(why).contains("held"));
      accepted(
          governance.release(
              HoldTarget.CHANGE, "payment.authorised#a", "bob", "It is right.", "", office.nowMs));
      office.open("again", change("a"), "");
    }

    @Test
    void shouldProposeNothingMoreWhenNoMoreChangesCanBeHeld() {
      Office small = new Office(GovernanceOptions.DEFAULTS.withLimits(100, 16, 256, 1), List.of());
      small.reject("alice", small.open("a", change("a"), ""));
      Request second = small.open("b", change("b"), "");
      Counted counted = accepted(small.tryVote("alice", 1, second, Choice.REJECT));
      assertThat(counted.held()).extracting(Held::target).containsExactly(HoldTarget.PROPOSALS);
      assertThat(refused(small.tryOpen(asked("c", change("c"), "")))).isEqualTo(Refusal.HELD);
      small.open("d", change("d"), "sam");
      assertThat(
              detail(
                  small.governance.hold(HoldTarget.CHANGE, "x", "sam", "Stop.", "", small.nowMs)))
          .isEqualTo("expected a bounded number of held changes: held=1, limit=1");
    }

    @Test
    void shouldExpireAtTheMomentAndNotBefore() {
      Request request = office.open("a", change("a"), "sam");
      long expiresAtMs = request.expiresAtMs();
      assertThat(governance.advance(office.head, expiresAtMs - 1)).isEmpty();
      assertThat(governance.advance(office.head, expiresAtMs))
          .extracting(Request::state)
          .containsExactly(RequestState.EXPIRED);
      assertThat(governance.advance(office.head, expiresAtMs + 1)).isEmpty();
      assertThat(office.now(request).endedAtMs()).isEqualTo(expiresAtMs);
    }

    @Test
    void shouldExpireRatherThanApproveWhenBothAreDueAtOnce() {
      Office held = new Office();
      Request request = held.open("a", change("a"), "sam");
      held.governance.hold(HoldTarget.PROMOTIONS, "", "sam", "Stop.", "", held.nowMs);
      held.approve("alice", request);
      held.governance.release(HoldTarget.PROMOTIONS, "", "bob", "Go on.", "", held.nowMs);
      assertThat(held.governance.advance(held.head, request.expiresAtMs()))
          .extracting(Request::state)
          .containsExactly(RequestState.EXPIRED);
    }
  }

  @Nested
  class Keys {
    @Test
    void shouldRefuseTheVoteWhenTheKeyIsRevoked() {
      revokeKeyOfAlice();
      Request request = office.open("a", change("a"), "sam");
      assertThat(refused(office.tryApprove("alice", request))).isEqualTo(Refusal.UNKNOWN_KEY);
    }

    @Test
    void shouldNotCountTheVoteWhenTheKeyIsRevokedAfterIt() {
      office.nowMs = Office.START_MS;
      Request revocation = office.open("revoke", revoke("alice", 1, Role.APPROVER), "ann");
      Request request = office.open("a", relaxation(Criticality.CRITICAL), "sam");
      office.approve("alice", request);
      office.approve("bob", request);
      for (String voter : List.of("ben", "cat", "dan")) {
        office.approve(voter, revocation);
      }
      office.nowMs = revocation.reviewEndsAtMs();
      governance.advance(office.head, office.nowMs);
      accepted(governance.applyApprover(office.now(revocation), office.nowMs));
      // The third approval comes before anybody let time pass: the first is not counted with it.
      assertThat(office.approve("carol", request).state())
          .isEqualTo(RequestState.APPROVALS_PENDING);
      assertThat(office.now(request).approvalsNeeded()).isEqualTo(1);
      assertThat(office.now(request).votes()).containsOnlyKeys("bob", "carol");
    }

    @Test
    void shouldNotCountTheVoteWhenTheRoleIsTakenAwayAfterIt() {
      Request request = office.open("a", relaxation(Criticality.HIGH), "sam");
      office.approve("alice", request);
      Request taken = office.open("taken", roles("alice", Role.STEWARD), "ann");
      office.approved(taken, "ben", "cat", "dan");
      accepted(governance.applyApprover(taken, office.nowMs));
      assertThat(governance.advance(office.head, office.nowMs))
          .extracting(Request::approvalsNeeded)
          .containsExactly(2);
    }

    @Test
    void shouldRefuseTheKeyWhenItWasRevokedBefore() {
      revokeKeyOfAlice();
      Asked.Approver back =
          new Asked.Approver(
              "alice", new TreeSet<>(Set.of(Role.APPROVER)), Office.publicKey("alice", 1), "");
      assertThat(refused(office.tryOpen(asked("back", back, "ann")))).isEqualTo(Refusal.KEY);
      assertThat(governance.publicKey(keyId("alice"))).isPresent();
    }

    @Test
    void shouldRefuseToLoseTheLastAdministrator() {
      Governance one =
          Governance.begin(
              GovernanceOptions.DEFAULTS,
              Office.LOG,
              Office.SECTOR,
              List.of(
                  Office.person("ann", 1, Role.ADMINISTRATOR),
                  Office.person("bob", 1, Role.ADMINISTRATOR, Role.APPROVER)),
              List.of());
      assertThat(
              refused(
                  new RegistryChange(
                          GovernanceOptions.DEFAULTS, new Requirements(GovernanceOptions.DEFAULTS))
                      .of(
                          Registry.of(List.of(one.registry().person("ann").orElseThrow())),
                          revoke("ann", 1, Role.ADMINISTRATOR),
                          one.doctrine(),
                          0)))
          .isEqualTo(Refusal.LAST_ADMINISTRATOR);
    }

    @Test
    void shouldRefuseAChangeWhenItsQuorumCouldNotBeMetAnyMore() {
      office.approved(office.open("first", roles("eve", Role.STEWARD), "ann"), "ben", "cat", "dan");
      accepted(
          governance.applyApprover(
              governance.request(id("request first")).orElseThrow(), office.nowMs));
      assertThat(detail(office.tryOpen(asked("second", roles("dan", Role.STEWARD), "ann"))))
          .isEqualTo("expected enough people to be left: role=administrator, left=3, needed=4");
      assertThat(
              detail(office.tryOpen(asked("third", revoke("dan", 1, Role.ADMINISTRATOR), "ann"))))
          .endsWith("left=3, needed=4");
    }

    private void revokeKeyOfAlice() {
      Request revocation = office.open("revoke", revoke("alice", 1, Role.APPROVER), "ann");
      office.approved(revocation, "ben", "cat", "dan");
      accepted(governance.applyApprover(revocation, office.nowMs));
    }
  }

  @Nested
  class Rules {
    @Test
    void shouldNeedWhatTheRuleAsksWhenTheRequestWouldTakeTheRuleAway() {
      Request retire = office.open("retire", new Asked.Doctrine(true, CHAIN), "ann");
      assertThat(retire.requirement().criticality()).isEqualTo(Criticality.CRITICAL);
      Request change = office.open("a", change("a", Effect.LOOSENING), "sam");
      assertThat(change.approvalsNeeded()).isEqualTo(2);
      office.approved(retire, "ben", "cat", "dan");
      accepted(governance.applyDoctrine(retire));
      governance.advance(office.head, office.nowMs);
      Request after = office.now(change);
      assertThat(after.approvalsNeeded()).isEqualTo(2);
      assertThat(office.approve("alice", after).state()).isEqualTo(RequestState.APPROVALS_PENDING);
    }

    @Test
    void shouldBeCriticalWhenAMandatoryRuleBecomesAdvice() {
      DoctrineRule advice =
          rule(
              "four-eyes",
              2,
              Constraint.APPROVAL_CHAIN,
              Enforcement.ADVISORY,
              0,
              Long.MAX_VALUE,
              "quorum",
              "1");
      assertThat(
              office
                  .open("a", new Asked.Doctrine(false, advice), "ann")
                  .requirement()
                  .criticality())
          .isEqualTo(Criticality.CRITICAL);
    }

    @Test
    void shouldNeedMoreWhenTheDoctrineBecameStricterMeanwhile() {
      Request change = office.open("a", change("a"), "sam");
      assertThat(change.approvalsNeeded()).isEqualTo(1);
      DoctrineRule stricter =
          rule("all", Constraint.APPROVAL_CHAIN, Enforcement.MANDATORY, "quorum", "3");
      Request doctrine = office.open("d", new Asked.Doctrine(false, stricter), "ann");
      office.approved(doctrine, "ben", "cat", "dan");
      accepted(governance.applyDoctrine(doctrine));
      assertThat(refused(office.tryApprove("alice", change))).isEqualTo(Refusal.OTHER_BALLOT);
      governance.advance(office.head, office.nowMs);
      assertThat(office.now(change).approvalsNeeded()).isEqualTo(3);
    }

    @Test
    void shouldVoidVotesWhenTheDoctrineChanges() {
      Request waiting = office.open("a", relaxation(Criticality.CRITICAL), "sam");
      office.approve("alice", waiting);
      DoctrineRule rule =
          rule("types", Constraint.RESOURCE_LIMIT, Enforcement.WARNING, "max-types", "5");
      Request doctrine = office.open("d", new Asked.Doctrine(false, rule), "ann");
      office.approved(doctrine, "ben", "cat");
      String before = governance.doctrine().hash();
      accepted(governance.applyDoctrine(doctrine));
      assertThat(governance.doctrine().hash()).isNotEqualTo(before);
      assertThat(governance.advance(office.head, office.nowMs)).hasSize(1);
      assertThat(office.now(waiting).votes()).isEmpty();
      assertThat(office.now(waiting).doctrine()).isEqualTo(governance.doctrine().hash());
      assertThatThrownBy(() -> governance.applyDoctrine(office.now(doctrine)))
          .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldRefuseARuleWhenItIsNotTheNextVersion() {
      for (long version : new long[] {1, 3}) {
        DoctrineRule rule =
            rule(
                "four-eyes",
                version,
                Constraint.APPROVAL_CHAIN,
                Enforcement.MANDATORY,
                0,
                Long.MAX_VALUE,
                "quorum",
                "2");
        assertThat(
                refused(
                    office.tryOpen(asked("v" + version, new Asked.Doctrine(false, rule), "ann"))))
            .isEqualTo(Refusal.RULE);
      }
    }

    @Test
    void shouldRefuseARuleWhenNobodyCouldVoteAfterIt() {
      DoctrineRule impossible =
          rule("all", Constraint.APPROVAL_CHAIN, Enforcement.MANDATORY, "quorum", "16");
      assertThat(detail(office.tryOpen(asked("a", new Asked.Doctrine(false, impossible), "ann"))))
          .isEqualTo("expected enough people to be left: role=approver, left=5, needed=16");
    }
  }

  @Nested
  class Messages {
    private final ControlContent content =
        new ControlContent.ProposeChange("<a:a> <b:b> <c:c> .", "", "A change", "", false);

    @Test
    void shouldTellWhoItIsWhenAMessageIsInOrder() {
      assertThat(admit(office.message("sam", content)).name()).isEqualTo("sam");
    }

    @Test
    void shouldRefuseWhenNobodyHasTheKey() {
      ControlMessage message = office.message("mallory", content);
      assertThat(refused(governance.admit(message, keyId("mallory"), office.nowMs)))
          .isEqualTo(Refusal.UNKNOWN_KEY);
    }

    @Test
    void shouldRefuseWhenAnotherKeySignedThanTheMessageNames() {
      ControlMessage message = office.message("sam", content);
      assertThat(refused(governance.admit(message, keyId("sue"), office.nowMs)))
          .isEqualTo(Refusal.OTHER_SIGNER);
    }

    @Test
    void shouldRefuseWhenItIsForAnotherLogOrSector() {
      ControlMessage message = office.message("sam", content);
      assertThat(
              refused(
                  admission(
                      new ControlMessage(
                          "other",
                          message.sector(),
                          message.signer(),
                          message.counter(),
                          message.expiresAtMs(),
                          content))))
          .isEqualTo(Refusal.OTHER_LOG);
      assertThat(
              refused(
                  admission(
                      new ControlMessage(
                          message.log(),
                          "energy",
                          message.signer(),
                          message.counter(),
                          message.expiresAtMs(),
                          content))))
          .isEqualTo(Refusal.OTHER_SECTOR);
      admit(message);
    }

    @Test
    void shouldRefuseWhenTheCounterIsReplayed() {
      ControlMessage first = office.message("sam", content);
      ControlMessage second = office.message("sam", content);
      admit(second);
      assertThat(refused(admission(second))).isEqualTo(Refusal.REPLAYED);
      assertThat(refused(admission(first))).isEqualTo(Refusal.REPLAYED);
      // Another key has a counter of its own.
      assertThat(
              accepted(
                      governance.admit(
                          new ControlMessage(
                              Office.LOG,
                              Office.SECTOR,
                              keyId("sue"),
                              0,
                              office.nowMs + 1,
                              content),
                          keyId("sue"),
                          office.nowMs))
                  .name())
          .isEqualTo("sue");
    }

    @Test
    void shouldUseUpTheCounterWhenTheRoleMayNotSendIt() {
      ControlMessage message = office.message("alice", content);
      assertThat(refused(governance.admit(message, keyId("alice"), office.nowMs)))
          .isEqualTo(Refusal.ROLE);
      assertThat(refused(governance.admit(message, keyId("alice"), office.nowMs)))
          .isEqualTo(Refusal.REPLAYED);
    }

    @Test
    void shouldRefuseAtTheMomentOfExpiryAndNotBefore() {
      long expiresAtMs = office.nowMs + 10;
      assertThat(refused(admissionAt(expiresAtMs, 1, expiresAtMs + 1)))
          .isEqualTo(Refusal.EXPIRED_MESSAGE);
      assertThat(refused(admissionAt(expiresAtMs, 1, expiresAtMs)))
          .isEqualTo(Refusal.EXPIRED_MESSAGE);
      accepted(admissionAt(expiresAtMs, 1, expiresAtMs - 1));
    }

    @Test
    void shouldRefuseWhenItWouldLiveTooLong() {
      long expiresAtMs = office.nowMs + ControlMessage.LIFETIME_MS_MAX;
      assertThat(refused(admissionAt(expiresAtMs + 1, 1, office.nowMs)))
          .isEqualTo(Refusal.LIFETIME);
      assertThat(refused(admissionAt(Long.MAX_VALUE, 1, office.nowMs))).isEqualTo(Refusal.LIFETIME);
      accepted(admissionAt(expiresAtMs, 1, office.nowMs));
    }

    @Test
    void shouldRefuseWhenTheKeyIsRevoked() {
      Request revocation =
          office.open(
              "revoke",
              new Asked.Approver(
                  "sam",
                  new TreeSet<>(Set.of(Role.STEWARD)),
                  Office.publicKey("sam", 2),
                  keyId("sam")),
              "ann");
      office.approved(revocation, "ben", "cat", "dan");
      accepted(governance.applyApprover(revocation, office.nowMs));
      assertThat(refused(admission(office.message("sam", content)))).isEqualTo(Refusal.REVOKED_KEY);
      ControlMessage withNewKey =
          new ControlMessage(
              Office.LOG, Office.SECTOR, keyId("sam", 2), 1, office.nowMs + 1, content);
      assertThat(accepted(governance.admit(withNewKey, keyId("sam", 2), office.nowMs)).name())
          .isEqualTo("sam");
    }

    private Answer<Person> admissionAt(long expiresAtMs, long counter, long nowMs) {
      return governance.admit(
          new ControlMessage(
              Office.LOG, Office.SECTOR, keyId("sam"), counter, expiresAtMs, content),
          keyId("sam"),
          nowMs);
    }

    private Answer<Person> admission(ControlMessage message) {
      return governance.admit(message, message.signer(), office.nowMs);
    }

    private Person admit(ControlMessage message) {
      return accepted(admission(message));
    }
  }

  @Nested
  class Segregation {
    private final DoctrineRule rule =
        rule(
            "duties",
            Constraint.SEGREGATION_OF_DUTIES,
            Enforcement.MANDATORY,
            "role-a",
            "administrator",
            "role-b",
            "approver");

    @Test
    void shouldRefuseThePersonWhenTheyWouldHoldBothRoles() {
      Office strict = new Office(rule);
      assertThat(
              refused(
                  strict.tryOpen(
                      asked("a", roles("alice", Role.APPROVER, Role.ADMINISTRATOR), "ann"))))
          .isEqualTo(Refusal.SEGREGATION);
      strict.open("b", roles("alice", Role.APPROVER, Role.STEWARD), "ann");
    }

    @Test
    void shouldRefuseGenesisWhenSomebodyHoldsBothRoles() {
      assertThatThrownBy(
              () ->
                  Governance.begin(
                      GovernanceOptions.DEFAULTS,
                      Office.LOG,
                      Office.SECTOR,
                      List.of(Office.person("x", 1, Role.APPROVER, Role.ADMINISTRATOR)),
                      List.of(rule)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "expected one person not to hold both roles: first=administrator, second=approver,"
                  + " person=x");
    }

    @Test
    void shouldRefuseTheVoteAndTheRequestWhenAHolderOfBothIsThereAlready() {
      Office mixed = new Office();
      long fromMs = Office.START_MS + 2 * Office.DAY_MS;
      Request doctrine =
          mixed.open("d", new Asked.Doctrine(false, stewardsDoNotApprove(fromMs)), "ann");
      accepted(mixed.governance.applyDoctrine(mixed.approved(doctrine, "ben", "cat", "dan")));
      Request before = mixed.open("a", relaxation(Criticality.HIGH), "sam");
      mixed.approve("sue", before);
      mixed.nowMs = fromMs - 1;
      mixed.open("b", change("b"), "sue");
      mixed.nowMs = fromMs;
      // The rule begins to count: sue, who holds both, neither votes nor asks, and her vote is
      // void.
      assertThat(refused(mixed.tryOpen(asked("c", change("c"), "sue"))))
          .isEqualTo(Refusal.SEGREGATION);
      Request open = mixed.open("e", change("e"), "sam");
      assertThat(refused(mixed.tryApprove("sue", open))).isEqualTo(Refusal.SEGREGATION);
      mixed.governance.advance(mixed.head, mixed.nowMs);
      assertThat(mixed.now(before).votes()).isEmpty();
    }

    @Test
    void shouldRefuseTheRuleWhenTooFewCouldVoteAfterIt() {
      Office mixed = new Office();
      for (String approver : List.of("carol", "chuck")) {
        Request both = mixed.open(approver, roles(approver, Role.APPROVER, Role.STEWARD), "ann");
        mixed.approved(both, "ben", "cat", "dan");
        accepted(mixed.governance.applyApprover(both, mixed.nowMs));
      }
      assertThat(
              detail(
                  mixed.tryOpen(
                      asked("d", new Asked.Doctrine(false, stewardsDoNotApprove(0)), "ann"))))
          .isEqualTo("expected enough people to be left: role=approver, left=2, needed=3");
    }

    private DoctrineRule stewardsDoNotApprove(long fromMs) {
      return rule(
          "stewards",
          1,
          Constraint.SEGREGATION_OF_DUTIES,
          Enforcement.MANDATORY,
          fromMs,
          Long.MAX_VALUE,
          "role-a",
          "steward",
          "role-b",
          "approver");
    }
  }
}
