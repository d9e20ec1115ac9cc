package io.knhk.embedded.savepoint;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorBackendSerializationProxy;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateSerializerProvider;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.CommonOptionsKeys;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.CommonSerializerKeys;
import org.apache.flink.runtime.state.restore.FullSnapshotRestoreOperation;
import org.apache.flink.runtime.state.restore.KeyGroup;
import org.apache.flink.runtime.state.restore.SavepointRestoreResult;
import org.apache.flink.runtime.state.restore.ThrowingIterator;

/**
 * What is in a savepoint of the canonical format, as it says itself, so that nothing which is
 * registered can be forgotten.
 */
final class SavepointStates {
  /**
   * One state of one operator.
   *
   * @param kind value, map, list, union, broadcast or coordinator
   * @param shape of keys and values; records and enums by name
   * @param entries over all subtasks and keys; broadcast entries once a subtask
   */
  record Held(String uid, String kind, String name, String shape, long entries) {
    /** How the committed list has it. */
    String line() {
      return String.join(" | ", uid, kind, name, shape);
    }
  }

  private final List<OperatorState> operators;
  private final SerializerShape shapes = new SerializerShape();

  private SavepointStates(Collection<OperatorState> operators) {
    this.operators = List.copyOf(operators);
  }

  /**
   * @param savepoint the folder with {@code _metadata} in it
   */
  static SavepointStates read(Path savepoint) throws IOException {
    try (DataInputStream in =
        new DataInputStream(Files.newInputStream(savepoint.resolve("_metadata")))) {
      CheckpointMetadata metadata =
          Checkpoints.loadCheckpointMetadata(
              in, SavepointStates.class.getClassLoader(), savepoint.toUri().toString());
      return new SavepointStates(metadata.getOperatorStates());
    }
  }

  /** The maximum parallelism of each operator that has any state, by uid. */
  Map<String, Integer> maxParallelisms() {
    Map<String, Integer> found = new TreeMap<>();
    operators.forEach(operator -> found.put(uid(operator), operator.getMaxParallelism()));
    return found;
  }

  /** Every state of every operator, in order of uid and name. */
  List<Held> states() throws Exception {
    Map<String, Held> found = new TreeMap<>();
    for (OperatorState operator : operators) {
      for (OperatorSubtaskState subtask : operator.getStates()) {
        for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
          operatorStates(uid(operator), handle).forEach(held -> add(found, held));
        }
        for (KeyedStateHandle handle : subtask.getManagedKeyedState()) {
          keyedStates(uid(operator), handle).forEach(held -> add(found, held));
        }
      }
      if (operator.getCoordinatorState() != null) {
        add(
            found,
            new Held(
                uid(operator),
                "coordinator",
                "",
                "",
                operator.getCoordinatorState().getStateSize()));
      }
    }
    return List.copyOf(found.values());
  }

  /** A line a state: uid, kind, name, type. */
  List<String> stateLines() throws Exception {
    return states().stream().map(Held::line).toList();
  }

  /** A line a record or enum that some state is made of: its name, what is in it. */
  List<String> typeLines() throws Exception {
    states();
    return shapes.types().entrySet().stream()
        .map(type -> type.getKey() + " | " + type.getValue())
        .sorted()
        .toList();
  }

  private static void add(Map<String, Held> found, Held held) {
    found.merge(
        held.line(),
        held,
        (one, other) ->
            new Held(one.uid, one.kind, one.name, one.shape, one.entries + other.entries));
  }

  private List<Held> operatorStates(String uid, OperatorStateHandle handle) throws IOException {
    List<Held> found = new ArrayList<>();
    try (FSDataInputStream in = handle.openInputStream()) {
      OperatorBackendSerializationProxy proxy =
          new OperatorBackendSerializationProxy(SavepointStates.class.getClassLoader());
      proxy.read(new DataInputViewStreamWrapper(in));
      for (StateMetaInfoSnapshot state : proxy.getOperatorStateMetaInfoSnapshots()) {
        long[] offsets = handle.getStateNameToPartitionOffsets().get(state.getName()).getOffsets();
        String mode = state.getOption(CommonOptionsKeys.OPERATOR_STATE_DISTRIBUTION_MODE);
        found.add(
            new Held(
                uid,
                "UNION".equals(mode) ? "union" : "list",
                state.getName(),
                shapes.of(serializer(state, CommonSerializerKeys.VALUE_SERIALIZER)),
                offsets.length));
      }
      for (StateMetaInfoSnapshot state : proxy.getBroadcastStateMetaInfoSnapshots()) {
        long[] offsets = handle.getStateNameToPartitionOffsets().get(state.getName()).getOffsets();
        in.seek(offsets[0]);
        found.add(
            new Held(
                uid,
                "broadcast",
                state.getName(),
                shapes.of(serializer(state, CommonSerializerKeys.KEY_SERIALIZER))
                    + " -> "
                    + shapes.of(serializer(state, CommonSerializerKeys.VALUE_SERIALIZER)),
                new DataInputViewStreamWrapper(in).readInt()));
      }
    }
    return found;
  }

  private List<Held> keyedStates(String uid, KeyedStateHandle handle) throws Exception {
    ThrowingIterator<SavepointRestoreResult> results =
        new FullSnapshotRestoreOperation<>(
                KeyGroupRange.of(0, Short.MAX_VALUE),
                SavepointStates.class.getClassLoader(),
                List.of(handle),
                StateSerializerProvider.fromNewRegisteredSerializer(StringSerializer.INSTANCE))
            .restore();
    SavepointRestoreResult result = results.next();
    Map<Integer, Long> entries = new HashMap<>();
    try (ThrowingIterator<KeyGroup> groups = result.getRestoredKeyGroups()) {
      while (groups.hasNext()) {
        var pairs = groups.next().getKeyGroupEntries();
        while (pairs.hasNext()) {
          entries.merge(pairs.next().getKvStateId(), 1L, Long::sum);
        }
      }
    }
    List<Held> found = new ArrayList<>();
    List<StateMetaInfoSnapshot> states = result.getStateMetaInfoSnapshots();
    for (int id = 0; id < states.size(); id++) {
      StateMetaInfoSnapshot state = states.get(id);
      found.add(
          new Held(
              uid,
              kind(state),
              state.getName(),
              shapes.of(serializer(state, CommonSerializerKeys.VALUE_SERIALIZER)),
              entries.getOrDefault(id, 0L)));
    }
    return found;
  }

  private static String kind(StateMetaInfoSnapshot state) {
    String type = state.getOption(CommonOptionsKeys.KEYED_STATE_TYPE);
    return (type == null ? state.getBackendStateType().name() : type).toLowerCase(Locale.ROOT);
  }

  private static TypeSerializerSnapshot<?> serializer(
      StateMetaInfoSnapshot state, CommonSerializerKeys key) {
    TypeSerializerSnapshot<?> snapshot = state.getTypeSerializerSnapshot(key);
    if (snapshot == null) {
      throw new IllegalStateException(
          "expected a serializer: state=" + state.getName() + ", key=" + key);
    }
    return snapshot;
  }

  private static String uid(OperatorState operator) {
    return operator
        .getOperatorUid()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "expected a uid: operator=" + operator.getOperatorName().orElse("")));
  }
}
