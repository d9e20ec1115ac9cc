package io.knhk.knowledge.shacl;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.jena.datatypes.xsd.XSDDatatype;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.graph.Triple;
import org.apache.jena.shacl.vocabulary.SHACL;
import org.apache.jena.sparql.graph.NodeConst;

/** Random data and random shapes over few terms, so that they meet. No shape refers to itself. */
final class RandomShapes {
  private static final String EX = "http://example.org/";
  private static final int NESTING_MAX = 3;
  private static final List<Node> SEVERITIES = List.of(SHACL.Violation, SHACL.Warning, SHACL.Info);

  private final Random random;
  private final List<Triple> triples = new ArrayList<>();
  private int blanks;

  RandomShapes(Random random) {
    this.random = random;
  }

  static Node iri(String name) {
    return NodeFactory.createURI(EX + name);
  }

  List<Triple> data(int count) {
    List<Triple> data = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      data.add(triple());
    }
    return data;
  }

  /** A triple of data: of a class, between classes, or with one of four predicates. */
  Triple triple() {
    return switch (random.nextInt(10)) {
      case 0, 1 -> Triple.create(node(), ShapeTerms.TYPE, type());
      case 2 -> Triple.create(type(), ShapeTerms.SUB_CLASS_OF, type());
      default -> Triple.create(node(), predicate(), value());
    };
  }

  /** The triples of a shape with targets, and of all it refers to. */
  List<Triple> shape(int number) {
    triples.clear();
    Node root = iri("S" + number);
    if (random.nextInt(4) > 0) {
      add(root, ShapeTerms.TYPE, SHACL.NodeShape);
    }
    body(root, NESTING_MAX, false);
    int targets = 1 + random.nextInt(2);
    for (int i = 0; i < targets; i++) {
      switch (random.nextInt(6)) {
        case 0 -> add(root, SHACL.targetNode, random.nextBoolean() ? node() : value());
        case 1, 2 -> add(root, SHACL.targetClass, type());
        case 3 -> add(root, SHACL.targetSubjectsOf, predicate());
        case 4 -> add(root, SHACL.targetObjectsOf, /* object= */ predicate());
        default -> implicit(root);
      }
    }
    return List.copyOf(triples);
  }

  private void implicit(Node root) {
    add(root, ShapeTerms.TYPE, SHACL.NodeShape);
    add(root, ShapeTerms.TYPE, ShapeTerms.RDFS_CLASS);
    add(node(), ShapeTerms.TYPE, root);
    if (random.nextBoolean()) {
      add(type(), ShapeTerms.SUB_CLASS_OF, root);
    }
  }

  private void body(Node shape, int nesting, boolean isProperty) {
    int constraints = 1 + random.nextInt(2);
    for (int i = 0; i < constraints; i++) {
      constraint(shape, nesting, isProperty);
    }
    if (nesting > 0 && random.nextInt(3) > 0) {
      int properties = 1 + random.nextInt(2);
      for (int i = 0; i < properties; i++) {
        add(shape, SHACL.property, property(nesting - 1));
      }
    }
    if (random.nextInt(4) == 0) {
      add(shape, SHACL.severity, SEVERITIES.get(random.nextInt(3)));
    }
    if (random.nextInt(20) == 0) {
      add(shape, SHACL.deactivated, NodeConst.nodeTrue);
    }
  }

  private Node property(int nesting) {
    Node property = blank();
    add(property, SHACL.path, path(2));
    body(property, nesting, true);
    return property;
  }

  private Node nested(int nesting) {
    if (random.nextInt(3) == 0) {
      return property(nesting);
    }
    Node shape = blank();
    body(shape, nesting, false);
    return shape;
  }

  private void constraint(Node shape, int nesting, boolean isProperty) {
    int kind = random.nextInt(nesting > 0 ? 24 : 17);
    switch (kind) {
      case 0, 1 -> add(shape, SHACL.class_, type());
      case 2 -> add(shape, SHACL.datatype, XSDDatatype.XSDinteger.getURI());
      case 3 -> add(shape, SHACL.nodeKind, random.nextBoolean() ? SHACL.IRI : SHACL.Literal);
      case 4 -> add(shape, SHACL.minInclusive, integer(random.nextInt(4)));
      case 5 -> add(shape, SHACL.maxLength, integer(20));
      case 6 -> add(shape, SHACL.pattern, NodeFactory.createLiteralString("n[0-4]|[1-3]"));
      case 7 -> add(shape, SHACL.equals, predicate());
      case 8 -> add(shape, SHACL.disjoint, predicate());
      case 9 -> add(shape, SHACL.hasValue, value());
      case 10 -> add(shape, SHACL.in, list(List.of(value(), value(), node(), node())));
      case 11 -> closed(shape);
      case 12 -> {
        if (isProperty) {
          add(shape, SHACL.minCount, integer(1 + random.nextInt(2)));
        }
      }
      case 13 -> {
        if (isProperty) {
          add(shape, SHACL.maxCount, integer(random.nextInt(2)));
        }
      }
      case 14 -> {
        if (isProperty) {
          add(shape, random.nextBoolean() ? SHACL.lessThan : SHACL.lessThanOrEquals, predicate());
        }
      }
      case 15 -> {
        if (isProperty) {
          add(shape, SHACL.uniqueLang, NodeConst.nodeTrue);
        }
      }
      case 16 -> add(shape, SHACL.languageIn, list(List.of(NodeFactory.createLiteralString("en"))));
      case 17 -> {
        Node other = blank();
        body(other, nesting - 1, false);
        add(shape, SHACL.node, other);
      }
      case 18 -> add(shape, SHACL.not, nested(nesting - 1));
      case 19 -> add(shape, SHACL.and, list(List.of(nested(nesting - 1), nested(nesting - 1))));
      case 20 -> add(shape, SHACL.or, list(List.of(nested(nesting - 1), nested(nesting - 1))));
      case 21 -> add(shape, SHACL.xone, list(List.of(nested(nesting - 1), nested(nesting - 1))));
      default -> qualified(shape, nesting);
    }
  }

  /** Two siblings, one of which tells its values from the other's. */
  private void qualified(Node parent, int nesting) {
    for (int i = 0; i < 2; i++) {
      Node property = blank();
      add(parent, SHACL.property, property);
      add(property, SHACL.path, path(1));
      Node of = blank();
      body(of, nesting - 1, false);
      add(property, SHACL.qualifiedValueShape, of);
      add(
          property,
          random.nextBoolean() ? SHACL.qualifiedMinCount : SHACL.qualifiedMaxCount,
          integer(1));
      if (random.nextBoolean()) {
        add(property, SHACL.qualifiedValueShapesDisjoint, NodeConst.nodeTrue);
      }
    }
  }

  private void closed(Node shape) {
    add(shape, SHACL.closed, NodeConst.nodeTrue);
    add(shape, SHACL.ignoredProperties, list(List.of(ShapeTerms.TYPE, predicate())));
  }

  private Node path(int nesting) {
    int kind = random.nextInt(nesting > 0 ? 10 : 1);
    return switch (kind) {
      case 4 -> step(SHACL.inversePath, nesting);
      case 5 -> step(SHACL.zeroOrMorePath, nesting);
      case 6 -> step(SHACL.oneOrMorePath, nesting);
      case 7 -> step(SHACL.zeroOrOnePath, nesting);
      case 8 -> list(List.of(path(nesting - 1), path(nesting - 1)));
      case 9 -> {
        Node node = blank();
        add(node, SHACL.alternativePath, list(List.of(path(nesting - 1), path(nesting - 1))));
        yield node;
      }
      default -> predicate();
    };
  }

  private Node step(Node kind, int nesting) {
    Node node = blank();
    add(node, kind, path(nesting - 1));
    return node;
  }

  private Node list(List<Node> members) {
    Node head = ShapeTerms.NIL;
    List<Node> backwards = new ArrayList<>(members);
    Collections.reverse(backwards);
    for (Node member : backwards) {
      Node cell = blank();
      add(cell, ShapeTerms.FIRST, member);
      add(cell, ShapeTerms.REST, head);
      head = cell;
    }
    return head;
  }

  private void add(Node subject, Node predicate, Node object) {
    triples.add(Triple.create(subject, predicate, object));
  }

  private void add(Node subject, Node predicate, String object) {
    add(subject, predicate, NodeFactory.createURI(object));
  }

  private Node blank() {
    return NodeFactory.createBlankNode("b" + random.nextInt(1 << 20) + "x" + blanks++);
  }

  private Node node() {
    return iri("n" + random.nextInt(6));
  }

  private Node type() {
    return iri("C" + random.nextInt(4));
  }

  private Node predicate() {
    return iri("p" + random.nextInt(4));
  }

  private Node value() {
    return switch (random.nextInt(6)) {
      case 0 -> integer(random.nextInt(5));
      case 1 -> NodeFactory.createLiteralString("v" + random.nextInt(3));
      case 2 ->
          NodeFactory.createLiteralLang(
              "w" + random.nextInt(2), random.nextBoolean() ? "en" : "de");
      default -> node();
    };
  }

  private static Node integer(int value) {
    return NodeFactory.createLiteralDT(Integer.toString(value), XSDDatatype.XSDinteger);
  }
}
