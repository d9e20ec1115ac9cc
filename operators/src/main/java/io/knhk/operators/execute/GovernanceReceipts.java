package io.knhk.operators.execute;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.knowledge.doctrine.DoctrineBook;
import io.knhk.knowledge.governance.Asked;
import io.knhk.knowledge.governance.CastVote;
import io.knhk.knowledge.governance.Held;
import io.knhk.knowledge.governance.Person;
import io.knhk.knowledge.governance.Relaxation;
import io.knhk.knowledge.governance.Request;
import io.knhk.ledger.Subjects;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.ControlContent.Vote;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What execute says of the messages of people, and of what came of them. One a sector and time. */
final class GovernanceReceipts {
  /** Characters of a text of somebody else's in evidence. */
  private static final int TEXT_CHARS_MAX = 1_000;

  /** Votes that a decision names; the document of the request has all. */
  static final int VOTES_MAX = 60;

  private final String sector;
  private final String snapshotId;
  private final long recordedAtMs;

  /**
   * @param snapshotId the head
   */
  GovernanceReceipts(String sector, String snapshotId, long recordedAtMs) {
    this.sector = sector;
    this.snapshotId = snapshotId;
    this.recordedAtMs = recordedAtMs;
  }

  /**
   * A message that is not acted on.
   *
   * @param reason code of the refusal
   */
  ReceiptDraft refused(Received message, String reason, String detail) {
    ObjectNode evidence = of(message);
    evidence.put("reason", reason);
    evidence.put("detail", cut(detail));
    return draft(Operation.TransactionDecided, "refused", message.id(), List.of(), evidence);
  }

  ReceiptDraft voted(Received message, Vote vote, Person person) {
    ObjectNode evidence = of(message);
    evidence.put("requestId", vote.request());
    evidence.put("ballot", vote.ballot());
    evidence.put("demonstration", person.demonstration());
    evidence.put("reason", cut(vote.reason()));
    if (vote.choice() == Choice.REJECT) {
      evidence.put("producerFault", vote.producerFault());
    }
    return draft(
        Operation.TransactionDecided,
        lower(vote.choice()),
        message.id(),
        List.of(vote.request()),
        evidence);
  }

  /** A part of an ontology that was taken, or anything else that is only noted. */
  ReceiptDraft taken(Received message, String outcome) {
    return draft(Operation.TransactionDecided, outcome, message.id(), List.of(), of(message));
  }

  /** A request that is no change of triples, and waits. */
  ReceiptDraft opened(Received message, Request request) {
    ObjectNode evidence = of(message);
    evidence.put("requestId", request.id());
    evidence.put("summary", cut(request.asked().summary()));
    put(evidence, request);
    Operation operation = Operation.TransactionDecided;
    if (request.asked().asked() instanceof Asked.Relaxation relaxation) {
      operation = Operation.GuardRelaxationRequested;
      evidence.put("guard", cut(relaxation.guard()));
      evidence.put("durationMs", relaxation.durationMs());
    }
    String outcome = operation == Operation.TransactionDecided ? "pending" : "requested";
    return draft(operation, outcome, message.id(), List.of(), evidence);
  }

  /**
   * What became of a request that is no change of triples.
   *
   * @param outcome approved, rejected, revoked, expired or refused
   */
  ReceiptDraft ended(Request request, String outcome) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    return ended(request, outcome, request.reason(), evidence, request.id());
  }

  /**
   * What people, or time, made of a change that waited.
   *
   * @param outcome approved, rejected, revoked or expired
   * @param verdictId of the validation after which it waited
   */
  ReceiptDraft ended(
      Request request, String outcome, String reason, Proposal proposal, String verdictId) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("proposalId", proposal.id());
    evidence.put("element", proposal.element());
    return ended(request, outcome, reason, evidence, verdictId);
  }

  private ReceiptDraft ended(
      Request request, String outcome, String reason, ObjectNode evidence, String cause) {
    evidence.put("requestId", request.id());
    evidence.put("kind", request.kind().code());
    evidence.put("reason", cut(reason));
    put(evidence, request);
    evidence.put("ballot", request.ballot().hash());
    evidence.put("demonstration", request.isByDemonstration());
    List<String> causes = new ArrayList<>(List.of(cause));
    ArrayNode approvals = evidence.putArray("approvals");
    ArrayNode rejections = evidence.putArray("rejections");
    for (CastVote vote : request.votes().values()) {
      if (vote.choice() == Choice.ABSTAIN) {
        continue;
      }
      if (causes.size() > VOTES_MAX) {
        evidence.put("votesLeftOut", request.votes().size() - VOTES_MAX);
        break;
      }
      causes.add(vote.voteId());
      (vote.choice() == Choice.APPROVE ? approvals : rejections).add(vote.person());
    }
    return draft(
        Operation.TransactionDecided, outcome, identity(evidence, outcome), causes, evidence);
  }

  ReceiptDraft relaxed(Relaxation relaxation, Request request) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("requestId", request.id());
    evidence.put("guard", cut(relaxation.guard()));
    evidence.put("fromMs", relaxation.fromMs());
    evidence.put("untilMs", relaxation.untilMs());
    evidence.put("demonstration", request.isByDemonstration());
    return draft(
        Operation.GuardRelaxationApproved,
        "approved",
        identity(evidence, "approved"),
        List.of(request.id()),
        evidence);
  }

  ReceiptDraft relaxationOver(Relaxation relaxation) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("requestId", relaxation.requestId());
    evidence.put("guard", cut(relaxation.guard()));
    evidence.put("untilMs", relaxation.untilMs());
    return draft(
        Operation.TransactionDecided,
        "ended",
        identity(evidence, "ended"),
        List.of(relaxation.requestId()),
        evidence);
  }

  ReceiptDraft doctrine(DoctrineBook.Entry entry, DoctrineBook doctrine, Request request) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("requestId", request.id());
    evidence.put("ruleId", entry.rule().id());
    evidence.put("version", entry.rule().version());
    evidence.put("enforcement", lower(entry.rule().enforcement()));
    evidence.put("constraint", lower(entry.rule().constraint()));
    evidence.put("doctrineHash", doctrine.hash());
    evidence.put("demonstration", request.isByDemonstration());
    String outcome = entry.retired() ? "retired" : "added";
    return draft(
        Operation.DoctrineRuleAdded,
        outcome,
        identity(evidence, outcome),
        List.of(request.id()),
        evidence);
  }

  ReceiptDraft person(Person person, Request request) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("requestId", request.id());
    evidence.put("person", person.name());
    ArrayNode roles = evidence.putArray("roles");
    person.roles().forEach(role -> roles.add(lower(role)));
    evidence.put("keys", person.keys().size());
    evidence.put("revoked", person.revoked().size());
    evidence.put("demonstration", request.isByDemonstration());
    return draft(
        Operation.SectorUpdated,
        "approver",
        identity(evidence, "approver"),
        List.of(request.id()),
        evidence);
  }

  /** Something was stopped, or goes on, because somebody said so. */
  ReceiptDraft held(Received message, Held held) {
    ObjectNode evidence = of(message);
    put(evidence, held);
    return draft(
        Operation.SectorUpdated,
        held.held() ? "held" : "released",
        message.id(),
        List.of(),
        evidence);
  }

  private static void put(ObjectNode evidence, Held held) {
    evidence.put("target", lower(held.target()));
    evidence.put("change", cut(held.change()));
    evidence.put("by", held.by());
    evidence.put("reason", cut(held.reason()));
    evidence.put("requestId", held.requestId());
    evidence.put("revision", held.revision());
  }

  private static void put(ObjectNode evidence, Request request) {
    evidence.put("author", request.asked().author());
    evidence.put("onBehalfOf", request.asked().onBehalfOf());
    evidence.put("criticality", lower(request.requirement().criticality()));
    ObjectNode needed = evidence.putObject("needed");
    request
        .requirement()
        .approvals()
        .forEach((role, count) -> needed.put(lower(role), (int) count));
    evidence.put("reviewMs", request.requirement().reviewMs());
  }

  private static ObjectNode of(Received message) {
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("messageId", message.id());
    evidence.put("kind", lower(message.message().content().kind()));
    evidence.put("person", message.person());
    evidence.put("signedBy", message.message().signer());
    evidence.put("counter", message.message().counter());
    return evidence;
  }

  private ReceiptDraft draft(
      Operation operation,
      String outcome,
      String subject,
      List<String> causes,
      ObjectNode evidence) {
    return new ReceiptDraft(
        sector,
        operation,
        recordedAtMs,
        recordedAtMs,
        outcome,
        subject,
        snapshotId,
        causes,
        evidence.toString());
  }

  private static String identity(ObjectNode evidence, String outcome) {
    ObjectNode content = evidence.deepCopy();
    content.put("outcome", outcome);
    return Subjects.ofContent(content);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String cut(String text) {
    return WitnessEvidence.cut(
        text.length() <= TEXT_CHARS_MAX ? text : text.substring(0, TEXT_CHARS_MAX));
  }
}
