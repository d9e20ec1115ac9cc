package io.knhk.operators.execute;

import static io.knhk.operators.types.Samples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.ledger.Dsse;
import io.knhk.operators.types.DeadLetter;
import io.knhk.operators.types.Samples;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.ControlContent.Hold;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.control.ControlContent.ProposeChange;
import io.knhk.schemas.control.ControlContent.RollBack;
import io.knhk.schemas.control.ControlContent.Vote;
import io.knhk.schemas.control.ControlContent.Withdraw;
import io.knhk.schemas.control.ControlKind;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.KnowledgeDocument;
import io.knhk.schemas.notification.Notification;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** People with keys, through the operator: real signatures, real triples. */
class GovernanceHarnessTest {
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
  void shouldPublishPersonsAndTriplesOnceWhenASectorBegins() throws Exception {
    assertThat(sector.documents(KnowledgeDocument.Kind.PERSON))
        .extracting(KnowledgeDocument::id)
        .containsExactly("alice", "bob", "carol", "dana", "erin", "frank", "gina", "sam");
    List<KnowledgeDocument> base = sector.documents(KnowledgeDocument.Kind.DELTA);
    assertThat(base).isNotEmpty();
    assertThat(base.get(0).content().path("from").asText()).isEmpty();
    int triples = base.stream().mapToInt(part -> part.content().path("added").size()).sum();
    assertThat(triples).isEqualTo(Samples.bundled("finance").size());

    sector.restart();
    sector.tick();

    assertThat(sector.documents(KnowledgeDocument.Kind.DELTA)).hasSameSizeAs(base);
  }

  @Nested
  class Changing {
    @Test
    void shouldPromoteWhenAPersonAsksAndAnotherAgrees() throws Exception {
      String request = sector.send("sam", change("note"));

      assertThat(sector.steps())
          .containsExactly(
              "ProposalGenerated proposed",
              "ValidationExecuted passed",
              "TransactionDecided pending");
      assertThat(sector.state(request)).isEqualTo("approvals-pending");
      assertThat(sector.snapshots()).isEmpty();

      String vote = sector.vote("alice", request, Choice.APPROVE);

      List<ReceiptDraft> receipts = sector.receipts();
      assertThat(receipts)
          .extracting(draft -> draft.operation() + " " + draft.outcome())
          .containsExactly(
              "TransactionDecided approve",
              "TransactionDecided approved",
              "ValidationExecuted passed",
              "SnapshotPromoted promoted");
      assertThat(receipts.get(0).subject()).isEqualTo(vote);
      assertThat(receipts.get(0).causes()).containsExactly(request);
      assertThat(receipts.get(1).causes()).contains(vote);
      assertThat(receipts.get(1).evidence()).contains("\"approvals\":[\"alice\"]");
      assertThat(attributes(sector.snapshots().get(0))).contains("note");
      assertThat(sector.state(request)).isEqualTo("approved");
      assertThat(sector.notices())
          .containsExactly(Notification.Kind.PENDING, Notification.Kind.PROMOTED);
    }

    @Test
    void shouldChangeNothingWhenItIsOnlyTried() throws Exception {
      String request =
          sector.send("sam", new ProposeChange(attribute("note"), "", "a note", "", true));

      assertThat(sector.steps())
          .containsExactly(
              "ProposalGenerated proposed",
              "ValidationExecuted passed",
              "TransactionDecided tried");
      assertThat(sector.documents(KnowledgeDocument.Kind.REQUEST)).isEmpty();
      KnowledgeDocument tried = sector.documents(KnowledgeDocument.Kind.PROPOSAL).get(0);
      assertThat(tried.content().path("requestId").asText()).isEqualTo(request);
      assertThat(tried.content().path("stages")).hasSize(7);
      assertThat(tried.content().path("plain").get(0).asText()).contains("note");
      assertThat(sector.snapshots()).isEmpty();
    }

    @Test
    void shouldRefuseWithAReasonWhenTheTurtleIsNone() throws Exception {
      for (String hostile :
          List.of(
              "this is no Turtle",
              "<urn:a> <urn:b> <urn:c> .",
              "(".repeat(10_000),
              "<https://knhk.io/ns/healthcare#x> a <http://www.w3.org/2002/07/owl#Class> .")) {
        sector.send("sam", new ProposeChange(hostile, "", "hostile", "", false));

        ReceiptDraft refused = sector.receipts().get(0);
        assertThat(refused.operation()).isEqualTo(Operation.TransactionDecided);
        assertThat(refused.outcome()).isEqualTo("refused");
        assertThat(refused.evidence()).contains("\"detail\":\"expected");
      }
      assertThat(sector.deadLetters()).isEmpty();
    }

    @Test
    void shouldRefuseWhenAStageFails() throws Exception {
      String request =
          sector.send(
              "sam",
              new ProposeChange(
                  "<https://knhk.io/ns/finance#payment.authorised>"
                      + " <https://knhk.io/ns/core#decimals> 3 .",
                  "",
                  "a second figure",
                  "",
                  false));

      assertThat(sector.steps())
          .containsExactly(
              "ProposalGenerated proposed",
              "ValidationExecuted failed",
              "TransactionDecided refused",
              "LoopCycleCompleted refused");
      assertThat(sector.documents(KnowledgeDocument.Kind.REQUEST)).isEmpty();
      assertThat(request).hasSize(64);
      assertThat(sector.notices()).containsExactly(Notification.Kind.REJECTED);
    }

    @Test
    void shouldGoOnWhenRestartedBetweenTwoVotes() throws Exception {
      sector.pattern(Findings.outOfRange(T0));
      String request = onlyRequest();
      assertThat(sector.request(request).path("criticality").asText()).isEqualTo("critical");
      sector.vote("alice", request, Choice.APPROVE);
      sector.vote("bob", request, Choice.APPROVE);
      sector.receipts();
      sector.restart();
      assertThat(sector.snapshots()).isEmpty();

      sector.vote("carol", request, Choice.APPROVE);
      assertThat(sector.steps()).containsExactly("TransactionDecided approve");
      sector.later(24 * GovernedSector.HOUR_MS - 1);
      sector.tick();
      assertThat(sector.steps()).isEmpty();
      sector.later(1);
      sector.tick();

      assertThat(sector.steps()).endsWith("SnapshotPromoted promoted");
      assertThat(sector.snapshots()).hasSize(1);
    }

    @Test
    void shouldVoidVotesWhenTheHeadMoves() throws Exception {
      String first = sector.send("sam", change("first"));
      String second = sector.send("sam", change("second"));
      String stale = sector.ballot(second);
      sector.vote("alice", first, Choice.APPROVE);
      sector.receipts();

      sector.send("bob", new Vote(second, stale, Choice.APPROVE, "", false));

      ReceiptDraft refused = sector.receipts().get(0);
      assertThat(refused.outcome()).isEqualTo("refused");
      assertThat(refused.evidence()).contains("other-ballot");
      sector.vote("bob", second, Choice.APPROVE);
      assertThat(sector.steps()).endsWith("SnapshotPromoted promoted");
    }

    @Test
    void shouldEndWhenTheAuthorTakesItBack() throws Exception {
      String request = sector.send("sam", change("note"));
      sector.receipts();

      sector.send("sam", new Withdraw(request, "not needed"));

      assertThat(sector.steps())
          .containsExactly(
              "TransactionDecided withdrawn",
              "TransactionDecided revoked",
              "LoopCycleCompleted revoked");
      assertThat(sector.state(request)).isEqualTo("revoked");
    }
  }

  @Nested
  class Attacking {
    @Test
    void shouldMakeADeadLetterAndNothingElseWhenNobodyKnownHasSigned() throws Exception {
      sector.send("nobody", change("note"));

      assertThat(sector.deadLetters())
          .extracting(DeadLetter::reason)
          .containsExactly("UNKNOWN_KEY");
      assertThat(sector.steps()).isEmpty();
    }

    @Test
    void shouldMakeADeadLetterWhenATextIsHalfACharacter() throws Exception {
      String whole = new String(sector.body("sam", change("note")), StandardCharsets.UTF_8);
      byte[] half = whole.replace("add note", "add \\ud800").getBytes(StandardCharsets.UTF_8);
      sector.deliver(
          Dsse.sign(GovernedSector.key("sam"), ControlKind.PROPOSAL.payloadType(), half).toJson());

      assertThat(sector.deadLetters())
          .extracting(DeadLetter::reason)
          .containsExactly("INVALID_MESSAGE");
    }

    @Test
    void shouldMakeADeadLetterWhenTheSignatureIsOfAnotherMessage() throws Exception {
      byte[] signed = sector.body("sam", change("note"));
      byte[] other = sector.body("sam", change("other"));
      Dsse.Envelope envelope =
          Dsse.sign(GovernedSector.key("sam"), ControlKind.PROPOSAL.payloadType(), signed);

      sector.deliver(
          new Dsse.Envelope(envelope.payloadType(), other, envelope.keyId(), envelope.signature())
              .toJson());
      sector.deliver(
          Dsse.sign(GovernedSector.key("nobody"), ControlKind.PROPOSAL.payloadType(), signed)
              .toJson());

      assertThat(sector.deadLetters())
          .extracting(DeadLetter::reason)
          .containsExactly("BAD_SIGNATURE", "UNKNOWN_KEY");
      assertThat(sector.steps()).isEmpty();
    }

    @Test
    void shouldAnswerWithARefusalWhenAMessageComesTwice() throws Exception {
      byte[] body = sector.body("sam", change("note"));
      byte[] envelope =
          Dsse.sign(GovernedSector.key("sam"), ControlKind.PROPOSAL.payloadType(), body).toJson();
      sector.deliver(envelope);
      sector.receipts();

      sector.deliver(envelope);

      List<ReceiptDraft> receipts = sector.receipts();
      assertThat(receipts).hasSize(1);
      assertThat(receipts.get(0).outcome()).isEqualTo("refused");
      assertThat(receipts.get(0).evidence()).contains("replayed");
    }

    @Test
    void shouldRefuseWhenAnApproverProposesOrAStewardVotes() throws Exception {
      sector.send("alice", change("note"));
      assertThat(sector.receipts().get(0).evidence()).contains("\"reason\":\"role\"");
      String request = sector.send("sam", change("note"));
      sector.receipts();

      sector.vote("sam", request, Choice.APPROVE);

      assertThat(sector.receipts().get(0).outcome()).isEqualTo("refused");
      assertThat(sector.snapshots()).isEmpty();
    }
  }

  @Nested
  class Rejecting {
    @Test
    void shouldNotProposeAgainUntilReleasedWhenAPersonSaidNo() throws Exception {
      Pattern seen = Findings.unknownAttribute("risk_score", 1.0, T0);
      sector.pattern(seen);
      String request = onlyRequest();
      sector.receipts();

      sector.send(
          "alice", new Vote(request, sector.ballot(request), Choice.REJECT, "a mistake", true));

      assertThat(sector.steps())
          .containsExactly(
              "TransactionDecided reject",
              "TransactionDecided rejected",
              "LoopCycleCompleted rejected");
      assertThat(sector.documents(KnowledgeDocument.Kind.INCIDENT)).hasSize(1);
      assertThat(sector.notices()).contains(Notification.Kind.REJECTED);
      sector.later(30L * 24 * GovernedSector.HOUR_MS);
      sector.tick();
      sector.pattern(Findings.unknownAttribute("risk_score", 1.0, sector.nowMs()));
      assertThat(sector.steps()).isEmpty();

      sector.send("alice", new Hold(true, HoldTarget.CHANGE, seen.element(), "was right"));
      for (KnowledgeDocument held : sector.documents(KnowledgeDocument.Kind.HOLD)) {
        String change = held.content().path("change").asText();
        if (held.content().path("held").asBoolean() && !change.equals(seen.element())) {
          sector.send("alice", new Hold(true, HoldTarget.CHANGE, change, "was right"));
        }
      }
      sector.receipts();
      sector.pattern(Findings.unknownAttribute("risk_score", 1.0, sector.nowMs()));

      assertThat(sector.steps()).endsWith("TransactionDecided pending");
    }

    @Test
    void shouldWaitWhenPromotionsAreHeldAndGoOnWhenReleased() throws Exception {
      String request = sector.send("sam", change("note"));
      sector.send("bob", new Hold(false, HoldTarget.PROMOTIONS, "", "month end"));
      sector.receipts();

      sector.vote("alice", request, Choice.APPROVE);
      assertThat(sector.steps()).containsExactly("TransactionDecided approve");

      sector.send("bob", new Hold(true, HoldTarget.PROMOTIONS, "", "month end is over"));
      assertThat(sector.steps())
          .startsWith("SectorUpdated released")
          .endsWith("SnapshotPromoted promoted");
    }

    @Test
    void shouldProposeNothingByItselfWhenProposalsAreHeld() throws Exception {
      sector.send("bob", new Hold(false, HoldTarget.PROPOSALS, "", "a migration"));
      sector.receipts();

      sector.pattern(Findings.unknownAttribute("risk_score", 1.0, T0));

      assertThat(sector.steps()).isEmpty();
    }
  }

  @Nested
  class GoingBack {
    @Test
    void shouldPromoteWhatAnAncestorSaidWhenPeopleAgree() throws Exception {
      String request = sector.send("sam", change("note"));
      sector.vote("alice", request, Choice.APPROVE);
      CompiledSnapshot second = sector.snapshots().get(0);
      sector.receipts();

      String back = sector.send("sam", new RollBack(second.parentId(), "was a mistake"));
      sector.vote("alice", back, Choice.APPROVE);
      sector.later(GovernedSector.HOUR_MS);
      sector.tick();

      CompiledSnapshot third = sector.snapshots().get(0);
      assertThat(third.version()).isEqualTo(3);
      assertThat(third.snapshotId()).isEqualTo(Samples.genesis("finance").snapshotId());
      assertThat(third.types()).isEqualTo(Samples.genesis("finance").types());
      assertThat(sector.steps()).contains("SnapshotPromoted promoted", "RollbackExecuted executed");
    }

    @Test
    void shouldRefuseWhenTheSnapshotIsNoAncestor() throws Exception {
      sector.send("sam", new RollBack("ab".repeat(32), "to where"));
      sector.send("sam", new RollBack(Samples.genesis("finance").snapshotId(), "to the head"));

      assertThat(sector.receipts())
          .allSatisfy(receipt -> assertThat(receipt.evidence()).contains("unknown-snapshot"))
          .hasSize(2);
    }
  }

  private String onlyRequest() {
    List<KnowledgeDocument> requests = sector.documents(KnowledgeDocument.Kind.REQUEST);
    return requests.get(requests.size() - 1).id();
  }

  private static ProposeChange change(String attribute) {
    return new ProposeChange(attribute(attribute), "", "add " + attribute, "", false);
  }

  /** An optional text of a type without guards. */
  static String attribute(String name) {
    return """
        @prefix knhk: <https://knhk.io/ns/core#> .
        @prefix sh: <http://www.w3.org/ns/shacl#> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        <https://knhk.io/ns/finance#payment.declined> sh:property <https://knhk.io/ns/finance#payment.declined:NAME> .
        <https://knhk.io/ns/finance#payment.declined:NAME> a sh:PropertyShape , knhk:AttributeConstraint ;
            knhk:attributeName "NAME" ; sh:path <https://knhk.io/ns/finance/attribute#NAME> ;
            sh:datatype xsd:string ; sh:maxCount 1 .
        <https://knhk.io/ns/finance/attribute#NAME> a owl:DatatypeProperty .
        """
        .replace("NAME", name);
  }

  private static List<String> attributes(CompiledSnapshot snapshot) {
    return snapshot.types().stream()
        .filter(type -> type.name().equals("payment.declined"))
        .flatMap(type -> type.properties().stream())
        .map(CompiledProperty::name)
        .toList();
  }
}
