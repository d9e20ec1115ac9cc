package io.knhk.knowledge;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.jspecify.annotations.Nullable;

/**
 * The canonical form of a graph: RDF Dataset Canonicalization, RDFC-1.0 (W3C Recommendation, 21 May
 * 2024), with SHA-256, for the default graph. Blank nodes are numbered by what is said with them,
 * so that isomorphic graphs get the same document whatever their labels, order and format.
 *
 * <p>A blank node whose own triples, other blank nodes masked, hash to something of its own
 * (section 4.6) is numbered by that hash. The rest are told apart by walking through their
 * neighbours and trying each order of those that look alike (section 4.8), which takes factorial
 * time on graphs made for it: a walk therefore counts steps, and the graph is refused beyond a
 * limit. A step is a triple looked at, a neighbour placed, or sixteen entries of an issuer copied;
 * a walk goes at most {@link #DEPTH_MAX} deep.
 */
final class Rdfc10 {
  /** Blank nodes walked through in one another. */
  static final int DEPTH_MAX = 256;

  /** Order of Unicode code points, which is not that of {@link String} beyond U+D7FF. */
  static final Comparator<String> CODE_POINTS = Rdfc10::compareCodePoints;

  private static final int COPIED_A_STEP = 16;

  private final long stepsMax;
  private final MessageDigest digest = Sha256.digest();
  private final List<Statement> statements;
  private final List<List<Statement>> mentions = new ArrayList<>();
  private final String[] firstDegree;
  private final Issuer canonical = new Issuer("_:c14n");
  private long steps;

  private Rdfc10(Collection<Triple> triples, Map<Node, Integer> nodes, long stepsMax) {
    this.stepsMax = stepsMax;
    Set<Statement> distinct = new HashSet<>(triples.size() * 2);
    for (Triple triple : triples) {
      distinct.add(
          new Statement(
              index(triple.getSubject(), nodes),
              term(triple.getSubject()),
              term(triple.getPredicate()),
              index(triple.getObject(), nodes),
              term(triple.getObject())));
    }
    statements = List.copyOf(distinct);
    nodes.forEach((node, index) -> mentions.add(new ArrayList<>()));
    for (Statement statement : statements) {
      if (statement.subject >= 0) {
        mentions.get(statement.subject).add(statement);
      }
      if (statement.object >= 0 && statement.object != statement.subject) {
        mentions.get(statement.object).add(statement);
      }
    }
    firstDegree = new String[nodes.size()];
  }

  /**
   * The canonical form of a set of triples whose terms are IRIs, literals and blank nodes.
   *
   * @throws RefusedException {@link RefusalReason#BLANK_NODE_WORK} beyond {@code stepsMax}
   */
  static Canonical of(Collection<Triple> triples, long stepsMax) throws RefusedException {
    Map<Node, Integer> nodes = new LinkedHashMap<>();
    Rdfc10 run = new Rdfc10(triples, nodes, stepsMax);
    run.number();
    String[] lines = new String[run.statements.size()];
    for (int i = 0; i < lines.length; i++) {
      Statement statement = run.statements.get(i);
      lines[i] =
          statement.line(
              run.canonical.nameOf(statement.subject), run.canonical.nameOf(statement.object));
    }
    Arrays.sort(lines, CODE_POINTS);
    Map<Node, Integer> numbers = new HashMap<>();
    nodes.forEach((node, index) -> numbers.put(node, run.canonical.numberOf(index)));
    return new Canonical(String.join("", lines), numbers, run.steps);
  }

  /** Section 4.4.3, steps 3 to 6. */
  private void number() throws RefusedException {
    Map<String, List<Integer>> byHash = new TreeMap<>();
    for (int node = 0; node < firstDegree.length; node++) {
      firstDegree[node] = hashFirstDegree(node);
      byHash.computeIfAbsent(firstDegree[node], key -> new ArrayList<>()).add(node);
    }
    for (List<Integer> alike : byHash.values()) {
      if (alike.size() == 1) {
        canonical.issue(alike.get(0));
      }
    }
    for (List<Integer> alike : byHash.values()) {
      if (alike.size() > 1) {
        List<Walk> walks = new ArrayList<>();
        for (int node : alike) {
          if (!canonical.has(node)) {
            Issuer issuer = new Issuer("_:b");
            issuer.issue(node);
            walks.add(hashNDegree(node, issuer, 0));
          }
        }
        walks.sort(Comparator.comparing(Walk::hash));
        for (Walk walk : walks) {
          walk.issuer.order.forEach(canonical::issue);
        }
      }
    }
  }

  /** Section 4.6.3. */
  private String hashFirstDegree(int node) {
    List<Statement> about = mentions.get(node);
    String[] lines = new String[about.size()];
    for (int i = 0; i < lines.length; i++) {
      Statement statement = about.get(i);
      lines[i] =
          statement.line(
              statement.subject == node ? "_:a" : "_:z", statement.object == node ? "_:a" : "_:z");
    }
    Arrays.sort(lines, CODE_POINTS);
    for (String line : lines) {
      digest.update(Sha256.utf8(line));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Section 4.8.3. Changes {@code issuer} where there is nothing to choose between. */
  private Walk hashNDegree(int node, Issuer issuer, int depth) throws RefusedException {
    if (depth > DEPTH_MAX) {
      throw RefusedException.limit(
          RefusalReason.BLANK_NODE_WORK,
          "blank nodes that are told apart by their near neighbours",
          "depth",
          depth,
          DEPTH_MAX);
    }
    Map<String, List<Integer>> byHash = new TreeMap<>();
    for (Statement statement : mentions.get(node)) {
      step(1);
      relate(node, statement.subject, 's', statement, issuer, byHash);
      relate(node, statement.object, 'o', statement, issuer, byHash);
    }
    StringBuilder data = new StringBuilder();
    Issuer current = issuer;
    for (Map.Entry<String, List<Integer>> related : byHash.entrySet()) {
      Path chosen = choose(related.getValue(), current, depth);
      data.append(related.getKey()).append(chosen.text);
      current = chosen.issuer;
    }
    return new Walk(sha256(data.toString()), current);
  }

  /** Section 4.7.3, and step 3 of 4.8.3. */
  private void relate(
      int node,
      int other,
      char position,
      Statement statement,
      Issuer issuer,
      Map<String, List<Integer>> byHash) {
    if (other < 0 || other == node) {
      return;
    }
    String name =
        canonical.has(other)
            ? canonical.nameOf(other)
            : issuer.has(other) ? issuer.nameOf(other) : firstDegree[other];
    byHash
        .computeIfAbsent(sha256(position + statement.predicate + name), key -> new ArrayList<>())
        .add(other);
  }

  /** Section 4.8.3, step 5: the least path over all orders of neighbours that look alike. */
  private Path choose(List<Integer> alike, Issuer issuer, int depth) throws RefusedException {
    if (alike.size() == 1) {
      Path only = path(alike, issuer, "", depth);
      if (only == null) {
        throw new IllegalStateException("expected a path where nothing is there to be less");
      }
      return only;
    }
    int[] order = new int[alike.size()];
    Arrays.setAll(order, i -> i);
    Path chosen = new Path("", issuer);
    do {
      List<Integer> permuted = new ArrayList<>(order.length);
      for (int index : order) {
        permuted.add(alike.get(index));
      }
      step(1 + issuer.order.size() / COPIED_A_STEP);
      Path path = path(permuted, new Issuer(issuer), chosen.text, depth);
      if (path != null) {
        chosen = path;
      }
    } while (nextPermutation(order));
    return chosen;
  }

  /**
   * The path through these neighbours in this order, or null once it is no less than {@code best}.
   */
  private @Nullable Path path(List<Integer> order, Issuer issuer, String best, int depth)
      throws RefusedException {
    StringBuilder path = new StringBuilder();
    List<Integer> open = new ArrayList<>();
    for (int other : order) {
      step(1);
      if (canonical.has(other)) {
        path.append(canonical.nameOf(other));
      } else {
        if (!issuer.has(other)) {
          open.add(other);
          issuer.issue(other);
        }
        path.append(issuer.nameOf(other));
      }
      if (isWorse(path, best)) {
        return null;
      }
    }
    Issuer current = issuer;
    for (int other : open) {
      Walk walk = hashNDegree(other, current, depth + 1);
      path.append(current.nameOf(other)).append('<').append(walk.hash).append('>');
      current = walk.issuer;
      if (isWorse(path, best)) {
        return null;
      }
    }
    String text = path.toString();
    return best.isEmpty() || text.compareTo(best) < 0 ? new Path(text, current) : null;
  }

  private static boolean isWorse(StringBuilder path, String best) {
    return !best.isEmpty()
        && path.length() >= best.length()
        && CharSequence.compare(path, best) > 0;
  }

  private void step(long count) throws RefusedException {
    steps += count;
    if (steps > stepsMax) {
      throw RefusedException.limit(
          RefusalReason.BLANK_NODE_WORK,
          "blank nodes that are named with bounded work",
          "steps",
          steps,
          stepsMax);
    }
  }

  private String sha256(String text) {
    return HexFormat.of().formatHex(digest.digest(Sha256.utf8(text)));
  }

  /** The next order of indexes, as dictionaries sort them; false after the last. */
  static boolean nextPermutation(int[] order) {
    int pivot = order.length - 2;
    while (pivot >= 0 && order[pivot] > order[pivot + 1]) {
      pivot--;
    }
    if (pivot < 0) {
      return false;
    }
    int next = order.length - 1;
    while (order[next] < order[pivot]) {
      next--;
    }
    swap(order, pivot, next);
    for (int low = pivot + 1, high = order.length - 1; low < high; low++, high--) {
      swap(order, low, high);
    }
    return true;
  }

  private static void swap(int[] order, int a, int b) {
    int kept = order[a];
    order[a] = order[b];
    order[b] = kept;
  }

  private static int index(Node node, Map<Node, Integer> nodes) {
    if (!node.isBlank()) {
      return -1;
    }
    Integer known = nodes.putIfAbsent(node, nodes.size());
    return known == null ? nodes.size() - 1 : known;
  }

  /** Canonical N-Quads (section 5 of the Recommendation); empty for a blank node. */
  private static String term(Node node) {
    if (node.isBlank()) {
      return "";
    }
    String term = RdfReader.term(node);
    return Terms.isLiteral(term) ? escaped(Terms.lexical(term)) + Terms.suffix(term) : term;
  }

  private static String escaped(String lexical) {
    StringBuilder out = new StringBuilder(lexical.length() + 2).append('"');
    for (int i = 0; i < lexical.length(); i++) {
      char c = lexical.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\t' -> out.append("\\t");
        case '\n' -> out.append("\\n");
        case '\f' -> out.append("\\f");
        case '\r' -> out.append("\\r");
        default -> {
          if (c < ' ' || c == 0x7f) {
            out.append("\\u00").append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  private static int compareCodePoints(String a, String b) {
    int shared = Math.min(a.length(), b.length());
    for (int i = 0; i < shared; i++) {
      char left = a.charAt(i);
      char right = b.charAt(i);
      if (left != right) {
        boolean leftHigh = Character.isSurrogate(left);
        return leftHigh == Character.isSurrogate(right)
            ? Character.compare(left, right)
            : leftHigh ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /**
   * A graph in canonical form.
   *
   * @param document lines of canonical N-Quads, sorted by code point, each with a line feed
   * @param numbers of the blank nodes: N of {@code _:c14nN}
   * @param steps what the walks took
   */
  record Canonical(String document, Map<Node, Integer> numbers, long steps) {}

  /** A triple; a term that is a blank node has an index, else -1 and its text. */
  private record Statement(
      int subject, String subjectTerm, String predicate, int object, String objectTerm) {
    String line(String subjectName, String objectName) {
      return (subject >= 0 ? subjectName : subjectTerm)
          + " "
          + predicate
          + " "
          + (object >= 0 ? objectName : objectTerm)
          + " .\n";
    }
  }

  private record Walk(String hash, Issuer issuer) {}

  private record Path(String text, Issuer issuer) {}

  /** Section 4.5: gives names in the order in which they are asked for. */
  private static final class Issuer {
    private final String prefix;
    private final List<Integer> order;
    private final Map<Integer, Integer> numbers;

    Issuer(String prefix) {
      this.prefix = prefix;
      this.order = new ArrayList<>();
      this.numbers = new HashMap<>();
    }

    Issuer(Issuer other) {
      this.prefix = other.prefix;
      this.order = new ArrayList<>(other.order);
      this.numbers = new HashMap<>(other.numbers);
    }

    void issue(int node) {
      if (numbers.putIfAbsent(node, order.size()) == null) {
        order.add(node);
      }
    }

    boolean has(int node) {
      return numbers.containsKey(node);
    }

    /** Empty for what is no blank node. */
    String nameOf(int node) {
      return node < 0 ? "" : prefix + numberOf(node);
    }

    int numberOf(int node) {
      Integer number = numbers.get(node);
      if (number == null) {
        throw new IllegalStateException("expected a node that was issued: node=" + node);
      }
      return number;
    }
  }
}
