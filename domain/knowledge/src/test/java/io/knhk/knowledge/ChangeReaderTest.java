package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.ReadResult.Read;
import io.knhk.knowledge.ReadResult.Refused;
import io.knhk.knowledge.Snapshot.Applied;
import io.knhk.schemas.knowledge.Delta;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangeReaderTest {
  private static final String PREFIXES =
      """
      @prefix knhk: <https://knhk.io/ns/core#> .
      @prefix fin: <https://knhk.io/ns/finance#> .
      @prefix energy: <https://knhk.io/ns/energy#> .
      @prefix owl: <http://www.w3.org/2002/07/owl#> .
      @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
      @prefix sh: <http://www.w3.org/ns/shacl#> .
      @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
      @prefix dcterms: <http://purl.org/dc/terms/> .
      @prefix x: <https://example.org/parts#> .
      """;
  private static final Snapshot HEAD = Bundled.of("finance");

  @Test
  void shouldGiveADeltaThatAppliesWhenTheTextsFitTheHead() {
    Delta delta =
        delta(
            HEAD,
            "fin:loan a owl:Class ; rdfs:label \"Loan\"@en ; skos:definition 'x' ; dcterms:title 't' ;"
                + " fin:partOf <#y> ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty fin:partOf ] .",
            "");
    assertThat(delta.added()).hasSize(8).noneMatch(line -> line.contains("_:"));
    assertThat(delta.added()).anyMatch(line -> line.contains("<https://knhk.io/ns/finance#y>"));
    Snapshot next = changed(HEAD.apply(delta));
    assertThat(changed(next.apply(delta.inverse())).id()).isEqualTo(HEAD.id());
  }

  @Test
  void shouldTakeBackExactlyWhatATextAddedWhenTheTextIsRemoved() {
    String text = "fin:loan a sh:NodeShape ; sh:property [ sh:path fin:p ; sh:in ( 1 2 ) ] .";
    Delta add = delta(HEAD, text, "");
    Delta remove = delta(changed(HEAD.apply(add)), "", text);
    assertThat(remove).isEqualTo(add.inverse());
  }

  @Test
  void shouldNameAtMostEightWhenTriplesAreThereAlreadyOrNot() {
    StringBuilder labels = new StringBuilder("fin:loan rdfs:label \"0\"");
    for (int i = 1; i < 10; i++) {
      labels.append(", \"").append(i).append('"');
    }
    String text = labels.append(" .").toString();
    Snapshot next = changed(HEAD.apply(delta(HEAD, text, "")));
    Refusal there = refusal(next, text + " fin:new rdfs:label 'n' .", "");
    assertThat(there.reason()).isEqualTo(RefusalReason.ALREADY_THERE);
    assertThat(there.detail()).contains("wrong=10", "\"0\"", "\"7\"").doesNotContain("\"8\"");
    Refusal notThere = refusal(HEAD, "", text);
    assertThat(notThere.reason()).isEqualTo(RefusalReason.NOT_THERE);
    assertThat(notThere.detail()).contains("wrong=10", "\"7\"").doesNotContain("\"8\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "energy:x rdfs:label 'x' . | NOT_OWNED",
        "knhk:defaultWatch knhk:maxPerBucket 5 . | NOT_OWNED",
        "x:a rdfs:label 'x' . | NOT_OWNED",
        "owl:Class rdfs:label 'x' . | NOT_OWNED",
        "fin:a rdfs:subClassOf energy:x . | FOREIGN_TERM",
        "fin:a energy:x 'x' . | FOREIGN_TERM",
        "fin:a rdfs:subClassOf <https://knhk.io/ns/other#x> . | FOREIGN_TERM",
        "fin:a x:p 'x' . | NOT_ALLOWED",
        "fin:a sh:js fin:b . | NOT_ALLOWED",
        "fin:a sh:rule fin:b . | NOT_ALLOWED",
        "fin:a sh:target fin:b . | NOT_ALLOWED",
        "fin:a sh:entailment fin:b . | NOT_ALLOWED",
        "fin:a knhk:unheardOf 'x' . | NOT_ALLOWED",
        "<https://knhk.io/ns/finance> owl:imports <https://example.org/parts> . | NOT_ALLOWED",
        "<https://knhk.io/ns/finance> knhk:adoptsNamespace 'https://example.org/parts#' . | NAMESPACE",
        "fin:a knhk:adoptsNamespace 'https://example.org/parts#' . | NAMESPACE",
        "fin:a rdfs:label | MALFORMED",
        "# nothing | NOTHING_NEW",
      })
  void shouldRefuseWhenASectorMayNotSayIt(String turtle, RefusalReason reason) {
    assertThat(refusal(HEAD, turtle, "").reason()).isEqualTo(reason);
  }

  @Test
  void shouldRefuseWhenTheTextsAreTooLargeTogether() {
    String half = "# " + "x".repeat(ChangeReader.BYTES_MAX / 2 - 2);
    String text =
        "<https://knhk.io/ns/finance#a> <http://www.w3.org/2000/01/rdf-schema#label> 'x' .";
    String rest = text + "# " + "x".repeat(half.length() - text.length() - 2);
    assertThat(ChangeReader.read("finance", HEAD, rest, half)).isInstanceOf(Read.class);
    ReadResult<Delta> over = ChangeReader.read("finance", HEAD, rest, half + "x");
    assertThat(((Refused<Delta>) over).refusal().reason()).isEqualTo(RefusalReason.TOO_LARGE);
  }

  @Test
  void shouldRefuseWhenThereAreMoreTriplesThanADeltaMayHave() {
    StringBuilder many = new StringBuilder("fin:a rdfs:label 'x'");
    for (int i = 1; i < Delta.TRIPLES_MAX; i++) {
      many.append(",'").append(i).append('\'');
    }
    assertThat(delta(HEAD, many + " .", "").size()).isEqualTo(Delta.TRIPLES_MAX);
    assertThat(refusal(HEAD, many + " , 'one more' .", "").reason())
        .isEqualTo(RefusalReason.TOO_MANY_TRIPLES);
  }

  @Test
  void shouldSpeakOfWhatWasAdoptedButNotGovernItWhenTheHeadSaysSo() {
    Snapshot head = adopting("https://example.org/parts#");
    assertThat(delta(head, "x:Bolt a owl:Class ; x:weight 5 ; x:unknown fin:a .", "").size())
        .isEqualTo(3);
    assertThat(delta(head, "fin:a x:weight 5 ; rdfs:subClassOf x:Bolt .", "").size()).isEqualTo(2);
    assertThat(delta(head, "<https://example.org/parts> a owl:Ontology .", "").size()).isEqualTo(1);
    for (String governed :
        List.of(
            "x:Bolt knhk:eventType 'bolt' .",
            "x:Bolt knhk:watch fin:w .",
            "x:Bolt knhk:guardedBy fin:g .",
            "x:Bolt knhk:maxPerBucket 5 .",
            "x:Bolt sh:js fin:b .",
            "x:Bolt owl:imports x:Nut .")) {
      assertThat(refusal(head, governed, "").reason()).isEqualTo(RefusalReason.NOT_ALLOWED);
    }
    assertThat(refusal(head, "x:Bolt rdfs:seeAlso energy:x .", "").reason())
        .isEqualTo(RefusalReason.FOREIGN_TERM);
    assertThat(
            refusal(
                    head,
                    "",
                    "<https://knhk.io/ns/finance> knhk:adoptsNamespace 'https://example.org/parts#' .")
                .reason())
        .isEqualTo(RefusalReason.NAMESPACE);
    assertThat(ChangeReader.read("energy", head, PREFIXES + "x:Bolt rdfs:label 'x' .", ""))
        .isInstanceOf(Refused.class);
  }

  static Snapshot adopting(String namespace) {
    return changed(
        HEAD.apply(new Delta(List.of(SectorNamespaces.adoption("finance", namespace)), List.of())));
  }

  private static Snapshot changed(Applied applied) {
    assertThat(applied).isInstanceOf(Applied.Changed.class);
    return ((Applied.Changed) applied).snapshot();
  }

  private static Delta delta(Snapshot head, String add, String remove) {
    ReadResult<Delta> result = read(head, add, remove);
    assertThat(result).isInstanceOf(Read.class);
    return ((Read<Delta>) result).value();
  }

  private static Refusal refusal(Snapshot head, String add, String remove) {
    ReadResult<Delta> result = read(head, add, remove);
    assertThat(result).isInstanceOf(Refused.class);
    return ((Refused<Delta>) result).refusal();
  }

  private static ReadResult<Delta> read(Snapshot head, String add, String remove) {
    return ChangeReader.read(
        "finance",
        head,
        add.isEmpty() ? "" : PREFIXES + add,
        remove.isEmpty() ? "" : PREFIXES + remove);
  }
}
