package io.knhk.knowledge.governance;

import static io.knhk.knowledge.governance.Office.accepted;
import static io.knhk.knowledge.governance.Office.asked;
import static io.knhk.knowledge.governance.Office.change;
import static io.knhk.knowledge.governance.Office.relaxation;
import static io.knhk.knowledge.governance.Office.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.knowledge.governance.GovernanceOptions.Level;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.DoctrineRule;
import io.knhk.schemas.knowledge.DoctrineRule.Constraint;
import io.knhk.schemas.knowledge.DoctrineRule.Enforcement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Pieces of state: what is restored is what was. */
class GovernanceStateTest {
  private static final DoctrineRule RULE =
      rule("four-eyes", Constraint.APPROVAL_CHAIN, Enforcement.MANDATORY, "quorum", "2");

  @Test
  void shouldGiveEverythingFirstAndOnlyWhatChangedAfter() {
    Office office = new Office(RULE);
    Governance governance = office.governance;
    assertThat(governance.takeChanges().keySet())
        .hasSize(Office.PERSONS.size() + 2)
        .contains("meta", "person/alice", "rule/four-eyes");
    assertThat(governance.takeChanges()).isEmpty();
    Request request = office.open("a", change("a"), "sam");
    assertThat(governance.takeChanges().keySet()).containsExactly("request/" + request.id());
    office.approve("alice", request);
    assertThat(governance.takeChanges().keySet()).containsExactly("request/" + request.id());
    accepted(
        governance.admit(
            office.message("sam", new ControlContent.Withdraw(request.id(), "No.")),
            Office.keyId("sam"),
            office.nowMs));
    assertThat(governance.takeChanges().keySet()).containsExactly("counter/" + Office.keyId("sam"));
    accepted(governance.hold(HoldTarget.CHANGE, "x", "sam", "Stop.", "", office.nowMs));
    assertThat(governance.takeChanges().keySet()).containsExactly("hold/change:x", "meta");
    accepted(governance.release(HoldTarget.CHANGE, "x", "bob", "Go on.", "", office.nowMs));
    assertThat(governance.takeChanges()).containsEntry("hold/change:x", new byte[0]);
    assertThat(governance.advance(office.head, office.nowMs)).isEmpty();
    assertThat(governance.takeChanges()).isEmpty();
  }

  @Test
  void shouldKeepTheFormOfItsPiecesForEver() throws IOException {
    Office office = new Office(RULE);
    Governance governance = office.governance;
    Request request = office.open("a", relaxation(Criticality.MEDIUM), "sam");
    office.approve("alice", request);
    accepted(office.tryVote("bob", 1, request, Choice.ABSTAIN));
    Request granted =
        office.approved(office.open("b", relaxation(Criticality.MEDIUM), "sam"), "alice", "bob");
    governance.grantRelaxation(granted, office.nowMs);
    Request rejected = office.open("c", change("c"), "");
    office.reject("carol", rejected);
    accepted(
        governance.admit(
            office.message("sam", new ControlContent.Withdraw(request.id(), "No.")),
            Office.keyId("sam"),
            office.nowMs));
    StringBuilder text = new StringBuilder();
    governance
        .pieces()
        .forEach(
            (key, piece) ->
                text.append(key)
                    .append(' ')
                    .append(new String(piece, StandardCharsets.UTF_8))
                    .append('\n'));
    byte[] golden =
        GovernanceStateTest.class.getResourceAsStream("/governance/pieces-v1.txt").readAllBytes();
    assertThat(text.toString()).isEqualTo(new String(golden, StandardCharsets.UTF_8));
    SortedMap<String, byte[]> read = new TreeMap<>();
    for (String line : new String(golden, StandardCharsets.UTF_8).lines().toList()) {
      int space = line.indexOf(' ');
      read.put(
          line.substring(0, space), line.substring(space + 1).getBytes(StandardCharsets.UTF_8));
    }
    assertThat(
            Office.texts(
                Governance.restore(GovernanceOptions.DEFAULTS, Office.LOG, Office.SECTOR, read)
                    .pieces()))
        .isEqualTo(Office.texts(governance.pieces()));
  }

  @Test
  void shouldHaveTheMembersOfItsDocument() {
    Office office = new Office(RULE);
    Request request = office.open("a", change("a"), "sam");
    office.approve("alice", request);
    List<String> members = new ArrayList<>();
    Documents.of(office.now(request)).fieldNames().forEachRemaining(members::add);
    assertThat(members)
        .containsSubsequence(
            "requestId",
            "kind",
            "state",
            "approvalsNeeded",
            "proposalId",
            "summary",
            "author",
            "onBehalfOf",
            "criticality",
            "quorum",
            "reviewMs",
            "submittedAtMs",
            "reviewEndsAtMs",
            "expiresAtMs",
            "ballot",
            "parent",
            "doctrine",
            "element",
            "approvals",
            "rejections",
            "abstentions",
            "reason",
            "endedAtMs",
            "demonstration",
            "detail");
  }

  @Test
  void shouldSayWhenAPersonWithADemonstrationKeyApproved() {
    Governance governance =
        Governance.begin(
            GovernanceOptions.DEFAULTS,
            Office.LOG,
            Office.SECTOR,
            List.of(
                Person.genesis(
                    "alice",
                    new TreeSet<>(Set.of(Role.APPROVER)),
                    List.of(Office.publicKey("alice", 1)),
                    true)),
            List.of());
    Request request = accepted(governance.open(asked("a", change("a"), ""), Office.HEAD, 0));
    assertThat(request.isByDemonstration()).isFalse();
    Counted counted =
        accepted(
            governance.vote(
                governance.registry().person("alice").orElseThrow(),
                Office.keyId("alice"),
                new ControlContent.Vote(
                    request.id(), request.ballot().hash(), Choice.APPROVE, "", false),
                Office.id("v"),
                Office.HEAD,
                0));
    assertThat(Documents.of(counted.request()).path("demonstration").asBoolean()).isTrue();
    assertThat(Documents.of(counted.request()).at("/approvals/0/demonstration").asBoolean())
        .isTrue();
  }

  @Test
  void shouldRefusePiecesThatItCannotRead() {
    Governance governance = new Office().governance;
    SortedMap<String, byte[]> pieces = governance.pieces();
    assertThatThrownBy(
            () ->
                Governance.restore(
                    GovernanceOptions.DEFAULTS, Office.LOG, "energy", governance.pieces()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sector=energy");
    assertThatThrownBy(
            () ->
                Governance.restore(GovernanceOptions.DEFAULTS, Office.LOG, Office.SECTOR, Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
    pieces.put("meta", "{\"v\":2,\"value\":{}}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(
            () -> Governance.restore(GovernanceOptions.DEFAULTS, Office.LOG, Office.SECTOR, pieces))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a piece of version 1: key=meta, v=2");
    pieces.put("meta", governance.pieces().get("meta"));
    pieces.put("later/x", "{\"v\":1,\"value\":{}}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(
            () -> Governance.restore(GovernanceOptions.DEFAULTS, Office.LOG, Office.SECTOR, pieces))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a known piece: key=later/x");
  }

  @Property(tries = 300)
  void shouldBeTheSameWhenItIsRestoredAtAnyPoint(@ForAll long seed) throws IOException {
    Twins twins = new Twins(new Random(seed));
    for (int i = 0; i < 25; i++) {
      twins.step();
    }
  }

  /** One governance that is never restored and one that often is; both are asked the same. */
  private static final class Twins {
    private static final GovernanceOptions OPTIONS =
        GovernanceOptions.DEFAULTS
            .with(Criticality.CRITICAL, new Level(1, 0))
            .with(Criticality.HIGH, new Level(2, Office.HOUR_MS))
            .withRequests(10 * Office.HOUR_MS, 1_000, 3)
            .withLimits(100, 16, 256, 3);

    private final ObjectMapper json = new ObjectMapper();
    private final Random random;
    private final Governance steady =
        Governance.begin(OPTIONS, Office.LOG, Office.SECTOR, Office.PERSONS, List.of(RULE));
    private final SortedMap<String, byte[]> stored = new TreeMap<>();
    private Governance restored =
        Governance.begin(OPTIONS, Office.LOG, Office.SECTOR, Office.PERSONS, List.of(RULE));
    private long nowMs = Office.START_MS;
    private String head = Office.HEAD;
    private int number;

    Twins(Random random) {
      this.random = random;
    }

    void step() throws IOException {
      if (random.nextInt(3) == 0) {
        store();
        restored = Governance.restore(OPTIONS, Office.LOG, Office.SECTOR, stored);
      }
      number++;
      long seed = random.nextLong();
      String one = act(steady, new Random(seed));
      String other = act(restored, new Random(seed));
      assertThat(other).isEqualTo(one);
      nowMs += random.nextInt(3) * Office.HOUR_MS / 2;
      assertThat(Office.texts(restored.pieces())).isEqualTo(Office.texts(steady.pieces()));
      if (random.nextInt(4) == 0) {
        store();
        assertThat(Office.texts(stored)).isEqualTo(Office.texts(steady.pieces()));
      }
    }

    private void store() {
      restored
          .takeChanges()
          .forEach(
              (key, piece) -> {
                if (piece.length == 0) {
                  stored.remove(key);
                } else {
                  stored.put(key, piece);
                }
              });
    }

    private String act(Governance governance, Random dice) throws IOException {
      List<Request> open = governance.open();
      Request some = open.isEmpty() ? null : open.get(dice.nextInt(open.size()));
      String what = "step " + number;
      return switch (dice.nextInt(10)) {
        case 0 -> governance.open(asked(what, change(what), "sam"), head, nowMs).toString();
        case 1 ->
            governance.open(asked(what, relaxation(Criticality.HIGH), ""), head, nowMs).toString();
        case 2 -> approver(governance, what, dice);
        case 3 -> doctrine(governance, what, dice);
        case 4 -> {
          head = Office.id("head " + number);
          yield governance.headChanged(head, nowMs).toString();
        }
        case 5 -> carriedOut(governance, governance.advance(head, nowMs));
        case 6 ->
            governance
                    .hold(
                        List.of(HoldTarget.values()).get(dice.nextInt(3)),
                        "",
                        "sam",
                        "Stop.",
                        "",
                        nowMs)
                    .toString()
                + governance.holdChanges(Set.of("a", what), "", "Rolled back.", "", nowMs);
        case 7 ->
            governance
                    .release(
                        List.of(HoldTarget.values()).get(dice.nextInt(3)),
                        "",
                        "bob",
                        "Go on.",
                        "",
                        nowMs)
                    .toString()
                + governance.expireRelaxations(nowMs)
                + governance.relaxedGuards(nowMs);
        default -> some == null ? "" : vote(governance, some, dice, what);
      };
    }

    private String vote(Governance governance, Request request, Random dice, String what)
        throws IOException {
      String voter = Office.PERSONS.get(dice.nextInt(Office.PERSONS.size())).name();
      Choice choice = List.of(Choice.values()).get(dice.nextInt(8) == 0 ? 1 : dice.nextInt(2) * 2);
      Answer<Counted> answer =
          governance.vote(
              governance.registry().person(voter).orElseThrow(),
              Office.keyId(voter),
              new ControlContent.Vote(
                  request.id(), request.ballot().hash(), choice, "A reason.", false),
              Office.id("vote " + what),
              head,
              nowMs);
      if (answer instanceof Answer.Accepted<Counted> counted) {
        Request now = counted.value().request();
        Request read = RequestJson.read(json.readTree(RequestJson.write(now).toString()));
        assertThat(read).isEqualTo(now);
        return answer + carriedOut(governance, List.of(now));
      }
      return answer.toString();
    }

    private String carriedOut(Governance governance, List<Request> changed) {
      StringBuilder out = new StringBuilder(changed.toString());
      for (Request request : changed) {
        if (request.state() == RequestState.APPROVED) {
          Asked asked = request.asked().asked();
          if (asked instanceof Asked.Approver) {
            out.append(governance.applyApprover(request, nowMs));
          } else if (asked instanceof Asked.Doctrine) {
            out.append(governance.applyDoctrine(request));
          } else if (asked instanceof Asked.Relaxation) {
            out.append(governance.grantRelaxation(request, nowMs));
          }
          out.append(governance.end(request.id(), RequestState.APPROVED, "done", nowMs));
        }
      }
      return out.toString();
    }

    private String approver(Governance governance, String what, Random dice) {
      Asked.Approver asked =
          new Asked.Approver(
              dice.nextBoolean() ? "alice" : "new" + number,
              new TreeSet<>(Set.of(Role.APPROVER)),
              dice.nextBoolean() ? Office.publicKey(what, 1) : "",
              dice.nextInt(4) == 0 ? Office.keyId("alice") : "");
      Answer<Request> opened = governance.open(asked(what, asked, "ann"), head, nowMs);
      return opened instanceof Answer.Accepted<Request> accepted
          ? approvedByBen(governance, accepted.value(), what)
          : opened.toString();
    }

    private String doctrine(Governance governance, String what, Random dice) {
      boolean retire = dice.nextBoolean();
      DoctrineRule rule =
          rule(
              "types",
              governance.doctrine().find("types").map(entry -> entry.rule().version()).orElse(0L)
                  + (retire ? 0 : 1),
              Constraint.RESOURCE_LIMIT,
              Enforcement.MANDATORY,
              0,
              Long.MAX_VALUE,
              "max-types",
              "5");
      Answer<Request> opened =
          governance.open(asked(what, new Asked.Doctrine(retire, rule), "ann"), head, nowMs);
      return opened instanceof Answer.Accepted<Request> accepted
          ? approvedByBen(governance, accepted.value(), what)
          : opened.toString();
    }

    private String approvedByBen(Governance governance, Request request, String what) {
      Answer<Counted> answer =
          governance.vote(
              governance.registry().person("ben").orElseThrow(),
              Office.keyId("ben"),
              new ControlContent.Vote(
                  request.id(), request.ballot().hash(), Choice.APPROVE, "", false),
              Office.id("vote " + what),
              head,
              nowMs);
      return answer
          + (answer instanceof Answer.Accepted<Counted> counted
              ? carriedOut(governance, List.of(counted.value().request()))
              : "");
    }
  }
}
