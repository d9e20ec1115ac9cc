package io.knhk.knowledge;

import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;

/**
 * Gives blank nodes IRIs (RDF 1.1 Concepts, section 3.5, skolemization) that follow from the
 * document they are in, not from labels, order or format:
 *
 * <pre>
 *   https://knhk.io/ns/OWNER/node#  first 32 hex digits of SHA-256 of the canonical document  -c14nN
 * </pre>
 *
 * The document is {@link Rdfc10}'s. The same document read twice gives the same names, which is
 * what lets a file be taken back by naming the file; another document never gives these.
 */
final class BlankNodeNames {
  private static final int HASH_BYTES = 16;

  private BlankNodeNames() {}

  /**
   * The triples as canonical lines, sorted, each once.
   *
   * @throws RefusedException if the work of naming would pass {@code stepsMax}, or a triple is not
   *     one that a canonical line can hold
   */
  static List<String> ground(String namespace, Collection<Triple> triples, long stepsMax)
      throws RefusedException {
    Map<Node, Integer> numbers = Map.of();
    String prefix = "";
    if (triples.stream().anyMatch(BlankNodeNames::hasBlankNode)) {
      Rdfc10.Canonical canonical = Rdfc10.of(triples, stepsMax);
      numbers = canonical.numbers();
      prefix =
          namespace
              + HexFormat.of().formatHex(Sha256.of(canonical.document()), 0, HASH_BYTES)
              + "-c14n";
    }
    Set<String> lines = new TreeSet<>();
    for (Triple triple : triples) {
      lines.add(
          RdfReader.line(
              new NTriple(
                  name(triple.getSubject(), prefix, numbers),
                  RdfReader.term(triple.getPredicate()),
                  name(triple.getObject(), prefix, numbers))));
    }
    return List.copyOf(lines);
  }

  private static boolean hasBlankNode(Triple triple) {
    return triple.getSubject().isBlank() || triple.getObject().isBlank();
  }

  private static String name(Node node, String prefix, Map<Node, Integer> numbers) {
    return node.isBlank() ? Terms.iri(prefix + numbers.get(node)) : RdfReader.term(node);
  }
}
