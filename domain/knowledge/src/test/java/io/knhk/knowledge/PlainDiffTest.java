package io.knhk.knowledge;

import static io.knhk.knowledge.Changes.KNHK;
import static io.knhk.knowledge.Changes.SH;
import static io.knhk.knowledge.Changes.change;
import static io.knhk.knowledge.Changes.fin;
import static io.knhk.knowledge.Changes.integer;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.Proposal;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlainDiffTest {
  private static final String TYPE = fin("payment.authorised");
  private static final String VALUE = fin("payment.authorised::value");

  @Test
  void shouldSayWhatAStewardWouldWhenTypesChange() {
    assertSays(
        change().attribute("payment.authorised", "risk_score", "decimal", false),
        "payment.authorised: new optional attribute risk_score (decimal)");
    assertSays(
        change().replace(VALUE, SH + "maxInclusive", integer(1_000_000)),
        "payment.authorised: value: largest allowed 10000 -> 1000000");
    assertSays(
        change().remove(VALUE, SH + "minInclusive"),
        "payment.authorised: value: smallest allowed 0.01 -> none");
    assertSays(
        change().remove(fin("payment.authorised:currency"), SH + "minCount"),
        "payment.authorised: currency: required -> optional");
    assertSays(
        change().allow("payment.authorised", "currency", List.of("EUR")),
        "payment.authorised: currency: allowed CHF, EUR, GBP, JPY, USD -> EUR");
    assertSays(
        change().replace(TYPE, KNHK + "eventType", "\"payment.approved\""),
        "payment.authorised: renamed payment.approved");
    assertSays(
        change().replace(fin("payment.authorised::watch"), KNHK + "bucketMs", integer(60_000)),
        "payment.authorised: watched: bucketMs 1800000 -> 60000");
    assertSays(
        change().replace(TYPE, KNHK + "watchEachSubject", Terms.truth(false)),
        "payment.authorised: subjects are no longer watched one by one");
  }

  @Test
  void shouldSayWhatBecomesOfGuards() {
    String guard = fin("card.blocked::rate");
    assertSays(
        change().removeAll(guard).remove(fin("card.blocked"), KNHK + "guardedBy"),
        "card.blocked: watched: maxPerBucket 5000 -> 0",
        "card.blocked: guard rate removed",
        "removes: finance#card.blocked::rate rdfs:comment \"More blocked cards in an hour than this is a breach or a mistake.\"");
    assertSays(
        change().replace(guard, KNHK + "criticality", "<" + KNHK + "Low>"),
        "card.blocked: guard rate: criticality Medium -> Low");
  }

  @Test
  void shouldNameEveryProposalOfTheLoopInSentences() {
    Loop loop = new Loop("finance");
    Proposal proposal =
        loop.proposal(
            Patterns.behaviour(
                loop.compiled(),
                PatternKind.FREQUENCY_ANOMALY,
                "payment.authorised",
                "",
                327,
                0.1));
    CompiledChange.Outcome outcome =
        CompiledChange.of(loop.head(), loop.compiled(), proposal.delta());
    assertThat(PlainDiff.of(((CompiledChange.Outcome.Compiled) outcome).change()))
        .contains("payment.authorised: new guard rate (PerformanceBound, Medium) maxPerBucket 327");
  }

  @Test
  void shouldGiveTheTripleWhenNoSentenceSpeaksOfIt() {
    assertSays(
        change().add(TYPE, Vocabulary.RDFS + "comment", "\"More\""),
        "adds: finance#payment.authorised rdfs:comment \"More\"");
    // A value constraint that adds nothing to what the other says changes no check.
    assertSays(
        change().add(fin("unused"), SH + "maxInclusive", integer(5)),
        "adds: finance#unused sh:maxInclusive \"5\"");
  }

  @Test
  void shouldBeBoundedAndSayHowManyMoreThereAre() {
    List<String> lines =
        IntStream.range(0, 150)
            .mapToObj(
                i -> fin("x" + i) + " " + Vocabulary.COMMENT + " \"" + "y".repeat(1_000) + "\" .")
            .toList();
    List<String> sentences = PlainDiff.of(new Delta(lines, List.of()));
    assertThat(sentences).hasSize(100).allMatch(sentence -> sentence.length() <= 300);
    assertThat(sentences.get(99)).isEqualTo("and 51 more");
    List<String> exactly = PlainDiff.of(new Delta(lines.subList(0, 100), List.of()));
    assertThat(exactly).hasSize(100);
    assertThat(exactly.get(99)).startsWith("adds: ");
  }

  @Test
  void shouldHoldNoCharacterThatMovesTheCursor() {
    String hostile = "\"a\u001b[2Jb\u202ec\\nd\u0007\"";
    List<String> sentences =
        PlainDiff.of(
            new Delta(List.of(TYPE + " " + Vocabulary.COMMENT + " " + hostile + " ."), List.of()));
    assertThat(sentences.get(0)).contains("a\ufffd[2Jb\ufffdc\\nd\ufffd");
    assertThat(PlainDiff.of(new Delta(List.of("no triple \u001b"), List.of())))
        .containsExactly("adds: no triple \ufffd");
  }

  @Test
  void shouldNameWhatIsAffected() {
    Affected affected =
        Affected.by(
            change()
                .attribute("payment.authorised", "risk_score", "decimal", false)
                .replace(fin("card.blocked::rate"), KNHK + "maxPerBucket", integer(1))
                .compiled());
    assertThat(affected)
        .isEqualTo(
            new Affected(
                List.of("card.blocked", "payment.authorised"),
                List.of("payment.authorised#risk_score"),
                List.of(Changes.FIN + "card.blocked::rate")));
    assertThat(Affected.by(change().add(TYPE, Vocabulary.RDFS + "comment", "\"More\"").compiled()))
        .isEqualTo(new Affected(List.of(), List.of(), List.of()));
  }

  private static void assertSays(Changes changes, String... sentences) {
    List<String> said = PlainDiff.of(changes.compiled());
    assertThat(said).containsExactly(sentences);
    assertThat(PlainDiff.of(changes.compiled())).isEqualTo(said);
  }
}
