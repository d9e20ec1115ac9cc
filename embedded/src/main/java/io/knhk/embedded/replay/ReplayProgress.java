package io.knhk.embedded.replay;

/**
 * How far a replay has come.
 *
 * @param total rows in all
 * @param sent rows handed to Kafka now
 * @param skipped rows that were there from an earlier run
 * @param malformed rows among both that make no observation
 * @param finished whether everything is in Kafka, the markers too
 */
public record ReplayProgress(
    long total, long sent, long skipped, long malformed, boolean finished) {
  /** Told now and then from the thread that replays, and once at the end. */
  @FunctionalInterface
  public interface Listener {
    void progressed(ReplayProgress progress);
  }
}
