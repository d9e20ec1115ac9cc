package io.knhk.knowledge;

import io.knhk.schemas.knowledge.Delta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Says where two changes of the same snapshot do not go together. Without a conflict they can be
 * applied one after the other in either order, with the same result, and neither undoes what the
 * other rests on.
 */
public final class Conflicts {
  private static final Set<String> SINGLE_VALUED =
      Set.of(
          Vocabulary.EVENT_TYPE,
          Vocabulary.DECIMALS,
          Vocabulary.WATCH_EACH_SUBJECT,
          Vocabulary.WATCH,
          Vocabulary.ATTRIBUTE_NAME,
          Vocabulary.GUARD_NAME,
          Vocabulary.GUARD_KIND,
          Vocabulary.CRITICALITY,
          Vocabulary.OBSERVED_LEVEL,
          Vocabulary.BUCKET_MS,
          Vocabulary.BASELINE_BUCKETS,
          Vocabulary.WARMUP_BUCKETS,
          Vocabulary.FREQUENCY_Z,
          Vocabulary.MAX_PER_BUCKET,
          Vocabulary.ERROR_RATE_MAX,
          Vocabulary.ERROR_MIN_COUNT,
          Vocabulary.EXPECTED_EVERY_MS,
          Vocabulary.DRIFT_Z,
          Vocabulary.MISMATCH_MIN_COUNT,
          Terms.iri(Vocabulary.CORE + "unit"),
          Vocabulary.FIRST,
          Vocabulary.REST,
          Vocabulary.PATH,
          Vocabulary.DATATYPE,
          Vocabulary.MIN_COUNT,
          Vocabulary.MAX_COUNT,
          Vocabulary.MIN_INCLUSIVE,
          Vocabulary.MAX_INCLUSIVE,
          Vocabulary.IN);

  private Conflicts() {}

  /** How two changes do not go together. */
  public enum Kind {
    /** Both add, or both remove, one triple: the second would no longer apply exactly. */
    SAME_TRIPLE,
    /** One adds what the other removes. */
    OPPOSITE,
    /** Both give one subject a value of a property that has one value. */
    SINGLE_VALUE,
    /** One removes all that is said about a subject which the other speaks of or points at. */
    REMOVED_SUBJECT
  }

  /**
   * A conflict.
   *
   * @param subject what it is about, {@code <iri>}
   * @param triples of both changes that meet there, sorted
   */
  public record Conflict(Kind kind, String subject, List<String> triples) {
    public Conflict {
      triples = List.copyOf(new TreeSet<>(triples));
    }
  }

  /**
   * All conflicts of two changes, sorted by kind and subject; the same whichever comes first. Takes
   * time in proportion to the changes, and to the parent only where one removes triples about what
   * the other is about.
   *
   * @param parent the snapshot that both were made against
   */
  public static List<Conflict> between(Snapshot parent, Delta a, Delta b) {
    List<Conflict> conflicts = new ArrayList<>();
    meeting(Kind.SAME_TRIPLE, a.added(), b.added(), conflicts);
    meeting(Kind.SAME_TRIPLE, a.removed(), b.removed(), conflicts);
    meeting(Kind.OPPOSITE, a.added(), b.removed(), conflicts);
    meeting(Kind.OPPOSITE, a.removed(), b.added(), conflicts);
    singleValues(parent, a, b, conflicts);
    removedSubjects(parent, a, b, conflicts);
    removedSubjects(parent, b, a, conflicts);
    conflicts.sort(
        Comparator.comparing(Conflict::kind)
            .thenComparing(Conflict::subject)
            .thenComparing(conflict -> conflict.triples().toString()));
    return conflicts.stream().distinct().toList();
  }

  private static void meeting(
      Kind kind, List<String> left, List<String> right, List<Conflict> conflicts) {
    Set<String> known = new HashSet<>(left);
    for (String line : right) {
      if (known.contains(line)) {
        conflicts.add(new Conflict(kind, NTriple.parse(line).subject(), List.of(line)));
      }
    }
  }

  private static void singleValues(Snapshot parent, Delta a, Delta b, List<Conflict> conflicts) {
    Set<String> added = new HashSet<>(a.added());
    added.addAll(b.added());
    Map<String, List<String>> values = new HashMap<>();
    for (String line : a.added()) {
      NTriple triple = NTriple.parse(line);
      if (isSingleValued(parent, added, triple.predicate())) {
        values.computeIfAbsent(property(triple), key -> new ArrayList<>()).add(line);
      }
    }
    for (String line : b.added()) {
      NTriple triple = NTriple.parse(line);
      for (String other : values.getOrDefault(property(triple), List.of())) {
        if (!other.equals(line)) {
          conflicts.add(new Conflict(Kind.SINGLE_VALUE, triple.subject(), List.of(line, other)));
        }
      }
    }
  }

  private static String property(NTriple triple) {
    return triple.subject() + " " + triple.predicate();
  }

  private static boolean isSingleValued(Snapshot parent, Set<String> added, String predicate) {
    String declared = new NTriple(predicate, Vocabulary.A, Vocabulary.FUNCTIONAL_PROPERTY).line();
    return SINGLE_VALUED.contains(predicate)
        || parent.contains(declared)
        || added.contains(declared);
  }

  /** Where {@code remover} leaves nothing about a subject that {@code other} needs. */
  private static void removedSubjects(
      Snapshot parent, Delta remover, Delta other, List<Conflict> conflicts) {
    Map<String, List<String>> needed = new HashMap<>();
    for (String line : other.added()) {
      NTriple triple = NTriple.parse(line);
      needed.computeIfAbsent(triple.subject(), key -> new ArrayList<>()).add(line);
      if (!triple.object().equals(triple.subject())) {
        needed.computeIfAbsent(triple.object(), key -> new ArrayList<>()).add(line);
      }
    }
    Map<String, List<String>> removed = new HashMap<>();
    for (String line : remover.removed()) {
      String subject = NTriple.parse(line).subject();
      if (needed.containsKey(subject)) {
        removed.computeIfAbsent(subject, key -> new ArrayList<>()).add(line);
      }
    }
    for (String line : remover.added()) {
      removed.remove(NTriple.parse(line).subject());
    }
    if (removed.isEmpty()) {
      return;
    }
    Map<String, Integer> said = new HashMap<>();
    for (String line : parent.lines()) {
      String subject = line.substring(0, line.indexOf(' '));
      if (removed.containsKey(subject)) {
        said.merge(subject, 1, Integer::sum);
      }
    }
    removed.forEach(
        (subject, lines) -> {
          if (said.getOrDefault(subject, 0) <= lines.size()) {
            List<String> meeting = new ArrayList<>(lines);
            meeting.addAll(needed.getOrDefault(subject, List.of()));
            conflicts.add(new Conflict(Kind.REMOVED_SUBJECT, subject, meeting));
          }
        });
  }
}
