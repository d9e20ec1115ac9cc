package io.knhk.knowledge;

import io.knhk.knowledge.ProposalDecision.NothingToPropose;
import io.knhk.knowledge.ProposalDecision.Proposed;
import io.knhk.knowledge.ProposalDecision.Reason;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.DetectorParameters;
import io.knhk.schemas.knowledge.Elements;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.observation.Datatype;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Turns a pattern into the smallest change of knowledge that answers it. One rule for each kind of
 * pattern:
 *
 * <table>
 * <caption>Rules</caption>
 * <tr><th>pattern</th><th>rule</th><th>change</th><th>loosens</th></tr>
 * <tr><td>unknown event type</td><td>new-class</td><td>a class without attributes or range</td><td>no</td></tr>
 * <tr><td>unknown attribute</td><td>new-attribute</td><td>an optional attribute of the inferred datatype</td><td>no</td></tr>
 * <tr><td>missing attribute</td><td>optional-attribute</td><td>no longer required</td><td>yes</td></tr>
 * <tr><td>wrong datatype</td><td>wider-datatype</td><td>the datatype that accepts both, if there is one</td><td>yes</td></tr>
 * <tr><td>value not allowed</td><td>any-value</td><td>the list of allowed values goes; a pattern does not carry texts</td><td>yes</td></tr>
 * <tr><td>value or attribute out of range</td><td>wider-range</td><td>bounds moved to what was seen</td><td>yes</td></tr>
 * <tr><td>frequency anomaly, a surge</td><td>rate-guard</td><td>a guard: no more than was seen</td><td>no</td></tr>
 * <tr><td>rate exceeded</td><td>higher-rate</td><td>limits raised to what was seen</td><td>yes</td></tr>
 * <tr><td>error spike, absence, drift</td><td>error-guard, heartbeat-guard, drift-guard</td>
 * <td>the limit in force becomes a guard, which only a quorum relaxes</td><td>no</td></tr>
 * </table>
 *
 * A guard that exists is never proposed again. Pure: the same pattern and snapshot give the same
 * proposal, id included.
 */
public final class Proposer {
  /** What the element of a person's proposal begins with; no element of an ontology does. */
  public static final String BY_PERSON = "#";

  private Proposer() {}

  /**
   * What a person asks for, as a proposal. It is about {@code #} and the first digits of its own
   * id, since it may do several things. Whether it loosens anything is not known before it is
   * validated; it never promotes by itself.
   *
   * @param rule {@link Proposal#BY_HAND}, {@link Proposal#IMPORT} or {@link Proposal#ROLLBACK}
   * @param compiled the head
   * @param messageId of the message that asks for it
   */
  public static Proposal byPerson(
      String rule,
      Delta delta,
      Snapshot head,
      CompiledSnapshot compiled,
      String messageId,
      String summary,
      long recordedAtMs) {
    boolean loosens =
        !(CompiledChange.of(head, compiled, delta)
                instanceof CompiledChange.Outcome.Compiled applied)
            || ChangeScope.loosens(applied.change());
    String element = BY_PERSON + messageId.substring(0, 16);
    String id =
        ProposalIds.of(
            compiled.sector(),
            element,
            rule,
            loosens,
            1,
            messageId,
            compiled.version(),
            compiled.snapshotId(),
            recordedAtMs,
            recordedAtMs,
            summary,
            delta);
    return new Proposal(
        id,
        compiled.sector(),
        element,
        rule,
        loosens,
        1,
        messageId,
        compiled.version(),
        compiled.snapshotId(),
        recordedAtMs,
        recordedAtMs,
        summary,
        delta);
  }

  /**
   * What to propose for a pattern.
   *
   * @param head the sector's current snapshot
   * @param compiled the same, compiled
   */
  public static ProposalDecision propose(
      Pattern pattern, Snapshot head, CompiledSnapshot compiled) {
    if (!compiled.snapshotId().equals(head.id()) || !compiled.sector().equals(pattern.sector())) {
      throw new IllegalArgumentException(
          "expected one sector and one snapshot: pattern="
              + pattern.sector()
              + ", compiled="
              + compiled.sector()
              + "/"
              + compiled.snapshotId()
              + ", head="
              + head.id());
    }
    if (!SectorIris.isRepresentable(pattern.eventType())
        || (!pattern.attribute().isEmpty() && !SectorIris.isRepresentable(pattern.attribute()))) {
      return new NothingToPropose(
          Reason.NAME_NOT_REPRESENTABLE,
          "expected whole Unicode without control characters: eventTypeChars="
              + pattern.eventType().length());
    }
    return new Case(pattern, head, compiled).propose();
  }

  /** One pattern being answered. */
  private static final class Case {
    private final Pattern pattern;
    private final Snapshot head;
    private final CompiledSnapshot compiled;
    private final Facts facts;
    private final SectorIris iris;
    private final DeltaBuilder delta;
    private final String eventType;

    Case(Pattern pattern, Snapshot head, CompiledSnapshot compiled) {
      this.pattern = pattern;
      this.head = head;
      this.compiled = compiled;
      this.facts = Facts.of(head);
      this.iris = new SectorIris(pattern.sector());
      this.delta = new DeltaBuilder(head);
      this.eventType = pattern.eventType();
    }

    ProposalDecision propose() {
      Optional<String> type = facts.typeNamed(eventType);
      if (pattern.mismatch().equals(MismatchKind.UNKNOWN_EVENT_TYPE.name())) {
        return type.isPresent()
            ? nothing(Reason.ALREADY_SAID, "the event type is known")
            : newClass();
      }
      if (type.isEmpty()) {
        return nothing(Reason.NOT_IN_SNAPSHOT, "the event type is not known");
      }
      return switch (pattern.kind()) {
        case SCHEMA_MISMATCH -> mismatch(type.get());
        case FREQUENCY_ANOMALY -> surge(type.get());
        case RATE_EXCEEDED -> higherRate(type.get());
        case ERROR_SPIKE ->
            pinned(type.get(), "error", Vocabulary.ERROR_RATE_MAX, detectors().errorRateMax());
        case ABSENCE ->
            pinned(
                type.get(),
                "heartbeat",
                Vocabulary.EXPECTED_EVERY_MS,
                (double) detectors().expectedEveryMs());
        case VALUE_DRIFT -> pinned(type.get(), "drift", Vocabulary.DRIFT_Z, detectors().driftZ());
      };
    }

    private ProposalDecision newClass() {
      String type = iris.type(eventType);
      delta
          .add(type, Vocabulary.A, Vocabulary.OWL_CLASS)
          .add(type, Vocabulary.A, Vocabulary.NODE_SHAPE)
          .add(type, Vocabulary.SUB_CLASS_OF, Vocabulary.OBSERVATION)
          .add(type, Vocabulary.TARGET_CLASS, type)
          .add(type, Vocabulary.EVENT_TYPE, Terms.text(eventType))
          .add(type, Vocabulary.LABEL, Terms.text(eventType))
          .add(type, Vocabulary.DECIMALS, Terms.integer(CompiledType.DECIMALS_DEFAULT))
          .add(type, Vocabulary.WATCH, Vocabulary.DEFAULT_WATCH);
      return proposed(
          "new-class",
          false,
          Elements.type(eventType),
          "Add event type " + eventType + ", seen " + pattern.count() + " times.");
    }

    private ProposalDecision mismatch(String type) {
      String attribute = pattern.attribute();
      MismatchKind kind = MismatchKind.valueOf(pattern.mismatch());
      if (kind == MismatchKind.VALUE_OUT_OF_RANGE) {
        return facts
            .valueShape(type)
            .map(shape -> widerRange(shape, Elements.value(eventType), "values of " + eventType))
            .orElseGet(() -> nothing(Reason.ALREADY_SAID, "the value has no range"));
      }
      Optional<String> shape = facts.attributeNamed(type, attribute);
      if (kind == MismatchKind.UNKNOWN_ATTRIBUTE) {
        return shape.isPresent()
            ? nothing(Reason.ALREADY_SAID, "the attribute is known")
            : newAttribute(type);
      }
      if (shape.isEmpty()) {
        return nothing(Reason.NOT_IN_SNAPSHOT, "the attribute is not known");
      }
      String element = Elements.attribute(eventType, attribute);
      String what = "attribute " + attribute + " of " + eventType;
      return switch (kind) {
        case MISSING_ATTRIBUTE -> optional(shape.get(), element, what);
        case WRONG_DATATYPE -> widerDatatype(shape.get(), element, what);
        case VALUE_NOT_ALLOWED -> anyValue(shape.get(), element, what);
        case ATTRIBUTE_OUT_OF_RANGE -> widerRange(shape.get(), element, what);
        case UNKNOWN_EVENT_TYPE, UNKNOWN_ATTRIBUTE, VALUE_OUT_OF_RANGE ->
            throw new IllegalStateException("expected to have been handled: kind=" + kind);
      };
    }

    private ProposalDecision newAttribute(String type) {
      String attribute = pattern.attribute();
      String shape = iris.attributeShape(eventType, attribute);
      String property = iris.attribute(attribute);
      delta
          .add(property, Vocabulary.A, Vocabulary.DATATYPE_PROPERTY)
          .add(shape, Vocabulary.A, Vocabulary.PROPERTY_SHAPE)
          .add(shape, Vocabulary.A, Vocabulary.ATTRIBUTE_CONSTRAINT)
          .add(shape, Vocabulary.PATH, property)
          .add(shape, Vocabulary.ATTRIBUTE_NAME, Terms.text(attribute))
          .add(shape, Vocabulary.DATATYPE, SnapshotCompiler.datatypeTerm(pattern.datatype()))
          .add(shape, Vocabulary.MAX_COUNT, Terms.integer(1))
          .add(type, Vocabulary.PROPERTY, shape);
      return proposed(
          "new-attribute",
          false,
          Elements.attribute(eventType, attribute),
          "Add optional attribute "
              + attribute
              + " of type "
              + pattern.datatype().xsdName()
              + " to "
              + eventType
              + ", seen "
              + pattern.count()
              + " times.");
    }

    private ProposalDecision optional(String shape, String element, String what) {
      removeAll(shape, Vocabulary.MIN_COUNT);
      return proposed(
          "optional-attribute",
          true,
          element,
          "Let " + what + " be left out, as " + pattern.count() + " did.");
    }

    private ProposalDecision widerDatatype(String shape, String element, String what) {
      Optional<Datatype> declared =
          SnapshotCompiler.datatype(facts.object(shape, Vocabulary.DATATYPE));
      Datatype sent = pattern.datatype();
      Datatype wider = declared.map(datatype -> datatype.join(sent)).orElse(sent);
      if (!wider.accepts(sent) || (declared.isPresent() && !wider.accepts(declared.get()))) {
        return nothing(
            Reason.NO_COMMON_DATATYPE,
            "declared=" + declared.orElse(sent).xsdName() + ", sent=" + sent.xsdName());
      }
      removeAll(shape, Vocabulary.DATATYPE);
      delta.add(shape, Vocabulary.DATATYPE, SnapshotCompiler.datatypeTerm(wider));
      return proposed(
          "wider-datatype", true, element, "Widen " + what + " to " + wider.xsdName() + ".");
    }

    private ProposalDecision anyValue(String shape, String element, String what) {
      Optional<String> list = facts.object(shape, Vocabulary.IN);
      if (list.isEmpty()) {
        return nothing(Reason.ALREADY_SAID, "every value is allowed");
      }
      removeAll(shape, Vocabulary.IN);
      String cell = list.get();
      for (int i = 0; i <= SnapshotCompiler.ALLOWED_MAX && !cell.equals(Vocabulary.NIL); i++) {
        String next = facts.object(cell, Vocabulary.REST).orElse(Vocabulary.NIL);
        facts.about(cell).forEach(delta::remove);
        cell = next;
      }
      return proposed(
          "any-value",
          true,
          element,
          "Allow any value for " + what + "; " + pattern.count() + " were not in the list.");
    }

    private ProposalDecision widerRange(String shape, String element, String what) {
      boolean lower = moveBound(shape, Vocabulary.MIN_INCLUSIVE, pattern.min(), -1);
      boolean higher = moveBound(shape, Vocabulary.MAX_INCLUSIVE, pattern.max(), 1);
      if (!lower && !higher) {
        return Double.isFinite(pattern.min()) && Double.isFinite(pattern.max())
            ? nothing(Reason.ALREADY_SAID, "the range holds what was seen")
            : nothing(Reason.NO_NUMBERS, "no number was seen");
      }
      return proposed(
          "wider-range",
          true,
          element,
          "Widen the range of "
              + what
              + " to hold "
              + Terms.plain(pattern.min())
              + " to "
              + Terms.plain(pattern.max())
              + ".");
    }

    /**
     * Moves a bound out to {@code seen}, if that is beyond it; {@code outward} is the sign of the
     * direction.
     */
    private boolean moveBound(String shape, String predicate, double seen, int outward) {
      Optional<String> bound = facts.object(shape, predicate);
      if (bound.isEmpty() || !Double.isFinite(pattern.min()) || !Double.isFinite(pattern.max())) {
        return false;
      }
      if ((seen - SnapshotCompiler.number(bound.get())) * outward <= 0) {
        return false;
      }
      delta.remove(new NTriple(shape, predicate, bound.get()));
      delta.add(shape, predicate, Terms.decimal(seen));
      return true;
    }

    private ProposalDecision surge(String type) {
      if (!pattern.subject().isEmpty()) {
        return nothing(Reason.ONE_SUBJECT_ONLY, "subject=" + pattern.subject());
      }
      if (!(pattern.observed() > pattern.expected())) {
        return nothing(Reason.NO_LIMIT_FITS, "fewer than expected");
      }
      long limit = (long) Math.ceil(pattern.observed());
      long inForce = detectors().maxPerBucket();
      if (inForce > 0 && inForce <= limit) {
        return nothing(Reason.ALREADY_SAID, "maxPerBucket=" + inForce);
      }
      return guard(
          type,
          "rate",
          Vocabulary.MAX_PER_BUCKET,
          Terms.integer(limit),
          Vocabulary.PERFORMANCE_BOUND,
          "at most " + limit + " in " + detectors().bucketMs() + " ms");
    }

    private ProposalDecision higherRate(String type) {
      if (!pattern.subject().isEmpty()) {
        return nothing(Reason.ONE_SUBJECT_ONLY, "subject=" + pattern.subject());
      }
      long limit = (long) Math.ceil(pattern.observed());
      for (NTriple stated : SnapshotCompiler.limits(facts, type, Vocabulary.MAX_PER_BUCKET)) {
        double now = SnapshotCompiler.number(stated.object());
        if (now > 0 && now < limit) {
          if (!SectorIris.owns(pattern.sector(), stated.subject())) {
            return nothing(Reason.CORE_IS_IMMUTABLE, "limit of " + stated.subject());
          }
          delta.remove(stated);
          delta.add(stated.subject(), stated.predicate(), Terms.integer(limit));
        }
      }
      return proposed(
          "higher-rate",
          true,
          Elements.guard(eventType, "rate"),
          "Let "
              + eventType
              + " come up to "
              + limit
              + " times in "
              + detectors().bucketMs()
              + " ms.");
    }

    /** A guard that states the limit in force, so that it takes a quorum to relax it. */
    private ProposalDecision pinned(String type, String name, String predicate, double limit) {
      if (!(limit > 0)) {
        return nothing(Reason.NO_LIMIT_FITS, "no limit is in force: guard=" + name);
      }
      String literal =
          limit == Math.rint(limit) && limit < 1L << 53
              ? Terms.integer((long) limit)
              : Terms.decimal(limit);
      return guard(
          type,
          name,
          predicate,
          literal,
          Vocabulary.SAFETY_INTERLOCK,
          name + " limit " + Terms.plain(limit) + " after " + Terms.plain(pattern.observed()));
    }

    private ProposalDecision guard(
        String type, String name, String predicate, String limit, String kind, String what) {
      String guard = iris.part(eventType, name);
      if (!facts.about(guard).isEmpty() || hasGuard(type, name)) {
        return nothing(Reason.GUARD_EXISTS, "guard=" + name);
      }
      delta
          .add(guard, Vocabulary.A, Vocabulary.GUARD)
          .add(guard, Vocabulary.LABEL, Terms.text(eventType + ": " + what))
          .add(guard, Vocabulary.GUARD_NAME, Terms.text(name))
          .add(guard, Vocabulary.GUARD_KIND, kind)
          .add(guard, Vocabulary.CRITICALITY, Vocabulary.MEDIUM)
          .add(guard, predicate, limit)
          .add(guard, Vocabulary.OBSERVED_LEVEL, Terms.decimal(pattern.observed()))
          .add(type, Vocabulary.GUARDED_BY, guard);
      return proposed(
          name + "-guard",
          false,
          Elements.guard(eventType, name),
          "Guard " + eventType + ": " + what + ".");
    }

    private boolean hasGuard(String type, String name) {
      for (String guard : facts.objects(type, Vocabulary.GUARDED_BY)) {
        if (facts.objects(guard, Vocabulary.GUARD_NAME).contains(Terms.text(name))) {
          return true;
        }
      }
      return false;
    }

    private void removeAll(String subject, String predicate) {
      for (NTriple triple : facts.about(subject)) {
        if (triple.predicate().equals(predicate)) {
          delta.remove(triple);
        }
      }
    }

    private DetectorParameters detectors() {
      List<CompiledType> types = compiled.types();
      for (CompiledType type : types) {
        if (type.name().equals(eventType)) {
          return type.detectors();
        }
      }
      return DetectorParameters.UNKNOWN_TYPE;
    }

    private ProposalDecision proposed(
        String rule, boolean loosens, String element, String summary) {
      if (delta.size() == 0) {
        return nothing(Reason.ALREADY_SAID, "rule=" + rule);
      }
      if (delta.size() > Delta.TRIPLES_MAX) {
        return nothing(
            Reason.TOO_LARGE, "triples=" + delta.size() + ", limit=" + Delta.TRIPLES_MAX);
      }
      Delta change = delta.build();
      String id =
          ProposalIds.of(
              pattern.sector(),
              element,
              rule,
              loosens,
              pattern.confidence(),
              pattern.id(),
              compiled.version(),
              head.id(),
              pattern.windowEndMs(),
              pattern.recordedAtMs(),
              summary,
              change);
      return new Proposed(
          new Proposal(
              id,
              pattern.sector(),
              element,
              rule,
              loosens,
              pattern.confidence(),
              pattern.id(),
              compiled.version(),
              head.id(),
              pattern.windowEndMs(),
              pattern.recordedAtMs(),
              summary,
              change));
    }

    private ProposalDecision nothing(Reason reason, String detail) {
      return new NothingToPropose(
          reason,
          String.format(
              Locale.ROOT,
              "nothing to propose: kind=%s, eventType=%s, %s",
              pattern.kind(),
              eventType,
              detail));
    }
  }
}
