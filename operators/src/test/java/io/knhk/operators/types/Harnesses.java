package io.knhk.operators.types;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * What tests do with Flink's operator harnesses: open strictly, pass a barrier, take what came out,
 * rescale.
 */
public final class Harnesses {
  public static final int MAX_PARALLELISM = 128;

  private Harnesses() {}

  /** Opens an operator, with the state it is given, where no type may fall to Kryo. */
  public static <T, H extends AbstractStreamOperatorTestHarness<T>> H open(
      H harness, @Nullable OperatorSubtaskState state) throws Exception {
    return open(harness, state, null);
  }

  /** The same for an operator whose output has a serializer that nobody can infer. */
  public static <T, H extends AbstractStreamOperatorTestHarness<T>> H open(
      H harness, @Nullable OperatorSubtaskState state, @Nullable TypeSerializer<T> output)
      throws Exception {
    Configuration strict = new Configuration();
    strict.set(PipelineOptions.GENERIC_TYPES, false);
    harness.getExecutionConfig().configure(strict, Harnesses.class.getClassLoader());
    if (output == null) {
      harness.setup();
    } else {
      harness.setup(output);
    }
    if (state == null) {
      harness.initializeEmptyState();
    } else {
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }

  /** A checkpoint barrier: what the operator does before it, then its state. */
  public static OperatorSubtaskState barrier(
      AbstractStreamOperatorTestHarness<?> harness, long checkpointId) throws Exception {
    harness.prepareSnapshotPreBarrier(checkpointId);
    OperatorSubtaskState state = harness.snapshot(checkpointId, 0);
    harness.notifyOfCompletedCheckpoint(checkpointId);
    return state;
  }

  /** What a side output has had since it was last asked. */
  public static <T> List<T> take(AbstractStreamOperatorTestHarness<?> harness, OutputTag<T> tag) {
    List<T> taken = new ArrayList<>();
    Queue<StreamRecord<T>> queue = harness.getSideOutput(tag);
    if (queue != null) {
      queue.forEach(record -> taken.add(record.getValue()));
      queue.clear();
    }
    return taken;
  }

  /** What the main output has had since it was last asked. */
  public static <T> List<T> take(AbstractStreamOperatorTestHarness<T> harness) {
    List<T> taken = new ArrayList<>(harness.extractOutputValues());
    harness.getOutput().clear();
    return taken;
  }

  /** Which of so many subtasks a key belongs to. */
  public static int subtaskOf(String key, int parallelism) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(key, MAX_PARALLELISM, parallelism);
  }

  /** The states of {@code to} subtasks out of the states of all there were. */
  public static List<OperatorSubtaskState> rescale(List<OperatorSubtaskState> from, int to)
      throws Exception {
    OperatorSubtaskState all =
        AbstractStreamOperatorTestHarness.repackageState(from.toArray(OperatorSubtaskState[]::new));
    List<OperatorSubtaskState> states = new ArrayList<>();
    for (int subtask = 0; subtask < to; subtask++) {
      states.add(
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              all, MAX_PARALLELISM, from.size(), to, subtask));
    }
    return states;
  }
}
