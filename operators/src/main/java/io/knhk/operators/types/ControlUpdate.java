package io.knhk.operators.types;

import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledSnapshotCodec;

/**
 * What is broadcast to operators beside their data. One record type for all of it keeps the
 * broadcast input's order.
 *
 * @param sector empty for a TICK
 * @param source whose clock it is, for a PROGRESS
 * @param clockMs for a PROGRESS: no observation of this source that is earlier is still waited for
 * @param seenMs for a PROGRESS: largest event time of any observation of this source,
 *     Long.MIN_VALUE before the first
 * @param recordedAtMs LogAppendTime of the newest record behind it
 * @param version of the snapshot, for a SNAPSHOT
 * @param subtask for a TICK: whose reading has come to {@code recordedAtMs}
 * @param parallelism for a TICK: how many such subtasks there are
 * @param snapshot for a SNAPSHOT: its {@link CompiledSnapshotCodec encoded} form, verified
 */
public record ControlUpdate(
    Kind kind,
    String sector,
    String source,
    long clockMs,
    long seenMs,
    long recordedAtMs,
    long version,
    int subtask,
    int parallelism,
    byte[] snapshot) {
  /** Which fields count. */
  public enum Kind {
    SNAPSHOT,
    PROGRESS,
    TICK
  }

  private static final byte[] NONE = new byte[0];

  public static ControlUpdate snapshot(CompiledSnapshot compiled, long recordedAtMs) {
    return new ControlUpdate(
        Kind.SNAPSHOT,
        compiled.sector(),
        "",
        0,
        0,
        recordedAtMs,
        compiled.version(),
        0,
        0,
        CompiledSnapshotCodec.encode(compiled));
  }

  public static ControlUpdate progress(
      String sector, String source, long clockMs, long seenMs, long recordedAtMs) {
    return new ControlUpdate(
        Kind.PROGRESS, sector, source, clockMs, seenMs, recordedAtMs, 0, 0, 0, NONE);
  }

  /** Recorded time for everybody. */
  public static ControlUpdate tick(long recordedAtMs) {
    return tick(recordedAtMs, 0, 1);
  }

  /** How far in recorded time one of several subtasks has read. */
  public static ControlUpdate tick(long recordedAtMs, int subtask, int parallelism) {
    return new ControlUpdate(Kind.TICK, "", "", 0, 0, recordedAtMs, 0, subtask, parallelism, NONE);
  }
}
