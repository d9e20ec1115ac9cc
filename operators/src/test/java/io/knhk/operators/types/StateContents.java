package io.knhk.operators.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorBackendSerializationProxy;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateSerializerProvider;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.CommonSerializerKeys;
import org.apache.flink.runtime.state.restore.FullSnapshotRestoreOperation;
import org.apache.flink.runtime.state.restore.KeyGroup;
import org.apache.flink.runtime.state.restore.SavepointRestoreResult;
import org.apache.flink.runtime.state.restore.ThrowingIterator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/**
 * All that one subtask's state holds, byte by byte as a savepoint has it, so that a test need not
 * know what an operator keeps to see that all of it is still there.
 *
 * @param keyed bytes of each value by state and key
 * @param broadcast each value by state and key, as text and bytes
 * @param elements each element of list and union state by state, as text and bytes, sorted
 */
public record StateContents(
    Map<String, String> keyed, Map<String, String> broadcast, Map<String, List<String>> elements) {

  /** What a savepoint of the subtask would hold now. */
  public static StateContents of(AbstractStreamOperatorTestHarness<?> subtask) throws Exception {
    OperatorSubtaskState saved =
        subtask
            .snapshotWithLocalState(
                Long.MAX_VALUE - 1, 0, SavepointType.savepoint(SavepointFormatType.CANONICAL))
            .getJobManagerOwnedState();
    StateContents contents = new StateContents(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    for (KeyedStateHandle handle : saved.getManagedKeyedState()) {
      contents.addKeyed(handle);
    }
    for (OperatorStateHandle handle : saved.getManagedOperatorState()) {
      contents.addOperator(handle);
    }
    return contents;
  }

  /**
   * Holds several subtasks to what one held before: each key with one of them, the broadcast
   * entries with all of them.
   */
  public void assertSpreadOver(List<StateContents> subtasks) {
    Map<String, String> together = new TreeMap<>();
    for (StateContents subtask : subtasks) {
      subtask.keyed.forEach(
          (key, value) -> assertThat(together.put(key, value)).as("a second %s", key).isNull());
      assertThat(subtask.broadcast).isEqualTo(broadcast);
    }
    assertThat(together).isEqualTo(keyed);
    if (keyed.size() > 1) {
      assertThat(subtasks).as("all keys with one subtask").noneMatch(s -> s.keyed.equals(keyed));
    }
  }

  private void addKeyed(KeyedStateHandle handle) throws Exception {
    SavepointRestoreResult result =
        new FullSnapshotRestoreOperation<>(
                KeyGroupRange.of(0, Harnesses.MAX_PARALLELISM - 1),
                StateContents.class.getClassLoader(),
                List.of(handle),
                StateSerializerProvider.fromNewRegisteredSerializer(StringSerializer.INSTANCE))
            .restore()
            .next();
    List<StateMetaInfoSnapshot> states = result.getStateMetaInfoSnapshots();
    try (ThrowingIterator<KeyGroup> groups = result.getRestoredKeyGroups()) {
      while (groups.hasNext()) {
        var entries = groups.next().getKeyGroupEntries();
        while (entries.hasNext()) {
          var entry = entries.next();
          keyed.put(
              states.get(entry.getKvStateId()).getName() + "/" + hex(entry.getKey()),
              hex(entry.getValue()));
        }
      }
    }
  }

  private void addOperator(OperatorStateHandle handle) throws IOException {
    OperatorBackendSerializationProxy proxy =
        new OperatorBackendSerializationProxy(StateContents.class.getClassLoader());
    try (FSDataInputStream in = handle.openInputStream()) {
      proxy.read(new DataInputViewStreamWrapper(in));
      Function<String, long[]> offsets =
          name -> handle.getStateNameToPartitionOffsets().get(name).getOffsets();
      for (StateMetaInfoSnapshot state : proxy.getOperatorStateMetaInfoSnapshots()) {
        List<String> all = elements.computeIfAbsent(state.getName(), name -> new ArrayList<>());
        TypeSerializer<?> serializer = serializer(state, CommonSerializerKeys.VALUE_SERIALIZER);
        for (long offset : offsets.apply(state.getName())) {
          in.seek(offset);
          all.add(next(serializer, in));
        }
        all.sort(null);
      }
      for (StateMetaInfoSnapshot state : proxy.getBroadcastStateMetaInfoSnapshots()) {
        in.seek(offsets.apply(state.getName())[0]);
        int count = new DataInputViewStreamWrapper(in).readInt();
        for (int i = 0; i < count; i++) {
          String key = next(serializer(state, CommonSerializerKeys.KEY_SERIALIZER), in);
          broadcast.put(
              state.getName() + "/" + key,
              next(serializer(state, CommonSerializerKeys.VALUE_SERIALIZER), in));
        }
      }
    }
  }

  private static TypeSerializer<?> serializer(
      StateMetaInfoSnapshot state, CommonSerializerKeys key) {
    TypeSerializerSnapshot<?> snapshot = state.getTypeSerializerSnapshot(key);
    if (snapshot == null) {
      throw new IllegalStateException("expected a serializer: state=" + state.getName());
    }
    return snapshot.restoreSerializer();
  }

  private static <T> String next(TypeSerializer<T> serializer, FSDataInputStream in)
      throws IOException {
    T value = serializer.deserialize(new DataInputViewStreamWrapper(in));
    DataOutputSerializer copy = new DataOutputSerializer(64);
    serializer.serialize(value, copy);
    String bytes = hex(copy.getCopyOfBuffer());
    return value instanceof byte[] ? bytes : value + " " + bytes;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
