package io.knhk.knowledge.governance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.knowledge.doctrine.DoctrineBook;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.control.DoctrineRules;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * The persons and rules that sectors begin with, as a configuration file says them.
 *
 * <pre>
 *   {"persons":[{"name":"alice","roles":["approver"],"sectors":["finance"],"keys":["…"],"demonstration":false}],
 *    "doctrine":[{"id":"…","sectors":["finance"],"constraint":"…","parameters":{…},"enforcement":"…","text":"…",
 *                 "effectiveFromMs":0,"effectiveUntilMs":…}]}
 * </pre>
 *
 * Without {@code sectors}: in every sector. Keys are texts that whoever reads the file makes public
 * keys of, PEM or hex; a person without a key is left out. Read strictly. Immutable.
 */
public final class GovernanceFile {
  /** Of a file. */
  public static final int BYTES_MAX = 1024 * 1024;

  private static final String BUNDLED = "/io/knhk/schemas/governance/genesis.json";
  private static final int NESTING_MAX = 8;
  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(NESTING_MAX).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final List<Entry> persons;
  private final List<Rule> rules;

  private GovernanceFile(List<Entry> persons, List<Rule> rules) {
    this.persons = List.copyOf(persons);
    this.rules = List.copyOf(rules);
  }

  /**
   * A person of the file.
   *
   * @param keys as texts
   */
  private record Entry(
      String name,
      SortedSet<Role> roles,
      SortedSet<String> sectors,
      List<String> keys,
      boolean demonstration) {
    Entry {
      roles = Collections.unmodifiableSortedSet(roles);
      sectors = Collections.unmodifiableSortedSet(sectors);
      keys = List.copyOf(keys);
    }
  }

  /** A rule of the file; each sector has one of its own. */
  private record Rule(SortedSet<String> sectors, ObjectNode json) {
    DoctrineRule in(String sector) {
      ObjectNode copy = json.deepCopy();
      copy.put("sector", sector);
      return DoctrineRules.fromJson(copy);
    }
  }

  /** What {@code knhk up} begins with; the persons have no keys yet. */
  public static GovernanceFile bundled() {
    try (InputStream in = GovernanceFile.class.getResourceAsStream(BUNDLED)) {
      if (in == null) {
        throw new IllegalStateException("expected a resource: name=" + BUNDLED);
      }
      return parse(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @throws IllegalArgumentException that names what was expected
   */
  public static GovernanceFile parse(byte[] file) {
    if (file.length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "expected a bounded file: bytes=" + file.length + ", limit=" + BYTES_MAX);
    }
    JsonNode json;
    try {
      json = JSON.readTree(file);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("expected JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("expected UTF-8", e);
    }
    known("file", json, Set.of("persons", "doctrine"));
    List<Entry> persons = new ArrayList<>();
    for (JsonNode person : array(json, "persons")) {
      persons.add(person(person));
    }
    List<Rule> rules = new ArrayList<>();
    for (JsonNode rule : array(json, "doctrine")) {
      rules.add(rule(rule));
    }
    GovernanceFile parsed = new GovernanceFile(persons, rules);
    for (String sector : Sectors.ALL) {
      DoctrineBook.of(
          sector,
          parsed.doctrine(sector).stream()
              .map(rule -> new DoctrineBook.Entry(rule, false))
              .toList());
    }
    return parsed;
  }

  /**
   * The same, with keys added to persons.
   *
   * @param keys texts of keys by name of a person in the file
   * @throws IllegalArgumentException if the file has no such person
   */
  public GovernanceFile withKeys(Map<String, List<String>> keys) {
    for (String name : keys.keySet()) {
      if (persons.stream().noneMatch(person -> person.name().equals(name))) {
        throw new IllegalArgumentException("expected a person of the file: person=" + name);
      }
    }
    List<Entry> keyed = new ArrayList<>();
    for (Entry person : persons) {
      List<String> all = new ArrayList<>(person.keys());
      all.addAll(keys.getOrDefault(person.name(), List.of()));
      keyed.add(
          new Entry(person.name(), person.roles(), person.sectors(), all, person.demonstration()));
    }
    return new GovernanceFile(keyed, rules);
  }

  /** Names of the persons in the file, with or without keys. */
  public List<String> names() {
    return persons.stream().map(Entry::name).toList();
  }

  /**
   * The persons of a sector that have a key.
   *
   * @param publicKey gives the 32 bytes of a key, as lower-case hex, for its text; it throws an
   *     IllegalArgumentException if the text is none
   */
  public List<Person> persons(String sector, UnaryOperator<String> publicKey) {
    List<Person> found = new ArrayList<>();
    for (Entry person : persons) {
      if (person.sectors().contains(sector) && !person.keys().isEmpty()) {
        found.add(
            Person.genesis(
                person.name(),
                person.roles(),
                person.keys().stream().map(publicKey).toList(),
                person.demonstration()));
      }
    }
    return found;
  }

  /** The rules of a sector, each of version 1. */
  public List<DoctrineRule> doctrine(String sector) {
    return rules.stream()
        .filter(rule -> rule.sectors().contains(sector))
        .map(rule -> rule.in(sector))
        .toList();
  }

  private static Entry person(JsonNode json) {
    known("person", json, Set.of("name", "roles", "sectors", "keys", "demonstration"));
    String name = text(json, "name");
    SortedSet<Role> roles = new TreeSet<>();
    for (String role : texts(json, "roles")) {
      roles.add(role(role));
    }
    // Checks the name.
    Person.genesis(name, roles, List.of(), false);
    return new Entry(
        name,
        roles,
        sectors(json),
        texts(json, "keys"),
        json.path("demonstration").asBoolean(false));
  }

  private static Rule rule(JsonNode json) {
    known(
        "rule",
        json,
        Set.of(
            "id",
            "sectors",
            "constraint",
            "parameters",
            "enforcement",
            "effectiveFromMs",
            "effectiveUntilMs",
            "text"));
    ObjectNode rule = ((ObjectNode) json).deepCopy();
    SortedSet<String> sectors = sectors(json);
    rule.remove("sectors");
    rule.put("version", 1);
    if (!rule.has("effectiveFromMs")) {
      rule.put("effectiveFromMs", 0L);
    }
    if (!rule.has("effectiveUntilMs")) {
      rule.put("effectiveUntilMs", Long.MAX_VALUE);
    }
    return new Rule(sectors, rule);
  }

  private static Role role(String name) {
    for (Role role : Role.values()) {
      if (Json.lower(role).equals(name)) {
        return role;
      }
    }
    throw new IllegalArgumentException("expected administrator, approver or steward: role=" + name);
  }

  private static SortedSet<String> sectors(JsonNode json) {
    if (!json.has("sectors")) {
      return new TreeSet<>(Sectors.ALL);
    }
    SortedSet<String> sectors = new TreeSet<>(texts(json, "sectors"));
    if (sectors.isEmpty() || !Sectors.ALL.containsAll(sectors)) {
      throw new IllegalArgumentException(
          "expected sectors of " + Sectors.ALL + ": sectors=" + sectors);
    }
    return sectors;
  }

  private static void known(String what, JsonNode json, Set<String> members) {
    if (!json.isObject()) {
      throw new IllegalArgumentException("expected an object: " + what);
    }
    for (Map.Entry<String, JsonNode> member : json.properties()) {
      if (!members.contains(member.getKey())) {
        throw new IllegalArgumentException(
            "expected no other member: " + what + "." + member.getKey());
      }
    }
  }

  private static JsonNode array(JsonNode json, String name) {
    JsonNode array = json.path(name);
    if (!array.isMissingNode() && !array.isArray()) {
      throw new IllegalArgumentException("expected an array: member=" + name);
    }
    return array;
  }

  private static List<String> texts(JsonNode json, String name) {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : array(json, name)) {
      if (!element.isTextual()) {
        throw new IllegalArgumentException("expected texts: member=" + name);
      }
      texts.add(element.textValue());
    }
    return texts;
  }

  private static String text(JsonNode json, String name) {
    if (!json.path(name).isTextual()) {
      throw new IllegalArgumentException("expected a text: member=" + name);
    }
    return json.path(name).textValue();
  }
}
