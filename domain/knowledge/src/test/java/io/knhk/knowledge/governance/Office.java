package io.knhk.knowledge.governance;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.doctrine.Effect;
import io.knhk.knowledge.doctrine.Scope;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.ControlMessage;
import io.knhk.schemas.control.Role;
import io.knhk.schemas.knowledge.DoctrineRule;
import io.knhk.schemas.knowledge.DoctrineRule.Constraint;
import io.knhk.schemas.knowledge.DoctrineRule.Enforcement;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The governance of finance and those who use it: alice, bob, carol and chuck approve, sam and sue
 * are stewards, ann, ben, cat and dan administrate. Everybody has a key; bob has two.
 */
final class Office {
  static final String LOG = "knhk";
  static final String SECTOR = "finance";
  static final String HEAD = id("head");
  static final String NEXT_HEAD = id("next head");
  static final long START_MS = 1_000_000;
  static final long HOUR_MS = 3_600_000;
  static final long DAY_MS = 24 * HOUR_MS;
  static final String GUARD = "https://knhk.io/ns/finance#payment.authorised::four-eyes";

  static final List<Person> PERSONS =
      List.of(
          person("alice", 1, Role.APPROVER),
          person("bob", 2, Role.APPROVER),
          person("carol", 1, Role.APPROVER),
          person("chuck", 1, Role.APPROVER),
          person("sam", 1, Role.STEWARD),
          person("sue", 1, Role.STEWARD, Role.APPROVER),
          person("ann", 1, Role.ADMINISTRATOR),
          person("ben", 1, Role.ADMINISTRATOR),
          person("cat", 1, Role.ADMINISTRATOR),
          person("dan", 1, Role.ADMINISTRATOR),
          person("eve", 1, Role.ADMINISTRATOR));

  private static final Map<String, String> KEY_IDS = new ConcurrentHashMap<>();

  final Governance governance;
  private final SortedMap<String, byte[]> stored = new TreeMap<>();
  private long counter;
  private int votes;
  long nowMs = START_MS;
  String head = HEAD;

  Office(GovernanceOptions options, List<DoctrineRule> rules) {
    this.governance = Governance.begin(options, LOG, SECTOR, PERSONS, rules);
  }

  Office(DoctrineRule... rules) {
    this(GovernanceOptions.DEFAULTS, List.of(rules));
  }

  static Person person(String name, int keys, Role... roles) {
    List<String> publicKeys = new ArrayList<>();
    for (int i = 1; i <= keys; i++) {
      publicKeys.add(publicKey(name, i));
    }
    return Person.genesis(name, new TreeSet<>(Set.of(roles)), publicKeys, false);
  }

  static String publicKey(String name, int number) {
    return id("key " + number + " of " + name);
  }

  static String keyId(String name, int number) {
    return KEY_IDS.computeIfAbsent(name + number, key -> Person.keyId(publicKey(name, number)));
  }

  static String keyId(String name) {
    return keyId(name, 1);
  }

  /** 64 hex digits that stand for something. */
  static String id(String what) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(what.getBytes(StandardCharsets.UTF_8)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static DoctrineRule rule(
      String id, Constraint constraint, Enforcement enforcement, String... parameters) {
    return rule(id, 1, constraint, enforcement, 0, Long.MAX_VALUE, parameters);
  }

  static DoctrineRule rule(
      String id,
      long version,
      Constraint constraint,
      Enforcement enforcement,
      long fromMs,
      long untilMs,
      String... parameters) {
    SortedMap<String, String> map = new TreeMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      map.put(parameters[i], parameters[i + 1]);
    }
    return new DoctrineRule(
        id, SECTOR, constraint, map, enforcement, fromMs, untilMs, version, "A rule.");
  }

  ControlMessage message(String sender, ControlContent content) {
    return new ControlMessage(LOG, SECTOR, keyId(sender), ++counter, nowMs + HOUR_MS, content);
  }

  static Asked.Change change(String what, Effect... effects) {
    EnumSet<Effect> set = EnumSet.of(Effect.ADDITION);
    set.addAll(List.of(effects));
    return new Asked.Change(
        RequestKind.CHANGE,
        id("proposal " + what),
        "payment.authorised",
        new TreeSet<>(Set.of("payment.authorised#" + what)),
        new Scope(new TreeSet<>(set), new TreeSet<>(Set.of("payment.authorised"))));
  }

  static Asked.Relaxation relaxation(Criticality criticality) {
    return new Asked.Relaxation(
        GUARD,
        DAY_MS,
        criticality,
        new Scope(
            new TreeSet<>(Set.of(Effect.LOOSENING)), new TreeSet<>(Set.of("payment.authorised"))));
  }

  static Asked.Approver roles(String person, Role... roles) {
    return new Asked.Approver(person, new TreeSet<>(Set.of(roles)), "", "");
  }

  static Asked.Approver revoke(String person, int key, Role... roles) {
    return new Asked.Approver(person, new TreeSet<>(Set.of(roles)), "", keyId(person, key));
  }

  static NewRequest asked(String what, Asked asked, String author) {
    return new NewRequest(id("request " + what), asked, "Something about " + what, author, "");
  }

  Answer<Request> tryOpen(NewRequest what) {
    return governance.open(what, head, nowMs);
  }

  Request open(NewRequest what) {
    return accepted(tryOpen(what));
  }

  Request open(String what, Asked asked, String author) {
    return open(asked(what, asked, author));
  }

  Answer<Counted> tryVote(String voter, int key, Request request, Choice choice) {
    return tryVote(voter, key, request.id(), request.ballot().hash(), choice);
  }

  Answer<Counted> tryVote(String voter, int key, String request, String ballot, Choice choice) {
    return governance.vote(
        governance.registry().person(voter).orElse(person(voter, key)),
        keyId(voter, key),
        new ControlContent.Vote(
            request, ballot, choice, choice == Choice.REJECT ? "It is wrong." : "", false),
        id("vote " + ++votes),
        head,
        nowMs);
  }

  Answer<Counted> tryApprove(String voter, Request request) {
    return tryVote(voter, 1, request, Choice.APPROVE);
  }

  Request approve(String voter, Request request) {
    return accepted(tryApprove(voter, request)).request();
  }

  Request reject(String voter, Request request) {
    return accepted(tryVote(voter, 1, request, Choice.REJECT)).request();
  }

  Request now(Request request) {
    return governance.request(request.id()).orElseThrow();
  }

  /** Takes a request through review and votes of these. */
  Request approved(Request request, String... voters) {
    for (String voter : voters) {
      approve(voter, request);
    }
    nowMs = Math.max(nowMs, request.reviewEndsAtMs());
    governance.advance(head, nowMs);
    Request now = now(request);
    assertThat(now.state()).isEqualTo(RequestState.APPROVED);
    return now;
  }

  /** Stores what changed and gives back a governance of what is stored. */
  Governance restored(GovernanceOptions options) {
    stored.putAll(governance.takeChanges());
    return Governance.restore(options, LOG, SECTOR, stored);
  }

  static <T> T accepted(Answer<T> answer) {
    assertThat(answer).isInstanceOf(Answer.Accepted.class);
    return ((Answer.Accepted<T>) answer).value();
  }

  static <T> Refusal refused(Answer<T> answer) {
    assertThat(answer).isInstanceOf(Answer.Refused.class);
    assertThat(((Answer.Refused<T>) answer).detail()).startsWith("expected ");
    return ((Answer.Refused<T>) answer).reason();
  }

  static <T> String detail(Answer<T> answer) {
    assertThat(answer).isInstanceOf(Answer.Refused.class);
    return ((Answer.Refused<T>) answer).detail();
  }

  static Map<String, String> texts(Map<String, byte[]> pieces) {
    Map<String, String> texts = new TreeMap<>();
    pieces.forEach((key, bytes) -> texts.put(key, new String(bytes, StandardCharsets.UTF_8)));
    return texts;
  }
}
