package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.Snapshot.Applied;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.Proposal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SectorNamespacesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://spec.edmcouncil.org/fibo/",
        "http://purl.org/dc/terms/",
        "https://example.org/parts#",
        "urn:example:parts#",
        "https://example.org/a?b=c/"
      })
  void shouldAdoptWhenANamespaceIsSomebodys(String namespace) {
    assertThat(SectorNamespaces.refusal(namespace)).isEmpty();
    assertThat(conforms(namespace)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http://",
        "https://",
        "http:/",
        "urn:",
        "parts#",
        "/parts/",
        "https://example.org/parts",
        "https://example.org/a#b#",
        "https://example.org/a b/",
        "http://www.w3.org/",
        "http://www.w3.org/2002/07/owl#",
        "http://www.w3.org/ns/shacl#",
        "https://www.w3.org/x/",
        "HTTP://WWW.W3.ORG/2002/07/owl#",
        "https://knhk.io/ns/",
        "https://knhk.io/ns/core#",
        "https://knhk.io/ns/energy#",
        "https://knhk.io/ns/energy/node#",
        "https://KNHK.io/ns/energy#",
        "https://knhk.io/",
      })
  void shouldRefuseWhenANamespaceIsReservedOrNone(String namespace) {
    assertThat(SectorNamespaces.refusal(namespace)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "parts#",
        "https://example.org/parts",
        "http://www.w3.org/2002/07/owl#",
        "https://knhk.io/ns/energy#"
      })
  void shouldFailTheStaticStageWhenTheCoresShapeIsBroken(String namespace) {
    assertThat(conforms(namespace)).isFalse();
  }

  @Test
  void shouldCoverTheIriOfTheOntologyWhenItIsTheNamespaceWithoutItsEnd() {
    SectorNamespaces namespaces =
        SectorNamespaces.own("finance").and(List.of("https://example.org/parts#"));
    assertThat(namespaces.owns("<https://example.org/parts#a>")).isTrue();
    assertThat(namespaces.owns("<https://example.org/parts>")).isTrue();
    assertThat(namespaces.owns("<https://example.org/parts/a>")).isFalse();
    assertThat(namespaces.owns("<https://example.org/part>")).isFalse();
    assertThat(namespaces.owns("\"https://example.org/parts#a\"")).isFalse();
    assertThat(namespaces.owns("<https://knhk.io/ns/finance#a>")).isTrue();
    assertThat(namespaces.owns("<https://knhk.io/ns/energy#a>")).isFalse();
  }

  @Property(tries = 500)
  void shouldCoverWhatBeginsWithOneWhenThereAreMany(
      @ForAll @Size(max = 8)
          List<@StringLength(min = 1, max = 4) @CharRange(from = 'a', to = 'c') String> names,
      @ForAll @StringLength(max = 6) @CharRange(from = 'a', to = 'c') String asked) {
    List<String> namespaces = new ArrayList<>();
    names.forEach(name -> namespaces.add("http://e/" + String.join("/", name.split("")) + "/"));
    String iri = "http://e/" + String.join("/", asked.split("")) + "/x";
    assertThat(SectorNamespaces.own("finance").and(namespaces).owns("<" + iri + ">"))
        .isEqualTo(namespaces.stream().anyMatch(iri::startsWith));
  }

  @Test
  void shouldFollowTheSnapshotWhenAdoptionsComeAndGo() {
    Snapshot before = Bundled.of("finance");
    Set<String> lines = new TreeSet<>();
    for (String namespace : List.of("https://a.org/x/", "https://b.org/x#")) {
      lines.add(SectorNamespaces.adoption("finance", namespace));
    }
    // In another sector's words, and as a text, it is no adoption of this sector.
    lines.add(SectorNamespaces.adoption("energy", "https://c.org/x#"));
    lines.add(
        new NTriple(
                "<https://knhk.io/ns/finance#a>",
                Vocabulary.COMMENT,
                Terms.text(SectorNamespaces.adoption("finance", "https://d.org/x#")))
            .line());
    Snapshot after = changed(before.apply(new Delta(List.copyOf(lines), List.of())));
    assertThat(SectorNamespaces.of("finance", after).adopted())
        .containsExactly("https://a.org/x/", "https://b.org/x#");
    assertThat(SectorNamespaces.of("finance", Snapshot.of(after.lines())).adopted())
        .containsExactly("https://a.org/x/", "https://b.org/x#");
    Snapshot back = changed(after.apply(new Delta(List.of(), List.copyOf(lines))));
    assertThat(SectorNamespaces.of("finance", back).adopted()).isEmpty();
  }

  @Test
  void shouldLetOnlyImportsAndWaysBackAdoptWhenTheStaticStageLooks() {
    String adoption = SectorNamespaces.adoption("finance", "https://example.org/parts#");
    String subject = "<https://example.org/parts#a> <http://example.org/p> \"x\" .";
    Delta delta = new Delta(List.of(adoption, subject), List.of());
    assertThat(wellFormed(Bundled.of("finance"), Proposal.IMPORT, delta)).isEmpty();
    assertThat(wellFormed(Bundled.of("finance"), Proposal.ROLLBACK, delta)).isEmpty();
    assertThat(wellFormed(Bundled.of("finance"), Proposal.BY_HAND, delta)).hasSize(2);
    assertThat(wellFormed(Bundled.of("finance"), "schema-mismatch", delta)).hasSize(2);
    Snapshot after = changed(Bundled.of("finance").apply(delta));
    assertThat(wellFormed(after, Proposal.ROLLBACK, delta.inverse())).isEmpty();
    assertThat(wellFormed(after, Proposal.BY_HAND, new Delta(List.of(), List.of(subject))))
        .isEmpty();
    Delta reserved =
        new Delta(
            List.of(
                SectorNamespaces.adoption("finance", "https://knhk.io/ns/energy#"),
                "<https://knhk.io/ns/energy#a> <http://example.org/p> \"x\" ."),
            List.of());
    assertThat(wellFormed(Bundled.of("finance"), Proposal.IMPORT, reserved)).isNotEmpty();
  }

  @Test
  void shouldBoundTheDeltaAndTheReportWhenTheyAreLarge() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i <= Delta.TRIPLES_MAX; i++) {
      lines.add("<https://knhk.io/ns/energy#a" + i + "> <http://example.org/p> \"x\" .");
    }
    Delta delta = new Delta(lines, List.of());
    List<Witness> witnesses = wellFormed(Bundled.of("finance"), Proposal.BY_HAND, delta);
    assertThat(witnesses).hasSize(StaticStage.WITNESSES_MAX);
    assertThat(witnesses.get(0).message()).contains("limit=1000");
    assertThat(wellFormed(Bundled.of("finance"), Proposal.IMPORT, delta))
        .noneMatch(witness -> witness.message().contains("limit=1000"));
  }

  private static List<Witness> wellFormed(Snapshot head, String rule, Delta delta) {
    return new StaticStage(ValidationLimits.DEFAULT, () -> 0)
        .wellFormed(head, proposal(rule, delta));
  }

  /** Whether the core's shapes have nothing against it, whoever looked at the delta before. */
  private static boolean conforms(String namespace) {
    Snapshot head = Bundled.of("finance");
    Delta delta = new Delta(List.of(SectorNamespaces.adoption("finance", namespace)), List.of());
    StaticStage stage = new StaticStage(ValidationLimits.DEFAULT, () -> 0);
    Candidate candidate = Candidates.of(head, List.of(), proposal(Proposal.IMPORT, delta), 0, 0);
    return stage.check(stage.at("finance", head), candidate, changed(head.apply(delta)))
        instanceof StageResult.Passed;
  }

  private static Proposal proposal(String rule, Delta delta) {
    return new Proposal("0", "finance", "", rule, false, 1, "", 1, "", 0, 0, "", delta);
  }

  private static Snapshot changed(Applied applied) {
    assertThat(applied).isInstanceOf(Applied.Changed.class);
    return ((Applied.Changed) applied).snapshot();
  }
}
