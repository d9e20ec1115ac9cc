package io.knhk.knowledge;

import io.knhk.knowledge.shacl.Deadline;
import io.knhk.knowledge.shacl.OverlayGraph;
import io.knhk.knowledge.shacl.ShaclOutcome;
import io.knhk.knowledge.shacl.ShaclResult;
import io.knhk.knowledge.shacl.ShapeProblem;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.Proposal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.apache.jena.shacl.vocabulary.SHACL;
import org.jspecify.annotations.Nullable;

/**
 * Whether the shadow is well formed: the delta speaks about what the sector owns in terms it may
 * use, it applies exactly, no name is given twice, the shadow conforms to the core's meta-shapes
 * and to the sector's own shapes (SHACL, W3C 2017) as a full validation would find, and what it
 * leads to compiles within its limit, which {@link CompiledChange} says.
 *
 * <p>Between calls it keeps the head of each sector, see {@link ShadowGraph}. Not thread-safe.
 */
final class StaticStage {
  static final String NAME = "static";

  /**
   * Pairs of a shape and a node that one change may affect, unless it is an import or a way back.
   */
  static final int FOCUS_MAX = 10_000;

  /** Triples that a report names when a delta says what it may not. */
  static final int WITNESSES_MAX = 100;

  /** Shapes evaluated in full that a report names. */
  static final int IN_FULL_NAMED_MAX = 4;

  /** So many times longer may reading a head, or an import, take for shapes evaluated in full. */
  static final int BULK_FACTOR = 30;

  private static final String CHECKED =
      "the delta is the sector's own and applies exactly, no name is given twice, the shadow conforms to all shapes, and the"
          + " result compiles";

  private final Graph coreShapes = ShadowGraph.graph(Ontologies.core());
  private final long inFullNsMax;
  private final LongSupplier nanoClock;
  private final Map<String, ShadowGraph> heads = new HashMap<>();

  StaticStage(ValidationLimits limits, LongSupplier nanoClock) {
    this.inFullNsMax = limits.fullShapesMsMax() * 1_000_000;
    this.nanoClock = nanoClock;
  }

  /** What the delta says by itself, before there is a shadow; empty when that is well formed. */
  List<Witness> wellFormed(Snapshot head, Proposal proposal) {
    Delta delta = proposal.delta();
    boolean isBulk = proposal.isBulk();
    List<Witness> witnesses = new ArrayList<>();
    if (delta.size() == 0) {
      witnesses.add(new Witness("", "", "expected a delta with a triple in it"));
    }
    if (!isBulk && delta.size() > Delta.TRIPLES_MAX) {
      witnesses.add(
          new Witness(
              "",
              "",
              "expected a bounded delta: triples=" + delta.size() + ", limit=" + Delta.TRIPLES_MAX,
              "",
              "Split the change, or import it as an ontology."));
    }
    SectorNamespaces namespaces = namespaces(head, proposal);
    for (List<String> lines : List.of(delta.added(), delta.removed())) {
      for (String line : lines) {
        Refusal refusal = namespaces.refusal(line, isBulk).orElse(null);
        if (refusal != null && witnesses.size() < WITNESSES_MAX) {
          witnesses.add(witness(line, refusal));
        }
      }
    }
    return witnesses;
  }

  private static SectorNamespaces namespaces(Snapshot head, Proposal proposal) {
    SectorNamespaces namespaces = SectorNamespaces.of(proposal.sector(), head);
    return proposal.isBulk()
        ? namespaces.and(SectorNamespaces.adoptedBy(proposal.sector(), proposal.delta().added()))
        : namespaces;
  }

  private static Witness witness(String line, Refusal refusal) {
    if (refusal.reason() == RefusalReason.MALFORMED) {
      return new Witness("", "", refusal.detail());
    }
    NTriple triple = NTriple.parse(line);
    return new Witness(
        triple.subject(),
        triple.predicate(),
        refusal.detail(),
        "",
        "Leave the triple out, or say it in the sector's own terms.");
  }

  StageResult failed(Delta delta, List<Witness> witnesses) {
    return new StageResult.Failed(NAME, CHECKED, figures(delta), witnesses);
  }

  /**
   * The sector's head as a graph, moved to {@code head}. What is done with a change is done in
   * overlays over it.
   */
  ShadowGraph at(String sector, Snapshot head) {
    ShadowGraph graph = heads.computeIfAbsent(sector, key -> new ShadowGraph(coreShapes));
    graph.at(head, deadline(true));
    return graph;
  }

  /** Makes the sector's head be read anew. */
  void forget(String sector) {
    heads.remove(sector);
  }

  /** Looks at the shadow that a delta which applies exactly makes of the head. */
  StageResult check(ShadowGraph head, Candidate candidate, Snapshot shadow) {
    Proposal proposal = candidate.proposal();
    Delta delta = proposal.delta();
    SortedMap<String, Long> figures = figures(delta);
    List<Triple> added = ShadowGraph.triples(delta.added());
    List<Triple> removed = ShadowGraph.triples(delta.removed());
    OverlayGraph after = new OverlayGraph(head.graph(), added, removed);
    List<Witness> witnesses =
        TermCollisions.of(
            head.terms(), head.graph(), after, delta, namespaces(candidate.head(), proposal));
    List<Witness> remarks = new ArrayList<>();
    ShaclOutcome outcome =
        head.validate(
            added,
            removed,
            proposal.isBulk() ? Integer.MAX_VALUE : FOCUS_MAX,
            deadline(proposal.isBulk()).get());
    if (outcome instanceof ShaclOutcome.Validated validated) {
      report(validated, figures, witnesses, remarks);
      head.expect(shadow.id(), delta, validated.move());
    } else {
      for (ShapeProblem problem : ((ShaclOutcome.Refused) outcome).problems()) {
        witnesses.add(
            new Witness(problem.shape(), "", problem.message(), problem.source(), problem.mend()));
      }
    }
    figures.put("violations", (long) witnesses.size());
    return witnesses.isEmpty()
        ? new StageResult.Passed(NAME, CHECKED, figures, remarks)
        : new StageResult.Failed(NAME, CHECKED, figures, witnesses);
  }

  /** Violations fail the stage; what is of lesser severity is for people to see. */
  private static void report(
      ShaclOutcome.Validated validated,
      SortedMap<String, Long> figures,
      List<Witness> witnesses,
      List<Witness> remarks) {
    figures.put("focusNodes", (long) validated.evaluations());
    figures.put("shapesChanged", (long) validated.shapesTouched());
    figures.put("shapesInFull", (long) validated.inFull().size());
    validated
        .inFull()
        .forEach(
            (shape, reason) -> {
              if (remarks.size() < IN_FULL_NAMED_MAX) {
                remarks.add(
                    new Witness(
                        "", "", "evaluated on all its targets: reason=" + reason, shape, ""));
              }
            });
    for (ShaclResult result : validated.results()) {
      (result.severity().equals(SHACL.Violation) ? witnesses : remarks).add(witness(result));
    }
  }

  private static Witness witness(ShaclResult result) {
    String component = result.component() == null ? "" : result.component().toString();
    return new Witness(
        shown(result.focusNode()),
        result.path() == null ? "" : result.path().toString(),
        result.message(),
        named(result) + " " + ShaclMend.name(component),
        ShaclMend.of(component));
  }

  /** The shape, or the one that it is part of when nobody gave it a name. */
  private static String named(ShaclResult result) {
    Node source = result.source();
    boolean isNamed = source != null && source.isURI() && !ShadowGraph.isNamedBlank(source);
    return shown(isNamed ? source : result.root());
  }

  private Supplier<Deadline> deadline(boolean isBulk) {
    return () -> Deadline.of(nanoClock, isBulk ? inFullNsMax * BULK_FACTOR : inFullNsMax);
  }

  private static SortedMap<String, Long> figures(Delta delta) {
    SortedMap<String, Long> figures = new TreeMap<>();
    figures.put("triplesAdded", (long) delta.added().size());
    figures.put("triplesRemoved", (long) delta.removed().size());
    return figures;
  }

  private static String shown(@Nullable Node node) {
    if (node == null) {
      return "";
    }
    return node.isURI() ? Terms.iri(node.getURI()) : node.toString();
  }
}
