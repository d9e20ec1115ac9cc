package io.knhk.knowledge.shacl;

import static io.knhk.knowledge.shacl.ShapeTerms.shown;

import io.knhk.knowledge.shacl.ParsedShape.Ready;
import io.knhk.knowledge.shacl.ParsedShape.Refused;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.shacl.engine.ValidationContext;
import org.apache.jena.shacl.validation.ReportEntry;
import org.apache.jena.shacl.validation.VLib;
import org.apache.jena.shacl.vocabulary.SHACL;
import org.jspecify.annotations.Nullable;

/**
 * Validates changes of a graph against the shapes that are in it, at the cost of what a change can
 * affect; the report is that of a full validation.
 *
 * <p>It keeps, for the graph as it is, each shape with a target, the {@link Dependence} of those
 * that have targets in the graph, and the results there are. A change is looked at in an overlay:
 *
 * <ol>
 *   <li>Shapes that the change itself changes ({@link TouchedShapes}) are read anew and evaluated
 *       on all their targets.
 *   <li>Of the others, the nodes that became targets or ceased to be ({@link TargetIndex}), and the
 *       targets whose evaluation can have looked at a changed triple ({@link Dependence}), are
 *       evaluated, by Jena.
 *   <li>A shape whose dependence has no bound (SPARQL) is evaluated on all its targets.
 *   <li>Every other result stands.
 * </ol>
 *
 * Shapes that refer to themselves are refused, which SHACL leaves open (section 3.4.3); so are
 * malformed ones and queries that {@link QueryRules} refuses, before anything is evaluated.
 *
 * <p>Not thread-safe.
 */
public final class IncrementalShacl {
  /** Places that are walked back through for one shape before it is evaluated in full instead. */
  static final int WALK_MAX = 100_000;

  /** Evaluations that may fail before the others are left undone. */
  static final int PROBLEMS_MAX = 8;

  static {
    QueryFence.raise();
  }

  private final ShapeSource source;
  private final Predicate<Node> isNamedBlank;
  private final Graph base;
  private final ShaclHead head;
  private long generation;

  /**
   * Over a graph of which this is from now on the only one that changes it. Call {@link #load}
   * next.
   *
   * @param fixed shapes that no change touches
   * @param isFixed the subjects whose shapes are there, whatever the graph says of them
   * @param isNamedBlank whether an IRI is the name that was given to a blank node
   */
  public IncrementalShacl(
      Graph base, Graph fixed, Predicate<Node> isFixed, Predicate<Node> isNamedBlank) {
    this.base = base;
    this.source = new ShapeSource(fixed, isFixed, base);
    this.isNamedBlank = isNamedBlank;
    this.head = new ShaclHead(source);
  }

  /** Reads all shapes and evaluates them on all their targets. */
  public ShaclOutcome load(Deadline deadline) {
    Change nothing = new Change(base, List.of(), List.of(), deadline);
    Run run = new Run(nothing, Integer.MAX_VALUE, deadline);
    Set<Node> declared = new LinkedHashSet<>(TargetIndex.roots(source));
    declared.addAll(source.instances(SHACL.NodeShape));
    declared.addAll(source.instances(SHACL.PropertyShape));
    run.read(declared);
    // What can be evaluated is, also beside a shape that cannot: a later change may mend that one.
    run.evaluate();
    generation++;
    head.apply(run.move);
    return run.outcome();
  }

  /**
   * Validates the graph as a change would make it, which is left as it is.
   *
   * @param added triples that are not in the graph
   * @param removed triples that are
   * @param evaluationsMax pairs of a shape and a node that the change may affect
   */
  public ShaclOutcome validate(
      Collection<Triple> added, Collection<Triple> removed, int evaluationsMax, Deadline deadline) {
    Change change = new Change(base, added, removed, deadline);
    Set<Node> touched = TouchedShapes.of(source.over(change.union()), change);
    return new Run(change, evaluationsMax, deadline).of(touched);
  }

  /** The graph, and what is known of it, after a change that was validated here. */
  public void move(ShaclMove move) {
    if (move.generation != generation) {
      throw new IllegalArgumentException(
          "expected a move from here: generation=" + generation + ", given=" + move.generation);
    }
    move.removed.forEach(base::delete);
    move.added.forEach(base::add);
    generation++;
    head.apply(move);
  }

  private static ShapeProblem failed(Node root, @Nullable Node node, Throwable thrown) {
    return new ShapeProblem(
        node == null ? "" : shown(node),
        thrown instanceof Deadline.ExpiredException
                || thrown instanceof QueryFence.WorkLimitException
            ? String.valueOf(thrown.getMessage())
            : "expected an evaluation that ends: reason=" + ParsedShape.reason(thrown),
        shown(root),
        "Make the shape look at less, or make the change smaller.");
  }

  /** One validation. It changes nothing but its {@link ShaclMove}. */
  private final class Run {
    private final Change change;
    private final ShapeSource after;
    private final int evaluationsMax;
    private final Deadline deadline;
    private final ShaclMove move;
    private final SortedMap<String, String> inFull = new TreeMap<>();
    private final List<ShapeProblem> problems = new ArrayList<>();
    private final Set<Node> replaced = new HashSet<>();
    private int evaluations;
    private int shapesTouched;

    private Run(Change change, int evaluationsMax, Deadline deadline) {
      this.change = change;
      this.after = source.over(change.after());
      this.evaluationsMax = evaluationsMax;
      this.deadline = deadline;
      this.move = new ShaclMove(generation, change.added(), change.removed());
    }

    ShaclOutcome of(Set<Node> touched) {
      read(touched);
      head.refused()
          .forEach(
              (root, why) -> {
                if (!replaced.contains(root)) {
                  problems.addAll(why.problems());
                }
              });
      if (problems.isEmpty()) {
        evaluate();
      }
      return outcome();
    }

    ShaclOutcome outcome() {
      if (!problems.isEmpty()) {
        return new ShaclOutcome.Refused(problems);
      }
      return new ShaclOutcome.Validated(report(), inFull, evaluations, shapesTouched, move);
    }

    /** Shapes that changed, with and without targets: they must be well-formed either way. */
    void read(Set<Node> touched) {
      Set<Node> members = new HashSet<>();
      List<Node> roots = new ArrayList<>();
      List<Node> others = new ArrayList<>();
      for (Node node : touched) {
        if (TargetIndex.isRoot(after, node)) {
          roots.add(node);
        } else {
          others.add(node);
          if (head.targets().roots().contains(node) || head.refused().containsKey(node)) {
            move.dropped.add(node);
            move.retargeted.add(node);
            move.evaluatedInFull.add(node);
            replaced.add(node);
          }
        }
      }
      shapesTouched = roots.size();
      for (Node root : roots) {
        ParsedShape parsed = read(root);
        members.addAll(parsed.members());
        move.retargeted.add(root);
        move.evaluatedInFull.add(root);
      }
      for (Node node : others) {
        if (!members.contains(node) && TargetIndex.isDeclared(after, node)) {
          members.addAll(read(node).members());
          if (move.read.get(node) instanceof Ready) {
            move.read.remove(node);
            move.dropped.add(node);
          }
        }
      }
    }

    private ParsedShape read(Node node) {
      ParsedShape parsed = ParsedShape.of(after, isNamedBlank, node);
      move.read.put(node, parsed);
      replaced.add(node);
      if (parsed instanceof Refused why) {
        problems.addAll(why.problems());
      }
      return parsed;
    }

    void evaluate() {
      for (Node root : List.copyOf(move.evaluatedInFull)) {
        if (move.read.get(root) instanceof Ready ready
            && inFull(root, ready, "the shape itself changes") == 0
            && ready.unbounded().isEmpty()
            && !move.unfinished.contains(root)) {
          // Without targets there is nothing to depend on; it is read again when there are.
          move.read.remove(root);
          move.dropped.add(root);
        }
      }
      for (Node root : head.inFull()) {
        Ready ready = head.active(root);
        if (replaced.add(root) && ready != null) {
          move.evaluatedInFull.add(root);
          inFull(
              root,
              ready,
              ready.unbounded().isEmpty()
                  ? "it had not been evaluated to the end"
                  : String.join(", ", ready.unbounded()));
        }
      }
      Map<Node, Set<Node>> affected = affected();
      int count = affected.values().stream().mapToInt(Set::size).sum();
      if (count > evaluationsMax) {
        problems.add(
            new ShapeProblem(
                "",
                "expected a change that affects a bounded number of nodes: nodes="
                    + count
                    + ", limit="
                    + evaluationsMax,
                "",
                "Split the change."));
        return;
      }
      affected.forEach(
          (root, nodes) -> {
            for (Node node : nodes) {
              boolean isTarget = head.targets().isTarget(root, node, change);
              evaluate(root, isTarget ? ready(root) : null, node, isTarget);
            }
          });
    }

    /** By shape: targets, and former ones, whose results may differ. */
    private Map<Node, Set<Node>> affected() {
      Map<Node, Set<Node>> affected = new LinkedHashMap<>();
      head.targets()
          .moved(change)
          .forEach(
              (root, nodes) -> {
                if (!replaced.contains(root)) {
                  affected.put(root, new LinkedHashSet<>(nodes));
                }
              });
      for (Node root : looking()) {
        Ready ready = head.active(root);
        if (replaced.contains(root) || ready == null) {
          continue;
        }
        Optional<Set<Node>> nodes = ready.dependence().affected(change, WALK_MAX);
        if (nodes.isEmpty()) {
          affected.remove(root);
          move.evaluatedInFull.add(root);
          inFull(root, ready, "the change is looked at from more than " + WALK_MAX + " places");
          continue;
        }
        for (Node node : nodes.get()) {
          if (head.targets().isTarget(root, node, change)
              || head.results().getOrDefault(root, Map.of()).containsKey(node)) {
            affected.computeIfAbsent(root, key -> new LinkedHashSet<>()).add(node);
          }
        }
      }
      return affected;
    }

    private Set<Node> looking() {
      Set<Node> looking = new LinkedHashSet<>(head.looking(Node.ANY));
      for (Triple triple : change.triples()) {
        looking.addAll(head.looking(triple.getPredicate()));
      }
      return looking;
    }

    /** The shape as it is kept, or read now that it has its first targets. */
    private @Nullable Ready ready(Node root) {
      Ready kept = head.active(root);
      if (kept != null) {
        return kept;
      }
      if (move.read.get(root) instanceof Ready ready) {
        return ready;
      }
      return read(root) instanceof Ready ready ? ready : null;
    }

    private int inFull(Node root, Ready ready, String reason) {
      int count = 0;
      deadline.begin();
      try {
        for (Node node : VLib.focusNodes(change.after(), ready.shape())) {
          evaluate(root, ready, node, true);
          count++;
        }
      } catch (RuntimeException | StackOverflowError e) {
        fail(root, null, e);
      } finally {
        deadline.end();
      }
      if (count > 0) {
        inFull.put(shown(root), reason);
      }
      return count;
    }

    private void evaluate(Node root, @Nullable Ready ready, Node node, boolean isTarget) {
      List<ShaclResult> found = new ArrayList<>();
      if (isTarget && ready != null && problems.size() >= PROBLEMS_MAX) {
        move.unfinished.add(root);
      } else if (isTarget && ready != null) {
        evaluations++;
        try {
          deadline.check();
          for (ReportEntry entry : entries(ready.shapes(), ready, node)) {
            found.add(ShaclResult.of(root, node, entry));
          }
        } catch (RuntimeException | StackOverflowError e) {
          // Jena overflows its stack on deep data with an Error; that is the input's fault.
          fail(root, node, e);
        }
      }
      move.results.computeIfAbsent(root, key -> new LinkedHashMap<>()).put(node, found);
    }

    private void fail(Node root, @Nullable Node node, Throwable thrown) {
      problems.add(failed(root, node, thrown));
      move.unfinished.add(root);
    }

    private Collection<ReportEntry> entries(Shapes shapes, Ready ready, Node node) {
      ValidationContext context = ValidationContext.create(shapes, change.after());
      VLib.validateShape(context, change.after(), ready.shape(), node);
      return context.generateReport().getEntries();
    }

    private List<ShaclResult> report() {
      List<ShaclResult> all = new ArrayList<>();
      head.results()
          .forEach(
              (root, byTarget) -> {
                if (!move.evaluatedInFull.contains(root)) {
                  Map<Node, List<ShaclResult>> newer = move.results.getOrDefault(root, Map.of());
                  byTarget.forEach(
                      (target, found) -> {
                        if (!newer.containsKey(target)) {
                          all.addAll(found);
                        }
                      });
                }
              });
      move.results.values().forEach(byTarget -> byTarget.values().forEach(all::addAll));
      all.sort(
          Comparator.comparing((ShaclResult result) -> shown(result.target()))
              .thenComparing(result -> shown(result.root()))
              .thenComparing(result -> String.valueOf(result.path()))
              .thenComparing(result -> String.valueOf(result.value()))
              .thenComparing(result -> String.valueOf(result.component()))
              .thenComparing(ShaclResult::message));
      return all;
    }
  }
}
