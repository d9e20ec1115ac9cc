package io.knhk.knowledge;

import io.knhk.schemas.knowledge.Delta;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;

/**
 * Whether a change gives one name to two things: a term that differs from another by case alone, or
 * a term that is a class and a guard at once, or two of constraint, property and watch rule. Two
 * classes of one wire name, and two attributes, are found by the core's shapes and by the compiler.
 *
 * <p>Looks at what the change speaks about, and at what it refers to.
 */
final class TermCollisions {
  private static final Node A = ShadowGraph.node(Vocabulary.A);

  /** What a term is by the type that it says it has. */
  private static final Map<String, String> BY_TYPE =
      Map.of(
          Vocabulary.OWL_CLASS,
          "class",
          Terms.iri(Vocabulary.RDFS + "Class"),
          "class",
          Vocabulary.GUARD,
          "guard",
          Terms.iri(Vocabulary.CORE + "WatchRule"),
          "watch rule",
          Vocabulary.ATTRIBUTE_CONSTRAINT,
          "constraint",
          Terms.iri(Vocabulary.CORE + "ValueConstraint"),
          "constraint",
          Vocabulary.DATATYPE_PROPERTY,
          "property",
          Terms.iri(Vocabulary.OWL + "ObjectProperty"),
          "property",
          Terms.iri(Vocabulary.OWL + "AnnotationProperty"),
          "property",
          Terms.iri(Vocabulary.RDF + "Property"),
          "property");

  /** What a term is by how others refer to it. */
  private static final Map<String, String> BY_REFERENCE =
      Map.of(
          Vocabulary.SUB_CLASS_OF, "class",
          Vocabulary.GUARDED_BY, "guard",
          Vocabulary.WATCH, "watch rule",
          Vocabulary.PROPERTY, "constraint",
          Vocabulary.PATH, "property");

  private TermCollisions() {}

  /**
   * @param before terms of the head
   * @param head its triples
   * @param after the same after the delta
   */
  static List<Witness> of(
      TermIndex before, Graph head, Graph after, Delta delta, SectorNamespaces namespaces) {
    List<Witness> witnesses = new ArrayList<>();
    TermIndex added = TermIndex.of(delta.added());
    Set<String> subjects = new LinkedHashSet<>();
    Set<String> terms = new LinkedHashSet<>();
    for (String line : delta.added()) {
      NTriple triple = NTriple.parse(line);
      subjects.add(triple.subject());
      if (triple.predicate().equals(Vocabulary.A)
          || triple.predicate().equals(Vocabulary.EVENT_TYPE)) {
        terms.add(triple.subject());
      }
      if (BY_REFERENCE.containsKey(triple.predicate())) {
        terms.add(triple.object());
      }
    }
    for (String subject : subjects) {
      if (!head.contains(ShadowGraph.node(subject), Node.ANY, Node.ANY)) {
        Optional<String> alike =
            before
                .alike(subject)
                .filter(other -> after.contains(ShadowGraph.node(other), Node.ANY, Node.ANY))
                .or(() -> added.alike(subject));
        alike.ifPresent(
            other ->
                witnesses.add(
                    new Witness(
                        subject,
                        "",
                        "expected a new term that differs from others by more than case: other="
                            + other,
                        other,
                        "Use the term that is there, or choose another name.")));
      }
    }
    for (String term : terms) {
      if (!Terms.isLiteral(term) && namespaces.owns(term)) {
        Set<String> roles = roles(after, term);
        if (roles.size() > 1) {
          witnesses.add(
              new Witness(
                  term,
                  "",
                  "expected a term that is one thing: roles=" + String.join(", ", roles),
                  "",
                  "Give each of them a name of its own."));
        }
      }
    }
    return witnesses;
  }

  private static Set<String> roles(Graph graph, String term) {
    Node node = ShadowGraph.node(term);
    Set<String> roles = new TreeSet<>();
    BY_TYPE.forEach(
        (type, role) -> {
          if (graph.contains(node, A, ShadowGraph.node(type))) {
            roles.add(role);
          }
        });
    BY_REFERENCE.forEach(
        (predicate, role) -> {
          if (graph.contains(Node.ANY, ShadowGraph.node(predicate), node)) {
            roles.add(role);
          }
        });
    if (graph.contains(node, ShadowGraph.node(Vocabulary.EVENT_TYPE), Node.ANY)) {
      roles.add("class");
    }
    return roles;
  }
}
