package io.knhk.knowledge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a sector may speak about: its own namespaces, and those that it adopted by an approved
 * import of an ontology, which its snapshot records as
 *
 * <pre>
 *   &lt;https://knhk.io/ns/SECTOR&gt; knhk:adoptsNamespace "https://spec.edmcouncil.org/fibo/" .
 * </pre>
 *
 * A namespace covers every IRI that begins with it, and the IRI that it is without its last
 * character: the ontology {@code https://example.org/parts} of {@code https://example.org/parts#}.
 *
 * <p>Immutable.
 */
public final class SectorNamespaces {
  /** Namespaces that one sector may adopt. */
  public static final int ADOPTED_MAX = 256;

  /** Characters of one. */
  public static final int CHARS_MAX = 1_024;

  private static final List<String> W3C = List.of("http://www.w3.org/", "https://www.w3.org/");

  /** Nobody adopts these, what is in them, or what they are part of. */
  private static final List<String> RESERVED = List.of(W3C.get(0), W3C.get(1), Vocabulary.ROOT);

  private static final Pattern ABSOLUTE = Pattern.compile("[a-z][a-z0-9+.-]*:[^#]*[^/#:][^#]*[#/]");

  private final String sector;

  /** Adopted ones, none of which begins with another. */
  private final NavigableSet<String> adopted;

  private SectorNamespaces(String sector, NavigableSet<String> adopted) {
    this.sector = sector;
    this.adopted = adopted;
  }

  /** Those of a sector that adopted nothing. */
  public static SectorNamespaces own(String sector) {
    return new SectorNamespaces(sector, new TreeSet<>());
  }

  /**
   * Those that a sector has under a snapshot. Costs what was adopted, not what the snapshot holds.
   */
  public static SectorNamespaces of(String sector, Snapshot snapshot) {
    return own(sector).and(adoptedBy(sector, snapshot.adoptions()));
  }

  /** These and {@code namespaces}. */
  public SectorNamespaces and(Collection<String> namespaces) {
    NavigableSet<String> all = new TreeSet<>(adopted);
    all.addAll(namespaces);
    NavigableSet<String> shortest = new TreeSet<>();
    for (String namespace : all) {
      String before = shortest.floor(namespace);
      if (before == null || !namespace.startsWith(before)) {
        shortest.add(namespace);
      }
    }
    return new SectorNamespaces(sector, shortest);
  }

  public String sector() {
    return sector;
  }

  /** What was adopted, sorted, without what another of them covers. */
  public List<String> adopted() {
    return List.copyOf(adopted);
  }

  /** What these lines, canonical ones, say that the sector adopts. */
  static List<String> adoptedBy(String sector, Collection<String> lines) {
    String start = adoptionStart(sector);
    List<String> namespaces = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith(start + '"')) {
        namespaces.add(Terms.lexical(line.substring(start.length(), line.length() - 2)));
      }
    }
    return namespaces;
  }

  /** The line that records an adoption. */
  static String adoption(String sector, String namespace) {
    return adoptionStart(sector) + Terms.text(namespace) + " .";
  }

  private static String adoptionStart(String sector) {
    return Terms.iri(Vocabulary.ROOT + sector) + " " + Vocabulary.ADOPTS_NAMESPACE + " ";
  }

  /** Why a sector cannot adopt a namespace; empty if it can. */
  public static Optional<String> refusal(String namespace) {
    String lower = namespace.toLowerCase(Locale.ROOT);
    if (namespace.length() > CHARS_MAX) {
      return Optional.of(
          "expected a bounded namespace: chars=" + namespace.length() + ", limit=" + CHARS_MAX);
    }
    if (!ABSOLUTE.matcher(lower).matches() || !isIri(namespace)) {
      return Optional.of(
          "expected an absolute IRI with a name in it that ends in # or /: namespace=" + namespace);
    }
    for (String reserved : RESERVED) {
      if (lower.startsWith(reserved) || reserved.startsWith(lower)) {
        return Optional.of(
            "expected a namespace that is not reserved: namespace="
                + namespace
                + ", reserved="
                + reserved);
      }
    }
    return Optional.empty();
  }

  private static boolean isIri(String namespace) {
    String term = Terms.iri(namespace);
    try {
      NTriple.parse(new NTriple(term, Vocabulary.A, term).line());
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether the term, {@code <iri>}, is in a namespace of the sector, its own or adopted. */
  boolean owns(String term) {
    return SectorIris.owns(sector, term) || hasAdopted(term);
  }

  /** Whether the term, {@code <iri>}, is in a namespace that the sector adopted. */
  boolean hasAdopted(String term) {
    if (adopted.isEmpty() || Terms.isLiteral(term)) {
      return false;
    }
    String iri = Terms.lexical(term);
    String floor = adopted.floor(iri);
    return (floor != null && iri.startsWith(floor))
        || adopted.contains(iri + "#")
        || adopted.contains(iri + "/");
  }

  /**
   * Whether the IRI is the World Wide Web Consortium's, whose vocabularies mean the same to all.
   */
  static boolean isOfW3c(String iri) {
    return W3C.stream().anyMatch(iri::startsWith);
  }

  /** Whether the term is an IRI of KNHK that is neither the core's nor this sector's own. */
  boolean isForeign(String term) {
    return term.startsWith("<" + Vocabulary.ROOT)
        && !SectorIris.owns(sector, term)
        && !SectorIris.owns(SectorIris.CORE, term);
  }

  /**
   * Why the sector may not say this; empty if it may. Asked of what is added and of what is
   * removed.
   *
   * @param isBulk whether an import says it, or a way back to what was imported; these alone may
   *     record what is adopted and what an ontology imports
   */
  public Optional<Refusal> refusal(String line, boolean isBulk) {
    NTriple triple;
    try {
      triple = NTriple.parse(line);
    } catch (IllegalArgumentException e) {
      return Optional.of(new Refusal(RefusalReason.MALFORMED, String.valueOf(e.getMessage())));
    }
    return refusal(triple, isBulk);
  }

  Optional<Refusal> refusal(NTriple triple, boolean isBulk) {
    boolean isOwn = SectorIris.owns(sector, triple.subject());
    if (!isOwn && !hasAdopted(triple.subject())) {
      return refused(
          RefusalReason.NOT_OWNED, "a subject that the sector owns: sector=" + sector, triple);
    }
    if (isForeign(triple.predicate()) || isForeign(triple.object())) {
      return refused(
          RefusalReason.FOREIGN_TERM, "no term of another sector: sector=" + sector, triple);
    }
    if (triple.predicate().equals(Vocabulary.ADOPTS_NAMESPACE)) {
      return adoption(triple, isBulk);
    }
    // What was a blank node may be part of either.
    boolean isNode = SectorIris.isNode(sector, triple.subject());
    boolean isAllowed =
        (isOwn && (AllowedTerms.allows(triple) || owns(triple.predicate())))
            || ((!isOwn || isNode) && AllowedTerms.allowsOfAdopted(triple));
    if (!isAllowed && !(isBulk && triple.predicate().equals(Vocabulary.IMPORTS))) {
      return refused(
          RefusalReason.NOT_ALLOWED, "a predicate that a sector may use: sector=" + sector, triple);
    }
    return Optional.empty();
  }

  private Optional<Refusal> adoption(NTriple triple, boolean isBulk) {
    if (!isBulk || !triple.subject().equals(Terms.iri(Vocabulary.ROOT + sector))) {
      return refused(
          RefusalReason.NAMESPACE,
          "a namespace to be adopted by an import, as the sector: sector=" + sector,
          triple);
    }
    if (!Terms.isLiteral(triple.object()) || !Terms.suffix(triple.object()).isEmpty()) {
      return refused(RefusalReason.NAMESPACE, "a namespace as a text", triple);
    }
    return refusal(Terms.lexical(triple.object()))
        .map(detail -> new Refusal(RefusalReason.NAMESPACE, detail));
  }

  private static Optional<Refusal> refused(RefusalReason reason, String rule, NTriple triple) {
    return Optional.of(new Refusal(reason, "expected " + rule + ", triple=" + triple.line()));
  }
}
