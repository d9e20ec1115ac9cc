package io.knhk.embedded.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A fixture is worth something only while there is something of every state in it. */
class SavepointFixtureTest {
  /**
   * Flink's own, which nothing of ours uses: there are no timers, and Kafka's writers keep nothing.
   */
  private static boolean isUnused(SavepointStates.Held state) {
    return state.name().startsWith("_timer_state/")
        || (state.name().equals("writer_raw_states")
            && List.of("dead-letters", "ticks-out").contains(state.uid()));
  }

  static List<Fixture> fixtures() throws IOException {
    return Fixture.all();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void shouldHoldSomethingOfEveryStateWhenKept(Fixture fixture) throws Exception {
    assertFull(fixture.loop());
    assertFull(fixture.archive());
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void shouldStillBeReadAsItWasWrittenWhenKept(Fixture fixture) throws Exception {
    List<String> committed = Files.readAllLines(StateTypesITCase.COMMITTED);
    for (Path savepoint : List.of(fixture.loop(), fixture.archive())) {
      SavepointStates saved = SavepointStates.read(savepoint);
      List<String> written = new ArrayList<>(saved.stateLines());
      written.addAll(saved.typeLines());
      assertThat(written)
          .as("a state that a release has written is kept for ever (docs/handbook/state.md)")
          .filteredOn(line -> !committed.contains(line))
          .isEmpty();
    }
  }

  static void assertFull(Path savepoint) throws Exception {
    assertThat(SavepointStates.read(savepoint).states())
        .isNotEmpty()
        .filteredOn(state -> !isUnused(state))
        .allSatisfy(state -> assertThat(state.entries()).as(state.line()).isPositive());
  }
}
