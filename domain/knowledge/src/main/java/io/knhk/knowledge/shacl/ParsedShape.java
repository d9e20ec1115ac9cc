package io.knhk.knowledge.shacl;

import static io.knhk.knowledge.shacl.ShapeTerms.shown;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.shacl.lib.ShLib;
import org.apache.jena.shacl.parser.Shape;
import org.apache.jena.shacl.vocabulary.SHACL;
import org.jspecify.annotations.Nullable;

/** One shape as Jena reads it, with all it refers to; or why it is not read. */
sealed interface ParsedShape {
  /** The shapes it is made of, itself among them. */
  Set<Node> members();

  /**
   * A shape that can be run.
   *
   * @param unbounded why its dependence has no bound; empty where it has one
   */
  record Ready(
      Set<Node> members, Shapes shapes, Shape shape, Dependence dependence, Set<String> unbounded)
      implements ParsedShape {}

  /** A shape that is malformed, or would reach out. */
  record Refused(Set<Node> members, List<ShapeProblem> problems) implements ParsedShape {}

  static ParsedShape of(ShapeSource source, Predicate<Node> isNamedBlank, Node root) {
    ShapeClosure closure = ShapeClosure.of(source, isNamedBlank, root);
    Set<Node> members = Set.copyOf(closure.shapes());
    if (!closure.problems().isEmpty()) {
      return new Refused(members, closure.problems());
    }
    try {
      Graph graph = closure.graph();
      List<ShapeProblem> problems = problems(graph, root, closure.queries());
      if (!problems.isEmpty()) {
        return new Refused(members, problems);
      }
      Shapes shapes = Shapes.parse(graph);
      Shape shape = shapes.getShape(root);
      if (shape == null) {
        return new Refused(members, List.of(malformed(root, "no shape comes of it")));
      }
      DependenceBuilder builder = new DependenceBuilder(shapes, shape);
      return new Ready(members, shapes, shape, builder.dependence(), builder.unbounded());
    } catch (RuntimeException | StackOverflowError e) {
      // Jena throws what comes to hand where a shape is malformed, a ClassCastException among it.
      return new Refused(members, List.of(malformed(root, reason(e))));
    }
  }

  private static List<ShapeProblem> problems(
      Graph graph, Node root, Map<Node, List<Node>> queries) {
    List<ShapeProblem> problems = new ArrayList<>();
    queries.forEach(
        (node, texts) -> {
          for (Node text : texts) {
            String found = problem(graph, node, text);
            if (found != null) {
              problems.add(
                  new ShapeProblem(
                      shown(root),
                      found,
                      text.isLiteral() ? text.getLiteralLexicalForm() : shown(text),
                      "Write the query over the sector's own data alone, without what it found."));
            }
          }
        });
    for (Triple triple : graph.find(Node.ANY, SHACL.pattern, Node.ANY).toList()) {
      String found =
          triple.getObject().isLiteral()
              ? PatternRules.problem(triple.getObject().getLiteralLexicalForm())
              : "expected a pattern that is a text";
      if (found != null) {
        problems.add(
            new ShapeProblem(shown(root), found, shown(triple.getObject()), "Write it simpler."));
      }
    }
    return problems;
  }

  /** The text that Jena would run, prefixes before it. */
  private static @Nullable String problem(Graph graph, Node node, Node text) {
    if (graph.contains(node, SHACL.construct, text) || graph.contains(node, SHACL.update, text)) {
      return "expected a SELECT or an ASK query";
    }
    if (!text.isLiteral()) {
      return "expected a query that is a text";
    }
    String query = text.getLiteralLexicalForm();
    if (query.length() > QueryRules.CHARS_MAX) {
      return QueryRules.problem(query);
    }
    return QueryRules.problem(ShLib.prefixes(graph, node) + "\n" + query);
  }

  private static ShapeProblem malformed(Node root, String reason) {
    return new ShapeProblem(
        shown(root),
        "expected a well-formed shape: reason=" + reason,
        shown(root),
        "Mend the shape as SHACL, section 2, has it.");
  }

  static String reason(Throwable thrown) {
    String message = thrown.getMessage();
    String text = thrown.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    String line = text.replace('\n', ' ').replace('\r', ' ');
    return line.length() <= 300 ? line : line.substring(0, 300);
  }
}
