package io.knhk.operators.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;

/**
 * Collects rows and stores them when there are enough, and before each barrier. One thread: that of
 * the task.
 */
final class ArchiveWriter implements StatefulSinkWriter<ArchiveRow, ArchiveHead> {
  private final ArchiveSinkOptions options;
  private final ReceiptJudge judge;
  private final KnownHeads known;
  private final ArchiveDatabase database;
  private final ArchiveMetrics metrics;
  private final boolean takesUp;
  private final List<ArchiveRow> batch = new ArrayList<>();
  private long batchBytes;

  /**
   * @param takesUp whether this writer looks for sectors that were resumed; one of the job does,
   *     for all of them
   */
  ArchiveWriter(
      ArchiveSinkOptions options,
      ReceiptJudge judge,
      KnownHeads known,
      ArchiveDatabase database,
      ArchiveMetrics metrics,
      boolean takesUp) {
    this.options = options;
    this.judge = judge;
    this.known = known;
    this.database = database;
    this.metrics = metrics;
    this.takesUp = takesUp;
  }

  @Override
  public void write(ArchiveRow row, Context context) throws IOException, InterruptedException {
    long bytes = row.payloadBytes();
    if (batchBytes + bytes > options.batchBytesMax()) {
      store();
    }
    batch.add(row);
    batchBytes += bytes;
    if (batch.size() >= options.batchRowsMax()) {
      store();
    }
  }

  @Override
  public void flush(boolean endOfInput) throws IOException, InterruptedException {
    checkRestored();
    if (takesUp) {
      takeUp();
    }
    store();
  }

  @Override
  public List<ArchiveHead> snapshotState(long checkpointId) {
    return known.snapshot();
  }

  @Override
  public void close() {
    database.close();
  }

  private void store() throws IOException, InterruptedException {
    if (batch.isEmpty()) {
      return;
    }
    checkRestored();
    long startedNanos = System.nanoTime();
    BatchStore.Outcome outcome =
        database.transaction(tables -> BatchStore.store(tables, batch, known));
    outcome.heads().forEach(known::seen);
    metrics.stored(outcome.stored(), System.nanoTime() - startedNanos);
    batch.clear();
    batchBytes = 0;
  }

  private void checkRestored() throws IOException, InterruptedException {
    if (known.isUnchecked()) {
      database.transaction(
          tables -> {
            known.checkRestored(tables.chains());
            return known;
          });
      known.checked();
    }
  }

  /** As many slices as there are; each resumption of a person ends after its last one. */
  private void takeUp() throws IOException, InterruptedException {
    HeldBack.Place place = HeldBack.Place.START;
    boolean any = false;
    while (true) {
      HeldBack.Place after = place;
      Optional<HeldBack.Slice> slice =
          database.transaction(
              tables -> HeldBack.takeUp(tables, judge, known, after, options.batchRowsMax()));
      if (slice.isEmpty()) {
        break;
      }
      any = true;
      ArchiveHead head = slice.get().head();
      if (head != null) {
        known.seen(head);
      }
      metrics.tookUp(slice.get().written());
      place = slice.get().reached();
    }
    if (any) {
      metrics.halted(database.transaction(tables -> tables.chains().haltedChains()));
    }
  }
}
