package io.knhk.operators.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanesTest {
  /** In a savepoint, keyed state lies under the lane: these must never change. */
  @ParameterizedTest
  @CsvSource({"'',0", "a,7", "card-1,0", "card-2,5", "machine/7,4", "patient 12,4", "é,0"})
  void shouldStayWhenSubjectIsTheSame(String subject, int lane) {
    assertThat(Lanes.of(subject)).isEqualTo(lane);
  }

  @Test
  void shouldUseEveryLaneWhenSubjectsAreNumbered() {
    Set<Integer> used = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      used.add(Lanes.of("card-" + i));
    }

    assertThat(used).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
  }
}
