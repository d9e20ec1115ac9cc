package io.knhk.operators.execute;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.knowledge.Ancestor;
import io.knhk.knowledge.Author;
import io.knhk.knowledge.ChangeReader;
import io.knhk.knowledge.Guard;
import io.knhk.knowledge.OntologyImport;
import io.knhk.knowledge.Proposer;
import io.knhk.knowledge.ReadResult;
import io.knhk.knowledge.doctrine.Effect;
import io.knhk.knowledge.doctrine.Scope;
import io.knhk.knowledge.governance.Answer;
import io.knhk.knowledge.governance.Asked;
import io.knhk.knowledge.governance.Counted;
import io.knhk.knowledge.governance.Criticality;
import io.knhk.knowledge.governance.Held;
import io.knhk.knowledge.governance.NewRequest;
import io.knhk.knowledge.governance.Person;
import io.knhk.knowledge.governance.Request;
import io.knhk.knowledge.governance.RequestKind;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.Subjects;
import io.knhk.ledger.VerifyingKey;
import io.knhk.operators.types.ControlRejection;
import io.knhk.operators.types.RawRecord;
import io.knhk.registry.Telemetry;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.ChangeApprover;
import io.knhk.schemas.control.ControlContent.ChangeDoctrine;
import io.knhk.schemas.control.ControlContent.Hold;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.control.ControlContent.ImportOntology;
import io.knhk.schemas.control.ControlContent.ImportPart;
import io.knhk.schemas.control.ControlContent.ProposeChange;
import io.knhk.schemas.control.ControlContent.RelaxGuard;
import io.knhk.schemas.control.ControlContent.RollBack;
import io.knhk.schemas.control.ControlContent.Vote;
import io.knhk.schemas.control.ControlContent.Withdraw;
import io.knhk.schemas.control.ControlKind;
import io.knhk.schemas.control.ControlMessage;
import io.knhk.schemas.control.ControlMessageCodec;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import io.knhk.schemas.knowledge.Proposal;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;

/**
 * Takes the messages of people: looks at the signature, asks governance whether this person may say
 * this now, and does it. Every message that somebody known has signed is answered by a receipt that
 * names it; what nobody known has signed is a dead letter and changes nothing.
 */
final class ControlDesk {
  private final SectorKnowledge knowledge;
  private final ProposalBook book;
  private final ImportParts imports;
  private final Changes changes;
  private final Requests requests;
  private final Map<String, VerifyingKey> keys = new HashMap<>();
  private final Counter refused;
  private final Counter rejected;

  ControlDesk(
      SectorKnowledge knowledge,
      ProposalBook book,
      ImportParts imports,
      Changes changes,
      Requests requests,
      MetricGroup metrics) {
    this.knowledge = knowledge;
    this.book = book;
    this.imports = imports;
    this.changes = changes;
    this.requests = requests;
    this.refused = metrics.counter(Telemetry.CONTROL_REFUSED);
    this.rejected = metrics.counter(Telemetry.CONTROL_REJECTED);
  }

  /**
   * @param isWaiting whether it is not known yet what is in force: then nothing can be decided, and
   *     the message has to be sent again
   */
  void handle(RawRecord record, boolean isWaiting, Now now) throws Exception {
    Received received = authenticated(record, now);
    if (received == null) {
      return;
    }
    if (isWaiting) {
      refuse(
          received,
          "waiting",
          "expected to know what is in force: the state was behind the log; send it again",
          now);
      return;
    }
    Answer<Person> admission =
        now.governance().admit(received.message(), received.message().signer(), now.ms());
    if (admission instanceof Answer.Refused<Person> no) {
      String name =
          now.governance()
              .registry()
              .ofKey(received.message().signer())
              .map(Person::name)
              .orElse("");
      refuse(received.by(name), no, now);
      return;
    }
    Person person = ((Answer.Accepted<Person>) admission).value();
    act(received.by(person.name()), person, now);
    requests.settle(now);
  }

  /** The message, if its signature is that of a key that the sector knows. */
  private @Nullable Received authenticated(RawRecord record, Now now) {
    try {
      Dsse.Envelope envelope = Dsse.Envelope.parse(record.value());
      Optional<ControlKind> kind = ControlKind.ofPayloadType(envelope.payloadType());
      if (kind.isEmpty()) {
        return reject(record, ControlRejection.UNEXPECTED_TYPE, envelope.payloadType(), now);
      }
      ControlMessage message = ControlMessageCodec.decode(kind.get(), envelope.payload());
      Optional<byte[]> key = now.governance().publicKey(envelope.keyId());
      if (key.isEmpty() || !message.signer().equals(envelope.keyId())) {
        return reject(
            record,
            ControlRejection.UNKNOWN_KEY,
            "expected a key that somebody in the sector has, and its id as signer: keyId="
                + envelope.keyId()
                + ", signer="
                + message.signer(),
            now);
      }
      if (!key(envelope.keyId(), key.get())
          .verify(Dsse.pae(envelope.payloadType(), envelope.payload()), envelope.signature())) {
        return reject(
            record,
            ControlRejection.BAD_SIGNATURE,
            "expected the key's signature: keyId=" + envelope.keyId(),
            now);
      }
      return new Received(Subjects.ofMessage(envelope.payload()), message, "");
    } catch (LedgerFormatException | IllegalArgumentException e) {
      return reject(record, ControlRejection.INVALID_MESSAGE, String.valueOf(e.getMessage()), now);
    }
  }

  private VerifyingKey key(String keyId, byte[] bytes) throws LedgerFormatException {
    VerifyingKey known = keys.get(keyId);
    if (known == null) {
      known = VerifyingKey.of(bytes);
      keys.put(keyId, known);
    }
    return known;
  }

  private @Nullable Received reject(
      RawRecord record, ControlRejection reason, String detail, Now now) {
    rejected.inc();
    now.outlet().deadLetter(record, reason, detail);
    return null;
  }

  private void act(Received received, Person person, Now now) throws Exception {
    ControlContent content = received.message().content();
    if (content instanceof ProposeChange change) {
      propose(received, change, person, now);
    } else if (content instanceof ImportPart part) {
      take(received, part, now);
    } else if (content instanceof ImportOntology ontology) {
      importOntology(received, ontology, person, now);
    } else if (content instanceof RollBack rollBack) {
      rollBack(received, rollBack, person, now);
    } else if (content instanceof RelaxGuard relax) {
      relax(received, relax, person, now);
    } else if (content instanceof ChangeDoctrine change) {
      open(
          received,
          new Asked.Doctrine(change.retire(), change.rule()),
          change.reason(),
          person,
          now);
    } else if (content instanceof ChangeApprover change) {
      changeApprover(received, change, person, now);
    } else if (content instanceof Vote vote) {
      vote(received, vote, person, now);
    } else if (content instanceof Withdraw withdraw) {
      withdraw(received, withdraw, person, now);
    } else if (content instanceof Hold hold) {
      hold(received, hold, person, now);
    }
  }

  private void propose(Received received, ProposeChange change, Person person, Now now)
      throws Exception {
    SectorKnowledge.Head head = knowledge.head(now.sector());
    ReadResult<Delta> read =
        ChangeReader.read(now.sector(), head.snapshot(), change.add(), change.remove());
    if (!(read instanceof ReadResult.Read<Delta> delta)) {
      refuse(received, (ReadResult.Refused<?>) read, now);
      return;
    }
    submit(
        received,
        RequestKind.CHANGE,
        Proposal.BY_HAND,
        delta.value(),
        change.summary(),
        new Author(person.name(), person.roles(), change.onBehalfOf()),
        change.dryRun(),
        now);
  }

  private void take(Received received, ImportPart part, Now now) throws Exception {
    if (imports.add(part, now.ms())) {
      now.outlet().receipt(receipts(now).taken(received, "taken"));
    } else {
      refuse(
          received,
          "full",
          "expected bounded parts of imports that wait: limit=" + ImportParts.BYTES_MAX,
          now);
    }
  }

  private void importOntology(Received received, ImportOntology ontology, Person person, Now now)
      throws Exception {
    Optional<List<ImportPart>> parts = imports.find(ontology.importId(), ontology.parts());
    if (parts.isEmpty()) {
      refuse(
          received,
          "parts",
          "expected every part of the import: importId=" + ontology.importId(),
          now);
      return;
    }
    SectorKnowledge.Head head = knowledge.head(now.sector());
    ReadResult<List<String>> lines = OntologyImport.assemble(ontology, parts.get());
    if (!(lines instanceof ReadResult.Read<List<String>> read)) {
      refuse(received, (ReadResult.Refused<?>) lines, now);
      return;
    }
    ReadResult<Delta> delta =
        OntologyImport.delta(now.sector(), head.snapshot(), read.value(), ontology.namespaces());
    if (!(delta instanceof ReadResult.Read<Delta> change)) {
      refuse(received, (ReadResult.Refused<?>) delta, now);
      return;
    }
    if (!ontology.dryRun()) {
      imports.remove(ontology.importId());
    }
    submit(
        received,
        RequestKind.IMPORT,
        Proposal.IMPORT,
        change.value(),
        ontology.summary(),
        new Author(person.name(), person.roles(), ""),
        ontology.dryRun(),
        now);
  }

  private void rollBack(Received received, RollBack rollBack, Person person, Now now)
      throws Exception {
    List<Ancestor> history = knowledge.history(now.sector());
    Ancestor head = history.get(history.size() - 1);
    Ancestor target = null;
    for (Ancestor ancestor : history) {
      if (ancestor.snapshotId().equals(rollBack.snapshotId())) {
        target = ancestor;
      }
    }
    if (target == null || target.snapshotId().equals(head.snapshotId())) {
      refuse(
          received,
          "unknown-snapshot",
          "expected an ancestor of the head: snapshotId="
              + rollBack.snapshotId()
              + ", head="
              + head.snapshotId(),
          now);
      return;
    }
    submit(
        received,
        RequestKind.ROLLBACK,
        Proposal.ROLLBACK,
        knowledge.wayBack(target.version()),
        rollBack.reason(),
        new Author(person.name(), person.roles(), ""),
        false,
        now);
  }

  private void submit(
      Received received,
      RequestKind kind,
      String rule,
      Delta delta,
      String summary,
      Author author,
      boolean dryRun,
      Now now)
      throws Exception {
    SectorKnowledge.Head head = knowledge.head(now.sector());
    changes.submit(
        Proposer.byPerson(
            rule, delta, head.snapshot(), head.compiled(), received.id(), summary, now.ms()),
        new Origin(kind, author, received.id(), now.ms(), dryRun),
        now);
  }

  private void relax(Received received, RelaxGuard relax, Person person, Now now) throws Exception {
    SectorKnowledge.Head head = knowledge.head(now.sector());
    Optional<Guard> found =
        Guard.all(head.snapshot()).stream()
            .filter(guard -> guard.iri().equals(relax.guard()))
            .findFirst();
    if (found.isEmpty()) {
      refuse(
          received, "unknown-guard", "expected a guard of the sector: guard=" + relax.guard(), now);
      return;
    }
    Guard guard = found.get();
    open(
        received,
        new Asked.Relaxation(
            guard.iri(),
            relax.durationMs(),
            Criticality.ofRank(guard.criticalityRank()),
            new Scope(
                new TreeSet<>(List.of(Effect.LOOSENING)),
                new TreeSet<>(List.of(guard.eventType())))),
        relax.reason(),
        person,
        now);
  }

  private void changeApprover(Received received, ChangeApprover change, Person person, Now now)
      throws Exception {
    String key = "";
    if (!change.addKey().isEmpty()) {
      try {
        key = HexFormat.of().formatHex(VerifyingKey.fromPem(change.addKey()).bytes());
      } catch (LedgerFormatException e) {
        refuse(received, "key", String.valueOf(e.getMessage()), now);
        return;
      }
    }
    open(
        received,
        new Asked.Approver(change.person(), change.roles(), key, change.revokeKey()),
        change.reason(),
        person,
        now);
  }

  private void open(Received received, Asked asked, String summary, Person person, Now now)
      throws Exception {
    String headId = knowledge.head(now.sector()).state().snapshotId();
    Answer<Request> answer =
        now.governance()
            .open(
                new NewRequest(received.id(), asked, summary, person.name(), ""), headId, now.ms());
    if (answer instanceof Answer.Refused<Request> no) {
      refuse(received, no, now);
      return;
    }
    Request request = ((Answer.Accepted<Request>) answer).value();
    now.outlet().receipt(receipts(now).opened(received, request));
    Notices.pending(request, now);
  }

  private void vote(Received received, Vote vote, Person person, Now now) throws Exception {
    String headId = knowledge.head(now.sector()).state().snapshotId();
    Answer<Counted> answer =
        now.governance()
            .vote(person, received.message().signer(), vote, received.id(), headId, now.ms());
    if (answer instanceof Answer.Refused<Counted> no) {
      refuse(received, no, now);
      return;
    }
    Counted counted = ((Answer.Accepted<Counted>) answer).value();
    now.outlet().receipt(receipts(now).voted(received, vote, person));
    counted.held().forEach(held -> Governed.publish(held, now.outlet()));
    if (vote.producerFault()) {
      now.outlet()
          .document(
              Kind.INCIDENT, received.id(), 0, now.ms(), incident(counted.request(), vote, person));
    }
    requests.changed(counted.request(), now);
  }

  /** What a person says of the data behind a proposal, for whoever runs the producer. */
  private ObjectNode incident(Request request, Vote vote, Person person) throws Exception {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.put("requestId", request.id());
    String proposalId = "";
    ArrayNode sources = JsonNodeFactory.instance.arrayNode();
    if (request.asked().asked() instanceof Asked.Change change) {
      proposalId = change.proposalId();
      book.find(proposalId).ifPresent(waiting -> sources.add(waiting.proposal().patternId()));
      content.put("element", change.element());
    }
    content.put("proposalId", proposalId);
    content.put("person", person.name());
    content.put("reason", vote.reason());
    content.set("sources", sources);
    return content;
  }

  private void withdraw(Received received, Withdraw withdraw, Person person, Now now)
      throws Exception {
    Answer<Request> answer =
        now.governance().withdraw(person, withdraw.request(), withdraw.reason(), now.ms());
    if (answer instanceof Answer.Refused<Request> no) {
      refuse(received, no, now);
      return;
    }
    now.outlet().receipt(receipts(now).taken(received, "withdrawn"));
    requests.changed(((Answer.Accepted<Request>) answer).value(), now);
  }

  private void hold(Received received, Hold hold, Person person, Now now) throws Exception {
    Answer<Held> answer =
        hold.release()
            ? now.governance()
                .release(hold.target(), hold.change(), person.name(), hold.reason(), "", now.ms())
            : now.governance()
                .hold(hold.target(), hold.change(), person.name(), hold.reason(), "", now.ms());
    if (answer instanceof Answer.Refused<Held> no) {
      refuse(received, no, now);
      return;
    }
    Held held = ((Answer.Accepted<Held>) answer).value();
    if (hold.release() && hold.target() == HoldTarget.CHANGE) {
      book.free(hold.change());
    }
    now.outlet().receipt(receipts(now).held(received, held));
    Governed.publish(held, now.outlet());
  }

  private void refuse(Received received, Answer.Refused<?> no, Now now) throws Exception {
    refuse(received, no.reason().code(), no.detail(), now);
  }

  private void refuse(Received received, ReadResult.Refused<?> no, Now now) throws Exception {
    String code = no.refusal().reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
    refuse(received, code, no.refusal().detail(), now);
  }

  private void refuse(Received received, String reason, String detail, Now now) throws Exception {
    refused.inc();
    now.outlet().receipt(receipts(now).refused(received, reason, detail));
  }

  private GovernanceReceipts receipts(Now now) throws Exception {
    return new GovernanceReceipts(
        now.sector(), knowledge.head(now.sector()).state().snapshotId(), now.ms());
  }
}
