package io.knhk.operators.types;

/**
 * What execute hears beside patterns: that recorded time has passed, or that a subtask runs a
 * snapshot.
 *
 * @param snapshotId of the version that runs
 * @param operator uid of the operator that acknowledges
 * @param subtask its index
 * @param parallelism how many subtasks that operator has
 */
public record SectorSignal(
    Kind kind,
    String sector,
    long recordedAtMs,
    long version,
    String snapshotId,
    String operator,
    int subtask,
    int parallelism) {
  /** Which fields count. */
  public enum Kind {
    TICK,
    ACKNOWLEDGED
  }

  public static SectorSignal tick(String sector, long recordedAtMs) {
    return new SectorSignal(Kind.TICK, sector, recordedAtMs, 0, "", "", 0, 0);
  }

  public static SectorSignal acknowledged(
      String sector,
      long version,
      String snapshotId,
      String operator,
      int subtask,
      int parallelism) {
    return new SectorSignal(
        Kind.ACKNOWLEDGED, sector, 0, version, snapshotId, operator, subtask, parallelism);
  }
}
