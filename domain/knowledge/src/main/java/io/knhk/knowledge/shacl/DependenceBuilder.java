package io.knhk.knowledge.shacl;

import static io.knhk.knowledge.shacl.ShapeTerms.shown;

import io.knhk.knowledge.shacl.Dependence.ClassLook;
import io.knhk.knowledge.shacl.Dependence.Edge;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.shacl.engine.Target;
import org.apache.jena.shacl.engine.TargetType;
import org.apache.jena.shacl.engine.constraint.ClassConstraint;
import org.apache.jena.shacl.engine.constraint.ClosedConstraint;
import org.apache.jena.shacl.engine.constraint.ConstraintComponentSPARQL;
import org.apache.jena.shacl.engine.constraint.ConstraintOp1;
import org.apache.jena.shacl.engine.constraint.ConstraintOpN;
import org.apache.jena.shacl.engine.constraint.ConstraintPairwise;
import org.apache.jena.shacl.engine.constraint.ConstraintTerm;
import org.apache.jena.shacl.engine.constraint.DatatypeConstraint;
import org.apache.jena.shacl.engine.constraint.HasValueConstraint;
import org.apache.jena.shacl.engine.constraint.MaxCount;
import org.apache.jena.shacl.engine.constraint.MinCount;
import org.apache.jena.shacl.engine.constraint.QualifiedValueShape;
import org.apache.jena.shacl.engine.constraint.SparqlConstraint;
import org.apache.jena.shacl.engine.constraint.UniqueLangConstraint;
import org.apache.jena.shacl.parser.Constraint;
import org.apache.jena.shacl.parser.PropertyShape;
import org.apache.jena.shacl.parser.Shape;
import org.apache.jena.shacl.vocabulary.SHACL;
import org.apache.jena.sparql.path.P_Alt;
import org.apache.jena.sparql.path.P_Inverse;
import org.apache.jena.sparql.path.P_Link;
import org.apache.jena.sparql.path.P_OneOrMore1;
import org.apache.jena.sparql.path.P_Seq;
import org.apache.jena.sparql.path.P_ZeroOrMore1;
import org.apache.jena.sparql.path.P_ZeroOrOne;
import org.apache.jena.sparql.path.Path;

/**
 * Makes the {@link Dependence} of a shape, or says why there is none with a bound. A constraint
 * component that it does not know has none, so a new one is evaluated in full until it is added
 * here.
 */
final class DependenceBuilder {
  private final Shapes shapes;
  private final List<Edge> edges = new ArrayList<>();
  private final Set<ClassLook> classLooks = new LinkedHashSet<>();
  private final Set<Integer> allLooks = new LinkedHashSet<>();
  private final Map<Node, Integer> states = new HashMap<>();
  private final Deque<Shape> open = new ArrayDeque<>();
  private final Set<String> unbounded = new LinkedHashSet<>();
  private int next;

  DependenceBuilder(Shapes shapes, Shape root) {
    this.shapes = shapes;
    state(root);
    while (!open.isEmpty()) {
      shape(open.remove());
    }
    for (Target target : root.getTargets()) {
      if (target.getTargetType() == TargetType.targetExtension) {
        unbounded.add("a target that is a query");
      }
    }
  }

  Dependence dependence() {
    return new Dependence(edges, classLooks, allLooks);
  }

  /** What has no bound; empty when the dependence is all that there is. */
  Set<String> unbounded() {
    return unbounded;
  }

  /** The state at which a shape is evaluated: one a shape, wherever it is referred to. */
  private int state(Shape shape) {
    Integer known = states.get(shape.getShapeNode());
    if (known != null) {
      return known;
    }
    int state = next++;
    states.put(shape.getShapeNode(), state);
    open.add(shape);
    return state;
  }

  private void shape(Shape shape) {
    int focus = state(shape);
    int values = focus;
    if (shape instanceof PropertyShape property) {
      values = next++;
      path(property.getPath(), focus, values, false);
    }
    for (Constraint constraint : shape.getConstraints()) {
      constraint(shape, constraint, focus, values);
    }
    for (PropertyShape nested : shape.getPropertyShapes()) {
      same(values, state(nested));
      if (values != focus) {
        // Jena 5 evaluates what is nested in a property shape at the focus node, not at the values,
        // where the property shape has a target of its own or is a value of sh:node and its like.
        same(focus, state(nested));
      }
    }
  }

  private void constraint(Shape shape, Constraint constraint, int focus, int values) {
    if (constraint instanceof ClassConstraint ofClass) {
      classLooks.add(new ClassLook(values, ofClass.getExpectedClass()));
    } else if (constraint instanceof ClosedConstraint closed) {
      if (closed.isActive()) {
        allLooks.add(focus);
      }
    } else if (constraint instanceof ConstraintPairwise pair) {
      edges.add(new Edge(focus, Optional.of(pair.getValue()), false, next++));
    } else if (constraint instanceof ConstraintOp1 one) {
      same(values, state(one.getOther()));
    } else if (constraint instanceof ConstraintOpN several) {
      several.getOthers().forEach(other -> same(values, state(other)));
    } else if (constraint instanceof QualifiedValueShape qualified) {
      same(values, state(qualified.getSub()));
      if (qualified.qDisjoint()) {
        siblings(shape).forEach(sibling -> same(values, state(sibling)));
      }
    } else if (constraint instanceof SparqlConstraint
        || constraint instanceof ConstraintComponentSPARQL) {
      unbounded.add("a constraint that is a query");
    } else if (!looksAtValuesAlone(constraint)) {
      unbounded.add("the constraint component " + shown(constraint.getComponent()));
    }
  }

  /** Terms, and the set of the values, tell all: there is nothing more to look at. */
  private static boolean looksAtValuesAlone(Constraint constraint) {
    return constraint instanceof ConstraintTerm
        || constraint instanceof DatatypeConstraint
        || constraint instanceof HasValueConstraint
        || constraint instanceof MinCount
        || constraint instanceof MaxCount
        || constraint instanceof UniqueLangConstraint;
  }

  private List<Shape> siblings(Shape shape) {
    Graph graph = shapes.getGraph();
    List<Shape> siblings = new ArrayList<>();
    for (Triple parent : graph.find(Node.ANY, SHACL.property, shape.getShapeNode()).toList()) {
      for (Triple property : graph.find(parent.getSubject(), SHACL.property, Node.ANY).toList()) {
        for (Triple qualified :
            graph.find(property.getObject(), SHACL.qualifiedValueShape, Node.ANY).toList()) {
          Shape sibling = shapes.getShape(qualified.getObject());
          if (sibling != null) {
            siblings.add(sibling);
          }
        }
      }
    }
    return siblings;
  }

  private void same(int from, int to) {
    if (from != to) {
      edges.add(new Edge(from, Optional.empty(), false, to));
    }
  }

  /** Recurs as deep as the path, which {@link ShapeClosure#PATH_MAX} bounds. */
  private void path(Path path, int from, int to, boolean inverse) {
    if (path instanceof P_Link link) {
      edges.add(new Edge(from, Optional.of(link.getNode()), inverse, to));
    } else if (path instanceof P_Inverse inverted) {
      path(inverted.getSubPath(), from, to, !inverse);
    } else if (path instanceof P_Seq sequence) {
      int between = next++;
      path(inverse ? sequence.getRight() : sequence.getLeft(), from, between, inverse);
      path(inverse ? sequence.getLeft() : sequence.getRight(), between, to, inverse);
    } else if (path instanceof P_Alt either) {
      path(either.getLeft(), from, to, inverse);
      path(either.getRight(), from, to, inverse);
    } else if (path instanceof P_ZeroOrOne optional) {
      same(from, to);
      path(optional.getSubPath(), from, to, inverse);
    } else if (path instanceof P_ZeroOrMore1 any) {
      loop(any.getSubPath(), from, to, inverse);
    } else if (path instanceof P_OneOrMore1 some) {
      loop(some.getSubPath(), from, to, inverse);
    } else {
      unbounded.add("a path of an unknown kind: " + path.getClass().getSimpleName());
    }
  }

  /** One round or more is taken for none or more: it is only ever looked at more. */
  private void loop(Path path, int from, int to, boolean inverse) {
    int at = next++;
    same(from, at);
    path(path, at, at, inverse);
    same(at, to);
  }
}
