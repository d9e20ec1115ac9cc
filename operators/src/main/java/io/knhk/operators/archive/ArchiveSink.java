package io.knhk.operators.archive;

import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Writes rows to PostgreSQL in batches of one transaction, the last of them before each checkpoint
 * barrier. At least once, and a row that is there already is compared and not written again: so
 * each is there once.
 *
 * <p>A receipt that leaves a gap, or another receipt under a number that is taken, halts its sector
 * here: a {@link HaltRow}, and this receipt and all that follow wait in quarantine, until a row of
 * {@code halt_resumptions} names the halt. Then they are verified again and taken up in order, at
 * the next checkpoint. The rows of one sector must reach one writer, in order: run it at the
 * parallelism of {@link ReceiptVerification}, without a shuffle between the two.
 *
 * <p>State is how far each chain was seen stored. A database that has less, or another history, is
 * refused for good; one that has more is compared, see {@link KnownHeads}.
 *
 * <p>While PostgreSQL is away the writer waits and tries again without limit; what is upstream
 * waits with it. What cannot pass by waiting fails the job.
 */
public final class ArchiveSink
    implements Sink<ArchiveRow>, SupportsWriterState<ArchiveRow, ArchiveHead> {
  private static final long serialVersionUID = 1L;

  private final ArchiveSinkOptions options;
  private final String publicKeysPem;

  /**
   * @param publicKeysPem the keys whose signatures count when what waited is verified again
   * @throws IllegalArgumentException if a key is not valid
   */
  public ArchiveSink(ArchiveSinkOptions options, String publicKeysPem) {
    TrustedKeys.parse(publicKeysPem);
    this.options = options;
    this.publicKeysPem = publicKeysPem;
  }

  @Override
  public StatefulSinkWriter<ArchiveRow, ArchiveHead> createWriter(WriterInitContext context) {
    return restoreWriter(context, List.of());
  }

  @Override
  public StatefulSinkWriter<ArchiveRow, ArchiveHead> restoreWriter(
      WriterInitContext context, Collection<ArchiveHead> recovered) {
    return new ArchiveWriter(
        options,
        new ReceiptJudge(publicKeysPem),
        new KnownHeads(recovered),
        new ArchiveDatabase(options),
        new ArchiveMetrics(context.metricGroup()),
        context.getTaskInfo().getIndexOfThisSubtask() == 0);
  }

  @Override
  public SimpleVersionedSerializer<ArchiveHead> getWriterStateSerializer() {
    return new ArchiveHead.Serializer();
  }
}
