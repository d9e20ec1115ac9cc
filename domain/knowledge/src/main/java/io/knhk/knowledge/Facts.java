package io.knhk.knowledge;

import io.knhk.schemas.knowledge.Delta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Triples found by subject and by predicate, in the order of their lines, whatever they are stored
 * in.
 */
abstract class Facts {
  /** All of a snapshot's, indexed once. */
  static Facts of(Snapshot snapshot) {
    return new Indexed(snapshot.lines());
  }

  abstract List<NTriple> about(String subject);

  abstract List<NTriple> saying(String predicate);

  /** Who says this of {@code object}, which is {@code <iri>}; sorted. */
  abstract List<String> subjects(String predicate, String object);

  /** These triples after a change that applies exactly to them; costs what the change says. */
  final Facts after(Delta delta) {
    return new Changed(this, delta);
  }

  List<String> objects(String subject, String predicate) {
    List<String> objects = new ArrayList<>();
    for (NTriple triple : about(subject)) {
      if (triple.predicate().equals(predicate)) {
        objects.add(triple.object());
      }
    }
    return objects;
  }

  /**
   * The one object, if there is one.
   *
   * @throws IllegalArgumentException if there are two
   */
  Optional<String> object(String subject, String predicate) {
    List<String> objects = objects(subject, predicate);
    if (objects.size() > 1) {
      throw new IllegalArgumentException(
          "expected one value: subject="
              + subject
              + ", predicate="
              + predicate
              + ", values="
              + objects.size());
    }
    return objects.isEmpty() ? Optional.empty() : Optional.of(objects.get(0));
  }

  /** The class whose wire name this is, as {@code <iri>}. */
  Optional<String> typeNamed(String eventType) {
    String name = Terms.text(eventType);
    for (NTriple triple : saying(Vocabulary.EVENT_TYPE)) {
      if (triple.object().equals(name)) {
        return Optional.of(triple.subject());
      }
    }
    return Optional.empty();
  }

  /** The shape of an attribute of a class, as {@code <iri>}. */
  Optional<String> attributeNamed(String type, String attribute) {
    String name = Terms.text(attribute);
    for (String shape : objects(type, Vocabulary.PROPERTY)) {
      if (objects(shape, Vocabulary.ATTRIBUTE_NAME).contains(name)) {
        return Optional.of(shape);
      }
    }
    return Optional.empty();
  }

  /** The shape of the value of a class, as {@code <iri>}. */
  Optional<String> valueShape(String type) {
    for (String shape : objects(type, Vocabulary.PROPERTY)) {
      if (objects(shape, Vocabulary.PATH).contains(Vocabulary.VALUE)) {
        return Optional.of(shape);
      }
    }
    return Optional.empty();
  }

  /**
   * The members of an RDF list.
   *
   * @throws IllegalArgumentException if it is not a list, runs in a circle or has more members than
   *     {@code limit}
   */
  List<String> members(String head, int limit) {
    List<String> members = new ArrayList<>();
    String cell = head;
    while (!cell.equals(Vocabulary.NIL)) {
      if (members.size() == limit) {
        throw new IllegalArgumentException(
            "expected a bounded list: head=" + head + ", limit=" + limit);
      }
      Optional<String> first = object(cell, Vocabulary.FIRST);
      Optional<String> rest = object(cell, Vocabulary.REST);
      if (first.isEmpty() || rest.isEmpty()) {
        throw new IllegalArgumentException("expected an RDF list: head=" + head + ", cell=" + cell);
      }
      members.add(first.get());
      cell = rest.get();
    }
    return members;
  }

  private static final class Indexed extends Facts {
    private final Map<String, List<NTriple>> bySubject = new HashMap<>();
    private final Map<String, List<NTriple>> byPredicate = new HashMap<>();
    private final Map<String, List<NTriple>> byObject = new HashMap<>();

    Indexed(List<String> lines) {
      for (String line : lines) {
        NTriple triple = NTriple.parse(line);
        bySubject.computeIfAbsent(triple.subject(), key -> new ArrayList<>()).add(triple);
        byPredicate.computeIfAbsent(triple.predicate(), key -> new ArrayList<>()).add(triple);
        if (!Terms.isLiteral(triple.object())) {
          byObject.computeIfAbsent(triple.object(), key -> new ArrayList<>()).add(triple);
        }
      }
    }

    @Override
    List<NTriple> about(String subject) {
      return bySubject.getOrDefault(subject, List.of());
    }

    @Override
    List<NTriple> saying(String predicate) {
      return byPredicate.getOrDefault(predicate, List.of());
    }

    @Override
    List<String> subjects(String predicate, String object) {
      List<String> subjects = new ArrayList<>();
      for (NTriple triple : byObject.getOrDefault(object, List.of())) {
        if (triple.predicate().equals(predicate)) {
          subjects.add(triple.subject());
        }
      }
      return subjects;
    }
  }

  /** What a delta makes of other facts. */
  private static final class Changed extends Facts {
    private final Facts base;
    private final Set<NTriple> removed = new HashSet<>();
    private final Map<String, List<NTriple>> removedBySubject = new HashMap<>();
    private final Map<String, List<NTriple>> addedBySubject = new HashMap<>();
    private final Map<String, List<NTriple>> addedByPredicate = new HashMap<>();
    private final Map<String, List<NTriple>> addedByObject = new HashMap<>();
    private final Map<String, List<NTriple>> known = new HashMap<>();

    Changed(Facts base, Delta delta) {
      this.base = base;
      for (String line : delta.removed()) {
        NTriple triple = NTriple.parse(line);
        removed.add(triple);
        removedBySubject.computeIfAbsent(triple.subject(), key -> new ArrayList<>()).add(triple);
      }
      for (String line : delta.added()) {
        NTriple triple = NTriple.parse(line);
        addedBySubject.computeIfAbsent(triple.subject(), key -> new ArrayList<>()).add(triple);
        addedByPredicate.computeIfAbsent(triple.predicate(), key -> new ArrayList<>()).add(triple);
        addedByObject.computeIfAbsent(triple.object(), key -> new ArrayList<>()).add(triple);
      }
    }

    @Override
    List<NTriple> about(String subject) {
      if (!addedBySubject.containsKey(subject) && !removedBySubject.containsKey(subject)) {
        return base.about(subject);
      }
      return known.computeIfAbsent(
          subject, key -> changed(base.about(key), addedBySubject.getOrDefault(key, List.of())));
    }

    @Override
    List<NTriple> saying(String predicate) {
      return changed(base.saying(predicate), addedByPredicate.getOrDefault(predicate, List.of()));
    }

    @Override
    List<String> subjects(String predicate, String object) {
      TreeSet<String> subjects = new TreeSet<>();
      for (String subject : base.subjects(predicate, object)) {
        if (!removed.contains(new NTriple(subject, predicate, object))) {
          subjects.add(subject);
        }
      }
      for (NTriple triple : addedByObject.getOrDefault(object, List.of())) {
        if (triple.predicate().equals(predicate)) {
          subjects.add(triple.subject());
        }
      }
      return List.copyOf(subjects);
    }

    private List<NTriple> changed(List<NTriple> before, List<NTriple> added) {
      List<NTriple> after = new ArrayList<>(before.size() + added.size());
      for (NTriple triple : before) {
        if (!removed.contains(triple)) {
          after.add(triple);
        }
      }
      after.addAll(added);
      after.sort(Comparator.comparing(NTriple::line));
      return after;
    }
  }
}
