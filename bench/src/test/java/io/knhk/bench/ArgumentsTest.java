package io.knhk.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  @Test
  void shouldTakeDefaultsWhenOnlyTheNameIsGiven() {
    assertThat(Arguments.parse(List.of("loop-events")))
        .isEqualTo(new Arguments(Benchmark.LOOP_EVENTS, false, 500_000, 5, 1_000, null));
  }

  @Test
  void shouldTakeWhatIsGiven() {
    assertThat(
            Arguments.parse(
                List.of("up-once", "--json", "--count", "7", "--rounds", "1", "--profile", "x")))
        .isEqualTo(new Arguments(Benchmark.UP_ONCE, true, 7, 1, 1_000, Path.of("x")));
  }

  @Test
  void shouldSayWhatWasExpectedWhenItIsWrong() {
    for (List<String> wrong :
        List.of(
            List.<String>of(),
            List.of("nope"),
            List.of("sign", "--nope"),
            List.of("sign", "--count"),
            List.of("sign", "--count", "0"),
            List.of("sign", "--count", "many"))) {
      assertThatThrownBy(() -> Arguments.parse(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("expected ");
    }
  }

  @Test
  void shouldBeInTheScriptsListWhenItCanBeRun() throws IOException {
    List<String> script = Files.readAllLines(Path.of("run"));
    for (Benchmark benchmark : Benchmark.values()) {
      assertThat(script).anyMatch(line -> line.startsWith(benchmark.label() + " "));
      assertThat(script)
          .anyMatch(line -> line.endsWith(") ;;") && line.contains(benchmark.label()));
    }
  }
}
