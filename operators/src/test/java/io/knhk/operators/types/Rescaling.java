package io.knhk.operators.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** Takes the state of one subtask over to four and back to one. */
public final class Rescaling {
  public static final int MOST = 4;

  /** Opens one subtask of so many of the operator under test. */
  public interface Opening {
    AbstractStreamOperatorTestHarness<?> open(
        @Nullable OperatorSubtaskState state, int parallelism, int subtask) throws Exception;
  }

  private Rescaling() {}

  /**
   * Holds that nothing is lost, doubled or changed on the way: each key with exactly one of the
   * four, each broadcast entry with all of them, each element of a list or union written once by
   * all together.
   *
   * @return the state of the one subtask in the end
   */
  public static OperatorSubtaskState oneFourOne(OperatorSubtaskState one, Opening opening)
      throws Exception {
    List<StateContents> before = new ArrayList<>();
    resume(List.of(one), 1, opening, before);
    List<StateContents> spread = new ArrayList<>();
    List<OperatorSubtaskState> four = resume(List.of(one), MOST, opening, spread);
    before.get(0).assertSpreadOver(spread);
    assertThat(elements(spread))
        .as("elements of lists and unions that four subtasks write together")
        .isEqualTo(before.get(0).elements());
    List<StateContents> after = new ArrayList<>();
    OperatorSubtaskState back = resume(four, 1, opening, after).get(0);
    assertThat(after).as("the state when it is back with one").isEqualTo(before);
    return back;
  }

  private static List<OperatorSubtaskState> resume(
      List<OperatorSubtaskState> from, int parallelism, Opening opening, List<StateContents> held)
      throws Exception {
    List<OperatorSubtaskState> states = new ArrayList<>();
    for (int subtask = 0; subtask < parallelism; subtask++) {
      OperatorSubtaskState mine = Harnesses.rescale(from, parallelism).get(subtask);
      try (var harness = opening.open(mine, parallelism, subtask)) {
        held.add(StateContents.of(harness));
        states.add(harness.snapshot(1, 0));
      }
    }
    return states;
  }

  private static Map<String, List<String>> elements(List<StateContents> subtasks) {
    Map<String, List<String>> all = new TreeMap<>();
    for (StateContents subtask : subtasks) {
      subtask
          .elements()
          .forEach(
              (state, some) -> {
                List<String> together = all.computeIfAbsent(state, name -> new ArrayList<>());
                together.addAll(some);
                together.sort(null);
              });
    }
    return all;
  }
}
