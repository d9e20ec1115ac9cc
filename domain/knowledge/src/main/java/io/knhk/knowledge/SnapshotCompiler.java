package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.DetectorParameters;
import io.knhk.schemas.observation.Datatype;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns triples into what runs: checks and detector parameters.
 *
 * <p>An event type is watched as its {@code knhk:watch} rule says; what that leaves out comes from
 * {@code knhk:defaultWatch} of the core. Each of its guards can only tighten: of all the limits
 * stated for one thing the strictest holds, 0 meaning none.
 *
 * <p>Pure; any thread.
 */
public final class SnapshotCompiler {
  /** Event types of one sector, the core's own included. */
  public static final int TYPES_MAX = 10_000;

  /** Attributes of one event type. */
  public static final int PROPERTIES_MAX = 256;

  /** Texts that one attribute allows. */
  public static final int ALLOWED_MAX = 1_000;

  private SnapshotCompiler() {}

  /**
   * Compiles a snapshot.
   *
   * @param touched for each element changed since version 1, the version that last changed it
   * @throws IllegalArgumentException if the triples do not say what they must; the static stage has
   *     refused such a snapshot before it could be promoted
   */
  public static CompiledSnapshot compile(
      String sector,
      Snapshot snapshot,
      long version,
      String parentId,
      String proposalId,
      long promotedAtMs,
      Map<String, Long> touched) {
    return new CompiledSnapshot(
        sector,
        version,
        snapshot.id(),
        parentId,
        proposalId,
        promotedAtMs,
        types(Facts.of(snapshot)),
        touched);
  }

  /** All event types, in order of name. */
  static List<CompiledType> types(Facts facts) {
    List<CompiledType> types = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (NTriple triple : facts.saying(Vocabulary.EVENT_TYPE)) {
      if (types.size() == TYPES_MAX) {
        throw new IllegalArgumentException(
            "expected a bounded number of event types: limit=" + TYPES_MAX);
      }
      CompiledType type = type(facts, triple.subject(), Terms.lexical(triple.object()));
      if (!names.add(type.name())) {
        throw new IllegalArgumentException(
            "expected one class for a wire name: eventType=" + type.name());
      }
      types.add(type);
    }
    types.sort(Comparator.comparing(CompiledType::name));
    return types;
  }

  /**
   * The limits on one thing that the watch rule and the guards of a class state, by who states
   * them.
   */
  static List<NTriple> limits(Facts facts, String type, String predicate) {
    List<NTriple> limits = new ArrayList<>();
    for (String owner : limiters(facts, type)) {
      for (NTriple triple : facts.about(owner)) {
        if (triple.predicate().equals(predicate)) {
          limits.add(triple);
        }
      }
    }
    return limits;
  }

  /** One event type: what the facts say of its class. */
  static CompiledType type(Facts facts, String type, String name) {
    facts.object(type, Vocabulary.EVENT_TYPE);
    int decimals =
        (int)
            facts
                .object(type, Vocabulary.DECIMALS)
                .map(SnapshotCompiler::integer)
                .map(value -> Math.max(-1, Math.min(value, 10)))
                .orElse((long) CompiledType.DECIMALS_DEFAULT)
                .longValue();
    boolean watchEachSubject =
        facts
            .object(type, Vocabulary.WATCH_EACH_SUBJECT)
            .map(SnapshotCompiler::truth)
            .orElse(false);
    double min = Double.NEGATIVE_INFINITY;
    double max = Double.POSITIVE_INFINITY;
    List<CompiledProperty> properties = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String shape : facts.objects(type, Vocabulary.PROPERTY)) {
      Optional<String> attribute = facts.object(shape, Vocabulary.ATTRIBUTE_NAME);
      if (attribute.isPresent()) {
        CompiledProperty property = property(facts, shape, Terms.lexical(attribute.get()));
        if (!names.add(property.name())) {
          throw new IllegalArgumentException(
              "expected one shape for an attribute: eventType="
                  + name
                  + ", attribute="
                  + property.name());
        }
        properties.add(property);
      } else if (facts.objects(shape, Vocabulary.PATH).contains(Vocabulary.VALUE)) {
        min = Math.max(min, minimum(facts, shape));
        max = Math.min(max, maximum(facts, shape));
      } else {
        throw new IllegalArgumentException(
            "expected a shape of an attribute or of the value: shape=" + shape);
      }
    }
    if (properties.size() > PROPERTIES_MAX || min > max) {
      throw new IllegalArgumentException(
          "expected bounded attributes and min <= max: eventType="
              + name
              + ", attributes="
              + properties.size()
              + ", limit="
              + PROPERTIES_MAX
              + ", min="
              + min
              + ", max="
              + max);
    }
    properties.sort(Comparator.comparing(CompiledProperty::name));
    return new CompiledType(
        name, decimals, watchEachSubject, min, max, properties, detectors(facts, type));
  }

  private static CompiledProperty property(Facts facts, String shape, String name) {
    Datatype datatype =
        datatype(facts.object(shape, Vocabulary.DATATYPE))
            .orElseThrow(
                () -> new IllegalArgumentException("expected a known sh:datatype: shape=" + shape));
    boolean required =
        facts.object(shape, Vocabulary.MIN_COUNT).map(SnapshotCompiler::integer).orElse(0L) > 0;
    double min = minimum(facts, shape);
    double max = maximum(facts, shape);
    if (min > max) {
      throw new IllegalArgumentException(
          "expected min <= max: shape=" + shape + ", min=" + min + ", max=" + max);
    }
    List<String> allowed = new ArrayList<>();
    Optional<String> list = facts.object(shape, Vocabulary.IN);
    if (list.isPresent()) {
      for (String member : facts.members(list.get(), ALLOWED_MAX)) {
        allowed.add(Terms.lexical(member));
      }
      allowed.sort(null);
    }
    return new CompiledProperty(name, datatype, required, min, max, allowed);
  }

  private static DetectorParameters detectors(Facts facts, String type) {
    String watch = facts.object(type, Vocabulary.WATCH).orElse(Vocabulary.DEFAULT_WATCH);
    return new DetectorParameters(
        (long) rule(facts, watch, Vocabulary.BUCKET_MS),
        (int) rule(facts, watch, Vocabulary.BASELINE_BUCKETS),
        (int) rule(facts, watch, Vocabulary.WARMUP_BUCKETS),
        rule(facts, watch, Vocabulary.FREQUENCY_Z),
        (long) strictest(facts, type, watch, Vocabulary.MAX_PER_BUCKET),
        strictest(facts, type, watch, Vocabulary.ERROR_RATE_MAX),
        (long) rule(facts, watch, Vocabulary.ERROR_MIN_COUNT),
        (long) strictest(facts, type, watch, Vocabulary.EXPECTED_EVERY_MS),
        strictest(facts, type, watch, Vocabulary.DRIFT_Z),
        (long) rule(facts, watch, Vocabulary.MISMATCH_MIN_COUNT));
  }

  private static double rule(Facts facts, String watch, String predicate) {
    Optional<String> own = facts.object(watch, predicate);
    if (own.isEmpty()) {
      own = facts.object(Vocabulary.DEFAULT_WATCH, predicate);
    }
    return own.map(SnapshotCompiler::number)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected knhk:defaultWatch to state every figure: predicate=" + predicate));
  }

  private static double strictest(Facts facts, String type, String watch, String predicate) {
    double strictest = rule(facts, watch, predicate);
    for (String guard : facts.objects(type, Vocabulary.GUARDED_BY)) {
      double limit = facts.object(guard, predicate).map(SnapshotCompiler::number).orElse(0.0);
      if (limit > 0 && (strictest == 0 || limit < strictest)) {
        strictest = limit;
      }
    }
    return strictest;
  }

  private static List<String> limiters(Facts facts, String type) {
    List<String> limiters = new ArrayList<>(facts.objects(type, Vocabulary.WATCH));
    limiters.addAll(facts.objects(type, Vocabulary.GUARDED_BY));
    return limiters;
  }

  private static double minimum(Facts facts, String shape) {
    return facts
        .object(shape, Vocabulary.MIN_INCLUSIVE)
        .map(SnapshotCompiler::number)
        .orElse(Double.NEGATIVE_INFINITY);
  }

  private static double maximum(Facts facts, String shape) {
    return facts
        .object(shape, Vocabulary.MAX_INCLUSIVE)
        .map(SnapshotCompiler::number)
        .orElse(Double.POSITIVE_INFINITY);
  }

  static Optional<Datatype> datatype(Optional<String> term) {
    for (Datatype datatype : Datatype.values()) {
      if (term.isPresent() && term.get().equals(datatypeTerm(datatype))) {
        return Optional.of(datatype);
      }
    }
    return Optional.empty();
  }

  static String datatypeTerm(Datatype datatype) {
    return Terms.iri(Vocabulary.XSD + datatype.xsdName());
  }

  static double number(String literal) {
    double value = Double.parseDouble(Terms.lexical(literal));
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("expected a finite number: literal=" + literal);
    }
    return value;
  }

  private static long integer(String literal) {
    return Long.parseLong(Terms.lexical(literal));
  }

  private static boolean truth(String literal) {
    String lexical = Terms.lexical(literal);
    return lexical.equals("true") || lexical.equals("1");
  }
}
