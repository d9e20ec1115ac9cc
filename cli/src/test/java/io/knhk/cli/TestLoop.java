package io.knhk.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.verify.TestLedger;
import io.knhk.embedded.EmbeddedPostgresql;
import io.knhk.knowledge.ChangeReader;
import io.knhk.knowledge.ReadResult;
import io.knhk.knowledge.Snapshot;
import io.knhk.knowledge.doctrine.DoctrineBook;
import io.knhk.knowledge.doctrine.Effect;
import io.knhk.knowledge.doctrine.Scope;
import io.knhk.knowledge.governance.Answer;
import io.knhk.knowledge.governance.Asked;
import io.knhk.knowledge.governance.Counted;
import io.knhk.knowledge.governance.Criticality;
import io.knhk.knowledge.governance.Documents;
import io.knhk.knowledge.governance.Governance;
import io.knhk.knowledge.governance.GovernanceOptions;
import io.knhk.knowledge.governance.Held;
import io.knhk.knowledge.governance.NewRequest;
import io.knhk.knowledge.governance.Person;
import io.knhk.knowledge.governance.Relaxation;
import io.knhk.knowledge.governance.Request;
import io.knhk.knowledge.governance.RequestKind;
import io.knhk.knowledge.governance.RequestState;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.VerifyingKey;
import io.knhk.schemas.Topics;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlKind;
import io.knhk.schemas.control.ControlMessage;
import io.knhk.schemas.control.ControlMessageCodec;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.DoctrineRule;
import io.knhk.schemas.knowledge.KnowledgeDocument;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import io.knhk.schemas.knowledge.KnowledgeDocumentCodec;
import io.knhk.schemas.receipt.Operation;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What execute and the archive do with the control messages of finance, without Flink: reads them
 * from Kafka, asks the real governance, and stores receipts and documents as the archive does.
 */
final class TestLoop implements AutoCloseable {
  static final String SECTOR = "finance";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PROMOTED = "da".repeat(32);
  private static final Duration POLL = Duration.ofMillis(50);

  private final TestLedger ledger;
  private final EmbeddedPostgresql postgresql;
  private final Governance governance;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<Received> received = Collections.synchronizedList(new ArrayList<>());
  private final Thread thread = new Thread(this::run, "test-loop");
  private volatile boolean closed;
  private volatile boolean silent;
  private Snapshot head;
  private long version;

  /** A control message as it lay in Kafka. */
  record Received(String key, Dsse.Envelope envelope, ControlMessage message, String id) {}

  TestLoop(
      TestLedger ledger,
      EmbeddedPostgresql postgresql,
      String bootstrapServers,
      Snapshot first,
      List<Person> persons,
      List<DoctrineRule> rules)
      throws SQLException {
    this.ledger = ledger;
    this.postgresql = postgresql;
    this.governance =
        Governance.begin(GovernanceOptions.DEFAULTS, TestLedger.LOG, SECTOR, persons, rules);
    this.consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    TopicPartition partition = new TopicPartition(Topics.CONTROL, 0);
    consumer.assign(List.of(partition));
    consumer.seekToEnd(List.of(partition));
    consumer.position(partition);
    promote(first, new Delta(first.lines(), List.of()), "");
    for (Person person : governance.registry().persons()) {
      store(Kind.PERSON, person.name(), person.revision(), Documents.of(person));
    }
    for (DoctrineBook.Entry entry : governance.doctrine().entries()) {
      store(
          Kind.DOCTRINE,
          entry.rule().id(),
          entry.rule().version(),
          Documents.of(entry, governance.doctrine()));
    }
    thread.start();
  }

  List<Received> received() {
    return List.copyOf(received);
  }

  Received last() {
    return received.get(received.size() - 1);
  }

  Snapshot head() {
    return head;
  }

  /** From now on nobody answers. */
  void fallSilent() {
    silent = true;
  }

  /** Opens a request of the loop's own. */
  Request propose(String proposalId, Delta delta, String summary) throws SQLException {
    ObjectNode document = proposal(proposalId, delta, summary, "");
    store(Kind.PROPOSAL, proposalId, 0, document);
    return opened(
            new NewRequest(proposalId, change(proposalId, delta), summary, "", ""), proposalId)
        .orElseThrow();
  }

  /** Publishes a request whose ballot is another than that of what it says. */
  void publishOtherBallot(Request request) throws SQLException {
    ObjectNode content = Documents.of(request);
    content.put("ballot", PROMOTED);
    store(Kind.REQUEST, request.id(), request.revision() + 1, content);
  }

  /** Ends a request as expired. */
  void expire(String requestId) throws SQLException {
    stored(governance.end(requestId, RequestState.EXPIRED, "nobody decided in time", now()));
  }

  /** Says that people approved something with keys that everybody has. */
  void answerDemonstration() throws SQLException {
    ledgerAdd(
        Operation.TransactionDecided, "approved", PROMOTED, "{\"demonstration\":true}", List.of());
  }

  /** Lets a guard be weakened, as if people had agreed. */
  void relax(String guard, long untilMs) throws SQLException {
    Relaxation relaxation = new Relaxation(guard, now() - 1_000, untilMs, "ab".repeat(32));
    store(Kind.RELAXATION, relaxation.requestId(), 0, Documents.of(relaxation));
  }

  /** Promotes a next snapshot. Open requests get another ballot, unless the archive is behind. */
  void promote(Delta delta, boolean publish) throws SQLException {
    Snapshot.Applied applied = head.apply(delta);
    promote(((Snapshot.Applied.Changed) applied).snapshot(), delta, head.id());
    List<Request> changed = governance.headChanged(head.id(), now());
    for (Request request : publish ? changed : List.<Request>of()) {
      stored(request);
    }
  }

  private void promote(Snapshot next, Delta delta, String fromId) throws SQLException {
    version++;
    ObjectNode document = JSON.createObjectNode();
    document.put("version", version).put("snapshotId", next.id()).put("from", fromId);
    document.put("parentId", fromId).put("parts", 1);
    delta.added().forEach(document.putArray("added")::add);
    delta.removed().forEach(document.putArray("removed")::add);
    store(Kind.DELTA, next.id(), 0, document);
    try (Connection owner = postgresql.connect(postgresql.owner());
        PreparedStatement insert =
            owner.prepareStatement(
                "insert into knhk.snapshots (log, sector, version, snapshot_id, parent_id,"
                    + " proposal_id, promoted_at, body, signature, key_id) values (?, ?, ?, ?, ?,"
                    + " '', ?, '', ?, '')")) {
      insert.setString(1, TestLedger.LOG);
      insert.setString(2, SECTOR);
      insert.setLong(3, version);
      insert.setString(4, next.id());
      insert.setString(5, fromId);
      insert.setLong(6, now());
      insert.setString(7, "00".repeat(64));
      insert.executeUpdate();
    }
    head = next;
  }

  private void run() {
    try {
      while (!closed) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          take(record);
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      consumer.close();
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) throws Exception {
    Dsse.Envelope envelope = Dsse.Envelope.parse(record.value());
    ControlKind kind = ControlKind.ofPayloadType(envelope.payloadType()).orElseThrow();
    ControlMessage message = ControlMessageCodec.decode(kind, envelope.payload());
    String id =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(envelope.payload()));
    received.add(
        new Received(new String(record.key(), StandardCharsets.UTF_8), envelope, message, id));
    if (silent) {
      return;
    }
    byte[] key = governance.publicKey(envelope.keyId()).orElse(null);
    if (key == null || !VerifyingKey.of(key).verify(envelope.pae(), envelope.signature())) {
      storeDeadLetter(record);
      return;
    }
    Answer<Person> admitted = governance.admit(message, envelope.keyId(), now());
    if (admitted instanceof Answer.Accepted<Person> accepted) {
      act(accepted.value(), envelope.keyId(), message.content(), id);
    } else if (admitted instanceof Answer.Refused<Person> refused) {
      refuse(id, refused);
    }
  }

  private void act(Person who, String keyId, ControlContent content, String id) throws Exception {
    if (content instanceof ControlContent.Vote vote) {
      Answer<Counted> answer = governance.vote(who, keyId, vote, id, head.id(), now());
      if (answer instanceof Answer.Accepted<Counted> counted) {
        stored(counted.value().request());
        for (Held held : counted.value().held()) {
          stored(held);
        }
        answer(
            Operation.TransactionDecided,
            vote.choice().name().toLowerCase(Locale.ROOT),
            id,
            vote.request());
      } else if (answer instanceof Answer.Refused<Counted> refused) {
        refuse(id, refused);
      }
    } else if (content instanceof ControlContent.Withdraw withdraw) {
      Answer<Request> answer =
          governance.withdraw(who, withdraw.request(), withdraw.reason(), now());
      if (answer instanceof Answer.Accepted<Request> accepted) {
        stored(accepted.value());
        answer(Operation.TransactionDecided, "revoked", withdraw.request(), withdraw.request(), id);
      } else if (answer instanceof Answer.Refused<Request> refused) {
        refuse(id, refused);
      }
    } else if (content instanceof ControlContent.Hold hold) {
      Answer<Held> answer =
          hold.release()
              ? governance.release(hold.target(), hold.change(), who.name(), "", "", now())
              : governance.hold(hold.target(), hold.change(), who.name(), "", "", now());
      stored(((Answer.Accepted<Held>) answer).value());
      answer(Operation.SectorUpdated, hold.release() ? "released" : "held", id, "");
    } else {
      open(who, content, id);
    }
  }

  private void open(Person who, ControlContent content, String id) throws Exception {
    Asked asked;
    String summary = "A request";
    if (content instanceof ControlContent.ProposeChange change) {
      Delta delta =
          ((ReadResult.Read<Delta>) ChangeReader.read(SECTOR, head, change.add(), change.remove()))
              .value();
      String proposalId = "cd".repeat(32);
      store(Kind.PROPOSAL, proposalId, 0, proposal(proposalId, delta, change.summary(), id));
      ledgerAdd(Operation.ProposalGenerated, "proposed", proposalId, "{}", List.of(id));
      ledgerAdd(Operation.ValidationExecuted, "passed", "ef".repeat(32), "{}", List.of(id));
      if (change.dryRun()) {
        answer(Operation.TransactionDecided, "dry-run", id, "");
        return;
      }
      asked = change(proposalId, delta);
      summary = change.summary();
    } else if (content instanceof ControlContent.RelaxGuard relax) {
      asked =
          new Asked.Relaxation(
              relax.guard(), relax.durationMs(), Criticality.CRITICAL, scope(Effect.LOOSENING));
    } else if (content instanceof ControlContent.ChangeDoctrine doctrine) {
      asked = new Asked.Doctrine(doctrine.retire(), doctrine.rule());
    } else if (content instanceof ControlContent.ChangeApprover approver) {
      asked =
          new Asked.Approver(
              approver.person(),
              approver.roles(),
              approver.addKey().isEmpty()
                  ? ""
                  : HexFormat.of().formatHex(VerifyingKey.fromPem(approver.addKey()).bytes()),
              approver.revokeKey());
    } else if (content instanceof ControlContent.ImportPart) {
      answer(Operation.TransactionDecided, "taken", id, "");
      return;
    } else {
      asked =
          new Asked.Change(
              RequestKind.ROLLBACK, "ba".repeat(32), "", new TreeSet<>(), scope(Effect.REMOVAL));
    }
    opened(new NewRequest(id, asked, summary, who.name(), ""), id);
  }

  private Optional<Request> opened(NewRequest what, String id) throws SQLException {
    Answer<Request> answer = governance.open(what, head.id(), now());
    if (answer instanceof Answer.Refused<Request> refused) {
      refuse(id, refused);
      return Optional.empty();
    }
    Request request = ((Answer.Accepted<Request>) answer).value();
    stored(request);
    answer(Operation.TransactionDecided, "pending", id, id);
    return Optional.of(request);
  }

  private static Asked.Change change(String proposalId, Delta delta) {
    return new Asked.Change(
        RequestKind.CHANGE,
        proposalId,
        "payment.authorised#risk_score",
        new TreeSet<>(List.of("payment.authorised#risk_score")),
        Scope.of(delta, false, List.of("payment.authorised")));
  }

  private static Scope scope(Effect effect) {
    return new Scope(new TreeSet<>(List.of(effect)), new TreeSet<>(List.of("payment.authorised")));
  }

  private static ObjectNode proposal(
      String proposalId, Delta delta, String summary, String requestId) {
    ObjectNode json = JSON.createObjectNode();
    json.put("proposalId", proposalId).put("requestId", requestId);
    json.put("element", "payment.authorised#risk_score").put("rule", "unknown-attribute");
    json.put("loosens", false).put("confidence", 0.987654).put("summary", summary);
    json.put("author", "").put("onBehalfOf", "");
    delta.added().forEach(json.putArray("added")::add);
    delta.removed().forEach(json.putArray("removed")::add);
    json.put("addedCount", delta.added().size()).put("removedCount", delta.removed().size());
    json.putArray("plain").add("Payments may carry a risk score.\u001b[2J");
    ObjectNode example = json.putArray("examples").addObject();
    example.put("eventType", "payment.authorised").put("source", "urn:bank:cards").put("id", "e-1");
    example.put("timeMs", 1_700_000_000_000L).put("subject", "acc-17").put("value", 12.5);
    example.put("outcome", "ok").put("conforms", true).putObject("attributes").put("risk", "0.2");
    ObjectNode affected = json.putObject("affected");
    affected.putArray("eventTypes").add("payment.authorised");
    affected.put("sources", 2).put("subjects", 31);
    json.put("compatibility", "backward");
    ObjectNode passed = json.putArray("stages").addObject();
    passed.put("stage", "static").put("passed", true).put("checked", "the shapes hold");
    passed.putObject("figures").put("nodes", 4);
    passed.put("measuredNs", 310_000).putArray("witnesses");
    ObjectNode failed = json.withArray("stages").addObject();
    failed.put("stage", "doctrine").put("passed", false).put("checked", "2 rules");
    ObjectNode witness = failed.putArray("witnesses").addObject();
    witness.put("focusNode", "fin:x").put("path", "sh:path").put("message", "expected a label");
    witness.put("source", "rule labels, query ASK {}").put("mend", "Give it an rdfs:label.");
    ObjectNode notRun = json.withArray("stages").addObject();
    notRun.put("stage", "rollback").putNull("passed").put("checked", "same id");
    notRun.put("reason", "no shadow");
    return json;
  }

  private void refuse(String id, Answer.Refused<?> refused) throws SQLException {
    ObjectNode evidence = JSON.createObjectNode();
    evidence.put("messageId", id).put("reason", refused.reason().code());
    evidence.put("detail", refused.detail());
    ledgerAdd(Operation.TransactionDecided, "refused", id, evidence.toString(), List.of());
  }

  private void answer(Operation operation, String outcome, String subject, String requestId)
      throws SQLException {
    answer(operation, outcome, subject, requestId, subject);
  }

  private void answer(
      Operation operation, String outcome, String subject, String requestId, String messageId)
      throws SQLException {
    ObjectNode evidence = JSON.createObjectNode();
    evidence.put("requestId", requestId).put("messageId", messageId);
    ledgerAdd(
        operation,
        outcome,
        subject,
        evidence.toString(),
        requestId.isEmpty() ? List.of() : List.of(requestId));
  }

  private void ledgerAdd(
      Operation operation, String outcome, String subject, String evidence, List<String> causes)
      throws SQLException {
    ledger.add(SECTOR, operation, outcome, subject, "s", evidence, causes);
    try (Connection owner = postgresql.connect(postgresql.owner())) {
      TestLedger.store(owner, ledger.last());
    }
  }

  private void stored(Request request) throws SQLException {
    store(Kind.REQUEST, request.id(), request.revision(), Documents.of(request));
  }

  private void stored(Held held) throws SQLException {
    String target = held.target().name().toLowerCase(Locale.ROOT);
    store(
        Kind.HOLD,
        held.change().isEmpty() ? target : target + ":" + held.change(),
        held.revision(),
        Documents.of(held));
  }

  private void store(Kind kind, String id, long revision, ObjectNode content) throws SQLException {
    byte[] body =
        KnowledgeDocumentCodec.encode(
            new KnowledgeDocument(TestLedger.LOG, SECTOR, kind, id, revision, now(), content));
    Dsse.Envelope signed = ledger.sign(KnowledgeDocument.PAYLOAD_TYPE, body);
    try (Connection owner = postgresql.connect(postgresql.owner());
        PreparedStatement insert =
            owner.prepareStatement(
                "insert into knhk.knowledge_documents (log, sector, kind, id, revision,"
                    + " recorded_at, document, body, signature, key_id) values (?, ?, ?, ?, ?, ?,"
                    + " ?::jsonb, ?, ?, ?)")) {
      insert.setString(1, TestLedger.LOG);
      insert.setString(2, SECTOR);
      insert.setString(3, kind.name().toLowerCase(Locale.ROOT));
      insert.setString(4, id);
      insert.setLong(5, revision);
      insert.setLong(6, now());
      insert.setString(7, content.toString());
      insert.setBytes(8, body);
      insert.setString(9, HexFormat.of().formatHex(signed.signature()));
      insert.setString(10, signed.keyId());
      insert.executeUpdate();
    }
  }

  private void storeDeadLetter(ConsumerRecord<byte[], byte[]> record) throws SQLException {
    try (Connection owner = postgresql.connect(postgresql.owner());
        PreparedStatement insert =
            owner.prepareStatement(
                "insert into knhk.dead_letter_records values (?, ?, ?, 'UNKNOWN_KEY', 'expected a"
                    + " known key', 'finance', 1, '', '[]')")) {
      insert.setString(1, record.topic());
      insert.setInt(2, record.partition());
      insert.setLong(3, record.offset());
      insert.executeUpdate();
    }
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
  }
}
