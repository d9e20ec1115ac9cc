package io.knhk.knowledge.governance;

import static io.knhk.knowledge.governance.Office.accepted;
import static io.knhk.knowledge.governance.Office.asked;
import static io.knhk.knowledge.governance.Office.change;
import static io.knhk.knowledge.governance.Office.detail;
import static io.knhk.knowledge.governance.Office.refused;
import static io.knhk.knowledge.governance.Office.relaxation;
import static io.knhk.knowledge.governance.Office.roles;
import static io.knhk.knowledge.governance.Office.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.DoctrineRule.Constraint;
import io.knhk.schemas.knowledge.DoctrineRule.Enforcement;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How a request goes from state to state. */
class RequestTest {
  private final Office office = new Office();

  @Test
  void shouldApproveAtOnceWhenThereIsNoReviewAndOneApproves() {
    Request request = office.open("a", change("a"), "sam");
    assertThat(request.state()).isEqualTo(RequestState.APPROVALS_PENDING);
    assertThat(request.approvalsNeeded()).isEqualTo(1);
    Request approved = office.approve("alice", request);
    assertThat(approved.state()).isEqualTo(RequestState.APPROVED);
    assertThat(approved.approvalsNeeded()).isZero();
    assertThat(approved.history())
        .extracting(Request.Moment::state)
        .containsExactly(
            RequestState.SUBMITTED,
            RequestState.APPROVALS_PENDING,
            RequestState.APPROVALS_PENDING,
            RequestState.APPROVED);
  }

  static Stream<Arguments> requirements() {
    return Stream.of(
        Arguments.of(change("a"), "sam", Criticality.LOW, 1, 0, Role.APPROVER),
        Arguments.of(
            new Asked.Change(
                RequestKind.IMPORT,
                Office.id("p"),
                "",
                new java.util.TreeSet<>(),
                change("a").scope()),
            "sam",
            Criticality.HIGH,
            2,
            12,
            Role.APPROVER),
        Arguments.of(
            new Asked.Change(
                RequestKind.ROLLBACK,
                Office.id("p"),
                "",
                new java.util.TreeSet<>(),
                change("a").scope()),
            "sam",
            Criticality.MEDIUM,
            1,
            1,
            Role.APPROVER),
        Arguments.of(
            relaxation(Criticality.CRITICAL), "sam", Criticality.CRITICAL, 3, 24, Role.APPROVER),
        Arguments.of(relaxation(Criticality.LOW), "sam", Criticality.LOW, 1, 0, Role.APPROVER),
        Arguments.of(
            roles("sam", Role.STEWARD), "ann", Criticality.CRITICAL, 3, 24, Role.ADMINISTRATOR),
        Arguments.of(
            new Asked.Doctrine(
                false, rule("r", Constraint.RESOURCE_LIMIT, Enforcement.WARNING, "max-types", "5")),
            "ann",
            Criticality.HIGH,
            2,
            12,
            Role.ADMINISTRATOR),
        Arguments.of(
            new Asked.Doctrine(
                false,
                rule("r", Constraint.RESOURCE_LIMIT, Enforcement.MANDATORY, "max-types", "5")),
            "ann",
            Criticality.CRITICAL,
            3,
            24,
            Role.ADMINISTRATOR));
  }

  @ParameterizedTest
  @MethodSource("requirements")
  void shouldNeedWhatItsCriticalityAsksForWhenItIsOpened(
      Asked asked, String author, Criticality criticality, int quorum, long hours, Role voters) {
    Request request = office.open("a", asked, author);
    assertThat(request.requirement().criticality()).isEqualTo(criticality);
    assertThat(request.requirement().approvals()).containsOnly(java.util.Map.entry(voters, quorum));
    assertThat(request.reviewEndsAtMs()).isEqualTo(Office.START_MS + hours * Office.HOUR_MS);
    assertThat(request.expiresAtMs()).isEqualTo(Office.START_MS + 7 * Office.DAY_MS);
    assertThat(request.state())
        .isEqualTo(hours == 0 ? RequestState.APPROVALS_PENDING : RequestState.UNDER_REVIEW);
    assertThat(request.approvalsNeeded()).isEqualTo(quorum);
  }

  @Test
  void shouldCountVotesOfTheReviewWhenItIsOver() {
    Request request = office.open("a", relaxation(Criticality.MEDIUM), "sam");
    assertThat(office.approve("alice", request).state()).isEqualTo(RequestState.UNDER_REVIEW);
    office.nowMs = request.reviewEndsAtMs() - 1;
    assertThat(office.governance.advance(office.head, office.nowMs)).isEmpty();
    office.nowMs++;
    assertThat(office.governance.advance(office.head, office.nowMs))
        .extracting(Request::state)
        .containsExactly(RequestState.APPROVED);
    assertThat(office.governance.advance(office.head, office.nowMs)).isEmpty();
  }

  @Test
  void shouldSayHowManyMoreAreNeededWhenSomeHaveAgreed() {
    Request request = office.open("a", relaxation(Criticality.CRITICAL), "sam");
    assertThat(office.approve("alice", request).approvalsNeeded()).isEqualTo(2);
    assertThat(office.approve("bob", request).approvalsNeeded()).isEqualTo(1);
    office.nowMs = request.reviewEndsAtMs();
    office.governance.advance(office.head, office.nowMs);
    assertThat(office.now(request).state()).isEqualTo(RequestState.APPROVALS_PENDING);
    assertThat(office.approve("carol", request).state()).isEqualTo(RequestState.APPROVED);
  }

  @Test
  void shouldEndWhenOneRejects() {
    Request request = office.open("a", relaxation(Criticality.CRITICAL), "sam");
    office.approve("alice", request);
    Request rejected = office.reject("bob", request);
    assertThat(rejected.state()).isEqualTo(RequestState.REJECTED);
    assertThat(rejected.reason()).isEqualTo("It is wrong.");
    assertThat(refused(office.tryApprove("carol", request))).isEqualTo(Refusal.ENDED);
  }

  @Test
  void shouldReplaceTheVoteWhenTheSamePersonThinksAgain() {
    Request request = office.open("a", relaxation(Criticality.HIGH), "sam");
    office.approve("alice", request);
    Request again = accepted(office.tryVote("alice", 1, request, Choice.ABSTAIN)).request();
    assertThat(again.approvalsNeeded()).isEqualTo(2);
    assertThat(again.votes(Choice.APPROVE)).isEmpty();
    assertThat(again.history())
        .extracting(Request.Moment::note)
        .contains("approve by alice", "abstain by alice, in place of an earlier vote");
    assertThat(office.reject("alice", request).state()).isEqualTo(RequestState.REJECTED);
  }

  @Test
  void shouldApproveOneAtATimeWhenSeveralAreDue() {
    Request first = office.open("a", relaxation(Criticality.MEDIUM), "sam");
    office.nowMs++;
    Request second = office.open("b", relaxation(Criticality.MEDIUM), "sam");
    office.approve("alice", first);
    office.approve("alice", second);
    office.nowMs = second.reviewEndsAtMs();
    List<Request> once = office.governance.advance(office.head, office.nowMs);
    assertThat(once)
        .extracting(Request::state)
        .containsExactly(RequestState.APPROVED, RequestState.APPROVALS_PENDING);
    assertThat(once.get(0).id()).isEqualTo(first.id());
    assertThat(office.governance.advance(office.head, office.nowMs))
        .extracting(Request::id)
        .containsExactly(second.id());
  }

  @Test
  void shouldNotApproveWhatPromotesWhenPromotionsAreHeld() {
    Request request = office.open("a", change("a"), "sam");
    office.governance.hold(HoldTarget.PROMOTIONS, "", "sam", "Stop.", "", office.nowMs);
    assertThat(office.approve("alice", request).state()).isEqualTo(RequestState.APPROVALS_PENDING);
    assertThat(office.governance.advance(office.head, office.nowMs)).isEmpty();
    office.governance.release(HoldTarget.PROMOTIONS, "", "bob", "Go on.", "", office.nowMs);
    assertThat(office.governance.advance(office.head, office.nowMs))
        .extracting(Request::state)
        .containsExactly(RequestState.APPROVED);
  }

  @Test
  void shouldEndWhenWhoAskedTakesItBack() {
    Request request = office.open("a", change("a"), "sam");
    Person sue = office.governance.registry().person("sue").orElseThrow();
    Person sam = office.governance.registry().person("sam").orElseThrow();
    assertThat(refused(office.governance.withdraw(sue, request.id(), "No.", office.nowMs)))
        .isEqualTo(Refusal.NOT_AUTHOR);
    assertThat(refused(office.governance.withdraw(sam, Office.id("?"), "No.", office.nowMs)))
        .isEqualTo(Refusal.UNKNOWN_REQUEST);
    Request revoked =
        accepted(office.governance.withdraw(sam, request.id(), "A mistake.", office.nowMs));
    assertThat(revoked.state()).isEqualTo(RequestState.REVOKED);
    assertThat(revoked.reason()).isEqualTo("A mistake.");
    assertThat(refused(office.governance.withdraw(sam, request.id(), "No.", office.nowMs)))
        .isEqualTo(Refusal.ENDED);
  }

  @Test
  void shouldSayWhatBecameOfItWhenItWasApproved() {
    Request request = office.approved(office.open("a", change("a"), "sam"), "alice");
    Request failed =
        office.governance.end(request.id(), RequestState.REFUSED, "stage static failed", 5);
    assertThat(failed.state()).isEqualTo(RequestState.REFUSED);
    assertThat(failed.reason()).isEqualTo("stage static failed");
    assertThat(failed.endedAtMs()).isEqualTo(request.endedAtMs());
    assertThatThrownBy(() -> office.governance.end(request.id(), RequestState.APPROVED, "again", 5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("state=refused");
  }

  @Test
  void shouldRefuseToOpenWhenAsManyAreOpenAsMayBe() {
    Office small =
        new Office(GovernanceOptions.DEFAULTS.withRequests(7 * Office.DAY_MS, 2, 1), List.of());
    Request first = small.open("a", change("a"), "sam");
    small.open("b", change("b"), "");
    assertThat(detail(small.tryOpen(asked("c", change("c"), "sam"))))
        .isEqualTo("expected bounded requests: open=2, limit=2");
    small.approve("alice", first);
    small.open("c", change("c"), "sam");
  }

  @Test
  void shouldForgetTheOldestThatIsOverWhenMoreAreThanAreAnsweredFor() {
    Office small =
        new Office(GovernanceOptions.DEFAULTS.withRequests(7 * Office.DAY_MS, 5, 2), List.of());
    for (String what : List.of("a", "b", "c")) {
      small.nowMs++;
      small.approve("alice", small.open(what, change(what), "sam"));
    }
    assertThat(small.governance.request(Office.id("request a"))).isEmpty();
    assertThat(small.governance.request(Office.id("request b"))).isPresent();
    assertThat(small.governance.request(Office.id("request c"))).isPresent();
  }

  @Test
  void shouldNotForgetWhatJustEndedWhenAllEndedAtOnce() {
    Office small =
        new Office(GovernanceOptions.DEFAULTS.withRequests(7 * Office.DAY_MS, 5, 1), List.of());
    for (String what : List.of("a", "b", "c", "d", "e")) {
      Request request = small.approve("alice", small.open(what, change(what), "sam"));
      small.governance.end(request.id(), RequestState.APPROVED, "carried out", small.nowMs);
      assertThat(small.now(request).reason()).isEqualTo("carried out");
    }
  }

  @Test
  void shouldBoundTheHistoryWhenMindsAreChangedOften() {
    Request request = office.open("a", relaxation(Criticality.HIGH), "sam");
    for (int i = 0; i < 2 * Request.HISTORY_MAX; i++) {
      accepted(office.tryVote("alice", 1, request, Choice.ABSTAIN));
    }
    List<Request.Moment> history = office.now(request).history();
    assertThat(history).hasSize(Request.HISTORY_MAX);
    assertThat(history.get(0).state()).isEqualTo(RequestState.SUBMITTED);
  }

  @Test
  void shouldRefuseWhatNobodyCouldApproveWhenAPersonAsks() {
    Office few =
        new Office(
            GovernanceOptions.DEFAULTS.with(
                Criticality.CRITICAL, new GovernanceOptions.Level(6, Office.HOUR_MS)),
            List.of());
    assertThat(detail(few.tryOpen(asked("a", relaxation(Criticality.CRITICAL), "sam"))))
        .isEqualTo("expected enough people who may vote on it: role=approver, able=5, needed=6");
    assertThat(few.open("b", relaxation(Criticality.CRITICAL), "").approvalsNeeded()).isEqualTo(6);
  }

  @Test
  void shouldRefuseARelaxationWhenItIsTooLong() {
    Asked.Relaxation day = relaxation(Criticality.LOW);
    for (long durationMs : new long[] {0, 7 * Office.DAY_MS + 1}) {
      assertThat(
              refused(
                  office.tryOpen(
                      asked(
                          "a" + durationMs,
                          new Asked.Relaxation(
                              day.guard(), durationMs, day.criticality(), day.scope()),
                          "sam"))))
          .isEqualTo(Refusal.DURATION);
    }
  }

  @Test
  void shouldEndByItselfWhenARelaxationIsOver() {
    Request request =
        office.approved(office.open("a", relaxation(Criticality.LOW), "sam"), "alice");
    Relaxation relaxation = office.governance.grantRelaxation(request, office.nowMs);
    long untilMs = relaxation.untilMs();
    assertThat(untilMs).isEqualTo(office.nowMs + Office.DAY_MS);
    assertThat(office.governance.grantRelaxation(request, office.nowMs + 5)).isEqualTo(relaxation);
    assertThat(office.governance.relaxedGuards(untilMs - 1)).isEqualTo(Set.of(Office.GUARD));
    assertThat(office.governance.expireRelaxations(untilMs - 1)).isEmpty();
    assertThat(office.governance.relaxedGuards(untilMs)).isEmpty();
    assertThat(office.governance.expireRelaxations(untilMs)).containsExactly(relaxation);
    assertThat(office.governance.expireRelaxations(untilMs)).isEmpty();
  }

  @Test
  void shouldNotCarryOutWhenNothingWasApproved() {
    Request request = office.open("a", relaxation(Criticality.LOW), "sam");
    assertThatThrownBy(() -> office.governance.grantRelaxation(request, office.nowMs))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("state=approvals-pending");
    assertThat(office.governance.relaxedGuards(office.nowMs)).isEmpty();
  }
}
