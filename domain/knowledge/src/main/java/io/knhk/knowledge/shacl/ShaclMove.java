package io.knhk.knowledge.shacl;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;

/**
 * What a validated change does to the state of the validator that validated it, to be done when the
 * change becomes the head. Of no use to any other validator, or after another move.
 */
public final class ShaclMove {
  final long generation;
  final Collection<Triple> added;
  final Collection<Triple> removed;

  /** Shapes that were read: they changed, or have their first targets. */
  final Map<Node, ParsedShape> read = new HashMap<>();

  /** Shapes that are no more, or that nothing is kept of while they have no targets. */
  final Set<Node> dropped = new HashSet<>();

  /** Shapes that were not evaluated to the end. */
  final Set<Node> unfinished = new HashSet<>();

  /** Shapes whose targets are to be read anew. */
  final Set<Node> retargeted = new HashSet<>();

  /** Shapes of which no earlier result holds. */
  final Set<Node> evaluatedInFull = new HashSet<>();

  /** New results by shape and target; an empty list where there are none any more. */
  final Map<Node, Map<Node, List<ShaclResult>>> results = new LinkedHashMap<>();

  ShaclMove(long generation, Collection<Triple> added, Collection<Triple> removed) {
    this.generation = generation;
    this.added = List.copyOf(added);
    this.removed = List.copyOf(removed);
  }
}
