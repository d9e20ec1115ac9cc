package io.knhk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.cli.verify.TestLedger;
import io.knhk.knowledge.governance.Request;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.control.ControlKind;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** People who govern: what is signed, what is answered, votes, doctrine, approvers, holds. */
class GovernITCase extends GovernedFinance {
  @Test
  void shouldSignWhatWasSaidAndShowItsReceipt() throws Exception {
    KnhkInProcess.Result held =
        as("bob", "hold", "--sector", "finance", "--promotions", "--reason", "Closing", "--json");

    assertThat(held.exitCode()).as(held.err()).isZero();
    TestLoop.Received sent = loop.last();
    assertThat(sent.key()).isEqualTo("finance");
    assertThat(sent.envelope().payloadType()).isEqualTo(ControlKind.HOLD.payloadType());
    assertThat(sent.envelope().keyId()).isEqualTo(sent.message().signer());
    assertThat(sent.message().log()).isEqualTo(TestLedger.LOG);
    assertThat(sent.message().expiresAtMs() - System.currentTimeMillis())
        .isBetween(3_000_000L, 3_600_000L);
    assertThat(sent.message().content())
        .isEqualTo(new ControlContent.Hold(false, HoldTarget.PROMOTIONS, "", "Closing"));
    assertThat(held.json().path("messageId").asText()).isEqualTo(sent.id());
    assertThat(held.json().path("person").asText()).isEqualTo("bob");
    assertThat(held.json().path("answer").asText()).isEqualTo("held");
    assertThat(held.json().at("/receipts/0/subject").asText()).isEqualTo(sent.id());

    KnhkInProcess.Result other =
        as("bob", "release", "--sector", "finance", "--proposals", "--reason", "x");
    assertThat(other.exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(other.err()).contains("held=[promotions]");
    KnhkInProcess.Result released =
        as("bob", "release", "--sector", "finance", "--promotions", "--reason", "Closed");
    assertThat(released.exitCode()).as(released.err()).isZero();
    assertThat(released.out()).containsPattern("receipts .*finance/1 SectorUpdated released");
    assertThat(loop.last().message().counter()).isGreaterThan(sent.message().counter());
  }

  @Test
  void shouldExitWithRefusedWhenTheLoopRefuses() {
    KnhkInProcess.Result refused =
        as("bob", "doctrine", "retire", "no-friday", "--sector", "finance", "--reason", "Tired");

    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(ExitCode.REFUSED);
    assertThat(refused.err()).contains("KNHK-1093", "reason=role (expected");
    assertThat(refused.out()).contains("TransactionDecided refused");
  }

  @Test
  void shouldExitWithIncompleteWhenNothingAnswers() throws Exception {
    loop.fallSilent();
    String[] line = {"hold", "--sector", "finance", "--proposals", "--reason", "x"};

    KnhkInProcess.Result unanswered = as("bob", with(line, "--timeout", "1"));
    KnhkInProcess.Result unwaited = as("bob", with(line, "--no-wait", "--json"));

    assertThat(unanswered.exitCode()).as(unanswered.err()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(unanswered.err()).contains("KNHK-1094", "knhk receipts list --subject ");
    assertThat(unwaited.exitCode()).as(unwaited.err()).isZero();
    assertThat(unwaited.json().has("answer")).isFalse();
    assertThat(unwaited.json().path("messageId").asText()).hasSize(64);
  }

  @Test
  void shouldSendNothingWhenTheKeyIsNobodysOrRevoked() {
    KnhkInProcess.Result stranger =
        as("mallory", "hold", "--sector", "finance", "--proposals", "--reason", "x");
    assertThat(stranger.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(stranger.err()).startsWith("KNHK-1091").contains("bob, carol");
    assertThat(stranger.out()).isEmpty();

    KnhkInProcess.Result demonstration =
        run(
            "hold",
            "--sector",
            "finance",
            "--proposals",
            "--reason",
            "x",
            "--as-demonstration",
            "bob");
    assertThat(demonstration.exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(demonstration.err()).startsWith("KNHK-1090");
    assertThat(loop.received()).isEmpty();
  }

  @Test
  void shouldSayThatItIsADemonstrationWhenAKeyOfUpSigns() throws Exception {
    Path demonstration = state.keys().resolve("demo-carol.pem");
    Files.copy(keyFile("carol"), demonstration);
    try {
      KnhkInProcess.Result held =
          run(
              "hold",
              "--sector",
              "finance",
              "--proposals",
              "--reason",
              "x",
              "--as-demonstration",
              "carol");
      assertThat(held.exitCode()).as(held.err()).isZero();
      assertThat(held.err()).contains("demonstration key");
      assertThat(loop.last().message().signer()).isEqualTo(keys.get("carol").publicKey().keyId());
    } finally {
      Files.delete(demonstration);
    }
  }

  @Test
  void shouldExitWithRefusedWhenTheMessageBecameADeadLetter() throws Exception {
    // The archive knows of somebody whom the loop does not know.
    execute(
        "insert into knhk.knowledge_documents (log, sector, kind, id, revision, recorded_at,"
            + " document, body, signature, key_id) values ('test', 'finance', 'person', 'mallory',"
            + " 0, 1, '{\"person\":\"mallory\",\"roles\":[],\"keys\":[{\"keyId\":\""
            + keys.get("mallory").publicKey().keyId()
            + "\",\"revoked\":false}]}', '', '"
            + "00".repeat(64)
            + "', '')");

    KnhkInProcess.Result dead =
        as("mallory", "hold", "--sector", "finance", "--proposals", "--reason", "x");

    assertThat(dead.exitCode()).as(dead.err()).isEqualTo(ExitCode.REFUSED);
    assertThat(dead.err()).contains("KNHK-1093", "UNKNOWN_KEY");
  }

  @Test
  void shouldShowAProposalAndVoteOnExactlyThat() throws Exception {
    Request request = loop.propose(PROPOSAL, CHANGE, "Payments may carry a risk score");

    KnhkInProcess.Result shown = run("proposals", "get", "3f3f");
    assertThat(shown.exitCode()).as(shown.err()).isZero();
    assertThat(shown.out())
        .contains(
            "Payments may carry a risk score",
            "the loop, by its rule unknown-attribute, confidence 0.988",
            "approvals-pending",
            "1 approval",
            "0 of 1 approver, because it is low",
            "Payments may carry a risk score.\ufffd[2J",
            "+ <" + TYPE + ">",
            "payment.authorised of acc-17 at 2023-11-14T22:13:20Z: value 12.5, outcome ok, risk 0.2",
            "conforms after the change; from urn:bank:cards, id e-1",
            "payment.authorised; sources 2, subjects 31",
            "compatibility: backward",
            "1 static         passed   the shapes hold",
            "nodes 4, took 0.310 ms",
            "2 doctrine       FAILED   2 rules",
            "expected  expected a label",
            "focus     fin:x",
            "said by   rule labels, query ASK {}",
            "mend      Give it an rdfs:label.",
            "3 rollback       not run  same id",
            "because no shadow",
            "none yet",
            request.ballot().hash());

    KnhkInProcess.Result vote =
        as("bob", "proposals", "vote", "3f", "--approve", "--reason", "Good", "--json");
    assertThat(vote.exitCode()).as(vote.err()).isZero();
    assertThat(vote.err()).contains("+ <" + TYPE + ">");
    assertThat(loop.last().message().content())
        .isEqualTo(
            new ControlContent.Vote(
                PROPOSAL, request.ballot().hash(), Choice.APPROVE, "Good", false));

    JsonNode all = run("proposals", "get", PROPOSAL, "--json").json();
    assertThat(all.at("/request/approvals/0/person").asText()).isEqualTo("bob");
    assertThat(all.at("/proposal/stages/1/witnesses/0/mend").asText()).contains("rdfs:label");
    assertThat(run("proposals", "get", "3f").out()).contains("approved  bob", ": Good");
  }

  @Test
  void shouldRejectAsProducerFaultWhenSaidSo() throws Exception {
    loop.propose(PROPOSAL, CHANGE, "s");

    KnhkInProcess.Result vote =
        as(
            "bob",
            "proposals",
            "vote",
            "3f",
            "--reject",
            "--as",
            "producer-fault",
            "--reason",
            "Release 4.2 sends cents");

    assertThat(vote.exitCode()).as(vote.err()).isZero();
    assertThat(((ControlContent.Vote) loop.last().message().content()).producerFault()).isTrue();
    assertThat(run("proposals", "list", "--status", "rejected", "--json").json()).hasSize(1);
    KnhkInProcess.Result late = as("carol", "proposals", "vote", "3f", "--approve");
    assertThat(late.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(late.err()).startsWith("KNHK-1095").contains("state=rejected");
    KnhkInProcess.Result released =
        as(
            "carol",
            "release",
            "--sector",
            "finance",
            "--change",
            "payment.authorised#risk_score",
            "--reason",
            "Mended");
    assertThat(released.exitCode()).as(released.err()).isZero();
  }

  @Test
  void shouldSendNoVoteWhenWhatIsShownIsNotWhatStands() throws Exception {
    Request request = loop.propose(PROPOSAL, CHANGE, "s");
    String seen = request.ballot().hash().substring(0, 12);
    loop.promote(
        new Delta(
            List.of("<" + TYPE + "> <http://www.w3.org/2000/01/rdf-schema#comment> \"x\" ."),
            List.of()),
        false);

    KnhkInProcess.Result stale = as("bob", "proposals", "vote", "3f", "--approve");
    assertThat(stale.exitCode()).as(stale.err()).isEqualTo(ExitCode.REFUSED);
    assertThat(stale.err()).startsWith("KNHK-1096").contains("(finance/2)");

    loop.promote(
        new Delta(
            List.of("<" + TYPE + "> <http://www.w3.org/2000/01/rdf-schema#comment> \"y\" ."),
            List.of()),
        true);
    KnhkInProcess.Result other =
        as("bob", "proposals", "vote", "3f", "--approve", "--ballot", seen);
    assertThat(other.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(other.err()).startsWith("KNHK-1096").contains("--ballot=" + seen);
    assertThat(loop.received()).isEmpty();
    assertThat(as("bob", "proposals", "vote", "3f", "--approve").exitCode()).isZero();
  }

  @Test
  void shouldSendNoVoteWhenTheBallotIsNotThatOfWhatIsShown() throws Exception {
    loop.publishOtherBallot(loop.propose(PROPOSAL, CHANGE, "s"));

    KnhkInProcess.Result other = as("bob", "proposals", "vote", "3f", "--approve");

    assertThat(other.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(other.err()).startsWith("KNHK-1096: expected the ballot of what is shown");
    assertThat(loop.received()).isEmpty();
  }

  @Test
  void shouldVoteOnWhatWasSignedWhenATableSaysOtherwise() throws Exception {
    loop.propose(PROPOSAL, CHANGE, "What the loop says");
    changeDocuments("document = jsonb_set(document, '{summary}', '\"Harmless\"')", "request");

    KnhkInProcess.Result vote = as("bob", "proposals", "vote", "3f", "--abstain");
    assertThat(vote.exitCode()).as(vote.err()).isZero();
    assertThat(vote.err()).contains("What the loop says").doesNotContain("Harmless");

    changeDocuments("signature = '" + "11".repeat(64) + "'", "proposal");
    KnhkInProcess.Result forged = as("carol", "proposals", "vote", "3f", "--approve");
    assertThat(forged.exitCode()).isEqualTo(ExitCode.EVIDENCE_INVALID);
    assertThat(forged.err()).startsWith("KNHK-1070");
    assertThat(loop.received()).hasSize(1);
  }

  @Test
  void shouldFindARequestByTheBeginningOfItsIdOnlyWhenThatIsOne() throws Exception {
    loop.propose(PROPOSAL, CHANGE, "s");
    loop.propose("3e".repeat(32), CHANGE, "s");

    KnhkInProcess.Result ambiguous = run("proposals", "get", "3");
    assertThat(ambiguous.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(ambiguous.err()).startsWith("KNHK-1031").contains(PROPOSAL, "3e3e");
    assertThat(as("bob", "proposals", "vote", "3", "--approve").err()).startsWith("KNHK-1031");
    assertThat(run("proposals", "get", "44").exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(as("bob", "proposals", "vote", "44", "--approve").err()).startsWith("KNHK-1030");
    assertThat(loop.received()).isEmpty();
  }

  @Test
  void shouldListWhatWaitsForSomebody() throws Exception {
    loop.propose(PROPOSAL, CHANGE, "Risk score");
    assertThat(
            as(
                    "dora",
                    "approvers",
                    "revoke",
                    "--sector",
                    "finance",
                    "--person",
                    "bob",
                    "--reason",
                    "Left")
                .exitCode())
        .isZero();

    assertThat(waitingFor("bob")).containsExactly("change");
    assertThat(waitingFor("ed")).containsExactly("approver");
    assertThat(waitingFor("dora")).isEmpty();
    assertThat(waitingFor("sam")).isEmpty();
    assertThat(run("proposals", "list", "--waiting-for", "nobody").exitCode())
        .isEqualTo(ExitCode.NOT_FOUND);
    KnhkInProcess.Result mine = as("carol", "proposals", "list", "--waiting-for", "me");
    assertThat(mine.out())
        .containsPattern("3f3f3f3f3f3f  finance  change  approvals-pending  1 approval +the loop")
        .contains("Risk score");
    as("carol", "proposals", "vote", "3f", "--abstain");
    assertThat(waitingFor("carol")).isEmpty();
  }

  @Test
  void shouldTakeBackWhatOneAskedForAndNothingElse() throws Exception {
    loop.propose(PROPOSAL, CHANGE, "s");
    KnhkInProcess.Result refused = as("sam", "proposals", "withdraw", "3f", "--reason", "x");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(refused.err()).contains("reason=not-author");

    loop.expire(PROPOSAL);
    KnhkInProcess.Result late = as("sam", "proposals", "withdraw", "3f", "--reason", "x");
    assertThat(late.err()).startsWith("KNHK-1095").contains("state=expired");
  }

  @Test
  void shouldAddListAndRetireDoctrine() throws Exception {
    KnhkInProcess.Result added =
        as(
            "dora",
            "doctrine",
            "add",
            "--sector",
            "finance",
            "--id",
            "no-friday",
            "--constraint",
            "time-window",
            "--enforcement",
            "mandatory",
            "--parameter",
            "mode=deny",
            "--parameter",
            "days=fri",
            "--parameter",
            "from=00:00",
            "--parameter",
            "until=23:59",
            "--parameter",
            "zone=Europe/Zurich",
            "--text",
            "Not at all",
            "--reason",
            "Audit 12");
    assertThat(added.exitCode()).as(added.err()).isZero();
    DoctrineRule rule = ((ControlContent.ChangeDoctrine) loop.last().message().content()).rule();
    assertThat(rule.version()).isEqualTo(2);
    assertThat(rule.effectiveUntilMs()).isEqualTo(Long.MAX_VALUE);
    assertThat(rule.parameters()).isEqualTo(RULE.parameters());

    JsonNode listed = run("doctrine", "list", "--json").json();
    assertThat(listed.at("/0/version").asLong()).isEqualTo(1);
    assertThat(listed.at("/0/doctrineHash").asText()).hasSize(64);
    Path file = Files.writeString(folder.resolve("rule.json"), listed.get(0).toString());
    KnhkInProcess.Result again =
        as(
            "dora",
            "doctrine",
            "add",
            "--sector",
            "finance",
            "--file",
            file.toString(),
            "--reason",
            "Again");
    assertThat(again.exitCode()).as(again.err()).isZero();

    assertThat(
            as("dora", "doctrine", "retire", "no-friday", "--sector", "finance", "--reason", "x")
                .exitCode())
        .isZero();
    assertThat(loop.last().message().content())
        .isEqualTo(new ControlContent.ChangeDoctrine(true, RULE, "x"));
    assertThat(
            as("dora", "doctrine", "retire", "none", "--sector", "finance", "--reason", "x").err())
        .startsWith("KNHK-1030")
        .contains("known=[no-friday]");
    assertThat(
            as(
                    "dora",
                    "doctrine",
                    "add",
                    "--sector",
                    "finance",
                    "--id",
                    "a",
                    "--constraint",
                    "time-window",
                    "--enforcement",
                    "warning",
                    "--parameter",
                    "day=fri",
                    "--text",
                    "t",
                    "--reason",
                    "x")
                .err())
        .startsWith("KNHK-1001: expected");
  }

  @Test
  void shouldAddRevokeAndListApprovers() throws Exception {
    SigningKey fresh = SigningKey.generate(new SecureRandom());
    Path pub = Files.writeString(folder.resolve("fresh.pub.pem"), fresh.publicKey().toPem());
    assertThat(
            as(
                    "dora",
                    "approvers",
                    "add",
                    "--sector",
                    "finance",
                    "--person",
                    "bob",
                    "--public-key",
                    pub.toString(),
                    "--reason",
                    "New laptop")
                .exitCode())
        .isZero();
    assertThat(loop.last().message().content())
        .isEqualTo(
            new ControlContent.ChangeApprover(
                "bob",
                new TreeSet<>(Set.of(Role.APPROVER)),
                fresh.publicKey().toPem(),
                "",
                "New laptop"));

    String keyId = keys.get("bob").publicKey().keyId();
    assertThat(
            as(
                    "dora",
                    "approvers",
                    "revoke",
                    "--sector",
                    "finance",
                    "--person",
                    "bob",
                    "--key-id",
                    keyId.substring(0, 8),
                    "--reason",
                    "Stolen")
                .exitCode())
        .isZero();
    assertThat(loop.last().message().content())
        .isEqualTo(
            new ControlContent.ChangeApprover(
                "bob", new TreeSet<>(Set.of(Role.APPROVER)), "", keyId, "Stolen"));
    assertThat(
            as(
                    "dora",
                    "approvers",
                    "revoke",
                    "--sector",
                    "finance",
                    "--person",
                    "zoe",
                    "--reason",
                    "x")
                .err())
        .startsWith("KNHK-1030");
    assertThat(
            as(
                    "dora",
                    "approvers",
                    "add",
                    "--sector",
                    "finance",
                    "--person",
                    "zoe",
                    "--public-key",
                    pub.toString(),
                    "--reason",
                    "x")
                .err())
        .startsWith("KNHK-1001")
        .contains("--role");
    assertThat(run("approvers", "list").out())
        .containsPattern("finance +bob +approver +.\"" + keyId.substring(0, 12) + "\". +false");
  }

  @Test
  void shouldShowThreeThatWaitInTheLiveTableAndCountTheRest() throws Exception {
    for (int i = 0; i < 5; i++) {
      loop.propose(
          ("3" + i).repeat(32), CHANGE, "Payments may carry a risk score " + i + "\u001b[2J");
    }
    List<String> lines = new ArrayList<>();
    try (Connection auditor = postgresql.connect(postgresql.auditor())) {
      LiveTable.addWaiting(auditor, lines);
    }

    assertThat(lines).hasSize(4).allMatch(line -> line.length() <= 112 && line.endsWith("\n"));
    assertThat(lines.get(0))
        .isEqualTo(
            "finance        payment.authorised#risk_score: Payments may carry a risk s..."
                + "  knhk proposals get 303030303030\n");
    assertThat(lines.get(3)).isEqualTo("and 2 more: knhk proposals list --status open\n");
  }

  @Test
  void shouldWarnOfDemonstrationKeysWithoutAnotherExitCode() throws Exception {
    loop.answerDemonstration();

    KnhkInProcess.Result verified = run("verify");

    assertThat(verified.exitCode()).as(verified.err()).isZero();
    assertThat(verified.out())
        .contains("WARNING approved by demonstration keys, which everybody has: 1 decision\n");
    assertThat(run("verify", "--json").json().path("approvedByDemonstrationKeys").asLong())
        .isEqualTo(1);
  }

  private List<String> waitingFor(String person) throws Exception {
    List<String> kinds = new ArrayList<>();
    run("proposals", "list", "--waiting-for", person, "--json")
        .json()
        .forEach(row -> kinds.add(row.path("kind").asText()));
    return kinds;
  }
}
