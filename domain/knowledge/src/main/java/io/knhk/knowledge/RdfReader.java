package io.knhk.knowledge;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.riot.RDFParserBuilder;
import org.apache.jena.riot.RiotException;
import org.apache.jena.riot.lang.LabelToNode;
import org.apache.jena.riot.system.ErrorHandler;
import org.apache.jena.riot.system.StreamRDFBase;
import org.apache.jena.sparql.core.Quad;
import org.jspecify.annotations.Nullable;

/**
 * Reads RDF of one of four {@link RdfFormat formats} into canonical lines, under limits, from bytes
 * alone: nothing here can open a file or a socket, and nothing a document says comes out as an
 * exception or an Error.
 *
 * <p>Two walls stand before each parser. What can be seen in the text is refused before the parser
 * sees it ({@link TurtleGuard}, {@link RdfXmlGuard}, {@link JsonLdGuard}); what only the parser
 * finds is counted while it comes out, and a stack or a heap that it still exhausts ends in a
 * refusal.
 */
final class RdfReader {
  /**
   * Where relative IRIs land that have no base of their own; one that comes out with it is refused.
   */
  static final String NO_BASE = "https://no-base.invalid/";

  private static final int MESSAGE_CHARS_MAX = 300;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private RdfReader() {}

  /**
   * The triples of a document, blank nodes named in the namespace of {@code owner}, sorted, each
   * once.
   *
   * @param base what relative IRIs are resolved against; null to have them refused
   */
  static List<String> lines(
      String owner, RdfFormat format, @Nullable String base, byte[] document, ReadLimits limits)
      throws RefusedException {
    List<Triple> triples = triples(format, base, document, limits);
    try {
      return BlankNodeNames.ground(SectorIris.nodeNamespace(owner), triples, limits.stepsMax());
    } catch (StackOverflowError e) {
      throw new RefusedException(
          RefusalReason.BLANK_NODE_WORK, "expected blank nodes that can be walked through");
    }
  }

  /**
   * The lines of a document that has no blank nodes and no relative IRIs, every IRI as it is
   * written: resolving one would take {@code /./} out of it.
   */
  static List<String> written(RdfFormat format, byte[] document, ReadLimits limits)
      throws RefusedException {
    List<Triple> triples = read(format, null, false, document, limits);
    for (Triple triple : triples) {
      if (triple.getSubject().isBlank() || triple.getObject().isBlank()) {
        throw new RefusedException(
            RefusalReason.MALFORMED, "expected no blank nodes: triple=" + triple);
      }
    }
    return BlankNodeNames.ground("", triples, 0);
  }

  /** The triples of a document, blank nodes left as they are. */
  static List<Triple> triples(
      RdfFormat format, @Nullable String base, byte[] document, ReadLimits limits)
      throws RefusedException {
    return read(format, base, true, document, limits);
  }

  private static List<Triple> read(
      RdfFormat format, @Nullable String base, boolean resolve, byte[] document, ReadLimits limits)
      throws RefusedException {
    if (document.length > limits.bytesMax()) {
      throw RefusedException.limit(
          RefusalReason.TOO_LARGE,
          "a bounded document",
          "bytes",
          document.length,
          limits.bytesMax());
    }
    String text = guarded(format, decode(document), limits);
    Collector collector = new Collector(limits);
    try {
      parser(format, base)
          .resolveURIs(resolve)
          .source(new StringReader(text))
          .labelToNode(LabelToNode.createUseLabelAsGiven())
          .errorHandler(new Strict())
          .parse(collector);
    } catch (StackOverflowError e) {
      // The guards should have seen to it; a grammar with a deeper stack must still not take the
      // process down.
      throw new RefusedException(
          RefusalReason.NESTED_TOO_DEEP, "expected nesting that the parser can follow");
    } catch (OutOfMemoryError e) {
      throw new RefusedException(
          RefusalReason.TOO_LARGE, "expected a document that the parser can hold");
    } catch (RuntimeException e) {
      if (collector.refused != null) {
        throw collector.refused;
      }
      throw new RefusedException(
          RefusalReason.MALFORMED,
          "expected " + format + ": " + shortened(String.valueOf(e.getMessage())));
    }
    if (collector.refused != null) {
      throw collector.refused;
    }
    return collector.triples;
  }

  private static String guarded(RdfFormat format, String text, ReadLimits limits)
      throws RefusedException {
    return switch (format) {
      case TURTLE, N_TRIPLES -> TurtleGuard.check(text);
      case RDF_XML -> RdfXmlGuard.check(text, limits);
      case JSON_LD -> JsonLdGuard.check(text);
    };
  }

  private static RDFParserBuilder parser(RdfFormat format, @Nullable String base) {
    RDFParserBuilder parser = RDFParser.create().base(base == null ? NO_BASE : base);
    return switch (format) {
      case TURTLE -> parser.lang(Lang.TURTLE);
      case N_TRIPLES -> parser.lang(Lang.NTRIPLES);
      case RDF_XML -> parser.lang(Lang.RDFXML);
      case JSON_LD ->
          parser.lang(Lang.JSONLD11).context(JsonLdGuard.context(base == null ? NO_BASE : base));
    };
  }

  private static String shortened(String message) {
    return message.length() <= MESSAGE_CHARS_MAX
        ? message
        : message.substring(0, MESSAGE_CHARS_MAX);
  }

  private static String decode(byte[] document) throws RefusedException {
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString();
      return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new RefusedException(RefusalReason.MALFORMED, "expected UTF-8");
    }
  }

  /** A node that is not blank, as canonical N-Triples has it. */
  static String term(Node node) {
    if (node.isURI()) {
      return Terms.iri(node.getURI());
    }
    String quoted = Terms.quoted(node.getLiteralLexicalForm());
    if (!node.getLiteralLanguage().isEmpty()) {
      return quoted + "@" + node.getLiteralLanguage();
    }
    String datatype = node.getLiteralDatatypeURI();
    return datatype.equals(Vocabulary.XSD + "string")
        ? quoted
        : quoted + "^^" + Terms.iri(datatype);
  }

  /** The line of a ground triple, held to what a line and an IRI may be. */
  static String line(NTriple triple) throws RefusedException {
    String line = triple.line();
    if (line.length() > NTriple.LINE_CHARS_MAX) {
      throw RefusedException.limit(
          RefusalReason.LINE_TOO_LONG,
          "a bounded line",
          "chars",
          line.length(),
          NTriple.LINE_CHARS_MAX);
    }
    checkIri(triple.subject());
    checkIri(triple.predicate());
    checkIri(Terms.isLiteral(triple.object()) ? Terms.suffix(triple.object()) : triple.object());
    try {
      NTriple.parse(line);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(RefusalReason.INVALID_IRI, String.valueOf(e.getMessage()));
    }
    return line;
  }

  /**
   * Holds a line from outside to what this reader would have written.
   *
   * @throws RefusedException if it would have written another
   */
  static void checkWritten(String line) throws RefusedException {
    NTriple triple;
    try {
      triple = NTriple.parse(line);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(RefusalReason.MALFORMED, String.valueOf(e.getMessage()));
    }
    checkIri(triple.subject());
    checkIri(triple.predicate());
    if (!Terms.isLiteral(triple.object())) {
      checkIri(triple.object());
    } else {
      checkIri(Terms.suffix(triple.object()));
      // Language tags have one way of being written.
      String written = term(ShadowGraph.node(triple.object()));
      if (!written.equals(triple.object())) {
        throw new RefusedException(
            RefusalReason.MALFORMED,
            "expected canonical literals: literal=" + triple.object() + ", canonical=" + written);
      }
    }
  }

  private static void checkIri(String term) throws RefusedException {
    if (term.contains("<" + NO_BASE)) {
      throw new RefusedException(
          RefusalReason.INVALID_IRI,
          "expected absolute IRIs, or a base: iri=" + term.replace(NO_BASE, ""));
    }
    for (int at = term.indexOf('%'); at >= 0; at = term.indexOf('%', at + 1)) {
      if (at + 2 >= term.length() || !isHex(term.charAt(at + 1)) || !isHex(term.charAt(at + 2))) {
        throw new RefusedException(
            RefusalReason.INVALID_IRI, "expected two hex digits after each %: iri=" + term);
      }
    }
  }

  private static boolean isHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  /** Keeps what the parser finds, and stops it at a limit. */
  private static final class Collector extends StreamRDFBase {
    private final List<Triple> triples = new ArrayList<>();
    private final ReadLimits limits;
    private long chars;

    /** Why the parser was stopped; a parser may wrap, or swallow, what stops it. */
    private @Nullable RefusedException refused;

    Collector(ReadLimits limits) {
      this.limits = limits;
    }

    @Override
    public void triple(Triple triple) {
      if (triples.size() == limits.triplesMax()) {
        throw stop(
            RefusedException.limit(
                RefusalReason.TOO_MANY_TRIPLES,
                "a bounded document",
                "triples",
                triples.size() + 1L,
                limits.triplesMax()));
      }
      chars += size(triple.getSubject()) + size(triple.getPredicate()) + size(triple.getObject());
      if (chars > ReadLimits.EXPANDED_CHARS_MAX) {
        throw stop(
            RefusedException.limit(
                RefusalReason.TOO_LARGE,
                "a document that is bounded once names are written out",
                "chars",
                chars,
                ReadLimits.EXPANDED_CHARS_MAX));
      }
      triples.add(triple);
    }

    private long size(Node node) {
      if (node.isURI()) {
        return node.getURI().length();
      }
      if (node.isBlank()) {
        return node.getBlankNodeLabel().length();
      }
      if (node.isLiteral() && node.getLiteralBaseDirection() == null) {
        return node.getLiteralLexicalForm().length() + (long) node.getLiteralDatatypeURI().length();
      }
      throw stop(
          new RefusedException(
              RefusalReason.TRIPLE_TERM,
              "expected IRIs, blank nodes and literals without base direction: term=" + node));
    }

    private StopParsing stop(RefusedException refusal) {
      refused = refusal;
      return new StopParsing();
    }

    @Override
    public void quad(Quad quad) {
      throw stop(
          new RefusedException(
              RefusalReason.NAMED_GRAPH,
              "expected triples, not quads: graph=" + String.valueOf(quad.getGraph())));
    }
  }

  private static final class Strict implements ErrorHandler {
    @Override
    public void warning(String message, long line, long col) {}

    @Override
    public void error(String message, long line, long col) {
      throw new RiotException("line=" + line + ", column=" + col + ": " + message);
    }

    @Override
    public void fatal(String message, long line, long col) {
      error(message, line, col);
    }
  }

  /** Ends a parser from within. */
  private static final class StopParsing extends RuntimeException {
    private static final long serialVersionUID = 1;

    StopParsing() {
      super("stopped", null, false, false);
    }
  }
}
