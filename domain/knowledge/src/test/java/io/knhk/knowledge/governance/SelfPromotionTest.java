package io.knhk.knowledge.governance;

import static io.knhk.knowledge.governance.Office.change;
import static io.knhk.knowledge.governance.Office.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.doctrine.Effect;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.knowledge.DoctrineRule;
import io.knhk.schemas.knowledge.DoctrineRule.Constraint;
import io.knhk.schemas.knowledge.DoctrineRule.Enforcement;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What promotes by itself in a sector that evolves. */
class SelfPromotionTest {
  private final Office office = new Office();

  @Test
  void shouldPromoteWhenItAddsAndIsSure() {
    assertThat(why(office, change("a"), 0.9)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.8999999, 0, Double.NaN})
  void shouldAskPeopleWhenItIsNotSure(double confidence) {
    assertThat(why(office, change("a"), confidence)).contains("confidence below 0.9");
  }

  @ParameterizedTest
  @EnumSource(
      value = Effect.class,
      names = {"LOOSENING", "REMOVAL"})
  void shouldAskPeopleWhenItDoesMoreThanAdd(Effect effect) {
    assertThat(why(office, change("a", effect), 1)).isPresent();
  }

  @Test
  void shouldAskPeopleWhenItTouchesAGuard() {
    assertThat(
            office.governance.whyPeopleDecide(change("a"), 1, Set.of(Office.GUARD), office.nowMs))
        .contains("it touches guards: " + Office.GUARD);
  }

  @ParameterizedTest
  @EnumSource(Enforcement.class)
  void shouldAskPeopleWhenAChainIsMandatoryAndCoversIt(Enforcement enforcement) {
    DoctrineRule covering =
        rule("c", Constraint.APPROVAL_CHAIN, enforcement, "quorum", "1", "event-types", "pay*");
    assertThat(why(new Office(covering), change("a"), 1).isPresent())
        .isEqualTo(enforcement == Enforcement.MANDATORY);
    DoctrineRule other =
        rule("c", Constraint.APPROVAL_CHAIN, enforcement, "quorum", "1", "event-types", "card*");
    assertThat(why(new Office(other), change("a"), 1)).isEmpty();
  }

  @Test
  void shouldAskPeopleWhenPromotionsOrItselfAreHeld() {
    office.governance.hold(HoldTarget.PROMOTIONS, "", "sam", "Stop.", "", office.nowMs);
    assertThat(why(office, change("a"), 1)).contains("promotions are held");
    office.governance.release(HoldTarget.PROMOTIONS, "", "bob", "Go on.", "", office.nowMs);
    office.governance.holdChanges(change("a").changeKeys(), "", "Rolled back.", "", office.nowMs);
    assertThat(why(office, change("a"), 1)).isPresent();
    assertThat(why(office, change("b"), 1)).isEmpty();
  }

  private static Optional<String> why(Office office, Asked.Change change, double confidence) {
    return office.governance.whyPeopleDecide(change, confidence, Set.of(), office.nowMs);
  }
}
