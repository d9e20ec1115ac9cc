package io.knhk.knowledge.shacl;

import java.util.Set;
import org.apache.jena.graph.Node;
import org.apache.jena.shacl.vocabulary.SHACL;
import org.apache.jena.vocabulary.OWL;
import org.apache.jena.vocabulary.RDF;
import org.apache.jena.vocabulary.RDFS;

/** The terms that shapes are made of, by the part they play in it. */
final class ShapeTerms {
  static final String NS = SHACL.getURI();

  static final Node TYPE = RDF.type.asNode();
  static final Node FIRST = RDF.first.asNode();
  static final Node REST = RDF.rest.asNode();
  static final Node NIL = RDF.nil.asNode();
  static final Node SUB_CLASS_OF = RDFS.subClassOf.asNode();
  static final Node RDFS_CLASS = RDFS.Class.asNode();
  static final Node IMPORTS = OWL.imports.asNode();

  /** From a shape to a shape. */
  static final Set<Node> TO_SHAPE =
      Set.of(SHACL.property, SHACL.node, SHACL.not, SHACL.qualifiedValueShape);

  /** From a shape to a list of shapes. */
  static final Set<Node> TO_SHAPES = Set.of(SHACL.and, SHACL.or, SHACL.xone);

  /** From a shape to a list of terms. */
  static final Set<Node> TO_TERMS = Set.of(SHACL.in, SHACL.languageIn, SHACL.ignoredProperties);

  /** From a path to a path. */
  static final Set<Node> TO_PATH =
      Set.of(SHACL.inversePath, SHACL.zeroOrMorePath, SHACL.oneOrMorePath, SHACL.zeroOrOnePath);

  /** From a node with a query in it to what is read with it. */
  static final Set<Node> TO_QUERY_PART = Set.of(SHACL.prefixes, SHACL.declare, IMPORTS);

  /** From a constraint component, or a type of target, to its parts. */
  static final Set<Node> TO_COMPONENT_PART =
      Set.of(SHACL.parameter, SHACL.validator, SHACL.nodeValidator, SHACL.propertyValidator);

  /** What holds the text of a query. */
  static final Set<Node> QUERIES = Set.of(SHACL.select, SHACL.ask, SHACL.construct, SHACL.update);

  static final Set<Node> TARGETS =
      Set.of(
          SHACL.targetNode,
          SHACL.targetClass,
          SHACL.targetSubjectsOf,
          SHACL.targetObjectsOf,
          SHACL.target);

  /** Classes that make a shape, a target or a constraint component of what is of them. */
  static final Set<Node> MAKING_CLASSES =
      Set.of(
          RDFS_CLASS,
          SHACL.NodeShape,
          SHACL.PropertyShape,
          SHACL.ConstraintComponent,
          SHACL.SPARQLTargetType,
          SHACL.Target);

  private ShapeTerms() {}

  static boolean isShacl(Node term) {
    return term.isURI() && term.getURI().startsWith(NS);
  }

  /** Scripts (SHACL Advanced Features, JavaScript extensions): never run. */
  static boolean isScript(Node term) {
    return isShacl(term) && term.getURI().regionMatches(true, NS.length(), "js", 0, 2);
  }

  /** As N-Triples has it, a blank node by its label. */
  static String shown(Node node) {
    return node.isURI() ? "<" + node.getURI() + ">" : node.toString();
  }
}
