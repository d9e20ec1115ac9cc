package io.knhk.knowledge;

import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Looks through RDF/XML before it is parsed. A parser that comes after never sees a document type
 * declaration: ontologies use one to abbreviate IRIs ({@code <!ENTITY owl
 * "http://www.w3.org/2002/07/owl#">}), so exactly such a list is read here and written out;
 * anything else that a declaration can hold is refused.
 */
final class RdfXmlGuard {
  /** Abbreviations in one document. */
  static final int ENTITIES_MAX = 1_024;

  /** Characters that one of them stands for. */
  static final int ENTITY_CHARS_MAX = 1_024;

  private static final String DOCTYPE = "<!DOCTYPE";
  private static final String ENTITY = "<!ENTITY";

  private final String text;
  private final Map<String, String> entities = new HashMap<>();
  private int at;

  private RdfXmlGuard(String text) {
    this.text = text;
  }

  /** The text without a document type declaration, its abbreviations written out. */
  static String check(String text, ReadLimits limits) throws RefusedException {
    String plain = new RdfXmlGuard(text).withoutDoctype(limits);
    try {
      SAXParserFactory factory = SAXParserFactory.newDefaultInstance();
      factory.setNamespaceAware(true);
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      XMLReader reader = factory.newSAXParser().getXMLReader();
      Depths depths = new Depths();
      reader.setContentHandler(depths);
      reader.setErrorHandler(depths);
      reader.setEntityResolver(depths);
      reader.parse(new InputSource(new StringReader(plain)));
    } catch (StopReading e) {
      throw e.refused;
    } catch (SAXException e) {
      throw new RefusedException(
          plain.contains(DOCTYPE) ? RefusalReason.DOCTYPE : RefusalReason.MALFORMED,
          "expected XML: " + e.getMessage());
    } catch (IOException | ParserConfigurationException e) {
      throw new IllegalStateException("expected the XML parser of the JDK", e);
    }
    return plain;
  }

  private String withoutDoctype(ReadLimits limits) throws RefusedException {
    int doctype = prologue();
    if (doctype < 0) {
      return text;
    }
    at = doctype + DOCTYPE.length();
    space();
    name();
    space();
    if (at < text.length() && text.charAt(at) == '[') {
      at++;
      subset();
      space();
    }
    if (at >= text.length() || text.charAt(at) != '>') {
      throw refused("one without external parts");
    }
    StringBuilder out = new StringBuilder(text.length());
    out.append(text, 0, doctype);
    at++;
    expand(out, limits.bytesMax());
    return out.toString();
  }

  /** Where the declaration starts; -1 if an element comes first. */
  private int prologue() {
    while (at < text.length()) {
      if (Character.isWhitespace(text.charAt(at))) {
        at++;
      } else if (text.startsWith("<!--", at)) {
        at = behind("-->");
      } else if (text.startsWith("<?", at)) {
        at = behind("?>");
      } else {
        return text.startsWith(DOCTYPE, at) ? at : -1;
      }
    }
    return -1;
  }

  private void subset() throws RefusedException {
    while (true) {
      space();
      if (at >= text.length()) {
        throw refused("one that ends");
      }
      if (text.charAt(at) == ']') {
        at++;
        return;
      }
      if (text.startsWith("<!--", at)) {
        at = behind("-->");
      } else if (text.startsWith(ENTITY, at)) {
        at += ENTITY.length();
        entity();
      } else {
        throw refused("prefixes only");
      }
    }
  }

  private void entity() throws RefusedException {
    space();
    String name = name();
    space();
    char quote = at < text.length() ? text.charAt(at) : ' ';
    int end = quote == '"' || quote == '\'' ? text.indexOf(quote, at + 1) : -1;
    if (name.isEmpty() || end < 0) {
      throw refused("a name and a value for each prefix");
    }
    String value = text.substring(at + 1, end);
    at = end + 1;
    space();
    if (at >= text.length() || text.charAt(at) != '>') {
      throw refused("a name and a value for each prefix");
    }
    at++;
    if (value.length() > ENTITY_CHARS_MAX || value.codePoints().anyMatch(RdfXmlGuard::isMarkup)) {
      throw refused("values that are beginnings of IRIs of at most " + ENTITY_CHARS_MAX + " chars");
    }
    if (entities.put(name, value) != null || entities.size() > ENTITIES_MAX) {
      throw refused("at most " + ENTITIES_MAX + " prefixes, each once");
    }
  }

  private static boolean isMarkup(int c) {
    return c <= ' ' || "<>&%\"'".indexOf(c) >= 0;
  }

  /** Writes the rest out, abbreviations replaced where XML would replace them. */
  private void expand(StringBuilder out, int charsMax) throws RefusedException {
    while (at < text.length()) {
      char c = text.charAt(at);
      int end = at + 1;
      String written = null;
      if (text.startsWith("<!--", at)) {
        end = behind("-->");
      } else if (text.startsWith("<![CDATA[", at)) {
        end = behind("]]>");
      } else if (text.startsWith("<?", at)) {
        end = behind("?>");
      } else if (c == '&') {
        int semicolon = text.indexOf(';', at);
        written = semicolon < 0 ? null : entities.get(text.substring(at + 1, semicolon));
        end = written == null ? end : semicolon + 1;
      }
      if (written == null) {
        out.append(text, at, end);
      } else {
        out.append(written);
      }
      if (out.length() > charsMax) {
        throw RefusedException.limit(
            RefusalReason.TOO_LARGE,
            "a document that is bounded once prefixes are written out",
            "chars",
            out.length(),
            charsMax);
      }
      at = end;
    }
  }

  private int behind(String end) {
    int found = text.indexOf(end, at + 2);
    return found < 0 ? text.length() : found + end.length();
  }

  private void space() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private String name() {
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || "_-.:".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    return text.substring(start, at);
  }

  private RefusedException refused(String rule) {
    return new RefusedException(
        RefusalReason.DOCTYPE, "expected no document type declaration, or " + rule + ": at=" + at);
  }

  /**
   * Counts levels, and what an XML literal would become: its namespaces are written at each use.
   */
  private static final class Depths extends DefaultHandler {
    private int depth;
    private int literalDepth;
    private long literalChars;

    @Override
    public void startElement(String uri, String local, String qName, Attributes attributes)
        throws SAXException {
      depth++;
      if (depth > ReadLimits.NESTING_MAX) {
        throw new StopReading(
            RefusedException.limit(
                RefusalReason.NESTED_TOO_DEEP,
                "bounded nesting",
                "depth",
                depth,
                ReadLimits.NESTING_MAX));
      }
      if (literalDepth > 0) {
        long chars = 2L * qName.length() + uri.length();
        for (int i = 0; i < attributes.getLength(); i++) {
          chars +=
              attributes.getQName(i).length()
                  + attributes.getURI(i).length()
                  + attributes.getValue(i).length();
        }
        literal(chars);
      } else if (attributes.getValue(Vocabulary.RDF, "parseType") != null
          && !"Resource".equals(attributes.getValue(Vocabulary.RDF, "parseType"))
          && !"Collection".equals(attributes.getValue(Vocabulary.RDF, "parseType"))) {
        literalDepth = depth;
        literalChars = 0;
      }
    }

    @Override
    public void endElement(String uri, String local, String qName) {
      if (depth == literalDepth) {
        literalDepth = 0;
      }
      depth--;
    }

    @Override
    public void characters(char[] chars, int start, int length) throws SAXException {
      if (literalDepth > 0) {
        literal(length);
      }
    }

    private void literal(long chars) throws SAXException {
      literalChars += chars;
      if (literalChars > NTriple.LINE_CHARS_MAX) {
        throw new StopReading(
            RefusedException.limit(
                RefusalReason.LINE_TOO_LONG,
                "a bounded XML literal",
                "chars",
                literalChars,
                NTriple.LINE_CHARS_MAX));
      }
    }

    @Override
    public InputSource resolveEntity(String publicId, String systemId) throws SAXException {
      throw new StopReading(
          new RefusedException(
              RefusalReason.DOCTYPE, "expected nothing from outside: systemId=" + systemId));
    }

    @Override
    public void error(SAXParseException e) throws SAXException {
      throw e;
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
      throw e;
    }
  }

  /** Ends the XML parser from within. */
  private static final class StopReading extends SAXException {
    private static final long serialVersionUID = 1;

    private final transient RefusedException refused;

    StopReading(RefusedException refused) {
      super(refused.getMessage());
      this.refused = refused;
    }
  }
}
