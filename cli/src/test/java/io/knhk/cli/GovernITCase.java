package io.knhk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.cli.verify.TestLedger;
import io.knhk.embedded.EmbeddedKafka;
import io.knhk.embedded.EmbeddedPostgresql;
import io.knhk.embedded.StateDirectory;
import io.knhk.knowledge.Ontologies;
import io.knhk.knowledge.Snapshot;
import io.knhk.knowledge.governance.Person;
import io.knhk.knowledge.governance.Request;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.control.ControlKind;
import io.knhk.schemas.control.ControlMessage;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people govern with, on a real Kafka and PostgreSQL, answered by the real governance. */
class GovernITCase {
  private static final String TYPE = "https://knhk.io/ns/finance#payment.authorised";
  private static final Delta CHANGE =
      new Delta(
          List.of(
              "<"
                  + TYPE
                  + "> <http://www.w3.org/2000/01/rdf-schema#comment> \"Risk is scored.\" ."),
          List.of());
  private static final String PROPOSAL = "3f".repeat(32);
  private static final DoctrineRule RULE =
      new DoctrineRule(
          "no-friday",
          "finance",
          DoctrineRule.Constraint.TIME_WINDOW,
          new TreeMap<>(
              Map.of(
                  "mode",
                  "deny",
                  "days",
                  "fri",
                  "from",
                  "00:00",
                  "until",
                  "23:59",
                  "zone",
                  "Europe/Zurich")),
          DoctrineRule.Enforcement.WARNING,
          0,
          Long.MAX_VALUE,
          1,
          "Nothing on Fridays.");

  private static Path folder;
  private static StateDirectory state;
  private static EmbeddedKafka kafka;
  private static EmbeddedPostgresql postgresql;

  private final KnhkInProcess knhk = new KnhkInProcess(Map.of());
  private final Map<String, SigningKey> keys = new HashMap<>();
  private TestLedger ledger;
  private TestLoop loop;

  @BeforeAll
  static void start(@TempDir Path temporary) {
    folder = temporary;
    state = StateDirectory.open(folder.resolve(".knhk"));
    kafka = EmbeddedKafka.start(state, OptionalInt.empty());
    kafka.createTopics();
    postgresql = EmbeddedPostgresql.start(state, OptionalInt.empty());
  }

  @AfterAll
  static void stop() {
    postgresql.close();
    kafka.close();
    state.close();
  }

  @BeforeEach
  void prepare() throws Exception {
    ledger = new TestLedger();
    Path key = Files.writeString(state.keys().resolve("public.pem"), ledger.publicPem());
    Map<String, String> endpoints = new HashMap<>();
    endpoints.put("bootstrapServers", kafka.bootstrapServers());
    endpoints.put("jdbcUrl", postgresql.jdbcUrl());
    endpoints.put("postgresqlUri", postgresql.uri());
    endpoints.put("auditorUser", postgresql.auditor().user());
    endpoints.put("auditorPasswordFile", postgresql.auditor().passwordFile().toString());
    endpoints.put("writerUser", postgresql.writer().user());
    endpoints.put("writerPasswordFile", postgresql.writer().passwordFile().toString());
    endpoints.put("flinkUrl", "http://127.0.0.1:1");
    endpoints.put("log", TestLedger.LOG);
    endpoints.put("publicKeyFile", key.toString());
    endpoints.put("pid", Long.toString(ProcessHandle.current().pid()));
    state.writeEndpoints(endpoints);
    for (String table :
        List.of("receipts", "snapshots", "knowledge_documents", "dead_letter_records")) {
      execute("alter table knhk." + table + " disable trigger all");
      execute("delete from knhk." + table);
      execute("alter table knhk." + table + " enable trigger all");
    }
    loop =
        new TestLoop(
            ledger,
            postgresql,
            kafka.bootstrapServers(),
            finance(),
            List.of(
                person("sam", Role.STEWARD),
                person("bob", Role.APPROVER),
                person("carol", Role.APPROVER),
                person("chuck", Role.APPROVER),
                person("cleo", Role.APPROVER),
                person("dora", Role.ADMINISTRATOR),
                person("ed", Role.ADMINISTRATOR),
                person("flo", Role.ADMINISTRATOR),
                person("gus", Role.ADMINISTRATOR)),
            List.of(RULE));
    person("mallory", Role.APPROVER);
  }

  @AfterEach
  void end() throws InterruptedException {
    loop.close();
  }

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
  void shouldProposeAChangeAndShowWhatBecameOfIt() throws Exception {
    Path change =
        Files.writeString(
            folder.resolve("change.ttl"),
            "<" + TYPE + "> <http://www.w3.org/2000/01/rdf-schema#comment> \"More\" .\n");
    KnhkInProcess.Result created =
        as("sam", "proposals", "create", "--sector", "finance", change.toString());

    assertThat(created.exitCode()).as(created.err()).isZero();
    ControlContent.ProposeChange sent =
        (ControlContent.ProposeChange) loop.last().message().content();
    assertThat(sent.add()).isEqualTo(Files.readString(change));
    assertThat(sent.summary()).isEqualTo("Adds what is in change.ttl");
    assertThat(created.out())
        .contains("TransactionDecided pending", "approvals-pending", "author        sam", "Stages");

    JsonNode dry =
        as(
                "sam",
                "proposals",
                "create",
                "--sector",
                "finance",
                change.toString(),
                "--dry-run",
                "--on-behalf-of",
                "anna",
                "--json")
            .json();
    assertThat(dry.path("answer").asText()).isEqualTo("dry-run");
    assertThat(dry.at("/proposal/stages/0/stage").asText()).isEqualTo("static");
    assertThat(dry.path("request").isNull()).isTrue();
  }

  @Test
  void shouldSendNothingWhenAChangeCannotBe() throws Exception {
    Path there = folder.resolve("there.ttl");
    Files.writeString(there, loop.head().lines().get(600) + "\n");
    Path other = folder.resolve("other.ttl");
    Files.writeString(
        other, "<https://knhk.io/ns/energy#x> a <http://www.w3.org/2002/07/owl#Class> .");
    Path broken = Files.writeString(folder.resolve("broken.ttl"), "<a> <b>");
    Path large =
        Files.write(folder.resolve("large.ttl"), new byte[ControlContent.RDF_BYTES_MAX + 1]);

    for (Path bad : List.of(there, other, broken)) {
      KnhkInProcess.Result result =
          as("sam", "proposals", "create", "--sector", "finance", bad.toString());
      assertThat(result.exitCode()).as(bad + result.err()).isEqualTo(ExitCode.FAILURE);
      assertThat(result.err()).startsWith("KNHK-1098: expected");
    }
    KnhkInProcess.Result result =
        as("sam", "proposals", "create", "--sector", "finance", large.toString());
    assertThat(result.err()).startsWith("KNHK-1092").contains("limit=262144");
    KnhkInProcess.Result missing =
        as("sam", "proposals", "create", "--sector", "finance", "/nowhere.ttl");
    assertThat(missing.err()).startsWith("KNHK-1032");
    assertThat(loop.received()).isEmpty();
  }

  @Test
  void shouldAskForAGuardByItsNameAndListTheGuards() throws Exception {
    KnhkInProcess.Result relaxed =
        as(
            "sam",
            "proposals",
            "create",
            "--sector",
            "finance",
            "--relax-guard",
            "payment.authorised/four-eyes",
            "--for",
            "2h",
            "--reason",
            "Payout day");
    assertThat(relaxed.exitCode()).as(relaxed.err()).isZero();
    assertThat(loop.last().message().content())
        .isEqualTo(new ControlContent.RelaxGuard(TYPE + "::four-eyes", 7_200_000, "Payout day"));
    assertThat(relaxed.out()).contains("0 of 3 approvers, because it is critical", "Asked for");

    KnhkInProcess.Result unknown =
        as(
            "sam",
            "proposals",
            "create",
            "--sector",
            "finance",
            "--relax-guard",
            "a/b",
            "--for",
            "2h",
            "--reason",
            "x");
    assertThat(unknown.exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(unknown.err()).contains("payment.authorised/four-eyes");

    loop.relax(TYPE + "::four-eyes", 4_102_444_800_000L);
    KnhkInProcess.Result guards = run("guards", "list", "--sector", "finance");
    assertThat(guards.out())
        .containsPattern("payment.authorised/four-eyes +ApprovalChain +Critical.*2100-01-01T")
        .containsPattern(
            "card.blocked/rate +PerformanceBound +Medium +.\"maxPerBucket\":5000.0. +-");
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
  void shouldAskForAWayBackToAnEarlierSnapshotOnly() throws Exception {
    Snapshot first = loop.head();
    loop.promote(CHANGE, true);

    KnhkInProcess.Result newest =
        as(
            "sam",
            "snapshots",
            "rollback",
            "--sector",
            "finance",
            "--to",
            "finance/2",
            "--reason",
            "x");
    assertThat(newest.exitCode()).isEqualTo(ExitCode.USAGE);
    KnhkInProcess.Result back =
        as(
            "sam",
            "snapshots",
            "rollback",
            "--sector",
            "finance",
            "--to",
            "finance/1",
            "--reason",
            "Wrong");
    assertThat(back.exitCode()).as(back.err()).isZero();
    assertThat(loop.last().message().content())
        .isEqualTo(new ControlContent.RollBack(first.id(), "Wrong"));
    assertThat(
            as(
                    "sam",
                    "snapshots",
                    "rollback",
                    "--sector",
                    "energy",
                    "--to",
                    "finance/1",
                    "--reason",
                    "x")
                .exitCode())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void shouldAskWhichLedgerWhenThereAreSeveralAndNoneIsNamed() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    String uri = postgresql.jdbcUrl().replaceFirst("^jdbc:", "");
    String[] line = {
      "proposals",
      "list",
      "--postgres",
      uri,
      "--postgres-user",
      postgresql.auditor().user(),
      "--postgres-password-file",
      postgresql.auditor().passwordFile().toString(),
      "--state",
      elsewhere.toString()
    };
    assertThat(knhk.run(line).exitCode()).isZero();
    execute(
        "insert into knhk.snapshots select 'second', sector, version, snapshot_id, parent_id,"
            + " proposal_id, promoted_at, body, signature, key_id from knhk.snapshots");

    KnhkInProcess.Result which = knhk.run(line);
    assertThat(which.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(which.err()).startsWith("KNHK-1097").contains("[second, test]");
    assertThat(knhk.run(with(line, "--log", "second")).exitCode()).isZero();
  }

  @Test
  void shouldRefuseToSendWhatIsBeyondALimitOfMessages() throws Exception {
    // A control character has six bytes in JSON: within the limit of RDF, beyond that of messages.
    Path change = folder.resolve("comment.ttl");
    Files.writeString(
        change,
        "<"
            + TYPE
            + "> <http://www.w3.org/2000/01/rdf-schema#comment> \"x\" .\n#"
            + "\u0001".repeat(100_000));

    KnhkInProcess.Result refused =
        as("sam", "proposals", "create", "--sector", "finance", change.toString());

    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err())
        .startsWith("KNHK-1092: expected a bounded message")
        .contains("limit=" + ControlMessage.BYTES_MAX);
    assertThat(loop.received()).isEmpty();
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

  @Test
  void shouldShowWhatASnapshotSaysAndHowTwoDiffer() throws Exception {
    Snapshot first = loop.head();
    loop.promote(CHANGE, true);

    KnhkInProcess.Result lines = run("snapshots", "get", "finance/1", "--format", "ntriples");
    assertThat(lines.exitCode()).as(lines.err()).isZero();
    assertThat(lines.out().lines()).containsExactlyElementsOf(first.lines());
    assertThat(run("snapshots", "get", "finance").out())
        .contains("@prefix knhk:", "\"Risk is scored.\"");
    assertThat(
            run("snapshots", "get", loop.head().id().substring(0, 10), "--format", "jsonld").json())
        .isNotEmpty();

    KnhkInProcess.Result diff = run("snapshots", "diff", "finance/1", "finance/2");
    assertThat(diff.exitCode()).as(diff.err()).isZero();
    assertThat(diff.out()).contains("Compatibility: full.", "\n+ <" + TYPE + ">");
    JsonNode back = run("snapshots", "diff", "finance/2", first.id(), "--json").json();
    assertThat(back.path("removed")).hasSize(1);
    assertThat(back.path("words")).isNotEmpty();
    assertThat(run("snapshots", "diff", "finance", "finance", "--only", "words").out())
        .contains("Both say the same.");
    assertThat(run("snapshots", "get", "finance/9").exitCode()).isEqualTo(ExitCode.NOT_FOUND);

    changeDocuments("document = document #- '{added,0}'", "delta");
    KnhkInProcess.Result changed = run("snapshots", "get", "finance/2");
    assertThat(changed.exitCode()).isEqualTo(ExitCode.EVIDENCE_INVALID);
    assertThat(changed.err()).contains("KNHK-1070", "idOfTriples=");
  }

  @Test
  void shouldWriteSchemasOfWhatWasPromotedAndHoldOthersAgainstIt() throws Exception {
    String[] type = {"--sector", "finance", "--event-type", "payment.authorised"};
    KnhkInProcess.Result json = run(with(new String[] {"schema", "export"}, type));
    KnhkInProcess.Result avro =
        run(with(with(new String[] {"schema", "export", "--format", "avro"}, type), "--at", "0s"));
    assertThat(json.exitCode()).as(json.err()).isZero();
    assertThat(json.json().path("$schema").asText()).contains("2020-12");
    assertThat(avro.json().path("type").asText()).isEqualTo("record");

    Path own = Files.writeString(folder.resolve("own.json"), json.out());
    KnhkInProcess.Result fits = run(with(new String[] {"schema", "check", own.toString()}, type));
    assertThat(fits.exitCode()).as(fits.err() + fits.out()).isZero();
    assertThat(fits.err()).contains("conforms to payment.authorised of finance/1");
    Files.writeString(own, json.out().replace("\"EUR\"", "\"DOGE\""));
    KnhkInProcess.Result differs =
        run(with(new String[] {"schema", "check", own.toString()}, type));
    assertThat(differs.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(differs.err()).contains("KNHK-1099", "finance/1");
    assertThat(differs.out()).contains("would-not-conform", "DOGE");
    Files.writeString(own, "no schema");
    assertThat(run(with(new String[] {"schema", "check", own.toString()}, type)).err())
        .startsWith("KNHK-1034");

    assertThat(run("schema", "export", "--sector", "finance", "--event-type", "none").exitCode())
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(run(with(with(new String[] {"schema", "export"}, type), "--at", "1000d")).exitCode())
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(run(with(with(new String[] {"schema", "export"}, type), "--format", "xsd")).err())
        .startsWith("KNHK-1001");
    assertThat(
            run(
                    "schema",
                    "export",
                    "--sector",
                    "energy",
                    "--event-type",
                    "x",
                    "--snapshot",
                    "finance/1")
                .exitCode())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void shouldSendAnOntologyInPartsThenTheRequest() throws Exception {
    Path ontology = Files.createDirectories(folder.resolve("loans"));
    Files.writeString(
        ontology.resolve("loan.ttl"),
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
            + "<https://example.org/loan/> a owl:Ontology .\n"
            + "<https://example.org/loan/Loan> a owl:Class .\n");
    Files.writeString(
        ontology.resolve("more.rdf"),
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
            + " xmlns:owl='http://www.w3.org/2002/07/owl#'>"
            + "<owl:Class rdf:about='https://example.org/loan/Mortgage'/></rdf:RDF>");
    Files.writeString(ontology.resolve("README.md"), "not RDF");

    KnhkInProcess.Result imported =
        as("sam", "ontology", "import", ontology.toString(), "--sector", "finance");

    assertThat(imported.exitCode()).as(imported.err()).isZero();
    assertThat(imported.err()).contains("reading 2 files", "sent part 1 of 1");
    assertThat(loop.received()).hasSize(2);
    ControlContent.ImportPart part =
        (ControlContent.ImportPart) loop.received().get(0).message().content();
    ControlContent.ImportOntology request =
        (ControlContent.ImportOntology) loop.last().message().content();
    assertThat(request.importId()).isEqualTo(part.importId());
    assertThat(request.triples()).isEqualTo(3);
    assertThat(request.namespaces()).containsExactly("https://example.org/loan/");
    assertThat(request.summary()).isEqualTo("Imports loan.ttl and 1 more");
    assertThat(loop.last().message().counter())
        .isGreaterThan(loop.received().get(0).message().counter());

    Path hostile =
        Files.writeString(
            folder.resolve("hostile.rdf"),
            "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x/>");
    KnhkInProcess.Result refused =
        as("sam", "ontology", "import", hostile.toString(), "--sector", "finance");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILURE);
    assertThat(refused.err()).contains("KNHK-1098: expected", "hostile.rdf");
    assertThat(
            as(
                    "sam",
                    "ontology",
                    "import",
                    ontology.toString(),
                    "--sector",
                    "finance",
                    "--namespace",
                    "https://knhk.io/ns/energy#")
                .err())
        .contains("KNHK-1098");
    assertThat(loop.received()).hasSize(2);
  }

  private List<String> waitingFor(String person) throws Exception {
    List<String> kinds = new ArrayList<>();
    run("proposals", "list", "--waiting-for", person, "--json")
        .json()
        .forEach(row -> kinds.add(row.path("kind").asText()));
    return kinds;
  }

  private Person person(String name, Role... roles) throws Exception {
    SigningKey key = SigningKey.generate(new SecureRandom());
    keys.put(name, key);
    Path file = keyFile(name);
    Files.writeString(file, key.toPem());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return Person.genesis(
        name,
        new TreeSet<>(Arrays.asList(roles)),
        List.of(HexFormat.of().formatHex(key.publicKey().bytes())),
        false);
  }

  private static Path keyFile(String name) {
    return folder.resolve(name + ".pem");
  }

  private static Snapshot finance() {
    Snapshot finance = Ontologies.bundled().get("finance");
    if (finance == null) {
      throw new IllegalStateException("expected the ontology of finance");
    }
    return finance;
  }

  private static void changeDocuments(String set, String kind) throws SQLException {
    execute("alter table knhk.knowledge_documents disable trigger all");
    execute("update knhk.knowledge_documents set " + set + " where kind = '" + kind + "'");
    execute("alter table knhk.knowledge_documents enable trigger all");
  }

  private static void execute(String sql) throws SQLException {
    try (Connection owner = postgresql.connect(postgresql.owner());
        Statement statement = owner.createStatement()) {
      statement.execute(sql);
    }
  }

  private KnhkInProcess.Result as(String person, String... arguments) {
    return run(with(arguments, "--signing-key", keyFile(person).toString()));
  }

  private KnhkInProcess.Result run(String... arguments) {
    return knhk.run(with(arguments, "--state", state.root().toString()));
  }

  private static String[] with(String[] arguments, String... more) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }
}
