package io.knhk.knowledge.governance;

import io.knhk.knowledge.doctrine.DoctrineBook;
import io.knhk.knowledge.governance.Answer.Accepted;
import io.knhk.knowledge.governance.Answer.Refused;
import io.knhk.schemas.control.ControlContent;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.control.ControlMessage;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The governance of one sector: who may do what, the doctrine, what people decide on, what is
 * relaxed and what is held.
 *
 * <p>A function of what it is called with: no clock, no randomness. Whoever holds it verifies
 * signatures, gives recorded time and the id of the head, carries out what was approved, and stores
 * what {@link #takeChanges} returns. Every list is in an order that does not depend on chance.
 *
 * <p>Time does not go back: {@code nowMs} is never less than in a call before. Not thread-safe.
 */
public final class Governance {
  private final GovernanceOptions options;
  private final Requirements requirements;
  private final GovernanceState state;
  private final Admissions admissions;
  private final RegistryChange registryChange;
  private final RequestBook requests;

  private Governance(GovernanceOptions options, String log, String sector, GovernanceState state) {
    this.options = options;
    this.requirements = new Requirements(options);
    this.state = state;
    this.admissions = new Admissions(options, log, sector, state);
    this.registryChange = new RegistryChange(options, requirements);
    this.requests = new RequestBook(options, state, new Poll(requirements));
  }

  /**
   * Of a sector that begins.
   *
   * @param log of the ledger
   * @param genesis its first persons
   * @param doctrine its first rules, each of version 1
   * @throws IllegalArgumentException if these do not fit each other or a limit; a mistake of
   *     configuration
   */
  public static Governance begin(
      GovernanceOptions options,
      String log,
      String sector,
      List<Person> genesis,
      List<DoctrineRule> doctrine) {
    GovernanceState state = GovernanceState.begin(options, sector, genesis, doctrine);
    return new Governance(options, log, sector, state);
  }

  /**
   * As it was when its pieces were taken.
   *
   * @param pieces all that {@link #takeChanges} returned, later ones in place of earlier
   * @throws IllegalArgumentException if this release cannot read them
   */
  public static Governance restore(
      GovernanceOptions options, String log, String sector, Map<String, byte[]> pieces) {
    return new Governance(options, log, sector, GovernanceState.restore(sector, pieces));
  }

  /**
   * Pieces that are other than at the last call, by key; an empty array: there is none any more.
   */
  public SortedMap<String, byte[]> takeChanges() {
    return state.takeChanges();
  }

  /** The 32 bytes of a key that somebody in this sector has or had. */
  public Optional<byte[]> publicKey(String keyId) {
    return state
        .registry()
        .ofKey(keyId)
        .map(person -> person.keys().get(keyId))
        .map(HexFormat.of()::parseHex);
  }

  /**
   * Whether a message may be acted on, and whose it is. Its signature was verified with {@code
   * keyId}. Also of one that is refused for its sender's role the counter is used up.
   */
  public Answer<Person> admit(ControlMessage message, String keyId, long nowMs) {
    return admissions.admit(message, keyId, nowMs);
  }

  public Registry registry() {
    return state.registry();
  }

  public DoctrineBook doctrine() {
    return state.doctrine();
  }

  /** One that is open, or among the latest {@link GovernanceOptions#endedMax} that are over. */
  public Optional<Request> request(String id) {
    return state.request(id);
  }

  /** In order of submission, then of id. */
  public List<Request> open() {
    return state.open();
  }

  /**
   * Opens a request. What it needs follows from the state before what it asks for.
   *
   * @param headId of the snapshot it would follow
   */
  public Answer<Request> open(NewRequest what, String headId, long nowMs) {
    Optional<Refused<Request>> refusal = refusal(what, nowMs);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Requirement requirement = requirements.of(what.asked(), state.doctrine(), nowMs);
    if (!what.isByLoop()) {
      Optional<String> few =
          requirements.unattainable(what, requirement, state.registry(), state.doctrine(), nowMs);
      if (few.isPresent()) {
        return Answer.refused(Refusal.UNATTAINABLE, few.get());
      }
    }
    return Answer.accepted(requests.open(what, requirement, headId, nowMs));
  }

  /**
   * Counts a vote. It may decide the request: then it is carried out at once, before anything else
   * is asked.
   *
   * @param keyId of the key that signed the vote
   * @param messageId of the vote
   */
  public Answer<Counted> vote(
      Person voter,
      String keyId,
      ControlContent.Vote vote,
      String messageId,
      String headId,
      long nowMs) {
    return requests.vote(voter, keyId, vote, messageId, headId, nowMs);
  }

  /**
   * Lets time pass: reviews end, requests are approved or expire, votes of revoked keys are
   * dropped, and, where the head or the doctrine changed, votes are void.
   *
   * <p>At most one request is approved in a call, since what it does may change what the others
   * stand on. Carry it out, and call again until nothing is returned.
   *
   * @return those that changed
   */
  public List<Request> advance(String headId, long nowMs) {
    return requests.advance(headId, nowMs);
  }

  /**
   * The head is another: open requests have other ballots, and the votes on them are void.
   *
   * @return those that changed
   */
  public List<Request> headChanged(String headId, long nowMs) {
    return requests.headChanged(headId, nowMs);
  }

  /** Takes back a request. */
  public Answer<Request> withdraw(Person who, String requestId, String reason, long nowMs) {
    return requests.withdraw(who, requestId, reason, nowMs);
  }

  /**
   * Ends a request that is open, or says what became of one that was approved.
   *
   * @param end approved (it was carried out) or refused (it could not be) for an approved one
   * @throws IllegalStateException if it is over, or {@code end} is no end
   */
  public Request end(String requestId, RequestState end, String reason, long nowMs) {
    return requests.end(requestId, end, reason, nowMs);
  }

  /** Carries out an approved change of who may do what. */
  public Answer<Person> applyApprover(Request request, long nowMs) {
    Asked.Approver asked = (Asked.Approver) requests.approved(request).asked().asked();
    Answer<Registry> changed = registryChange.of(state.registry(), asked, state.doctrine(), nowMs);
    if (!(changed instanceof Accepted<Registry> accepted)) {
      return ((Refused<Registry>) changed).as();
    }
    Person person = accepted.value().person(asked.person()).orElseThrow();
    state.put(accepted.value(), person);
    return Answer.accepted(person);
  }

  /** Carries out an approved change of the doctrine. Votes on what is open are void. */
  public Answer<DoctrineBook.Entry> applyDoctrine(Request request) {
    Asked.Doctrine asked = (Asked.Doctrine) requests.approved(request).asked().asked();
    Optional<Refused<Request>> refusal = refusal(asked);
    if (refusal.isPresent()) {
      return refusal.get().as();
    }
    DoctrineBook changed = state.doctrine().changed(asked.retire(), asked.rule());
    DoctrineBook.Entry entry = changed.find(asked.rule().id()).orElseThrow();
    state.put(changed, entry);
    return Answer.accepted(entry);
  }

  /** Begins an approved relaxation. A request begins one only once. */
  public Relaxation grantRelaxation(Request request, long nowMs) {
    Asked.Relaxation asked = (Asked.Relaxation) requests.approved(request).asked().asked();
    Relaxation before = state.relaxations().get(request.id());
    if (before != null) {
      return before;
    }
    Relaxation relaxation =
        new Relaxation(asked.guard(), nowMs, nowMs + asked.durationMs(), request.id());
    state.put(relaxation);
    return relaxation;
  }

  /** IRIs, without angle brackets, of the guards that may be weakened now. */
  public SortedSet<String> relaxedGuards(long nowMs) {
    SortedSet<String> guards = new TreeSet<>();
    for (Relaxation relaxation : state.relaxations().values()) {
      if (relaxation.isInForce(nowMs)) {
        guards.add(relaxation.guard());
      }
    }
    return guards;
  }

  /** Forgets the relaxations that are over. Returns them. */
  public List<Relaxation> expireRelaxations(long nowMs) {
    List<Relaxation> over =
        state.relaxations().values().stream().filter(r -> nowMs >= r.untilMs()).toList();
    over.forEach(relaxation -> state.removeRelaxation(relaxation.requestId()));
    return over;
  }

  public boolean isHeld(HoldTarget target) {
    return state.holds().isHeld(target, "");
  }

  /** Whether any of the keys of a change is held. */
  public boolean isChangeHeld(Collection<String> changeKeys) {
    return changeKeys.stream().anyMatch(key -> state.holds().isHeld(HoldTarget.CHANGE, key));
  }

  /** All that is held, in order of key. */
  public List<Held> held() {
    return List.copyOf(state.holds().all());
  }

  /** Stops something because a person says so. */
  public Answer<Held> hold(
      HoldTarget target, String change, String by, String reason, String requestId, long nowMs) {
    if (target == HoldTarget.CHANGE
        && !state.holds().isHeld(target, change)
        && state.holds().changes() >= options.heldChangesMax()) {
      return Answer.refused(
          Refusal.FULL,
          "expected a bounded number of held changes: held="
              + state.holds().changes()
              + ", limit="
              + options.heldChangesMax());
    }
    return Answer.accepted(requests.hold(target, change, by, reason, requestId, nowMs));
  }

  /**
   * Stops changes that were rejected or taken back. Where no more can be held, the loop proposes
   * nothing any more in this sector: what was rejected is not learnt because a table is full.
   *
   * @return what was not held before
   */
  public List<Held> holdChanges(
      Collection<String> changeKeys, String by, String reason, String requestId, long nowMs) {
    return requests.holdChanges(changeKeys, by, reason, requestId, nowMs);
  }

  /** Lets something go on. */
  public Answer<Held> release(
      HoldTarget target, String change, String by, String reason, String requestId, long nowMs) {
    if (!state.holds().isHeld(target, change)) {
      return Answer.refused(
          Refusal.NOT_HELD,
          "expected something that is held: target=" + Json.lower(target) + ", change=" + change);
    }
    Held released =
        new Held(target, change, false, by, reason, requestId, nowMs, state.nextHoldRevision());
    state.release(released);
    return Answer.accepted(released);
  }

  /**
   * Why people have to decide on a change that the loop proposes in a sector that evolves; empty
   * when it may promote by itself.
   *
   * @param guardsTouched guards that the change says anything about or of whose class it does
   */
  public Optional<String> whyPeopleDecide(
      Asked.Change change, double confidence, Set<String> guardsTouched, long nowMs) {
    if (!change.scope().effects().equals(Set.of(io.knhk.knowledge.doctrine.Effect.ADDITION))) {
      return Optional.of("it does more than add: " + change.scope().effects());
    }
    if (!(confidence >= options.confidenceMin())) {
      return Optional.of("confidence below " + options.confidenceMin());
    }
    if (!guardsTouched.isEmpty()) {
      return Optional.of("it touches guards: " + new TreeSet<>(guardsTouched).first());
    }
    if (!requirements.chained(change, state.doctrine(), nowMs).isEmpty()) {
      return Optional.of("a mandatory approval chain asks for people");
    }
    if (isHeld(HoldTarget.PROMOTIONS)) {
      return Optional.of("promotions are held");
    }
    return isChangeHeld(change.changeKeys())
        ? Optional.of("it was rejected or rolled back before, and is held")
        : Optional.empty();
  }

  /** Everything, as {@link #takeChanges} would give it of a governance that was never asked. */
  SortedMap<String, byte[]> pieces() {
    return state.pieces();
  }

  private Optional<Refused<Request>> refusal(NewRequest what, long nowMs) {
    Optional<Refused<Request>> general = requests.refusal(what, nowMs);
    if (general.isPresent()) {
      return general;
    }
    Asked asked = what.asked();
    if (asked instanceof Asked.Change change) {
      if (what.isByLoop() && isHeld(HoldTarget.PROPOSALS)) {
        return refused(Refusal.HELD, "expected proposals not to be held");
      }
      return isChangeHeld(change.changeKeys())
          ? refused(Refusal.HELD, "expected a change that is not held: keys=" + change.changeKeys())
          : Optional.empty();
    }
    if (asked instanceof Asked.Relaxation relaxation) {
      return refusal(relaxation);
    }
    if (asked instanceof Asked.Doctrine doctrine) {
      return refusal(doctrine);
    }
    return registryChange.of(state.registry(), (Asked.Approver) asked, state.doctrine(), nowMs)
            instanceof Refused<Registry> refused
        ? Optional.of(refused.as())
        : Optional.empty();
  }

  private Optional<Refused<Request>> refusal(Asked.Relaxation asked) {
    if (asked.durationMs() < 1 || asked.durationMs() > options.relaxationMsMax()) {
      return refused(
          Refusal.DURATION,
          "expected a bounded relaxation: durationMs="
              + asked.durationMs()
              + ", limit="
              + options.relaxationMsMax());
    }
    return state.relaxations().size() >= options.pendingMax()
        ? refused(
            Refusal.FULL,
            "expected bounded relaxations: relaxations="
                + state.relaxations().size()
                + ", limit="
                + options.pendingMax())
        : Optional.empty();
  }

  private Optional<Refused<Request>> refusal(Asked.Doctrine asked) {
    Optional<String> wrong =
        state.doctrine().refusal(asked.retire(), asked.rule(), options.rulesMax());
    if (wrong.isPresent()) {
      return refused(Refusal.RULE, wrong.get());
    }
    Optional<String> fewer =
        requirements.fewer(
            state.registry(),
            state.doctrine(),
            state.registry(),
            state.doctrine().changed(asked.retire(), asked.rule()));
    return fewer.isPresent() ? refused(Refusal.UNATTAINABLE, fewer.get()) : Optional.empty();
  }

  private static Optional<Refused<Request>> refused(Refusal reason, String detail) {
    return Optional.of(new Refused<>(reason, detail));
  }
}
