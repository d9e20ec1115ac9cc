package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Documents that mean harm, in each format: a refusal with a reason, and nothing else. */
class RdfReaderTest {
  private static final String RDF_START =
      "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:e='http://e/'>";
  private static final String ONE =
      "<rdf:Description rdf:about='http://e/a'><e:p>x</e:p></rdf:Description></rdf:RDF>";
  private static final String LINE = "<http://e/a> <http://e/p> \"x\" .";

  // What each format can do

  @Example
  void shouldReadTheSameTripleWhenItIsWrittenInEachFormat() {
    assertRead(RdfFormat.TURTLE, "@prefix e: <http://e/> . e:a e:p 'x' .", LINE);
    assertRead(RdfFormat.N_TRIPLES, LINE, LINE);
    assertRead(RdfFormat.RDF_XML, RDF_START + ONE, LINE);
    assertRead(
        RdfFormat.JSON_LD,
        "{\"@context\":{\"e\":\"http://e/\",\"p\":\"e:p\"},\"@id\":\"e:a\",\"p\":\"x\"}",
        LINE);
  }

  @Example
  void shouldTakeABaseWhenTheDocumentSaysOne() {
    assertRead(RdfFormat.TURTLE, "@base <http://e/> . <a> <p> 'x' .", LINE);
    assertRead(
        RdfFormat.RDF_XML,
        "<rdf:RDF xml:base='http://e/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
            + " xmlns:e='http://e/'><rdf:Description rdf:about='a'><e:p>x</e:p></rdf:Description></rdf:RDF>",
        LINE);
    assertRead(
        RdfFormat.JSON_LD,
        "{\"@context\":{\"@base\":\"http://e/\"},\"@id\":\"a\",\"http://e/p\":\"x\"}",
        LINE);
    assertRead(RdfFormat.TURTLE, "\uFEFF" + LINE, LINE);
  }

  @Example
  void shouldRefuseWhenAnIriIsRelativeWithoutABase() {
    assertRefused(RefusalReason.INVALID_IRI, RdfFormat.TURTLE, "<a> <http://e/p> 'x' .");
    assertRefused(RefusalReason.INVALID_IRI, RdfFormat.N_TRIPLES, "<a> <http://e/p> \"x\" .");
    assertRefused(
        RefusalReason.INVALID_IRI, RdfFormat.RDF_XML, RDF_START + ONE.replace("http://e/a", "a"));
    assertRefused(
        RefusalReason.INVALID_IRI, RdfFormat.JSON_LD, "{\"@id\":\"a\",\"http://e/p\":\"x\"}");
  }

  @Example
  void shouldRefuseWhenAnIriHasWhatNoIriHas() {
    for (String bad :
        List.of(
            "http://e/\\u0020b",
            "http://e/\\u0001",
            "http://e/{x}",
            "http://e/%zz",
            "http://e/%4",
            "http://e/\\u003Cx")) {
      assertRefused(
          RefusalReason.INVALID_IRI, RdfFormat.TURTLE, "<" + bad + "> <http://e/p> 'x' .");
      assertRefused(
          RefusalReason.INVALID_IRI, RdfFormat.N_TRIPLES, "<" + bad + "> <http://e/p> \"x\" .");
      assertRefused(
          RefusalReason.INVALID_IRI,
          RdfFormat.JSON_LD,
          "{\"@id\":\"" + bad + "\",\"http://e/p\":\"x\"}");
    }
    assertRefused(RefusalReason.MALFORMED, RdfFormat.TURTLE, "<http://e/ b> <http://e/p> 'x' .");
    assertRefused(RefusalReason.MALFORMED, RdfFormat.TURTLE, "<http://e/\\x> <http://e/p> 'x' .");
    assertRefused(
        RefusalReason.MALFORMED, RdfFormat.RDF_XML, RDF_START + ONE.replace("e/a", "e/ a"));
    assertRefused(
        RefusalReason.MALFORMED, RdfFormat.RDF_XML, RDF_START + ONE.replace("e/a", "e/%zz"));
  }

  @Example
  void shouldRefuseWhenItIsNotUtf8OrNotItsFormat() {
    for (RdfFormat format : RdfFormat.values()) {
      Refusal refusal = refusal(format, new byte[] {(byte) 0xc3, (byte) 0x28});
      assertThat(refusal.reason()).isEqualTo(RefusalReason.MALFORMED);
      assertRefused(RefusalReason.MALFORMED, format, "\u0000\u0001 }");
    }
    assertRefused(
        RefusalReason.MALFORMED, RdfFormat.JSON_LD, "{\"@id\":\"http://e/a\",\"nope\":\"x\"}");
    assertRefused(
        RefusalReason.MALFORMED,
        RdfFormat.JSON_LD,
        "{\"@id\":\"http://e/a\",\"@id\":\"http://e/b\",\"http://e/p\":\"x\"}");
  }

  // Limits

  @Example
  void shouldRefuseWhenNestedTooDeep() {
    for (int depth : new int[] {65, 10_000}) {
      assertRefused(
          RefusalReason.NESTED_TOO_DEEP,
          RdfFormat.TURTLE,
          "<http://e/a> <http://e/p> "
              + "[ <http://e/p> ".repeat(depth)
              + "1"
              + " ]".repeat(depth)
              + " .");
      assertRefused(
          RefusalReason.NESTED_TOO_DEEP,
          RdfFormat.RDF_XML,
          RDF_START
              + "<rdf:Description><e:p>".repeat(depth)
              + "</e:p></rdf:Description>".repeat(depth)
              + "</rdf:RDF>");
      assertRefused(
          RefusalReason.NESTED_TOO_DEEP,
          RdfFormat.JSON_LD,
          "{\"http://e/p\":".repeat(depth) + "1" + "}".repeat(depth));
      assertRefused(
          RefusalReason.NESTED_TOO_DEEP, RdfFormat.JSON_LD, "[".repeat(depth) + "]".repeat(depth));
    }
    read(RdfFormat.JSON_LD, "{\"http://e/p\":".repeat(64) + "1" + "}".repeat(64));
    read(
        RdfFormat.TURTLE,
        "<http://e/a> <http://e/p> " + "[ <http://e/p> ".repeat(64) + "1" + " ]".repeat(64) + " .");
  }

  @Example
  void shouldRefuseWhenOneByteOverTheLimit() {
    String comment = "# " + "x".repeat(ReadLimits.MESSAGE.bytesMax() - LINE.length() - 3);
    byte[] whole = (LINE + "\n" + comment).getBytes(StandardCharsets.UTF_8);
    assertThat(whole).hasSize(256 * 1024);
    byte[] over = (LINE + "\n" + comment + "x").getBytes(StandardCharsets.UTF_8);
    assertThat(reasonOf(RdfFormat.TURTLE, whole, ReadLimits.MESSAGE)).isNull();
    assertThat(reasonOf(RdfFormat.TURTLE, over, ReadLimits.MESSAGE))
        .isEqualTo(RefusalReason.TOO_LARGE);
  }

  @Example
  void shouldRefuseWhenALineWouldBeTooLong() {
    String longText = "x".repeat(NTriple.LINE_CHARS_MAX);
    assertRefused(
        RefusalReason.LINE_TOO_LONG,
        RdfFormat.TURTLE,
        "<http://e/a> <http://e/p> '" + longText + "' .");
    assertRefused(
        RefusalReason.LINE_TOO_LONG,
        RdfFormat.RDF_XML,
        RDF_START + ONE.replace(">x<", ">" + longText + "<"));
  }

  @Example
  void shouldRefuseWhenPrefixesWouldGrowTheDocumentBeyondMemory() {
    String prefix = "http://e/" + "x".repeat(60_000) + "/";
    StringBuilder turtle = new StringBuilder("@prefix e: <" + prefix + "> .\n");
    StringBuilder json =
        new StringBuilder("{\"@context\":{\"e\":\"" + prefix + "\"},\"@id\":\"e:a\"");
    for (int i = 0; i < 2_000; i++) {
      turtle.append("e:a e:p e:").append(i).append(" .\n");
      json.append(",\"e:").append(i).append("\":1");
    }
    assertRefused(RefusalReason.TOO_LARGE, RdfFormat.TURTLE, turtle.toString());
    assertRefused(RefusalReason.TOO_LARGE, RdfFormat.JSON_LD, json.append('}').toString());
  }

  @Example
  void shouldRefuseWhenAnXmlLiteralWouldGrow() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      many.append("<b:x/>");
    }
    assertRefused(
        RefusalReason.LINE_TOO_LONG,
        RdfFormat.RDF_XML,
        RDF_START.replace(">", " xmlns:b='http://" + "b".repeat(900) + "/'>")
            + "<rdf:Description rdf:about='http://e/a'><e:p rdf:parseType='Literal'>"
            + many
            + "</e:p></rdf:Description></rdf:RDF>");
  }

  @Example
  void shouldRefuseWhenBlankNodesArePoison() {
    StringBuilder clique = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      for (int j = 0; j < 12; j++) {
        clique.append(i == j ? "" : "_:k" + i + " <http://e/p> _:k" + j + " .\n");
      }
    }
    byte[] bytes = clique.toString().getBytes(StandardCharsets.UTF_8);
    assertThat(reasonOf(RdfFormat.TURTLE, bytes, ReadLimits.MESSAGE))
        .isEqualTo(RefusalReason.BLANK_NODE_WORK);
  }

  // What other formats have

  @Example
  void shouldRefuseWhenThereAreNamedGraphsOrTriplesAsTerms() {
    assertRefused(RefusalReason.NAMED_GRAPH, RdfFormat.TURTLE, "<http://e/g> { " + LINE + " }");
    assertRefused(
        RefusalReason.MALFORMED, RdfFormat.N_TRIPLES, LINE.replace(" .", " <http://e/g> ."));
    assertRefused(
        RefusalReason.NAMED_GRAPH,
        RdfFormat.JSON_LD,
        "{\"@id\":\"http://e/g\",\"@graph\":[{\"@id\":\"http://e/a\",\"http://e/p\":\"x\"}]}");
    for (String term :
        List.of(
            "<< <http://e/a> <http://e/p> 1 >> <http://e/p> 2 .",
            "<http://e/a> <http://e/p> <<( <http://e/a> <http://e/p> 1 )>> .",
            "<http://e/a> <http://e/p> 1 {| <http://e/q> 2 |} .",
            "<http://e/a> <http://e/p> 1 ~ _:x .",
            "<http://e/a> <http://e/p> 'x'@en--ltr .")) {
      assertRefused(RefusalReason.TRIPLE_TERM, RdfFormat.TURTLE, term);
    }
  }

  // Document types

  @Example
  void shouldWriteOutPrefixesWhenADocumentTypeHoldsNothingElse() {
    assertRead(
        RdfFormat.RDF_XML,
        "<?xml version='1.0'?><!-- <!DOCTYPE --><!DOCTYPE rdf:RDF [\n <!ENTITY e \"http://e/\" > <!-- c -->\n]>\n"
            + RDF_START
            + ONE.replace("http://e/a", "&e;a"),
        LINE);
    // What XML does not replace stays: in a comment, and a character data section.
    assertRead(
        RdfFormat.RDF_XML,
        "<!DOCTYPE rdf:RDF [<!ENTITY e 'http://e/'>]>"
            + RDF_START
            + ONE.replace(">x<", "><!-- &e; --><![CDATA[&e;]]>&amp;<"),
        LINE.replace("\"x\"", "\"&e;&\""));
  }

  @Example
  void shouldRefuseWhenADocumentTypeIsMoreThanPrefixes() {
    for (String doctype :
        List.of(
            "<!DOCTYPE rdf:RDF SYSTEM 'file:///etc/passwd'>",
            "<!DOCTYPE rdf:RDF PUBLIC 'x' 'http://127.0.0.1:1/x'>",
            "<!DOCTYPE rdf:RDF [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
            "<!DOCTYPE rdf:RDF [<!ENTITY % x SYSTEM 'file:///etc/passwd'> %x;]>",
            "<!DOCTYPE rdf:RDF [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]>",
            "<!DOCTYPE rdf:RDF [<!ENTITY a '<e:p/>'>]>",
            "<!DOCTYPE rdf:RDF [<!ENTITY a 'x'><!ENTITY a 'y'>]>",
            "<!DOCTYPE rdf:RDF [<!ELEMENT a ANY>]>",
            "<!DOCTYPE rdf:RDF [<!ATTLIST a b CDATA 'c'>]>",
            "<!DOCTYPE rdf:RDF [<?x?>]>",
            "<!DOCTYPE rdf:RDF [<!ENTITY a 'x'>",
            "<!DOCTYPE rdf:RDF [<!ENTITY a '" + "x".repeat(1_025) + "'>]>",
            "<!DOCTYPE rdf:RDF [<!ENTITY a 'x'>]><!DOCTYPE rdf:RDF [<!ENTITY a 'y'>]>")) {
      assertRefused(RefusalReason.DOCTYPE, RdfFormat.RDF_XML, doctype + RDF_START + ONE);
    }
  }

  @Example
  void shouldRefuseWhenSixtyFourThousandEntitiesWouldExpand() {
    String value = "x".repeat(1_000);
    String body = "&a;".repeat(64 * 1024);
    assertRefused(
        RefusalReason.TOO_LARGE,
        RdfFormat.RDF_XML,
        "<!DOCTYPE rdf:RDF [<!ENTITY a '"
            + value
            + "'>]>"
            + RDF_START
            + ONE.replace(">x<", ">" + body + "<"));
  }

  // Nothing is fetched

  @Example
  void shouldOpenNoSocketWhenADocumentPointsAtOne() throws IOException {
    try (Listener listener = new Listener()) {
      String url = listener.url();
      for (String context :
          List.of(
              "\"" + url + "\"",
              "[\"" + url + "\"]",
              "[{},[\"" + url + "\"]]",
              "{\"@import\":\"" + url + "\"}",
              "{\"e\":{\"@id\":\"http://e/\",\"@context\":\"" + url + "\"}}")) {
        assertRefused(
            RefusalReason.REMOTE_CONTEXT,
            RdfFormat.JSON_LD,
            "{\"@context\":" + context + ",\"@id\":\"http://e/a\",\"http://e/p\":\"x\"}");
      }
      assertRefused(
          RefusalReason.REMOTE_CONTEXT,
          RdfFormat.JSON_LD,
          "{\"http://e/p\":{\"@context\":\"" + url + "\",\"@id\":\"http://e/a\"}}");
      for (String doctype :
          List.of(
              "<!DOCTYPE rdf:RDF SYSTEM '" + url + "'>",
              "<!DOCTYPE rdf:RDF [<!ENTITY x SYSTEM '" + url + "'>]>",
              "<!DOCTYPE rdf:RDF [<!ENTITY % x SYSTEM '" + url + "'> %x;]>")) {
        assertRefused(
            RefusalReason.DOCTYPE,
            RdfFormat.RDF_XML,
            doctype + RDF_START + ONE.replace(">x<", ">&x;<"));
      }
      read(
          RdfFormat.RDF_XML,
          RDF_START.replace(
                  "<rdf:RDF",
                  "<rdf:RDF xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='http://e/ "
                      + url
                      + "'")
              + ONE);
      read(
          RdfFormat.TURTLE,
          "<" + url + "> <http://www.w3.org/2002/07/owl#imports> <" + url + "> .");
      assertThat(listener.came()).isZero();
    }
  }

  @Example
  void shouldFetchNothingWhenTheProcessorItselfIsAsked() throws IOException {
    // Past the guard, the loader is the second wall.
    try (Listener listener = new Listener()) {
      String url = listener.url();
      String document =
          "{\"@context\":\"" + url + "\",\"@id\":\"http://e/a\",\"http://e/p\":\"x\"}";
      try {
        org.apache.jena.riot.RDFParser.fromString(document, org.apache.jena.riot.Lang.JSONLD11)
            .context(JsonLdGuard.context("http://e/"))
            .errorHandler(
                org.apache.jena.riot.system.ErrorHandlerFactory.errorHandlerStrictNoLogging)
            .parse(org.apache.jena.riot.system.StreamRDFLib.sinkNull());
      } catch (RuntimeException e) {
        // Whoever refuses says it in words of its own.
      }
      assertThat(listener.came()).isZero();
    }
  }

  // Whatever is thrown at it

  @Property(tries = 400)
  void shouldAnswerWithAValueWhenTurtleIsMutated(@ForAll long seed) {
    mutate(
        RdfFormat.TURTLE,
        "@prefix e: <http://e/> . @base <http://e/> .\n<a> a e:C ; e:p [ e:q ( 1 2.5 true 'x'@en \"\"\"y\"\"\"^^e:t ) ] , <b> . # end\n_:x e:p _:y .",
        seed);
  }

  @Property(tries = 400)
  void shouldAnswerWithAValueWhenNTriplesAreMutated(@ForAll long seed) {
    mutate(
        RdfFormat.N_TRIPLES,
        "<http://e/a> <http://e/p> \"x\\n\\u00e9\"@en .\n_:a <http://e/p> _:b .\n_:b <http://e/p> \"1\"^^<http://e/t> .",
        seed);
  }

  @Property(tries = 400)
  void shouldAnswerWithAValueWhenRdfXmlIsMutated(@ForAll long seed) {
    mutate(
        RdfFormat.RDF_XML,
        "<?xml version='1.0' encoding='UTF-8'?><!DOCTYPE rdf:RDF [<!ENTITY e 'http://e/'>]>"
            + RDF_START
            + "<rdf:Description rdf:about='&e;a'><e:p rdf:parseType='Literal'><b>x</b></e:p>"
            + "<e:q rdf:parseType='Collection'><e:C rdf:ID='z'/></e:q><e:r rdf:resource='&e;b'/>"
            + "<e:s xml:lang='en' rdf:nodeID='n'/></rdf:Description></rdf:RDF>",
        seed);
  }

  @Property(tries = 400)
  void shouldAnswerWithAValueWhenJsonLdIsMutated(@ForAll long seed) {
    mutate(
        RdfFormat.JSON_LD,
        "{\"@context\":{\"@vocab\":\"http://e/\",\"p\":{\"@id\":\"e:p\",\"@type\":\"@id\",\"@container\":\"@list\"},\"e\":\"http://e/\"},"
            + "\"@id\":\"e:a\",\"@type\":\"C\",\"p\":[\"e:b\",\"e:c\"],\"q\":{\"@value\":1.5},\"@reverse\":{\"r\":{\"@id\":\"_:x\"}},"
            + "\"s\":[{\"@value\":\"x\",\"@language\":\"en\"},{\"@set\":[true,null]}]}",
        seed);
  }

  private static void mutate(RdfFormat format, String document, long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(document);
    String alphabet = "<>[](){}\"'&;:/%#@_\\.,? \n\u0000\u00e9x1";
    for (int i = random.nextInt(6); i >= 0 && text.length() > 2; i--) {
      int at = random.nextInt(text.length());
      int to = Math.min(text.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, to);
        case 1 -> text.insert(at, text.substring(at, to));
        case 2 -> text.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
        default -> text.insert(at, document, random.nextInt(document.length()), document.length());
      }
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(8) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    // Anything but a value or a refusal fails the property.
    reasonOf(format, bytes, ReadLimits.MESSAGE);
  }

  private static void assertRead(RdfFormat format, String document, String... lines) {
    assertThat(read(format, document)).containsExactly(lines);
  }

  private static List<String> read(RdfFormat format, String document) {
    try {
      return RdfReader.lines(
          "finance", format, null, document.getBytes(StandardCharsets.UTF_8), ReadLimits.FILE);
    } catch (RefusedException e) {
      throw new AssertionError(e.refusal().toString(), e);
    }
  }

  private static void assertRefused(RefusalReason reason, RdfFormat format, String document) {
    String shown = document.length() < 200 ? document : document.substring(0, 200);
    Refusal refusal = refusal(format, document.getBytes(StandardCharsets.UTF_8));
    assertThat(refusal.reason())
        .as(format + " " + shown + " " + refusal.detail())
        .isEqualTo(reason);
    assertThat(refusal.detail()).startsWith("expected ").doesNotContain("\n");
  }

  private static Refusal refusal(RdfFormat format, byte[] document) {
    try {
      List<String> lines = RdfReader.lines("finance", format, null, document, ReadLimits.FILE);
      throw new AssertionError("expected a refusal, lines=" + lines);
    } catch (RefusedException e) {
      return e.refusal();
    }
  }

  private static @Nullable RefusalReason reasonOf(
      RdfFormat format, byte[] document, ReadLimits limits) {
    try {
      RdfReader.lines("finance", format, null, document, limits);
      return null;
    } catch (RefusedException e) {
      return e.refusal().reason();
    }
  }

  /** Counts who connects, and hangs up on them. */
  private static final class Listener implements AutoCloseable {
    private final ServerSocket socket;
    private final AtomicInteger came = new AtomicInteger();
    private final Thread thread = new Thread(this::accept, "listener");

    Listener() throws IOException {
      socket = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
      thread.start();
    }

    String url() {
      return "http://127.0.0.1:" + socket.getLocalPort() + "/x";
    }

    /** Whoever connected before this is called has been counted: its own knock is the last. */
    int came() throws IOException {
      try (Socket knock = new Socket(InetAddress.getLoopbackAddress(), socket.getLocalPort())) {
        knock.getInputStream().read();
      }
      return came.get() - 1;
    }

    private void accept() {
      while (!socket.isClosed()) {
        try (Socket visitor = socket.accept()) {
          came.incrementAndGet();
        } catch (IOException e) {
          return;
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
