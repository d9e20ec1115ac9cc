package io.knhk.operators.execute;

import static io.knhk.operators.types.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.ImportedOntology;
import io.knhk.knowledge.OntologyImport;
import io.knhk.knowledge.ReadResult;
import io.knhk.operators.types.Samples;
import io.knhk.operators.types.TypeSample;
import io.knhk.schemas.control.ControlContent.ChangeApprover;
import io.knhk.schemas.control.ControlContent.ChangeDoctrine;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.ControlContent.ImportOntology;
import io.knhk.schemas.control.ControlContent.ProposeChange;
import io.knhk.schemas.control.ControlContent.RelaxGuard;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.DoctrineRule;
import io.knhk.schemas.knowledge.KnowledgeDocument;
import io.knhk.schemas.notification.Notification;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.SampledObservation;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What people decide on beside changes by hand, and what happens after a promotion. */
class GovernanceRequestsHarnessTest {
  private static final long DAY_MS = 24 * GovernedSector.HOUR_MS;
  private static final String RATE = "https://knhk.io/ns/finance#card.blocked::rate";

  private GovernedSector sector;

  @BeforeEach
  void open() throws Exception {
    sector = new GovernedSector(Evolution.PROPOSE);
  }

  @AfterEach
  void close() throws Exception {
    sector.close();
  }

  @Test
  void shouldLetAGuardBeWeakenedOnlyWhileItIsRelaxed() throws Exception {
    sector.send("sam", raisedRate());
    assertThat(sector.steps()).contains("ValidationExecuted failed", "TransactionDecided refused");

    String relaxation =
        sector.send("sam", new RelaxGuard(RATE, 2 * GovernedSector.HOUR_MS, "a campaign"));
    assertThat(sector.steps()).containsExactly("GuardRelaxationRequested requested");
    assertThat(sector.request(relaxation).path("criticality").asText()).isEqualTo("medium");
    sector.vote("alice", relaxation, Choice.APPROVE);
    assertThat(sector.steps()).containsExactly("TransactionDecided approve");
    sector.later(GovernedSector.HOUR_MS);
    sector.tick();
    assertThat(sector.steps())
        .containsExactly("TransactionDecided approved", "GuardRelaxationApproved approved");

    String change = sector.send("sam", raisedRate());
    sector.vote("alice", change, Choice.APPROVE);
    assertThat(sector.steps()).endsWith("SnapshotPromoted promoted");

    sector.later(2 * GovernedSector.HOUR_MS);
    sector.tick();
    assertThat(sector.steps()).contains("TransactionDecided ended");
    sector.send(
        "sam",
        new ProposeChange(
            "<" + RATE + "> <https://knhk.io/ns/core#maxPerBucket> 7000 .",
            "<" + RATE + "> <https://knhk.io/ns/core#maxPerBucket> 6000 .",
            "more still",
            "",
            false));
    assertThat(sector.steps()).contains("ValidationExecuted failed");
  }

  @Test
  void shouldHoldChangesToARuleOnceAdministratorsAgreedOnIt() throws Exception {
    DoctrineRule rule =
        new DoctrineRule(
            "small",
            "finance",
            DoctrineRule.Constraint.RESOURCE_LIMIT,
            new TreeMap<>(Map.of("max-triples", "2")),
            DoctrineRule.Enforcement.MANDATORY,
            0,
            Long.MAX_VALUE,
            1,
            "Small steps.");
    String request = sector.send("dana", new ChangeDoctrine(false, rule, "one thing at a time"));
    assertThat(sector.request(request).path("criticality").asText()).isEqualTo("critical");
    for (String administrator : List.of("erin", "frank", "gina")) {
      sector.vote(administrator, request, Choice.APPROVE);
    }
    sector.vote("dana", request, Choice.APPROVE);
    ReceiptDraft self = sector.receipts().get(4);
    assertThat(self.outcome()).isEqualTo("refused");
    assertThat(self.evidence()).contains("self-approval");
    sector.later(DAY_MS);
    sector.tick();

    assertThat(sector.steps())
        .containsExactly("TransactionDecided approved", "DoctrineRuleAdded added");
    assertThat(sector.documents(KnowledgeDocument.Kind.DOCTRINE)).hasSize(1);
    sector.send(
        "sam",
        new ProposeChange(GovernanceHarnessTest.attribute("note"), "", "add a note", "", false));
    List<ReceiptDraft> receipts = sector.receipts();
    assertThat(receipts.get(1).outcome()).isEqualTo("failed");
    assertThat(receipts.get(1).evidence()).contains("small");
  }

  @Test
  void shouldNotCountAKeyAnyMoreOnceAdministratorsRevokedIt() throws Exception {
    String keyId = GovernedSector.key("alice").publicKey().keyId();
    sector.send(
        "dana",
        new ChangeApprover(
            "alice", new TreeSet<>(List.of(Role.APPROVER)), "", keyId, "a laptop was lost"));
    assertThat(sector.steps()).containsExactly("TransactionDecided refused");
    String request =
        sector.send(
            "dana",
            new ChangeApprover(
                "alice",
                new TreeSet<>(List.of(Role.APPROVER)),
                GovernedSector.key("nobody").publicKey().toPem(),
                keyId,
                "a new laptop"));
    sector.receipts();
    for (String administrator : List.of("erin", "frank", "gina")) {
      sector.vote(administrator, request, Choice.APPROVE);
    }
    sector.later(DAY_MS);
    sector.tick();
    assertThat(sector.steps()).endsWith("SectorUpdated approver");
    String change =
        sector.send(
            "sam",
            new ProposeChange(GovernanceHarnessTest.attribute("note"), "", "a note", "", false));
    sector.receipts();

    sector.vote("alice", change, Choice.APPROVE);
    assertThat(sector.receipts().get(0).evidence()).contains("revoked-key");
    sector.vote("nobody", change, Choice.APPROVE);
    assertThat(sector.steps()).endsWith("SnapshotPromoted promoted");
  }

  @Test
  void shouldImportAnOntologyInPartsWhenPeopleAgree() throws Exception {
    StringBuilder turtle = new StringBuilder("@prefix ex: <https://example.org/ont/> .\n");
    turtle.append("<https://example.org/ont/> a <http://www.w3.org/2002/07/owl#Ontology> .\n");
    for (int i = 0; i < 3_000; i++) {
      turtle.append("ex:C" + i + " a <http://www.w3.org/2002/07/owl#Class> .\n");
    }
    ImportedOntology ontology =
        ((ReadResult.Read<ImportedOntology>)
                OntologyImport.read(
                    "finance",
                    List.of(
                        new OntologyImport.SourceFile(
                            "ont.ttl", turtle.toString().getBytes(StandardCharsets.UTF_8))),
                    List.of()))
            .value();
    ImportOntology ask = ontology.request("everything", false);
    sector.send("sam", ask);
    assertThat(sector.receipts().get(0).evidence()).contains("\"reason\":\"parts\"");
    for (var part : ontology.messages()) {
      sector.send("sam", part);
    }
    sector.receipts();
    sector.restart();

    String request = sector.send("sam", ask);
    assertThat(sector.steps()).endsWith("TransactionDecided pending");
    sector.restart();
    sector.vote("alice", request, Choice.APPROVE);
    sector.vote("bob", request, Choice.APPROVE);
    sector.later(DAY_MS);
    sector.tick();

    assertThat(sector.steps()).endsWith("SnapshotPromoted promoted");
    long triples =
        sector.documents(KnowledgeDocument.Kind.DELTA).stream()
            .filter(part -> part.content().path("version").asLong() == 2)
            .mapToLong(part -> part.content().path("added").size())
            .sum();
    assertThat(triples).isEqualTo(3_002);
  }

  @Test
  void shouldGoBackByItselfWhenAPromotionBreaksObservations() throws Exception {
    String request =
        sector.send(
            "sam",
            new ProposeChange(
                "<https://knhk.io/ns/finance#payment.declined::value>"
                    + " <http://www.w3.org/ns/shacl#maxInclusive> 100 .",
                valueMax(),
                "no more than a hundred",
                "",
                false));
    sector.vote("alice", request, Choice.APPROVE);
    CompiledSnapshot second = sector.snapshots().get(0);
    sector.receipts();
    sector.notices();

    sector.sample(observed(99, 99, 2));
    assertThat(sector.steps()).isEmpty();
    sector.sample(observed(1, 1, 2));

    List<ReceiptDraft> receipts = sector.receipts();
    assertThat(receipts)
        .extracting(ReceiptDraft::operation)
        .containsExactly(Operation.InvariantViolation, Operation.RollbackExecuted);
    assertThat(receipts.get(0).causes()).containsExactly(second.snapshotId());
    CompiledSnapshot third = sector.snapshots().get(0);
    assertThat(third.version()).isEqualTo(3);
    assertThat(third.snapshotId()).isEqualTo(Samples.genesis("finance").snapshotId());
    assertThat(sector.notices()).containsExactly(Notification.Kind.VIOLATION);
    assertThat(sector.documents(KnowledgeDocument.Kind.HOLD)).isNotEmpty();
    sector.sample(observed(1_000, 1_000, 2));
    assertThat(sector.steps()).isEmpty();
    String next =
        sector.send(
            "sam",
            new ProposeChange(GovernanceHarnessTest.attribute("note"), "", "a note", "", false));
    sector.vote("alice", next, Choice.APPROVE);
    assertThat(sector.snapshots()).extracting(CompiledSnapshot::version).containsExactly(4L);
  }

  /** What people agreed to was less than what the guard that came meanwhile asks for. */
  @Test
  void shouldNotPromoteWhenAGuardCameThatAsksForMore() throws Exception {
    String loosening =
        sector.send(
            "sam",
            new ProposeChange(
                "<https://knhk.io/ns/finance#payment.declined::value>"
                    + " <http://www.w3.org/ns/shacl#maxInclusive> 2000000 .",
                valueMax(),
                "larger payments",
                "",
                false));
    assertThat(sector.request(loosening).path("criticality").asText()).isEqualTo("low");
    String guard = sector.send("sam", new ProposeChange(fourEyes(), "", "four eyes", "", false));
    sector.vote("alice", guard, Choice.APPROVE);
    assertThat(sector.snapshots()).hasSize(1);
    sector.receipts();

    sector.vote("bob", loosening, Choice.APPROVE);

    assertThat(sector.steps()).contains("TransactionDecided refused");
    assertThat(sector.snapshots()).isEmpty();
    assertThat(sector.state(loosening)).isEqualTo("refused");
  }

  private static String fourEyes() {
    return """
        @prefix knhk: <https://knhk.io/ns/core#> .
        <https://knhk.io/ns/finance#payment.declined> knhk:guardedBy <https://knhk.io/ns/finance#payment.declined::four-eyes> .
        <https://knhk.io/ns/finance#payment.declined::four-eyes> a knhk:Guard ;
            knhk:guardName "four-eyes" ; knhk:guardKind knhk:ApprovalChain ; knhk:criticality knhk:Critical .
        """;
  }

  @Test
  void shouldStayWhenWhatDoesNotConformWasWrongBefore() throws Exception {
    String request =
        sector.send(
            "sam",
            new ProposeChange(
                "<https://knhk.io/ns/finance#payment.declined::value>"
                    + " <http://www.w3.org/ns/shacl#maxInclusive> 100 .",
                valueMax(),
                "no more than a hundred",
                "",
                false));
    sector.vote("alice", request, Choice.APPROVE);
    sector.receipts();
    List<SampledObservation> wrong = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      wrong.add(declined(-5, T0 + i, false));
    }

    sector.sample(new TypeSample("finance", "payment.declined", 2, 1_000, 900, T0 + 4, wrong));

    assertThat(sector.steps()).isEmpty();
  }

  /** The line that states the largest value of a declined payment. */
  private static String valueMax() {
    return Samples.bundled("finance").lines().stream()
        .filter(line -> line.startsWith("<https://knhk.io/ns/finance#payment.declined::value> "))
        .filter(line -> line.contains("#maxInclusive>"))
        .findFirst()
        .orElseThrow();
  }

  private static TypeSample observed(long checked, long nonConforming, long version) {
    return new TypeSample(
        "finance",
        "payment.declined",
        version,
        checked,
        nonConforming,
        T0,
        List.of(declined(500, T0, false)));
  }

  private static SampledObservation declined(double value, long recordedAtMs, boolean conforms) {
    SampledObservation payment = Findings.payment(value, recordedAtMs, conforms);
    var observation = payment.observation();
    return new SampledObservation(
        new Observation(
            observation.sector(),
            observation.source(),
            observation.id(),
            observation.timeMs(),
            observation.subject(),
            "payment.declined",
            value,
            false,
            List.of(Attribute.ofText("currency", "EUR"), Attribute.ofText("reason", "other"))),
        payment.partition(),
        payment.offset(),
        recordedAtMs,
        conforms);
  }

  private static ProposeChange raisedRate() {
    return new ProposeChange(
        "<" + RATE + "> <https://knhk.io/ns/core#maxPerBucket> 6000 .",
        "<" + RATE + "> <https://knhk.io/ns/core#maxPerBucket> 5000 .",
        "more blocked cards an hour",
        "",
        false);
  }
}
