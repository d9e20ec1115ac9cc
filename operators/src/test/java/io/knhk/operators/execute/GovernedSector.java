package io.knhk.operators.execute;

import static io.knhk.operators.types.Samples.T0;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.knowledge.ValidationLimits;
import io.knhk.knowledge.governance.GovernanceOptions;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.SigningKey;
import io.knhk.ledger.Subjects;
import io.knhk.operators.types.DeadLetter;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.Harnesses;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.Samples;
import io.knhk.operators.types.SectorSignal;
import io.knhk.operators.types.TypeSample;
import io.knhk.schemas.Topics;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.ControlContent.Vote;
import io.knhk.schemas.control.ControlMessage;
import io.knhk.schemas.control.ControlMessageCodec;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.KnowledgeDocument;
import io.knhk.schemas.knowledge.KnowledgeDocumentCodec;
import io.knhk.schemas.knowledge.PromotedSnapshotCodec;
import io.knhk.schemas.notification.Notification;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/**
 * Execute in a harness, finance governed by alice, bob and carol (approvers), dana, erin, frank and
 * gina (administrators) and sam (a steward), each with a real key, and what it said, read back as
 * others read it.
 */
final class GovernedSector implements AutoCloseable {
  static final String LOG = "log-1";
  static final long HOUR_MS = 3_600_000;
  static final String SECTOR = "finance";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, SigningKey> KEYS = new HashMap<>();

  static {
    for (String name :
        List.of("alice", "bob", "carol", "dana", "erin", "frank", "gina", "sam", "nobody")) {
      KEYS.put(name, Samples.newKey());
    }
  }

  private final Evolution evolution;
  private final GovernanceOptions options;
  private KeyedTwoInputStreamOperatorTestHarness<String, Pattern, SectorSignal, OutboundMessage>
      execute;
  private final Map<String, KnowledgeDocument> requests = new HashMap<>();
  private final List<KnowledgeDocument> documents = new ArrayList<>();
  private final List<Notification> notices = new ArrayList<>();
  private long counter;
  private long nowMs = T0;

  GovernedSector(Evolution evolution) throws Exception {
    this(evolution, GovernanceOptions.DEFAULTS);
  }

  GovernedSector(Evolution evolution, GovernanceOptions options) throws Exception {
    this.evolution = evolution;
    this.options = options;
    this.execute = open(null);
    tick();
    receipts();
    snapshots();
  }

  static SigningKey key(String person) {
    SigningKey key = KEYS.get(person);
    if (key == null) {
      throw new IllegalArgumentException("expected a person of the test: name=" + person);
    }
    return key;
  }

  void later(long ms) {
    nowMs += ms;
  }

  long nowMs() {
    return nowMs;
  }

  void tick() throws Exception {
    execute.processElement2(new StreamRecord<>(SectorSignal.tick(SECTOR, nowMs)));
  }

  void pattern(Pattern pattern) throws Exception {
    execute.processElement1(new StreamRecord<>(pattern));
  }

  void sample(TypeSample sample) throws Exception {
    execute.processElement2(new StreamRecord<>(SectorSignal.sample(sample)));
  }

  /** Signs and sends; the id of the message. */
  String send(String person, ControlContent content) throws Exception {
    byte[] body = body(person, content);
    deliver(Dsse.sign(key(person), content.kind().payloadType(), body).toJson());
    return Subjects.ofMessage(body);
  }

  /** What would be signed next. */
  byte[] body(String person, ControlContent content) {
    counter++;
    return ControlMessageCodec.encode(
        new ControlMessage(
            LOG, SECTOR, key(person).publicKey().keyId(), counter, nowMs + HOUR_MS, content));
  }

  /** Hands over what somebody wrote to the topic, whoever it was. */
  void deliver(byte[] envelope) throws Exception {
    RawRecord record = Samples.keyed(Topics.CONTROL, counter, nowMs, SECTOR, envelope);
    execute.processElement2(new StreamRecord<>(SectorSignal.control(SECTOR, record)));
  }

  String vote(String person, String request, Choice choice) throws Exception {
    return send(person, new Vote(request, ballot(request), choice, "as discussed", false));
  }

  /** The ballot of a request as its document says it. */
  String ballot(String request) {
    return request(request).path("ballot").asText();
  }

  ObjectNode request(String id) {
    read();
    KnowledgeDocument document = requests.get(id);
    if (document == null) {
      throw new IllegalStateException("expected a document of the request: id=" + id);
    }
    return document.content();
  }

  String state(String request) {
    return request(request).path("state").asText();
  }

  List<KnowledgeDocument> documents(KnowledgeDocument.Kind kind) {
    read();
    return documents.stream().filter(document -> document.kind() == kind).toList();
  }

  List<Notification.Kind> notices() {
    read();
    List<Notification.Kind> kinds = notices.stream().map(Notification::kind).toList();
    notices.clear();
    return kinds;
  }

  List<ReceiptDraft> receipts() {
    return Harnesses.take(execute, Edges.RECEIPTS);
  }

  List<String> steps() {
    return receipts().stream().map(draft -> draft.operation() + " " + draft.outcome()).toList();
  }

  List<DeadLetter> deadLetters() {
    return Harnesses.take(execute, Edges.DEAD_LETTERS);
  }

  List<CompiledSnapshot> snapshots() {
    return Harnesses.take(execute).stream()
        .map(message -> PromotedSnapshotCodec.decode(message.body()).snapshot())
        .toList();
  }

  /** A checkpoint, a failure and a restore. */
  void restart() throws Exception {
    read();
    OperatorSubtaskState state = Harnesses.barrier(execute, 1);
    execute.close();
    execute = open(state);
  }

  @Override
  public void close() throws Exception {
    execute.close();
  }

  private void read() {
    for (OutboundMessage message : Harnesses.take(execute, Edges.DOCUMENTS)) {
      if (message.topic().equals(Topics.NOTIFICATIONS)) {
        notices.add(Notification.decode(message.body()));
        continue;
      }
      KnowledgeDocument document = KnowledgeDocumentCodec.decode(message.body());
      documents.add(document);
      if (document.kind() == KnowledgeDocument.Kind.REQUEST) {
        requests.put(document.id(), document);
      }
    }
  }

  private KeyedTwoInputStreamOperatorTestHarness<String, Pattern, SectorSignal, OutboundMessage>
      open(@Nullable OperatorSubtaskState state) throws Exception {
    ExecuteOptions all =
        new ExecuteOptions(
            LOG,
            Map.of(SECTOR, evolution),
            10,
            HOUR_MS,
            List.of("monitor"),
            options,
            ValidationLimits.DEFAULT,
            governance());
    return Harnesses.open(
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new KeyedCoProcessOperator<>(new ExecuteFunction(all, Samples.triples())),
            Pattern::sector,
            SectorSignal::sector,
            Types.STRING,
            Harnesses.MAX_PARALLELISM,
            1,
            0),
        state);
  }

  private static String governance() {
    ObjectNode file = JSON.createObjectNode();
    ArrayNode persons = file.putArray("persons");
    for (String name : List.of("alice", "bob", "carol")) {
      person(persons, name, "approver");
    }
    for (String name : List.of("dana", "erin", "frank", "gina")) {
      person(persons, name, "administrator");
    }
    person(persons, "sam", "steward");
    return file.toString();
  }

  private static void person(ArrayNode persons, String name, String role) {
    ObjectNode person = persons.addObject();
    person.put("name", name);
    person.putArray("roles").add(role);
    person.putArray("keys").add(key(name).publicKey().toPem());
  }
}
