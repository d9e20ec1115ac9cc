package io.knhk.operators.archive;

import io.knhk.registry.Telemetry;
import java.util.concurrent.TimeUnit;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** What a writer has done. */
final class ArchiveMetrics {
  private static final int DURATIONS_KEPT = 1_000;

  private final Counter written;
  private final Counter duplicates;
  private final Counter quarantined;
  private final Counter takenUp;
  private final Histogram batchDurationMs;
  private volatile int halted;

  ArchiveMetrics(MetricGroup group) {
    written = group.counter(Telemetry.ARCHIVE_WRITTEN);
    duplicates = group.counter(Telemetry.ARCHIVE_DUPLICATES);
    quarantined = group.counter(Telemetry.ARCHIVE_QUARANTINED);
    takenUp = group.counter(Telemetry.ARCHIVE_TAKEN_UP);
    batchDurationMs =
        group.histogram(
            Telemetry.ARCHIVE_BATCH_DURATION, new DescriptiveStatisticsHistogram(DURATIONS_KEPT));
    group.gauge(Telemetry.ARCHIVE_HALTED, () -> halted);
  }

  void stored(Stored batch, long nanos) {
    written.inc(batch.written());
    duplicates.inc(batch.duplicates());
    quarantined.inc(batch.quarantined());
    batchDurationMs.update(TimeUnit.NANOSECONDS.toMillis(nanos));
    halted = batch.haltedChains();
  }

  void tookUp(int receipts) {
    written.inc(receipts);
    takenUp.inc(receipts);
  }

  /** A person resumes a sector, whether receipts come or not. */
  void halted(int chains) {
    halted = chains;
  }

  /**
   * What one transaction came to.
   *
   * @param written receipts that are new
   * @param duplicates receipts that were there, the same
   * @param quarantined rows newly put into quarantine, of any kind
   * @param haltedChains sectors that are halted, in the whole database
   */
  record Stored(int written, int duplicates, int quarantined, int haltedChains) {}
}
