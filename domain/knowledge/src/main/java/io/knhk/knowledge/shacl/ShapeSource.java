package io.knhk.knowledge.shacl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.apache.jena.util.iterator.ExtendedIterator;
import org.apache.jena.vocabulary.RDF;
import org.apache.jena.vocabulary.RDFS;

/**
 * Where shapes are read: fixed ones for the subjects that are theirs, and the data for all others.
 *
 * @param fixed what is said of subjects that {@code isFixed} holds of; what the data says of them
 *     is data, and no shape
 */
record ShapeSource(Graph fixed, Predicate<Node> isFixed, Graph data) {
  private static final Node TYPE = RDF.type.asNode();
  private static final Node SUB_CLASS_OF = RDFS.subClassOf.asNode();

  ShapeSource over(Graph otherData) {
    return new ShapeSource(fixed, isFixed, otherData);
  }

  List<Triple> about(Node subject) {
    return (isFixed.test(subject) ? fixed : data).find(subject, Node.ANY, Node.ANY).toList();
  }

  boolean says(Node subject, Node predicate, Node object) {
    return (isFixed.test(subject) ? fixed : data).contains(subject, predicate, object);
  }

  List<Node> objects(Node subject, Node predicate) {
    return (isFixed.test(subject) ? fixed : data)
        .find(subject, predicate, Node.ANY)
        .mapWith(Triple::getObject)
        .toList();
  }

  /** Triples with any subject that match. */
  List<Triple> matching(Node predicate, Node object) {
    List<Triple> found = fixed.find(Node.ANY, predicate, object).toList();
    ExtendedIterator<Triple> inData = data.find(Node.ANY, predicate, object);
    try {
      while (inData.hasNext()) {
        Triple triple = inData.next();
        if (!isFixed.test(triple.getSubject())) {
          found.add(triple);
        }
      }
    } finally {
      inData.close();
    }
    return found;
  }

  /** The class and all above it. */
  Set<Node> superClasses(Node type) {
    Set<Node> reached = new LinkedHashSet<>();
    Deque<Node> open = new ArrayDeque<>(List.of(type));
    while (!open.isEmpty()) {
      Node at = open.remove();
      if (reached.add(at)) {
        open.addAll(objects(at, SUB_CLASS_OF));
      }
    }
    return reached;
  }

  /** What is of the class or of one below it. */
  Set<Node> instances(Node type) {
    Set<Node> instances = new LinkedHashSet<>();
    Set<Node> reached = new LinkedHashSet<>();
    Deque<Node> open = new ArrayDeque<>(List.of(type));
    while (!open.isEmpty()) {
      Node at = open.remove();
      if (reached.add(at)) {
        matching(TYPE, at).forEach(triple -> instances.add(triple.getSubject()));
        matching(SUB_CLASS_OF, at).forEach(triple -> open.add(triple.getSubject()));
      }
    }
    return instances;
  }

  /** The classes of a node and all above them. */
  Set<Node> types(Node node) {
    Set<Node> types = new LinkedHashSet<>();
    for (Node type : new ArrayList<>(objects(node, TYPE))) {
      types.addAll(superClasses(type));
    }
    return types;
  }
}
