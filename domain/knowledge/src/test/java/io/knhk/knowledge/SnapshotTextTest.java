package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.ReadResult.Read;
import io.knhk.knowledge.ReadResult.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SnapshotTextTest {
  @Property(tries = 300)
  void shouldGiveTheSameIdWhenWrittenAndReadBack(
      @ForAll("lines") List<String> lines, @ForAll Random random) {
    Snapshot snapshot = Snapshot.of(lines);
    List<String> shuffled = new ArrayList<>(lines);
    Collections.shuffle(shuffled, random);
    assertThat(SnapshotText.turtle(shuffled)).isEqualTo(SnapshotText.turtle(snapshot.lines()));
    assertThat(SnapshotText.jsonLd(shuffled)).isEqualTo(SnapshotText.jsonLd(snapshot.lines()));
    assertThat(id(RdfFormat.TURTLE, SnapshotText.turtle(lines))).isEqualTo(snapshot.id());
    assertThat(id(RdfFormat.JSON_LD, SnapshotText.jsonLd(lines))).isEqualTo(snapshot.id());
    assertThat(id(RdfFormat.N_TRIPLES, new String(snapshot.toNTriples(), StandardCharsets.UTF_8)))
        .isEqualTo(snapshot.id());
  }

  @Example
  void shouldReadBackTheBundledOntologiesWhenWritten() {
    Snapshot snapshot = Bundled.of("energy");
    assertThat(id(RdfFormat.TURTLE, SnapshotText.turtle(snapshot.lines())))
        .isEqualTo(snapshot.id());
    assertThat(id(RdfFormat.JSON_LD, SnapshotText.jsonLd(snapshot.lines())))
        .isEqualTo(snapshot.id());
  }

  @Example
  void shouldReadLikeTurtleThatAPersonWritesWhenWritten() {
    String text =
        SnapshotText.turtle(
            List.of(
                "<https://knhk.io/ns/finance#a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#Class> .",
                "<https://knhk.io/ns/finance#a> <http://www.w3.org/2000/01/rdf-schema#label> \"A\"@en .",
                "<https://knhk.io/ns/finance#a> <http://www.w3.org/2000/01/rdf-schema#label> \"B\" .",
                "<https://knhk.io/ns/finance#a:b> <https://knhk.io/ns/core#decimals> \"2\"^^<http://www.w3.org/2001/XMLSchema#integer> ."));
    assertThat(text)
        .endsWith(
            """

            <https://knhk.io/ns/finance#a:b>
                knhk:decimals "2"^^xsd:integer .

            finance:a
                a owl:Class ;
                rdfs:label "A"@en ,
                    "B" .
            """);
  }

  @Example
  void shouldRefuseWhenATextHasBlankNodesOrRelativeIris() {
    for (String text : List.of("_:a <http://e/p> 1 .", "<a> <http://e/p> 1 .")) {
      assertThat(SnapshotText.read(RdfFormat.TURTLE, text.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(Refused.class);
    }
  }

  @Provide
  Arbitrary<List<String>> lines() {
    Arbitrary<String> iris =
        Arbitraries.of(
            "<http://e/a>",
            "<http://e/./b/../c>",
            "<http://e/é%20x?q=1&r#f>",
            "<https://knhk.io/ns/finance#payment.authorised>",
            "<https://knhk.io/ns/finance#payment.authorised:currency>",
            "<https://knhk.io/ns/finance#1%3A.>",
            "<https://knhk.io/ns/core#>",
            "<http://www.w3.org/2002/07/owl#Class>",
            "<urn:x:y>",
            "<mailto:a@b>",
            "<tag:x,2020:y>",
            "<HTTP://E/x>");
    Arbitrary<String> predicates =
        Arbitraries.of(
            Vocabulary.A,
            Vocabulary.LABEL,
            Vocabulary.FIRST,
            Vocabulary.REST,
            "<http://e/p/./q>",
            "<urn:p:1>");
    Arbitrary<String> texts =
        Arbitraries.strings()
            .withChars("ab\"\\\n\r\t'\u0001\u007f{}<>@^é\u2028\uFFFD .")
            .ofMaxLength(8)
            .map(Terms::text);
    Arbitrary<String> suffixes =
        Arbitraries.of(
            "",
            "@en",
            "@de-CH",
            "^^" + Vocabulary.XSD_INTEGER,
            "^^" + Vocabulary.XSD_BOOLEAN,
            "^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>",
            "^^<http://e/t>",
            "^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral>");
    Arbitrary<String> literals =
        Combinators.combine(texts, suffixes).as((text, suffix) -> text + suffix);
    return Combinators.combine(iris, predicates, Arbitraries.oneOf(iris, literals))
        .as((subject, predicate, object) -> new NTriple(subject, predicate, object).line())
        .list()
        .ofMaxSize(12);
  }

  private static String id(RdfFormat format, String text) {
    ReadResult<List<String>> read =
        SnapshotText.read(format, text.getBytes(StandardCharsets.UTF_8));
    assertThat(read).as(text).isInstanceOf(Read.class);
    return Snapshot.of(((Read<List<String>>) read).value()).id();
  }
}
