package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledSnapshotCodec;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.Delta;
import java.util.AbstractList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a change does to what runs: the event types and guards before and after it, of the classes
 * that it can affect and no others. {@link #types()} equals what {@link SnapshotCompiler} makes of
 * the whole snapshot after the change.
 *
 * <p>Which classes those are: whatever the change speaks about is followed back to the classes that
 * refer to it, by the predicates which the compiler reads, before and after the change. So the cost
 * is that of the change, not of the ontology. The core is not a sector's to change, {@code
 * knhk:defaultWatch} included.
 *
 * <p>Immutable; pure; one thread at a time.
 */
public final class CompiledChange {
  /** Nodes that a change may reach, unless it is an import or a way back. */
  public static final int NODES_MAX = 10_000;

  /** Whoever refers to a node by one of these is compiled with what the node says. */
  private static final List<String> REFERRING =
      List.of(
          Vocabulary.PROPERTY,
          Vocabulary.WATCH,
          Vocabulary.GUARDED_BY,
          Vocabulary.IN,
          Vocabulary.REST);

  private final Delta delta;
  private final List<ClassChange> classes;
  private final List<CompiledType> types;
  private final Map<String, Set<String>> classesByNode;
  private final long typesBytes;

  private CompiledChange(
      Delta delta,
      List<ClassChange> classes,
      List<CompiledType> types,
      Map<String, Set<String>> classesByNode,
      long typesBytes) {
    this.delta = delta;
    this.classes = List.copyOf(classes);
    this.types = List.copyOf(types);
    this.classesByNode = classesByNode;
    this.typesBytes = typesBytes;
  }

  /**
   * One class that a change can affect.
   *
   * @param iri with angle brackets
   * @param before null when it was no event type
   * @param after null when it is none any more
   * @param guardsBefore in order of IRI
   * @param guardsAfter likewise
   */
  public record ClassChange(
      String iri,
      @Nullable CompiledType before,
      @Nullable CompiledType after,
      List<Guard> guardsBefore,
      List<Guard> guardsAfter) {
    public ClassChange {
      guardsBefore = List.copyOf(guardsBefore);
      guardsAfter = List.copyOf(guardsAfter);
    }

    /** Whether checks, watching or guards are not what they were. */
    public boolean changes() {
      return !Objects.equals(before, after) || !guardsBefore.equals(guardsAfter);
    }

    /** All attributes of a type that comes or goes count as such. */
    List<Difference> differences() {
      if (before == null || after == null) {
        CompiledType there = before == null ? after : before;
        return there == null ? List.of() : Difference.ofAttributes(there, before == null);
      }
      return Difference.between(before, after);
    }

    /** Name before the change, else after it. */
    public String eventType() {
      if (before != null) {
        return before.name();
      }
      return after == null ? "" : after.name();
    }
  }

  /** What became of compiling a change. */
  public sealed interface Outcome {
    record Compiled(CompiledChange change) implements Outcome {}

    /**
     * What the change leads to cannot be compiled.
     *
     * @param detail one line for a person
     */
    record Refused(String detail) implements Outcome {}
  }

  /**
   * Compiles a change that applies exactly to a head.
   *
   * @param compiled the head, compiled
   */
  public static Outcome of(Snapshot head, CompiledSnapshot compiled, Delta delta) {
    return of(Facts.of(head), compiled, delta, bytesOf(compiled.types()));
  }

  /**
   * @param headBytes of the head's types, encoded
   */
  static Outcome of(Facts before, CompiledSnapshot compiled, Delta delta, long headBytes) {
    try {
      return new Outcome.Compiled(new Work(before, compiled, delta).run(headBytes));
    } catch (IllegalArgumentException e) {
      return new Outcome.Refused(String.valueOf(e.getMessage()));
    }
  }

  static long bytesOf(Collection<CompiledType> types) {
    long bytes = 0;
    for (CompiledType type : types) {
      bytes += CompiledSnapshotCodec.bytesOf(type) + 1L;
    }
    return bytes;
  }

  public Delta delta() {
    return delta;
  }

  /**
   * The classes affected, in order of IRI. One whose checks stay as they were may be among them.
   */
  public List<ClassChange> classes() {
    return classes;
  }

  /** All event types after the change, in order of name. */
  public List<CompiledType> types() {
    return types;
  }

  /** One event type after the change, by name. */
  public Optional<CompiledType> type(String name) {
    int at = Collections.binarySearch(names(types), name);
    return at < 0 ? Optional.empty() : Optional.of(types.get(at));
  }

  /** Types in order of name, seen as their names; nothing is copied. */
  private static List<String> names(List<CompiledType> types) {
    return new AbstractList<>() {
      @Override
      public String get(int index) {
        return types.get(index).name();
      }

      @Override
      public int size() {
        return types.size();
      }
    };
  }

  /** Event types of the classes affected, before the change, by name. */
  public SortedMap<String, CompiledType> typesBefore() {
    SortedMap<String, CompiledType> found = new TreeMap<>();
    for (ClassChange change : classes) {
      if (change.before() != null) {
        found.put(change.before().name(), change.before());
      }
    }
    return found;
  }

  /** Event types of the classes affected, after the change, by name. */
  public SortedMap<String, CompiledType> typesAfter() {
    SortedMap<String, CompiledType> found = new TreeMap<>();
    for (ClassChange change : classes) {
      if (change.after() != null) {
        found.put(change.after().name(), change.after());
      }
    }
    return found;
  }

  /** Nodes that the change was followed to and that an event type is compiled with. */
  public long nodes() {
    return classesByNode.values().stream().filter(classes -> !classes.isEmpty()).count();
  }

  /** Bytes that {@link #types()} take in the encoded snapshot. */
  public long typesBytes() {
    return typesBytes;
  }

  /** The classes that are compiled with what this node says; empty when none are. */
  Set<String> classesOf(String node) {
    return classesByNode.getOrDefault(node, Set.of());
  }

  /** One change being compiled. */
  private static final class Work {
    private final Facts before;
    private final Facts after;
    private final CompiledSnapshot head;
    private final Delta delta;
    private final int nodesMax;
    private final Map<String, Set<String>> classesByNode = new HashMap<>();

    Work(Facts before, CompiledSnapshot head, Delta delta) {
      this.before = before;
      this.after = before.after(delta);
      this.head = head;
      this.delta = delta;
      this.nodesMax = delta.size() > Delta.TRIPLES_MAX ? Snapshot.TRIPLES_MAX * 2 : NODES_MAX;
    }

    CompiledChange run(long headBytes) {
      List<ClassChange> classes = new ArrayList<>();
      for (String type : affected()) {
        classes.add(classChange(type));
      }
      classes.sort(Comparator.comparing(ClassChange::iri));
      return new CompiledChange(
          delta,
          classes,
          merged(classes),
          Collections.unmodifiableMap(classesByNode),
          bytes(headBytes, classes));
    }

    /** Follows what the delta speaks about back to classes; remembers by way of what. */
    private Set<String> affected() {
      Set<String> found = new HashSet<>();
      Deque<String> open = new ArrayDeque<>();
      Map<String, Set<String>> reached = new HashMap<>();
      for (List<String> lines : List.of(delta.added(), delta.removed())) {
        for (String line : lines) {
          String subject = NTriple.parse(line).subject();
          if (reached.putIfAbsent(subject, new HashSet<>()) == null) {
            open.add(subject);
          }
        }
      }
      while (!open.isEmpty()) {
        String node = open.remove();
        for (String referring : referring(node)) {
          Set<String> targets = reached.get(referring);
          if (targets == null) {
            targets = new HashSet<>();
            reached.put(referring, targets);
            open.add(referring);
          }
          targets.add(node);
        }
        if (reached.size() > nodesMax) {
          throw new IllegalArgumentException(
              "expected a change that reaches a bounded number of nodes: limit=" + nodesMax);
        }
      }
      for (String node : reached.keySet()) {
        classesByNode.putIfAbsent(node, Set.of());
        if (isEventType(node)) {
          found.add(node);
          mark(node, reached);
        }
      }
      return found;
    }

    /** Says of each node below a class that the class is compiled with it. */
    private void mark(String type, Map<String, Set<String>> reached) {
      Deque<String> open = new ArrayDeque<>(List.of(type));
      while (!open.isEmpty()) {
        String node = open.remove();
        Set<String> classes = classesByNode.getOrDefault(node, Set.of());
        if (!classes.contains(type)) {
          Set<String> more = new HashSet<>(classes);
          more.add(type);
          classesByNode.put(node, more);
          open.addAll(reached.getOrDefault(node, Set.of()));
        }
      }
    }

    private List<String> referring(String node) {
      List<String> subjects = new ArrayList<>();
      for (String predicate : REFERRING) {
        subjects.addAll(before.subjects(predicate, node));
        subjects.addAll(after.subjects(predicate, node));
      }
      return subjects;
    }

    private boolean isEventType(String node) {
      return !before.objects(node, Vocabulary.EVENT_TYPE).isEmpty()
          || !after.objects(node, Vocabulary.EVENT_TYPE).isEmpty();
    }

    private ClassChange classChange(String type) {
      Optional<String> nameBefore = before.object(type, Vocabulary.EVENT_TYPE).map(Terms::lexical);
      Optional<String> nameAfter = after.object(type, Vocabulary.EVENT_TYPE).map(Terms::lexical);
      return new ClassChange(
          type,
          nameBefore.map(this::inHead).orElse(null),
          nameAfter.map(name -> SnapshotCompiler.type(after, type, name)).orElse(null),
          nameBefore.map(name -> Guard.of(before, type, name)).orElse(List.of()),
          nameAfter.map(name -> Guard.of(after, type, name)).orElse(List.of()));
    }

    private CompiledType inHead(String name) {
      int at = Collections.binarySearch(names(head.types()), name);
      if (at < 0) {
        throw new IllegalArgumentException(
            "expected the head's own compiled form: eventType=" + name);
      }
      return head.types().get(at);
    }

    private List<CompiledType> merged(List<ClassChange> classes) {
      Set<String> gone = new HashSet<>();
      List<CompiledType> changed = new ArrayList<>();
      for (ClassChange change : classes) {
        if (change.before() != null) {
          gone.add(change.before().name());
        }
        if (change.after() != null) {
          changed.add(change.after());
        }
      }
      List<CompiledType> types = new ArrayList<>(head.types().size() + changed.size());
      for (CompiledType type : head.types()) {
        if (!gone.contains(type.name())) {
          types.add(type);
        }
      }
      types.addAll(changed);
      types.sort(Comparator.comparing(CompiledType::name));
      for (int i = 1; i < types.size(); i++) {
        if (types.get(i).name().equals(types.get(i - 1).name())) {
          throw new IllegalArgumentException(
              "expected one class for a wire name: eventType=" + types.get(i).name());
        }
      }
      if (types.size() > SnapshotCompiler.TYPES_MAX) {
        throw new IllegalArgumentException(
            "expected a bounded number of event types: limit=" + SnapshotCompiler.TYPES_MAX);
      }
      return types;
    }

    private static long bytes(long headBytes, List<ClassChange> classes) {
      List<CompiledType> gone = new ArrayList<>();
      List<CompiledType> come = new ArrayList<>();
      for (ClassChange change : classes) {
        if (change.before() != null) {
          gone.add(change.before());
        }
        if (change.after() != null) {
          come.add(change.after());
        }
      }
      return headBytes - bytesOf(gone) + bytesOf(come);
    }
  }
}
