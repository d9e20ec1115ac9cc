package io.knhk.knowledge.shacl;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.apache.jena.shacl.vocabulary.SHACL;
import org.apache.jena.sparql.graph.NodeConst;

/**
 * The shapes that a change changes: those that are, or are made of, a node about which the change
 * says something in the terms of shapes. Found by walking from these nodes up to whatever refers to
 * them, in the graphs before and after together, so at the cost of how often they are referred to.
 */
final class TouchedShapes {
  private final ShapeSource union;
  private final Set<Node> reached = new LinkedHashSet<>();
  private final Set<Node> memberCells = new LinkedHashSet<>();
  private final Deque<Node> open = new ArrayDeque<>();
  private final Deque<Node> openCells = new ArrayDeque<>();

  private TouchedShapes(ShapeSource union) {
    this.union = union;
  }

  /**
   * Nodes that a shape may be, changed or made of what is changed.
   *
   * @param union shapes before and after together
   */
  static Set<Node> of(ShapeSource union, Change change) {
    TouchedShapes touched = new TouchedShapes(union);
    Set<Node> parameters = touched.parameters();
    for (Triple triple : change.triples()) {
      if (!union.isFixed().test(triple.getSubject())) {
        touched.seed(triple, change, parameters);
      }
    }
    while (!touched.open.isEmpty() || !touched.openCells.isEmpty()) {
      if (touched.open.isEmpty()) {
        touched.cellUp(touched.openCells.remove());
      } else {
        touched.up(touched.open.remove());
      }
    }
    return touched.reached;
  }

  private void seed(Triple triple, Change change, Set<Node> parameters) {
    Node predicate = triple.getPredicate();
    if (predicate.equals(ShapeTerms.TYPE)) {
      if (makesShapes(change, triple.getObject())) {
        reach(triple.getSubject());
      }
    } else if (predicate.equals(ShapeTerms.SUB_CLASS_OF)) {
      if (makesShapes(change, triple.getObject())) {
        union.instances(triple.getSubject()).forEach(this::reach);
        reach(triple.getSubject());
      }
    } else if (ShapeTerms.isShacl(predicate)
        || predicate.equals(ShapeTerms.FIRST)
        || predicate.equals(ShapeTerms.REST)
        || predicate.equals(ShapeTerms.IMPORTS)
        || parameters.contains(predicate)) {
      reach(triple.getSubject());
    }
  }

  private static boolean makesShapes(Change change, Node type) {
    return change.above(type).stream().anyMatch(ShapeTerms.MAKING_CLASSES::contains);
  }

  private void reach(Node node) {
    if (reached.add(node)) {
      open.add(node);
    }
  }

  private void reachCell(Node cell) {
    if (memberCells.add(cell)) {
      openCells.add(cell);
    }
  }

  private void up(Node node) {
    for (Triple triple : union.matching(Node.ANY, node)) {
      Node predicate = triple.getPredicate();
      if (predicate.equals(ShapeTerms.FIRST)) {
        reachCell(triple.getSubject());
      } else if (predicate.equals(ShapeTerms.REST)
          || ShapeTerms.TO_SHAPE.contains(predicate)
          || ShapeTerms.TO_SHAPES.contains(predicate)
          || ShapeTerms.TO_TERMS.contains(predicate)
          || ShapeTerms.TO_QUERY_PART.contains(predicate)
          || ShapeTerms.TO_COMPONENT_PART.contains(predicate)
          || isPath(predicate)
          || predicate.equals(SHACL.sparql)
          || predicate.equals(SHACL.target)) {
        reach(triple.getSubject());
      }
    }
    siblings(node);
    component(node);
  }

  /** From a list whose member is touched: only lists of shapes and paths are made of members. */
  private void cellUp(Node cell) {
    for (Triple triple : union.matching(Node.ANY, cell)) {
      Node predicate = triple.getPredicate();
      if (predicate.equals(ShapeTerms.REST)) {
        reachCell(triple.getSubject());
      } else if (predicate.equals(ShapeTerms.FIRST)) {
        // A path may be a list in a list.
        reachCell(triple.getSubject());
      } else if (ShapeTerms.TO_SHAPES.contains(predicate) || isPath(predicate)) {
        reach(triple.getSubject());
      }
    }
  }

  private static boolean isPath(Node predicate) {
    return predicate.equals(SHACL.path)
        || predicate.equals(SHACL.alternativePath)
        || ShapeTerms.TO_PATH.contains(predicate);
  }

  /** A property shape that tells its values from its siblings' is made of its siblings, too. */
  private void siblings(Node parent) {
    for (Node property : union.objects(parent, SHACL.property)) {
      if (union.says(property, SHACL.qualifiedValueShapesDisjoint, NodeConst.nodeTrue)) {
        reach(property);
      }
    }
  }

  /** A constraint component, or a type of target, is part of what uses it. */
  private void component(Node node) {
    Set<Node> types = union.types(node);
    if (types.contains(SHACL.ConstraintComponent)) {
      for (Node parameter : union.objects(node, SHACL.parameter)) {
        for (Node path : union.objects(parameter, SHACL.path)) {
          union.matching(path, Node.ANY).forEach(user -> reach(user.getSubject()));
        }
      }
    }
    if (types.contains(SHACL.SPARQLTargetType)) {
      union.matching(ShapeTerms.TYPE, node).forEach(user -> reach(user.getSubject()));
    }
  }

  /** Predicates that constraint components of the snapshot's own have as parameters. */
  private Set<Node> parameters() {
    Set<Node> parameters = new LinkedHashSet<>();
    for (Node component : union.instances(SHACL.ConstraintComponent)) {
      for (Node parameter : union.objects(component, SHACL.parameter)) {
        parameters.addAll(union.objects(parameter, SHACL.path));
      }
    }
    return parameters;
  }
}
