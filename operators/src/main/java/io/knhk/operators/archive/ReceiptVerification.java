package io.knhk.operators.archive;

import static java.util.Objects.requireNonNull;

import io.knhk.operators.archive.ReceiptJudge.Judged;
import io.knhk.operators.archive.ReceiptJudge.Signed;
import io.knhk.operators.archive.ReceiptJudge.Unsigned;
import io.knhk.operators.types.RawRecord;
import io.knhk.registry.Telemetry;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sorts the records of {@code knhk.receipts.v1}: a receipt that a trusted key signed for the sector
 * of its key is handed on as a row, of whatever log it is; everything else goes to quarantine, is
 * counted and raises an alarm, and changes nothing for the records after it.
 *
 * <p>Keyed by {@link SectorOfKey}, so that the rows of one sector reach one writer in order.
 * Without state: where a receipt stands in its chain is judged by {@link ArchiveSink}, which has
 * the database. Started without state it must read the topic from its earliest record.
 */
public final class ReceiptVerification extends KeyedProcessFunction<String, RawRecord, ArchiveRow> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ReceiptVerification.class);

  /** At least so much of recorded time between two lines of the log about unsigned records. */
  private static final long ALARM_EVERY_MS = 60_000;

  private final String log;
  private final String publicKeysPem;

  private transient @Nullable ReceiptJudge judge;
  private transient @Nullable Counter verified;
  private transient @Nullable Counter unsigned;
  private transient long alarmAfterMs;
  private transient long unsaid;

  /**
   * @param log what is noted beside records that are no receipts
   * @param publicKeysPem the keys whose signatures count, SubjectPublicKeyInfo blocks one after
   *     another
   * @throws IllegalArgumentException if the name is blank or a key is not valid
   */
  public ReceiptVerification(String log, String publicKeysPem) {
    TrustedKeys.requireLogName(log);
    TrustedKeys.parse(publicKeysPem);
    this.log = log;
    this.publicKeysPem = publicKeysPem;
  }

  @Override
  public void open(OpenContext context) {
    judge = new ReceiptJudge(publicKeysPem);
    alarmAfterMs = Long.MIN_VALUE;
    MetricGroup metrics = getRuntimeContext().getMetricGroup();
    verified = metrics.counter(Telemetry.ARCHIVE_VERIFIED);
    unsigned = metrics.counter(Telemetry.ARCHIVE_UNSIGNED);
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<ArchiveRow> out) {
    String sector = context.getCurrentKey();
    Judged judged = requireNonNull(judge).judge(sector, record.value());
    if (judged instanceof Signed signed) {
      requireNonNull(verified).inc();
      out.collect(ArchiveRow.of(signed.row(RecordPosition.of(record))));
    } else if (judged instanceof Unsigned refused) {
      requireNonNull(unsigned).inc();
      RecordPosition at = RecordPosition.of(record);
      raiseAlarm(record.recordedAtMs(), sector, at, refused);
      out.collect(
          ArchiveRow.of(
              new QuarantineRow(
                  at, log, sector, refused.seq(), refused.reason(), null, record.value())));
    }
  }

  /** The clock is the topic's, so that a replay of a year says no less than the year did. */
  private void raiseAlarm(long recordedAtMs, String sector, RecordPosition at, Unsigned refused) {
    if (recordedAtMs < alarmAfterMs) {
      unsaid++;
      return;
    }
    LOG.error(
        "No trusted key signed this receipt, it goes to quarantine and sector '{}' goes on: {} at"
            + " {}: {}; since the last such line: {}",
        sector,
        refused.reason(),
        at,
        refused.detail(),
        unsaid);
    alarmAfterMs = recordedAtMs + ALARM_EVERY_MS;
    unsaid = 0;
  }
}
