package io.knhk.operators.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.sink2.SinkWriter;

/**
 * Collects rows and stores them when there are enough, and before each barrier. One thread: that of
 * the task.
 */
final class ArchiveWriter implements SinkWriter<ArchiveRow> {
  private final ArchiveSinkOptions options;
  private final ArchiveDatabase database;
  private final ArchiveMetrics metrics;
  private final List<ArchiveRow> batch = new ArrayList<>();
  private long batchBytes;

  ArchiveWriter(ArchiveSinkOptions options, ArchiveDatabase database, ArchiveMetrics metrics) {
    this.options = options;
    this.database = database;
    this.metrics = metrics;
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
    store();
  }

  @Override
  public void close() {
    database.close();
  }

  private void store() throws IOException, InterruptedException {
    if (batch.isEmpty()) {
      return;
    }
    long startedNanos = System.nanoTime();
    ArchiveMetrics.Stored stored = database.transaction(tables -> BatchStore.store(tables, batch));
    metrics.stored(stored, System.nanoTime() - startedNanos);
    batch.clear();
    batchBytes = 0;
  }
}
