package io.knhk.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FigureTest {
  private static final Figure FIGURE = new Figure("loop", "obs/s", 50_000.4, "Flink", 100_000);

  @Test
  void shouldSayTheRatioWhenThereIsAPeer() {
    assertThat(Main.json(List.of(FIGURE)))
        .isEqualTo(
            """
            {"name":"loop","unit":"obs/s","value":50000.0,"peer":"Flink","peerValue":100000.0,"ratio":0.5}""");
  }

  @Test
  void shouldBeAnArrayWhenThereAreSeveral() {
    String one = Main.json(List.of(FIGURE));
    assertThat(Main.json(List.of(FIGURE, FIGURE))).isEqualTo("[" + one + "," + one + "]");
  }

  @Test
  void shouldRefuseWhenThereIsNothingToCompareWith() {
    assertThatThrownBy(() -> new Figure("loop", "obs/s", 1, "Flink", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("peerValue=0.0");
    assertThatThrownBy(() -> new Figure("loop", "obs/s", Double.NaN, "Flink", 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
