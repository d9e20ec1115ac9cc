package io.knhk.operators.types;

import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledSnapshotCodec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot in force in each sector, as one subtask sees it: the genesis until something newer
 * is broadcast, then what was broadcast last, also after a restore. Bound: one entry a sector, of
 * at most {@link CompiledSnapshot#BYTES_MAX}.
 *
 * <p>A subtask acknowledges a version at the next checkpoint barrier after it runs it, and again
 * after every restore, so that no acknowledgement can be lost with a failure.
 */
public final class SnapshotView {
  private static final MapStateDescriptor<String, byte[]> SNAPSHOTS =
      new MapStateDescriptor<>(
          "snapshots", Types.STRING, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

  private final Map<String, CompiledSnapshot> current = new HashMap<>();
  private final Set<String> unacknowledged = new HashSet<>();
  private final BroadcastState<String, byte[]> state;

  private SnapshotView(BroadcastState<String, byte[]> state) {
    this.state = state;
  }

  /**
   * @param genesis encoded version 1 of every sector
   */
  public static SnapshotView open(OperatorStateStore store, List<byte[]> genesis) throws Exception {
    SnapshotView view = new SnapshotView(store.getBroadcastState(SNAPSHOTS));
    for (byte[] encoded : genesis) {
      view.put(CompiledSnapshotCodec.decode(encoded));
    }
    for (Map.Entry<String, byte[]> entry : view.state.immutableEntries()) {
      view.put(CompiledSnapshotCodec.decode(entry.getValue()));
    }
    for (byte[] encoded : genesis) {
      String sector = CompiledSnapshotCodec.decode(encoded).sector();
      if (!view.state.contains(sector)) {
        // From here on the state says what version 1 was, also to a release that bundles another
        // one.
        view.state.put(sector, encoded);
      }
    }
    return view;
  }

  /** The snapshot in force, or null for a sector that has none. */
  public @Nullable CompiledSnapshot of(String sector) {
    return current.get(sector);
  }

  public Iterable<CompiledSnapshot> all() {
    return current.values();
  }

  /**
   * Takes a broadcast snapshot and returns it decoded, or null when it is not newer than the one in
   * force.
   */
  public @Nullable CompiledSnapshot apply(ControlUpdate update) throws Exception {
    CompiledSnapshot before = current.get(update.sector());
    if (before != null && update.version() <= before.version()) {
      return null;
    }
    CompiledSnapshot next = CompiledSnapshotCodec.decode(update.snapshot());
    state.put(update.sector(), update.snapshot());
    put(next);
    return next;
  }

  /**
   * Snapshots that this subtask runs and has not acknowledged since it started; each is returned
   * once.
   */
  public List<CompiledSnapshot> takeUnacknowledged() {
    if (unacknowledged.isEmpty()) {
      return List.of();
    }
    List<CompiledSnapshot> taken =
        current.values().stream().filter(s -> unacknowledged.contains(s.sector())).toList();
    unacknowledged.clear();
    return taken;
  }

  private void put(CompiledSnapshot snapshot) {
    current.put(snapshot.sector(), snapshot);
    unacknowledged.add(snapshot.sector());
  }
}
