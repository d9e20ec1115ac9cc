package io.knhk.knowledge.doctrine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.knowledge.doctrine.RuleTerms.TimeWindow;
import io.knhk.schemas.knowledge.DoctrineRule;
import io.knhk.schemas.knowledge.DoctrineRule.Constraint;
import io.knhk.schemas.knowledge.DoctrineRule.Enforcement;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleTermsTest {
  private static DoctrineRule rule(Constraint constraint, String parameters) {
    SortedMap<String, String> map = new TreeMap<>();
    if (!parameters.isEmpty()) {
      for (String parameter : parameters.split(" ", -1)) {
        int at = parameter.indexOf('=');
        map.put(parameter.substring(0, at), parameter.substring(at + 1));
      }
    }
    return new DoctrineRule(
        "r", "finance", constraint, map, Enforcement.MANDATORY, 0, Long.MAX_VALUE, 1, "A rule.");
  }

  private static TimeWindow window(String parameters) {
    return (TimeWindow) RuleTerms.of(rule(Constraint.TIME_WINDOW, parameters));
  }

  private static boolean permits(TimeWindow window, String instant) {
    return window.permits(Instant.parse(instant).toEpochMilli());
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-25T08:59:59.999Z, false",
    "2026-11-25T09:00:00Z, true",
    "2026-11-25T16:59:59.999Z, true",
    "2026-11-25T17:00:00Z, false",
    "2026-11-28T12:00:00Z, false",
  })
  void shouldAllowFromInclusiveUntilExclusiveOnItsDays(String at, boolean permitted) {
    TimeWindow office =
        window("mode=allow days=mon,tue,wed,thu,fri from=09:00 until=17:00 zone=UTC");
    assertThat(permits(office, at)).isEqualTo(permitted);
    TimeWindow denied =
        window("mode=deny days=mon,tue,wed,thu,fri from=09:00 until=17:00 zone=UTC");
    assertThat(permits(denied, at)).isEqualTo(!permitted);
  }

  @ParameterizedTest
  @CsvSource({
    // Friday night goes on into Saturday; Saturday night does not begin.
    "2026-11-27T21:59:59.999Z, false",
    "2026-11-27T22:00:00Z, true",
    "2026-11-28T00:00:00Z, true",
    "2026-11-28T05:59:59.999Z, true",
    "2026-11-28T06:00:00Z, false",
    "2026-11-28T22:00:00Z, false",
    "2026-11-27T05:00:00Z, false",
  })
  void shouldGoOnIntoTheNextDayWhenItWrapsMidnight(String at, boolean inside) {
    TimeWindow night = window("mode=allow days=fri from=22:00 until=06:00 zone=UTC");
    assertThat(permits(night, at)).isEqualTo(inside);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-27T23:59:59.999Z, false",
    "2026-11-28T00:00:00Z, true",
    "2026-11-29T23:59:59.999Z, true",
    "2026-11-30T00:00:00Z, false",
  })
  void shouldBeTheWholeDayWhenItEndsWhereItBegins(String at, boolean inside) {
    assertThat(permits(window("mode=allow days=sat,sun from=00:00 until=00:00 zone=UTC"), at))
        .isEqualTo(inside);
  }

  @ParameterizedTest
  @CsvSource({
    // 2026-10-25: at 03:00 summer time the clock goes back to 02:00. 02:30 is shown twice.
    "2026-10-25T00:29:59Z, false",
    "2026-10-25T00:30:00Z, true",
    "2026-10-25T00:59:59Z, true",
    "2026-10-25T01:00:00Z, false",
    "2026-10-25T01:30:00Z, true",
    "2026-10-25T01:59:59Z, true",
    "2026-10-25T02:00:00Z, false",
  })
  void shouldContainBothWhenTheClockIsPutBack(String at, boolean inside) {
    assertThat(permits(window("mode=allow from=02:30 until=03:00 zone=Europe/Berlin"), at))
        .isEqualTo(inside);
  }

  @ParameterizedTest
  @CsvSource({
    // 2026-03-29: at 02:00 winter time the clock goes on to 03:00. 02:30 is not shown.
    "2026-03-29T00:59:59.999Z, false",
    "2026-03-29T01:00:00Z, false",
    "2026-03-28T01:30:00Z, true",
  })
  void shouldContainNothingWhenTheClockIsPutForwardOverIt(String at, boolean inside) {
    assertThat(permits(window("mode=allow from=02:30 until=03:00 zone=Europe/Berlin"), at))
        .isEqualTo(inside);
  }

  @Test
  void shouldKeepToTheLocalClockWhenItsOffsetChanges() {
    TimeWindow noon = window("mode=allow from=12:00 until=12:01 zone=America/New_York");
    assertThat(permits(noon, "2026-07-01T16:00:00Z")).isTrue();
    assertThat(permits(noon, "2026-12-01T17:00:00Z")).isTrue();
    assertThat(permits(noon, "2026-12-01T16:00:00Z")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "APPROVAL_CHAIN|role=approver|expected a parameter: rule=r, parameter=quorum",
        "APPROVAL_CHAIN|quorum=0|a number from 1 to 16",
        "APPROVAL_CHAIN|quorum=17|a number from 1 to 16",
        "APPROVAL_CHAIN|quorum=-1|a whole number",
        "APPROVAL_CHAIN|quorum=99999999999|a whole number",
        "APPROVAL_CHAIN|quorum=2 role=king|one of [administrator, approver, steward]",
        "APPROVAL_CHAIN|quorum=2 applies-to=some|one of [all, additions, loosening, removals]",
        "APPROVAL_CHAIN|quorum=2 colour=red|no such parameter of approval-chain",
        "SEGREGATION_OF_DUTIES|role-a=approver|parameter=role-b",
        "SEGREGATION_OF_DUTIES|role-a=approver role-b=approver|another role than role-a",
        "RESOURCE_LIMIT||expected parameters: rule=r",
        "RESOURCE_LIMIT|max-triples=many|a whole number",
        "TIME_WINDOW|mode=maybe from=01:00 until=02:00 zone=UTC|allow or deny",
        "TIME_WINDOW|mode=allow from=24:00 until=02:00 zone=UTC|a time of the form HH:MM",
        "TIME_WINDOW|mode=allow from=1:00 until=02:00 zone=UTC|a time of the form HH:MM",
        "TIME_WINDOW|mode=allow from=01:00 until=02:00 zone=Moon/Base|a time zone such as",
        "TIME_WINDOW|mode=allow from=01:00 until=02:00|parameter=zone",
        "TIME_WINDOW|mode=allow days=monday from=01:00 until=02:00 zone=UTC|days such as",
        "SCHEMA|compatibility=sideways|one of [backward, forward, full]",
        "SCHEMA|type-style=Fancy|one of [lower-dotted",
        "CUSTOM|forbid-predicate=nonsense|an absolute IRI",
        "CUSTOM|ask=ASK{}|no such parameter of custom",
      })
  void shouldRefuseParametersThatSayNothing(
      Constraint constraint, String parameters, String message) {
    assertThatThrownBy(() -> RuleTerms.of(rule(constraint, parameters == null ? "" : parameters)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "ALL, '', *, true",
    "LOOSENING, ADDITION, *, false",
    "LOOSENING, LOOSENING, *, true",
    "REMOVALS, REMOVAL, payment.*, true",
    "REMOVALS, REMOVAL, account.*, false",
    "ADDITIONS, ADDITION, payment.????????d, false",
    "ADDITIONS, ADDITION, payment.?????????d, true",
  })
  void shouldCoverWhatItNames(AppliesTo appliesTo, String effect, String glob, boolean covered) {
    Scope scope =
        new Scope(
            new TreeSet<>(effect.isEmpty() ? Set.of() : Set.of(Effect.valueOf(effect))),
            new TreeSet<>(Set.of("payment.authorised")));
    assertThat(scope.isCoveredBy(appliesTo, new Glob(glob))).isEqualTo(covered);
  }

  @Test
  void shouldCoverEverythingWhenTheEventTypesAreNotKnownOrTooMany() {
    Scope unknown = new Scope(new TreeSet<>(), new TreeSet<>());
    assertThat(unknown.isCoveredBy(AppliesTo.ALL, new Glob("account.*"))).isTrue();
    TreeSet<String> many = new TreeSet<>();
    for (int i = 0; i <= Scope.EVENT_TYPES_MAX; i++) {
      many.add("payment." + i);
    }
    assertThat(new Scope(new TreeSet<>(), many).isCoveredBy(AppliesTo.ALL, new Glob("account.*")))
        .isTrue();
    many.pollFirst();
    assertThat(new Scope(new TreeSet<>(), many).isCoveredBy(AppliesTo.ALL, new Glob("account.*")))
        .isFalse();
  }

  @Property(tries = 2_000)
  void shouldMatchAsTheRegularExpressionDoes(
      @ForAll @StringLength(min = 1, max = 8) @CharRange(from = 'a', to = 'b') @Chars({'*', '?'})
          String pattern,
      @ForAll @StringLength(max = 8) @CharRange(from = 'a', to = 'b') String name) {
    String regex = pattern.replace("*", ".*").replace("?", ".");
    assertThat(new Glob(pattern).matches(name)).isEqualTo(Pattern.matches(regex, name));
  }

  @Test
  void shouldAnswerWhenThePatternIsMadeToTakeForEver() {
    assertThat(new Glob("*a".repeat(64) + "b").matches("a".repeat(10_000))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "LOWER_DOTTED, payment.authorised, true",
    "LOWER_DOTTED, payment_x.a-b.c2, true",
    "LOWER_DOTTED, payment..x, false",
    "LOWER_DOTTED, .payment, false",
    "LOWER_DOTTED, payment., false",
    "LOWER_DOTTED, Payment, false",
    "LOWER_SNAKE, risk_score2, true",
    "LOWER_SNAKE, risk__score, false",
    "LOWER_SNAKE, risk.score, false",
    "LOWER_KEBAB, risk-score, true",
    "LOWER_KEBAB, risk_score, false",
    "LOWER_CAMEL, riskScore, true",
    "LOWER_CAMEL, RiskScore, false",
    "LOWER_CAMEL, risk_score, false",
    "LOWER_SNAKE, 2risk, false",
    "LOWER_SNAKE, rísk, false",
  })
  void shouldKnowHowANameIsWritten(NameStyle style, String name, boolean matches) {
    assertThat(style.matches(name)).isEqualTo(matches);
    assertThat(style.matches("")).isFalse();
  }

  @Test
  void shouldReadEveryConstraintWhenItsParametersFit() {
    List<DoctrineRule> rules =
        List.of(
            rule(Constraint.APPROVAL_CHAIN, "quorum=2 role=steward applies-to=all event-types=a*"),
            rule(Constraint.SEGREGATION_OF_DUTIES, "role-a=steward role-b=approver"),
            rule(
                Constraint.RESOURCE_LIMIT,
                "max-triples=1 max-types=2 max-attributes-a-type=3 max-changes-a-day=4"),
            rule(Constraint.SCHEMA, "compatibility=full type-names=a* attribute-names=b*"),
            rule(Constraint.CUSTOM, "forbid-predicate=urn:x:y require-annotation=http://a/b"));
    for (DoctrineRule rule : rules) {
      assertThat(RuleTerms.of(rule)).isNotNull();
    }
  }
}
