package io.knhk.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.schemas.detection.PatternKind;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.Proposal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TouchedElementsTest {
  private final Loop loop = new Loop("finance");
  private final Proposal proposal =
      loop.proposal(
          Patterns.behaviour(
              loop.compiled(), PatternKind.ERROR_SPIKE, "payment.authorised", "", 0.7, 0.2));

  @Test
  void shouldNameTheElementWhenAProposalIsPromoted() {
    assertThat(TouchedElements.of(proposal.delta(), proposal))
        .isEqualTo("payment.authorised!error");
    assertThat(TouchedElements.plus(Map.of("payment.authorised!error", 2L, "x", 1L), proposal, 5))
        .containsExactly(Map.entry("payment.authorised!error", 5L), Map.entry("x", 1L));
  }

  @Test
  void shouldThrowWhenTheDeltaIsAnother() {
    assertThatThrownBy(() -> TouchedElements.of(new Delta(List.of("x"), List.of()), proposal))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
