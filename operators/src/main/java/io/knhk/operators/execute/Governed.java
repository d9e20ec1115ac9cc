package io.knhk.operators.execute;

import io.knhk.knowledge.governance.Documents;
import io.knhk.knowledge.governance.Governance;
import io.knhk.knowledge.governance.Held;
import io.knhk.ledger.Subjects;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * The governance of each sector: as a value in memory, and as pieces in state that are written when
 * they have changed.
 *
 * <p>State, keyed by sector: pieces by key, see {@link Governance#takeChanges}; their number is
 * bounded by the limits of {@link io.knhk.knowledge.governance.GovernanceOptions}.
 */
final class Governed {
  /** A longer change is named by its SHA-256 in the id of the document that says it is held. */
  static final int HELD_CHARS_MAX = 60;

  private final ExecuteOptions options;
  private final GovernanceGenesis genesis;
  private final MapState<String, byte[]> pieces;
  private final Map<String, Governance> cache = new HashMap<>();

  Governed(RuntimeContext context, ExecuteOptions options) {
    this.options = options;
    this.genesis = GovernanceGenesis.parse(options.governanceJson());
    this.pieces =
        context.getMapState(
            new MapStateDescriptor<>(
                "governance", Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  /** Whether the sector, which is the current key, has been governed yet. */
  boolean isBegun() throws Exception {
    return !pieces.isEmpty();
  }

  /** Of the sector, which is the current key; begun where it was not. */
  Governance of(String sector) throws Exception {
    Governance cached = cache.get(sector);
    if (cached != null) {
      return cached;
    }
    Map<String, byte[]> stored = new TreeMap<>();
    for (Map.Entry<String, byte[]> piece : pieces.entries()) {
      stored.put(piece.getKey(), piece.getValue());
    }
    Governance governance =
        stored.isEmpty()
            ? Governance.begin(
                options.governance(),
                options.log(),
                sector,
                genesis.persons(sector),
                genesis.rules(sector))
            : Governance.restore(options.governance(), options.log(), sector, stored);
    cache.put(sector, governance);
    return governance;
  }

  /** Writes what has changed, and publishes it as documents. */
  void save(Outlet outlet, long nowMs) throws Exception {
    Governance governance = of(outlet.sector());
    for (Map.Entry<String, byte[]> change : governance.takeChanges().entrySet()) {
      String key = change.getKey();
      if (change.getValue().length == 0) {
        pieces.remove(key);
      } else {
        pieces.put(key, change.getValue());
        publish(governance, key, outlet, nowMs);
      }
    }
  }

  static void publish(Held held, Outlet outlet) {
    String target = held.target().name().toLowerCase(Locale.ROOT);
    String change = held.change();
    if (change.length() > HELD_CHARS_MAX) {
      change = Subjects.ofMessage(change.getBytes(StandardCharsets.UTF_8));
    }
    outlet.document(
        Kind.HOLD,
        change.isEmpty() ? target : target + ":" + change,
        held.revision(),
        held.atMs(),
        Documents.of(held));
  }

  private static void publish(Governance governance, String key, Outlet outlet, long nowMs) {
    String id = key.substring(key.indexOf('/') + 1);
    switch (key.substring(0, Math.max(0, key.indexOf('/')))) {
      case "request" ->
          governance
              .request(id)
              .ifPresent(
                  request ->
                      outlet.document(
                          Kind.REQUEST, id, request.revision(), nowMs, Documents.of(request)));
      case "person" ->
          governance
              .registry()
              .person(id)
              .ifPresent(
                  person ->
                      outlet.document(
                          Kind.PERSON, id, person.revision(), nowMs, Documents.of(person)));
      case "rule" ->
          governance
              .doctrine()
              .find(id)
              .ifPresent(
                  entry ->
                      outlet.document(
                          Kind.DOCTRINE,
                          id,
                          entry.rule().version(),
                          nowMs,
                          Documents.of(entry, governance.doctrine())));
      default -> {
        // Counters are nobody's business; relaxations and holds are published where they come
        // about.
      }
    }
  }
}
