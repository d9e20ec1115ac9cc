package io.knhk.knowledge.doctrine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.knowledge.doctrine.DoctrineBook.Entry;
import io.knhk.schemas.knowledge.DoctrineRule;
import io.knhk.schemas.knowledge.DoctrineRule.Constraint;
import io.knhk.schemas.knowledge.DoctrineRule.Enforcement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DoctrineBookTest {
  private static final DoctrineRule RULE = rule("b", 1, 100, 200);

  private static DoctrineRule rule(String id, long version, long fromMs, long untilMs) {
    return new DoctrineRule(
        id,
        "finance",
        Constraint.APPROVAL_CHAIN,
        new TreeMap<>(Map.of("quorum", "2")),
        Enforcement.MANDATORY,
        fromMs,
        untilMs,
        version,
        "A rule.");
  }

  private static DoctrineBook book(DoctrineRule... rules) {
    return DoctrineBook.of(
        "finance", Stream.of(rules).map(rule -> new Entry(rule, false)).toList());
  }

  @Test
  void shouldBeInForceFromInclusiveUntilExclusive() {
    DoctrineBook book = book(RULE);
    assertThat(book.inForce(99)).isEmpty();
    assertThat(book.inForce(100)).containsExactly(RULE);
    assertThat(book.inForce(101)).containsExactly(RULE);
    assertThat(book.inForce(199)).containsExactly(RULE);
    assertThat(book.inForce(200)).isEmpty();
    assertThat(book.inForce(201)).isEmpty();
    assertThat(book(rule("a", 1, 0, Long.MAX_VALUE)).inForce(Long.MAX_VALUE)).hasSize(1);
  }

  @Test
  void shouldKeepItsHashForEver() {
    // What a ballot names: another hash would void every vote of a running sector.
    assertThat(book().hash())
        .isEqualTo("1e5e2aa59ff8facd8521d36bab8bb6ff535fdd3226ad3488371b796cbc550532");
    assertThat(book(RULE).hash())
        .isEqualTo("aec775fb3959ec381b4d817e0ae7268f31ff34a1d7d5397bf4b11042763dd3c4");
  }

  @Property(tries = 100)
  void shouldHashTheSameWhateverTheOrder(@ForAll long seed) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      entries.add(new Entry(rule("r" + i, 1, 0, 100 + i), false));
    }
    String hash = DoctrineBook.of("finance", entries).hash();
    Collections.shuffle(entries, new Random(seed));
    assertThat(DoctrineBook.of("finance", entries).hash()).isEqualTo(hash);
  }

  static Stream<DoctrineRule> others() {
    return Stream.of(
        rule("c", 1, 100, 200),
        rule("b", 2, 100, 200),
        rule("b", 1, 101, 200),
        rule("b", 1, 100, 201),
        new DoctrineRule(
            "b",
            "finance",
            Constraint.APPROVAL_CHAIN,
            new TreeMap<>(Map.of("quorum", "3")),
            Enforcement.MANDATORY,
            100,
            200,
            1,
            "A rule."),
        new DoctrineRule(
            "b",
            "finance",
            Constraint.APPROVAL_CHAIN,
            new TreeMap<>(Map.of("quorum", "2")),
            Enforcement.WARNING,
            100,
            200,
            1,
            "A rule."),
        new DoctrineRule(
            "b",
            "finance",
            Constraint.RESOURCE_LIMIT,
            new TreeMap<>(Map.of("max-types", "2")),
            Enforcement.MANDATORY,
            100,
            200,
            1,
            "A rule."),
        new DoctrineRule(
            "b",
            "finance",
            Constraint.APPROVAL_CHAIN,
            new TreeMap<>(Map.of("quorum", "2")),
            Enforcement.MANDATORY,
            100,
            200,
            1,
            "Another text."));
  }

  @ParameterizedTest
  @MethodSource("others")
  void shouldHaveAnotherHashWhenAnythingIsOther(DoctrineRule other) {
    assertThat(book(other).hash()).isNotEqualTo(book(RULE).hash());
  }

  @Test
  void shouldCountNoMoreWhenItIsRetired() {
    DoctrineBook retired = book(RULE).changed(true, RULE);
    assertThat(retired.rules()).isEmpty();
    assertThat(retired.inForce(150)).isEmpty();
    assertThat(retired.hash()).isEqualTo(book().hash());
    assertThat(retired.find("b")).contains(new Entry(RULE, true));
    assertThat(retired.mandatory(RuleTerms.ApprovalChain.class, 150)).isEmpty();
    assertThat(retired.mandatoryEver(RuleTerms.ApprovalChain.class)).isEmpty();
  }

  @Test
  void shouldUseEachVersionOnceWhenARuleComesBack() {
    DoctrineBook retired = book(RULE).changed(true, RULE);
    assertThat(retired.refusal(false, RULE, 5))
        .hasValueSatisfying(why -> assertThat(why).contains("next=2"));
    assertThat(retired.refusal(false, rule("b", 2, 100, 200), 5)).isEmpty();
    assertThat(retired.refusal(true, RULE, 5)).isPresent();
  }

  @Test
  void shouldRefuseAChangeThatDoesNotFit() {
    DoctrineBook book = book(RULE);
    assertThat(book.refusal(true, rule("b", 1, 100, 201), 5)).isPresent();
    assertThat(book.refusal(true, rule("z", 1, 100, 200), 5)).isPresent();
    assertThat(book.refusal(false, rule("z", 2, 100, 200), 5)).isPresent();
    assertThat(book.refusal(false, rule("z", 1, 200, 200), 5)).isPresent();
    assertThat(book.refusal(false, rule("z", 1, 100, 200), 1))
        .contains("expected a bounded doctrine: rules=1, limit=1");
    assertThat(book.refusal(false, rule("z", 1, 100, 200), 2)).isEmpty();
    assertThat(book.refusal(false, rule("b", 2, 100, 200), 1)).isEmpty();
  }

  @Test
  void shouldRefuseRulesThatDoNotBelongTogether() {
    assertThatThrownBy(() -> book(RULE, RULE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected each rule once: rule=b");
    assertThatThrownBy(() -> DoctrineBook.of("energy", List.of(new Entry(RULE, false))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sector=finance");
  }
}
