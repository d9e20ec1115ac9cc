package io.knhk.knowledge;

import static io.knhk.knowledge.Changes.KNHK;
import static io.knhk.knowledge.Changes.SH;
import static io.knhk.knowledge.Changes.change;
import static io.knhk.knowledge.Changes.fin;
import static io.knhk.knowledge.Changes.integer;
import static io.knhk.knowledge.Compatibility.BACKWARD;
import static io.knhk.knowledge.Compatibility.BREAKING;
import static io.knhk.knowledge.Compatibility.FORWARD;
import static io.knhk.knowledge.Compatibility.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompatibilityStageTest {
  private static final String TYPE = fin("payment.authorised");
  private static final String VALUE = fin("payment.authorised::value");
  private static final String CURRENCY = fin("payment.authorised:currency");
  private static final String CHANNEL = fin("payment.authorised:channel");

  @Test
  void shouldBeFullWhenNoReaderSeesIt() {
    assertLevel(FULL, change().attribute("payment.authorised", "risk", "decimal", false));
    assertLevel(FULL, change().remove(TYPE, SH + "property", CHANNEL));
    assertLevel(FULL, change().replace(TYPE, KNHK + "decimals", integer(3)));
    assertLevel(
        FULL,
        change().replace(fin("payment.authorised::watch"), KNHK + "bucketMs", integer(60_000)));
    assertLevel(FULL, change().add(TYPE, Vocabulary.RDFS + "comment", "\"x\""));
    assertLevel(FULL, change().add(fin("new"), KNHK + "eventType", "\"payment.new\""));
  }

  @Test
  void shouldBeBackwardWhenItAcceptsMore() {
    assertLevel(BACKWARD, change().replace(VALUE, SH + "maxInclusive", integer(100_000)));
    assertLevel(BACKWARD, change().replace(CURRENCY, SH + "minCount", integer(0)));
    assertLevel(BACKWARD, change().remove(CURRENCY, SH + "in"));
    // An old reader waits for what a new observation may lack.
    assertLevel(BACKWARD, change().remove(TYPE, SH + "property", CURRENCY));
    assertLevel(
        BACKWARD,
        change()
            .replace(
                fin("loan.repayment:days_past_due"),
                SH + "datatype",
                "<" + Vocabulary.XSD + "decimal>"),
        "loan.repayment");
  }

  @Test
  void shouldBeForwardWhenItAcceptsLess() {
    assertLevel(FORWARD, change().replace(VALUE, SH + "maxInclusive", integer(100)));
    assertLevel(FORWARD, change().add(CHANNEL, SH + "minCount", integer(1)));
    assertLevel(FORWARD, change().allow("payment.authorised", "currency", List.of("EUR")));
    assertLevel(FORWARD, change().attribute("payment.authorised", "risk", "decimal", true));
    assertLevel(FORWARD, change().remove(TYPE, KNHK + "eventType"));
    assertLevel(FORWARD, change().replace(TYPE, KNHK + "eventType", "\"payment.approved\""));
  }

  @Test
  void shouldBeBreakingWhenItAcceptsOther() {
    assertLevel(
        BREAKING, change().replace(CHANNEL, SH + "datatype", "<" + Vocabulary.XSD + "boolean>"));
    assertLevel(
        BREAKING,
        change()
            .replace(VALUE, SH + "maxInclusive", integer(100_000))
            .replace(VALUE, SH + "minInclusive", integer(10)));
    assertLevel(BREAKING, change().allow("payment.authorised", "currency", List.of("EUR", "SEK")));
  }

  @Test
  void shouldNameWhatBreaksEitherWay() {
    StageResult.Passed passed =
        (StageResult.Passed)
            CompatibilityStage.check(
                change().allow("payment.authorised", "currency", List.of("EUR", "SEK")).compiled());
    assertThat(passed.remarks())
        .extracting(Witness::message)
        .containsExactly(
            "backward: an old observation may not fit: ALLOWED, before=CHF, EUR, GBP, JPY, USD, after=EUR, SEK",
            "forward: a new observation may not fit: ALLOWED, before=CHF, EUR, GBP, JPY, USD, after=EUR, SEK");
    assertThat(passed.remarks().get(0).path()).isEqualTo("currency");
  }

  @Test
  void shouldSayWhatKeepsAChangeFromALevel() {
    CompiledChange wider =
        change().replace(VALUE, SH + "maxInclusive", integer(100_000)).compiled();
    assertThat(CompatibilityStage.breaking(wider, BACKWARD)).isEmpty();
    assertThat(CompatibilityStage.breaking(wider, FORWARD)).hasSize(1);
    assertThat(CompatibilityStage.breaking(wider, FULL)).hasSize(1);
    assertThat(CompatibilityStage.breaking(wider, BREAKING)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "FULL,FULL,true",
    "FULL,BACKWARD,true",
    "FULL,FORWARD,true",
    "BACKWARD,FULL,false",
    "BACKWARD,BACKWARD,true",
    "BACKWARD,FORWARD,false",
    "FORWARD,BACKWARD,false",
    "BREAKING,BACKWARD,false",
    "BREAKING,BREAKING,true",
    "FORWARD,BREAKING,true"
  })
  void shouldSatisfyWhatIsDemandedOrLess(Compatibility level, Compatibility demanded, boolean yes) {
    assertThat(level.satisfies(demanded)).isEqualTo(yes);
  }

  private static void assertLevel(Compatibility level, Changes changes, String... types) {
    CompiledChange change = changes.compiled();
    assertThat(CompatibilityStage.of(change)).isEqualTo(level);
    if (types.length > 0) {
      assertThat(change.typesAfter()).containsOnlyKeys(types);
    }
  }
}
