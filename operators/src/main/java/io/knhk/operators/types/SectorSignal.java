package io.knhk.operators.types;

import org.jspecify.annotations.Nullable;

/**
 * What execute hears beside patterns: that recorded time has passed, that a subtask runs a
 * snapshot, what a person signed, and what was observed lately.
 *
 * @param snapshotId of the version that runs
 * @param operator uid of the operator that acknowledges
 * @param subtask its index
 * @param parallelism how many subtasks that operator has
 * @param control for a CONTROL: the record, which has the form of a message; nobody has looked at
 *     its signature
 * @param sample for a SAMPLE
 */
public record SectorSignal(
    Kind kind,
    String sector,
    long recordedAtMs,
    long version,
    String snapshotId,
    String operator,
    int subtask,
    int parallelism,
    @Nullable RawRecord control,
    @Nullable TypeSample sample) {
  /** Which fields count. */
  public enum Kind {
    TICK,
    ACKNOWLEDGED,
    CONTROL,
    SAMPLE
  }

  public static SectorSignal tick(String sector, long recordedAtMs) {
    return new SectorSignal(Kind.TICK, sector, recordedAtMs, 0, "", "", 0, 0, null, null);
  }

  public static SectorSignal acknowledged(
      String sector,
      long version,
      String snapshotId,
      String operator,
      int subtask,
      int parallelism) {
    return new SectorSignal(
        Kind.ACKNOWLEDGED,
        sector,
        0,
        version,
        snapshotId,
        operator,
        subtask,
        parallelism,
        null,
        null);
  }

  public static SectorSignal control(String sector, RawRecord record) {
    return new SectorSignal(
        Kind.CONTROL, sector, record.recordedAtMs(), 0, "", "", 0, 0, record, null);
  }

  public static SectorSignal sample(TypeSample sample) {
    return new SectorSignal(
        Kind.SAMPLE, sample.sector(), sample.recordedAtMs(), 0, "", "", 0, 0, null, sample);
  }
}
