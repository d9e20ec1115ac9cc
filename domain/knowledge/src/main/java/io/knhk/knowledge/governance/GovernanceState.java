package io.knhk.knowledge.governance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.knowledge.doctrine.DoctrineBook;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is remembered of a sector's governance, and which pieces of it changed.
 *
 * <pre>
 *   meta              {"sector":…,"holdRevision":n}
 *   person/NAME       see StateJson
 *   counter/KEYID     {"counter":n}
 *   rule/ID           see StateJson
 *   request/ID        see RequestJson
 *   relaxation/ID     see StateJson; ID is the request's
 *   hold/KEY          see StateJson; KEY is that of Holds
 * </pre>
 */
final class GovernanceState {
  private static final Comparator<Request> BY_SUBMISSION =
      Comparator.comparingLong(Request::submittedAtMs).thenComparing(Request::id);

  private final String sector;
  private final SortedMap<String, Long> counters = new TreeMap<>();
  private final SortedMap<String, Request> requests = new TreeMap<>();
  private final SortedMap<String, Relaxation> relaxations = new TreeMap<>();
  private final Holds holds = new Holds();
  private final TreeSet<String> dirty = new TreeSet<>();
  private Registry registry;
  private DoctrineBook doctrine;
  private long holdRevision;

  private GovernanceState(String sector, Registry registry, DoctrineBook doctrine) {
    this.sector = sector;
    this.registry = registry;
    this.doctrine = doctrine;
  }

  static GovernanceState begin(
      GovernanceOptions options, String sector, List<Person> persons, List<DoctrineRule> rules) {
    if (persons.size() > options.personsMax() || rules.size() > options.rulesMax()) {
      throw new IllegalArgumentException(
          "expected bounded persons and rules: persons="
              + persons.size()
              + ", limit="
              + options.personsMax()
              + ", rules="
              + rules.size()
              + ", limit="
              + options.rulesMax());
    }
    DoctrineBook doctrine =
        DoctrineBook.of(
            sector, rules.stream().map(rule -> new DoctrineBook.Entry(rule, false)).toList());
    for (DoctrineRule rule : rules) {
      if (rule.version() != 1) {
        throw new IllegalArgumentException(
            "expected version 1: rule=" + rule.id() + ", version=" + rule.version());
      }
    }
    for (Person person : persons) {
      Optional<String> both = Requirements.segregationEver(person.roles(), doctrine);
      if (both.isPresent() || person.keys().size() > options.keysAPersonMax()) {
        throw new IllegalArgumentException(
            both.orElse("expected bounded keys: limit=" + options.keysAPersonMax())
                + ", person="
                + person.name());
      }
    }
    GovernanceState state = new GovernanceState(sector, Registry.of(persons), doctrine);
    state.dirty.addAll(state.keys());
    return state;
  }

  static GovernanceState restore(String sector, Map<String, byte[]> pieces) {
    List<Person> persons = new ArrayList<>();
    List<DoctrineBook.Entry> rules = new ArrayList<>();
    SortedMap<String, ObjectNode> values = new TreeMap<>();
    pieces.forEach(
        (key, piece) -> {
          if (piece.length > 0) {
            values.put(key, Json.value(key, piece));
          }
        });
    values.forEach(
        (key, value) -> {
          if (key.startsWith("person/")) {
            persons.add(StateJson.person(value));
          } else if (key.startsWith("rule/")) {
            rules.add(StateJson.rule(value));
          }
        });
    ObjectNode meta = values.get("meta");
    if (meta == null || !Json.text(meta, "sector").equals(sector)) {
      throw new IllegalArgumentException("expected the governance of a sector: sector=" + sector);
    }
    GovernanceState state =
        new GovernanceState(sector, Registry.of(persons), DoctrineBook.of(sector, rules));
    state.holdRevision = Json.number(meta, "holdRevision");
    values.forEach(state::restore);
    return state;
  }

  private void restore(String key, ObjectNode value) {
    String kind = key.substring(0, Math.max(0, key.indexOf('/')));
    switch (kind) {
      case "counter" ->
          counters.put(key.substring("counter/".length()), Json.number(value, "counter"));
      case "request" -> {
        Request request = RequestJson.read(value);
        requests.put(request.id(), request);
      }
      case "relaxation" -> {
        Relaxation relaxation = StateJson.relaxation(value);
        relaxations.put(relaxation.requestId(), relaxation);
      }
      case "hold" -> holds.put(StateJson.held(value));
      case "", "person", "rule" -> {
        // Read before.
      }
      default -> throw new IllegalArgumentException("expected a known piece: key=" + key);
    }
  }

  SortedMap<String, byte[]> takeChanges() {
    SortedMap<String, byte[]> changes = new TreeMap<>();
    for (String key : dirty) {
      changes.put(key, value(key).map(Json::piece).orElseGet(() -> new byte[0]));
    }
    dirty.clear();
    return changes;
  }

  SortedMap<String, byte[]> pieces() {
    SortedMap<String, byte[]> pieces = new TreeMap<>();
    for (String key : keys()) {
      pieces.put(key, Json.piece(value(key).orElseThrow()));
    }
    return pieces;
  }

  Registry registry() {
    return registry;
  }

  void put(Registry changed, Person person) {
    registry = changed;
    dirty.add("person/" + person.name());
  }

  DoctrineBook doctrine() {
    return doctrine;
  }

  void put(DoctrineBook changed, DoctrineBook.Entry entry) {
    doctrine = changed;
    dirty.add("rule/" + entry.rule().id());
  }

  /** The largest so far, -1 when there is none. */
  long counter(String keyId) {
    return counters.getOrDefault(keyId, -1L);
  }

  void count(String keyId, long counter) {
    counters.put(keyId, counter);
    dirty.add("counter/" + keyId);
  }

  Optional<Request> request(String id) {
    return Optional.ofNullable(requests.get(id));
  }

  /** In order of submission, then of id. */
  List<Request> open() {
    return requests.values().stream()
        .filter(request -> request.state().isOpen())
        .sorted(BY_SUBMISSION)
        .toList();
  }

  Collection<Request> requests() {
    return Collections.unmodifiableCollection(requests.values());
  }

  void put(Request request) {
    requests.put(request.id(), request);
    dirty.add("request/" + request.id());
  }

  void removeRequest(String id) {
    requests.remove(id);
    dirty.add("request/" + id);
  }

  /** By request. */
  SortedMap<String, Relaxation> relaxations() {
    return Collections.unmodifiableSortedMap(relaxations);
  }

  void put(Relaxation relaxation) {
    relaxations.put(relaxation.requestId(), relaxation);
    dirty.add("relaxation/" + relaxation.requestId());
  }

  void removeRelaxation(String requestId) {
    relaxations.remove(requestId);
    dirty.add("relaxation/" + requestId);
  }

  Holds holds() {
    return holds;
  }

  long nextHoldRevision() {
    dirty.add("meta");
    return holdRevision++;
  }

  void put(Held held) {
    holds.put(held);
    dirty.add("hold/" + Holds.key(held.target(), held.change()));
  }

  void release(Held released) {
    String key = Holds.key(released.target(), released.change());
    holds.remove(key);
    dirty.add("hold/" + key);
  }

  private List<String> keys() {
    List<String> keys = new ArrayList<>();
    keys.add("meta");
    counters.keySet().forEach(id -> keys.add("counter/" + id));
    registry.persons().forEach(person -> keys.add("person/" + person.name()));
    doctrine.entries().forEach(entry -> keys.add("rule/" + entry.rule().id()));
    requests.keySet().forEach(id -> keys.add("request/" + id));
    relaxations.keySet().forEach(id -> keys.add("relaxation/" + id));
    holds.all().forEach(held -> keys.add("hold/" + Holds.key(held.target(), held.change())));
    return keys;
  }

  private Optional<ObjectNode> value(String key) {
    int slash = key.indexOf('/');
    String id = key.substring(slash + 1);
    return switch (slash < 0 ? "" : key.substring(0, slash)) {
      case "counter" -> Optional.of(Json.object().put("counter", counter(id)));
      case "person" -> registry.person(id).map(StateJson::write);
      case "rule" -> doctrine.find(id).map(StateJson::write);
      case "request" -> request(id).map(RequestJson::write);
      case "relaxation" -> Optional.ofNullable(relaxations.get(id)).map(StateJson::write);
      case "hold" -> holds.find(id).map(StateJson::write);
      default -> Optional.of(Json.object().put("sector", sector).put("holdRevision", holdRevision));
    };
  }
}
