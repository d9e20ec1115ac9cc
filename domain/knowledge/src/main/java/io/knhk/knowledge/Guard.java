package io.knhk.knowledge;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A limit on changes of one event type, as the ontology states it.
 *
 * @param iri without angle brackets
 * @param eventType what it guards
 * @param name among the guards of that type
 * @param kind local name: ApprovalChain, SafetyInterlock, DataResidency, PerformanceBound or
 *     ComplianceRule
 * @param criticality local name: Critical, High, Medium or Low
 * @param figures limits that it states, by local name, for instance {@code maxPerBucket}; one that
 *     states none guards the constraints of the type
 */
public record Guard(
    String iri,
    String eventType,
    String name,
    String kind,
    String criticality,
    SortedMap<String, Double> figures) {
  private static final List<String> FIGURES =
      List.of(
          Vocabulary.MAX_PER_BUCKET,
          Vocabulary.ERROR_RATE_MAX,
          Vocabulary.EXPECTED_EVERY_MS,
          Vocabulary.DRIFT_Z);

  private static final List<String> CRITICALITIES = List.of("Low", "Medium", "High", "Critical");

  public Guard {
    figures = Collections.unmodifiableSortedMap(new TreeMap<>(figures));
  }

  /** All guards of a snapshot, in order of event type and IRI. */
  public static List<Guard> all(Snapshot snapshot) {
    Facts facts = Facts.of(snapshot);
    List<Guard> guards = new ArrayList<>();
    for (NTriple named : facts.saying(Vocabulary.EVENT_TYPE)) {
      guards.addAll(of(facts, named.subject(), Terms.lexical(named.object())));
    }
    guards.sort(Comparator.comparing(Guard::eventType).thenComparing(Guard::iri));
    return List.copyOf(guards);
  }

  /** Those of one class. */
  static List<Guard> of(Facts facts, String type, String eventType) {
    List<Guard> guards = new ArrayList<>();
    for (String guard : facts.objects(type, Vocabulary.GUARDED_BY)) {
      SortedMap<String, Double> figures = new TreeMap<>();
      for (String figure : FIGURES) {
        facts
            .object(guard, figure)
            .map(SnapshotCompiler::number)
            .filter(limit -> limit > 0)
            .ifPresent(limit -> figures.put(local(figure), limit));
      }
      guards.add(
          new Guard(
              Terms.lexical(guard),
              eventType,
              one(facts, guard, Vocabulary.GUARD_NAME),
              one(facts, guard, Vocabulary.GUARD_KIND),
              one(facts, guard, Vocabulary.CRITICALITY),
              figures));
    }
    guards.sort(Comparator.comparing(Guard::iri));
    return guards;
  }

  /** 0 for Low to 3 for Critical, -1 for what is none of the four. */
  public int criticalityRank() {
    return CRITICALITIES.indexOf(criticality);
  }

  /** Empty unless there is exactly one; the core's shapes ask for that. */
  private static String one(Facts facts, String guard, String predicate) {
    List<String> objects = facts.objects(guard, predicate);
    return objects.size() == 1 ? local(objects.get(0)) : "";
  }

  private static String local(String term) {
    String lexical = Terms.lexical(term);
    return lexical.substring(lexical.lastIndexOf('#') + 1);
  }
}
