package io.knhk.embedded.savepoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.ReceiptChain;
import io.knhk.ledger.ReceiptVerifier;
import io.knhk.schemas.Topics;
import io.knhk.schemas.receipt.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * All receipts on Kafka, each verified in its chain; what was sent twice must be the same bytes.
 */
final class ReceiptLog {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Bodies by hash, in the order of their chains. */
  private final Map<String, List<ReceiptBody>> chains = new TreeMap<>();

  private final Map<String, ReceiptChain.Head> heads = new HashMap<>();
  private int repeated;

  private ReceiptLog() {}

  /**
   * @throws AssertionError when a receipt is not the next of its chain, or one that was there
   */
  static ReceiptLog read(Broker broker, KeyRing keys) throws Exception {
    ReceiptLog log = new ReceiptLog();
    ReceiptVerifier verifier = new ReceiptVerifier(keys, null);
    Map<String, byte[]> seen = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : broker.read(Topics.RECEIPTS)) {
      Dsse.Envelope envelope = Dsse.Envelope.parse(record.value());
      ReceiptBody body = ReceiptBody.parse(envelope.payload());
      byte[] before = seen.putIfAbsent(body.sector() + "/" + body.seq(), record.value());
      if (before != null) {
        if (!Arrays.equals(before, record.value())) {
          throw new AssertionError("expected the same bytes again: second=" + body);
        }
        log.repeated++;
        continue;
      }
      ReceiptVerifier.Verdict verdict = verifier.verify(log.head(body.sector()), envelope);
      if (!(verdict instanceof ReceiptVerifier.Verdict.Valid valid)) {
        throw new AssertionError("expected the next of its chain: body=" + body + ": " + verdict);
      }
      log.heads.put(body.sector(), valid.next());
      log.chains.computeIfAbsent(body.sector(), sector -> new ArrayList<>()).add(body);
    }
    return log;
  }

  ReceiptChain.Head head(String sector) {
    return heads.getOrDefault(sector, ReceiptChain.Head.empty());
  }

  Map<String, ReceiptChain.Head> heads() {
    return Map.copyOf(heads);
  }

  /** The hash of the last receipt of each chain, which is its id in the archive. */
  Map<String, String> lastHashes() {
    Map<String, String> hashes = new TreeMap<>();
    heads.forEach((sector, head) -> hashes.put(sector, head.lastHash()));
    return hashes;
  }

  int size() {
    return chains.values().stream().mapToInt(List::size).sum();
  }

  /** How many were found a second time. */
  int repeated() {
    return repeated;
  }

  List<ReceiptBody> chain(String sector) {
    return chains.getOrDefault(sector, List.of());
  }

  Stream<ReceiptBody> of(String sector, Operation operation) {
    return chain(sector).stream().filter(body -> body.operation() == operation);
  }

  /** What the runs of a sector say that are numbered from {@code seq} on. */
  List<JsonNode> runsFrom(String sector, long seq) {
    return of(sector, Operation.ObservationIngested)
        .filter(run -> run.seq() >= seq)
        .map(ReceiptLog::evidence)
        .toList();
  }

  /** Observations and refused records that are in some run. */
  long received() {
    return runs().mapToLong(run -> evidence(run).path("count").asLong()).sum();
  }

  /** Runs that say something of the same record of the same partition. */
  List<String> overlaps() {
    List<String> overlapping = new ArrayList<>();
    List<ReceiptBody> all = runs().toList();
    for (ReceiptBody one : all) {
      for (ReceiptBody other : all) {
        if (one.seq() < other.seq() && one.sector().equals(other.sector()) && meet(one, other)) {
          overlapping.add(one.subject() + " and " + other.subject());
        }
      }
    }
    return overlapping;
  }

  static JsonNode evidence(ReceiptBody body) {
    try {
      return JSON.readTree(body.evidenceJson());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Stream<ReceiptBody> runs() {
    return chains.values().stream()
        .flatMap(List::stream)
        .filter(
            body ->
                body.operation() == Operation.ObservationIngested
                    || body.operation() == Operation.ObservationsRejected);
  }

  private static boolean meet(ReceiptBody one, ReceiptBody other) {
    JsonNode a = evidence(one);
    JsonNode b = evidence(other);
    return a.path("partition").equals(b.path("partition"))
        && a.path("firstOffset").asLong() <= b.path("lastOffset").asLong()
        && b.path("firstOffset").asLong() <= a.path("lastOffset").asLong();
  }
}
