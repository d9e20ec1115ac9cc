package io.knhk.knowledge;

import io.knhk.knowledge.ImportResult.Reason;
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
import org.apache.jena.riot.RiotException;
import org.apache.jena.riot.system.ErrorHandler;
import org.apache.jena.riot.system.StreamRDFBase;
import org.apache.jena.sparql.core.Quad;

/**
 * Reads Turtle (W3C, 2014) into canonical lines, under limits, from bytes alone: nothing here can
 * open a file or a socket, {@code owl:imports} being a triple like any other until it is refused.
 */
final class TurtleReader {
  static final int BYTES_MAX = 16 * 1024 * 1024;
  static final int NESTING_MAX = 64;

  private TurtleReader() {}

  /**
   * The triples of a file, blank nodes named in the namespace of {@code owner}.
   *
   * @throws RefusedException if they cannot be had
   */
  static List<String> lines(String owner, byte[] turtle) throws RefusedException {
    return BlankNodeNames.ground(SectorIris.nodeNamespace(owner), triples(owner, turtle));
  }

  /** The triples of a file, blank nodes left as they are. */
  static List<Triple> triples(String owner, byte[] turtle) throws RefusedException {
    if (turtle.length > BYTES_MAX) {
      throw new RefusedException(
          Reason.TOO_LARGE,
          "expected a bounded file: bytes=" + turtle.length + ", limit=" + BYTES_MAX);
    }
    String text = decode(turtle);
    int nesting = nesting(text);
    if (nesting > NESTING_MAX) {
      throw new RefusedException(
          Reason.NESTED_TOO_DEEP,
          "expected bounded nesting: depth=" + nesting + ", limit=" + NESTING_MAX);
    }
    Collector collector = new Collector();
    try {
      RDFParser.create()
          .source(new StringReader(text))
          .lang(Lang.TURTLE)
          .base(Vocabulary.ROOT + owner)
          .errorHandler(new Strict())
          .parse(collector);
    } catch (LimitReached e) {
      throw new RefusedException(
          Reason.TOO_MANY_TRIPLES,
          "expected a bounded file: triples>"
              + Snapshot.TRIPLES_MAX
              + ", limit="
              + Snapshot.TRIPLES_MAX);
    } catch (RiotException e) {
      throw new RefusedException(
          Reason.NOT_TURTLE, "expected Turtle: " + oneLine(String.valueOf(e.getMessage())));
    } catch (StackOverflowError e) {
      // The nesting limit should have seen to it; a grammar with a deeper stack must still not take
      // the process down.
      throw new RefusedException(
          Reason.NESTED_TOO_DEEP, "expected nesting that the parser can follow");
    }
    return collector.triples;
  }

  private static String decode(byte[] turtle) throws RefusedException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(turtle)).toString();
    } catch (CharacterCodingException e) {
      throw new RefusedException(Reason.NOT_TURTLE, "expected UTF-8");
    }
  }

  /** Greatest depth of brackets and parentheses outside of strings, IRIs and comments. */
  static int nesting(String text) {
    int depth = 0;
    int deepest = 0;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      switch (c) {
        case '#' -> i = until(text, i, "\n");
        case '<' -> i = until(text, i, ">");
        case '"', '\'' -> i = string(text, i, c);
        case '\\' -> i++;
        case '[', '(' -> deepest = Math.max(deepest, ++depth);
        case ']', ')' -> depth--;
        default -> {}
      }
      i++;
    }
    return deepest;
  }

  private static int until(String text, int from, String end) {
    int at = text.indexOf(end, from + 1);
    return at < 0 ? text.length() : at;
  }

  /** Index of the last character of the string that starts at {@code from}. */
  private static int string(String text, int from, char quote) {
    String three = String.valueOf(quote).repeat(3);
    boolean isLong = text.startsWith(three, from);
    String end = isLong ? three : String.valueOf(quote);
    int i = from + end.length();
    while (i < text.length() && !text.startsWith(end, i)) {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    return i + end.length() - 1;
  }

  private static String oneLine(String message) {
    String line = message.replace('\n', ' ').replace('\r', ' ');
    return line.length() <= 300 ? line : line.substring(0, 300);
  }

  private static final class Collector extends StreamRDFBase {
    private final List<Triple> triples = new ArrayList<>();

    @Override
    public void triple(Triple triple) {
      if (triples.size() == Snapshot.TRIPLES_MAX) {
        throw new LimitReached();
      }
      triples.add(triple);
    }

    @Override
    public void quad(Quad quad) {
      throw new RiotException("expected triples, not quads");
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

  private static final class LimitReached extends RuntimeException {
    private static final long serialVersionUID = 1;

    LimitReached() {
      super(null, null, false, false);
    }
  }

  /** Carries a refusal out of the reader. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    RefusedException(Reason reason, String message) {
      super(message);
      this.reason = reason;
    }

    ImportResult.Refused result() {
      return new ImportResult.Refused(reason, String.valueOf(getMessage()));
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
}
