package io.knhk.operators.archive;

import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Writes rows to PostgreSQL in batches of one transaction, the last of them before each checkpoint
 * barrier. At least once, and a row that is there already is compared and not written again: so
 * each is there once.
 *
 * <p>A receipt whose number is stored with another body halts its sector here: a {@link HaltRow}
 * with both bodies, and this receipt and all that follow go to quarantine, until a row of {@code
 * halt_resumptions} names the halt. The rows of one sector must reach one writer, in order: run it
 * at the parallelism of {@link ReceiptVerification}, without a shuffle between the two.
 *
 * <p>While PostgreSQL is away the writer waits and tries again without limit; what is upstream
 * waits with it. What cannot pass by waiting fails the job.
 */
public final class ArchiveSink implements Sink<ArchiveRow> {
  private static final long serialVersionUID = 1L;

  private final ArchiveSinkOptions options;

  public ArchiveSink(ArchiveSinkOptions options) {
    this.options = options;
  }

  @Override
  public SinkWriter<ArchiveRow> createWriter(WriterInitContext context) {
    return new ArchiveWriter(
        options, new ArchiveDatabase(options), new ArchiveMetrics(context.metricGroup()));
  }
}
