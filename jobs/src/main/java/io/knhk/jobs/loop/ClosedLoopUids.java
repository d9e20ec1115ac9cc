package io.knhk.jobs.loop;

/**
 * Permanent names: state in a savepoint is found again by them. Committed as a list in the tests;
 * never change one.
 */
final class ClosedLoopUids {
  static final String OBSERVATIONS = "observations";
  static final String SNAPSHOTS = "snapshots";
  static final String CONTROL = "control";
  static final String TICKER = "ticker";
  static final String TICKS_OUT = "ticks-out";
  static final String TICKS_IN = "ticks-in";
  static final String CONTROL_IN = "control-in";
  static final String SAMPLES = "samples";
  static final String SECTOR_TICKS = "sector-ticks";
  static final String GATE = "snapshot-gate";
  static final String MONITOR = "monitor";
  static final String DEAD_LETTERS = "dead-letters";
  static final String SUBJECTS = "analyze-subjects";
  static final String TYPES = "analyze-types";
  static final String EXECUTE = "execute";
  static final String RECORD = "record";
  static final String SIGNED = "signed";

  private ClosedLoopUids() {}
}
