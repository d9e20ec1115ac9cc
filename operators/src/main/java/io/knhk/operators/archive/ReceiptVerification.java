package io.knhk.operators.archive;

import static java.util.Objects.requireNonNull;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.ReceiptVerifier;
import io.knhk.ledger.ReceiptVerifier.Verdict;
import io.knhk.operators.types.RawRecord;
import io.knhk.registry.Telemetry;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks each receipt of {@code knhk.receipts.v1} against its sector's chain before it becomes a
 * row. Keyed by {@link SectorOfKey}.
 *
 * <p>A receipt whose number has passed is handed on as a row too: the database compares it with
 * what is stored. Anything else that is not the next receipt halts its sector: a {@link HaltRow},
 * and this record and all that follow go to quarantine. Other sectors go on.
 *
 * <p>State is one {@link ArchiveHead} a sector: at most one for each of {@link
 * io.knhk.schemas.Sectors}, one for the reserved sector and one for records of none; it lasts as
 * long as the log. Started without state it begins at number 0 and must read the topic from its
 * earliest record; what is stored already is then found to be the same. State of another log than
 * the one named is set aside.
 */
public final class ReceiptVerification extends KeyedProcessFunction<String, RawRecord, ArchiveRow> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ReceiptVerification.class);

  private final String log;
  private final String publicKeysPem;

  private transient @Nullable ReceiptVerifier verifier;
  private transient @Nullable ValueState<ArchiveHead> heads;
  private transient @Nullable Counter verified;

  /**
   * @param log the only log whose receipts are accepted
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
    KeyRing keys = TrustedKeys.parse(publicKeysPem);
    verifier = new ReceiptVerifier(keys, log);
    heads =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>("archive-head", TypeInformation.of(ArchiveHead.class)));
    verified = getRuntimeContext().getMetricGroup().counter(Telemetry.ARCHIVE_VERIFIED);
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<ArchiveRow> out)
      throws Exception {
    ValueState<ArchiveHead> state = requireNonNull(heads);
    String sector = context.getCurrentKey();
    ArchiveHead head = state.value();
    if (head == null || !head.log().equals(log)) {
      head = ArchiveHead.start(log);
    }
    Dsse.Envelope envelope;
    try {
      envelope = Dsse.Envelope.parse(record.value());
    } catch (LedgerFormatException e) {
      refuse(
          record, sector, head, null, new Verdict.Malformed(String.valueOf(e.getMessage())), out);
      return;
    }
    if (head.halted()) {
      out.collect(quarantined(record, sector, claimedSeq(envelope), RefusalReason.HALTED));
      return;
    }
    Verdict verdict = requireNonNull(verifier).verify(sector, head.head(), envelope);
    if (verdict instanceof Verdict.Valid valid) {
      accept(record, envelope, valid.body(), valid.hash(), out);
      state.update(head.next(valid.next()));
    } else if (verdict instanceof Verdict.Stale stale) {
      accept(record, envelope, stale.body(), stale.hash(), out);
    } else {
      refuse(record, sector, head, envelope, verdict, out);
    }
  }

  private void accept(
      RawRecord record,
      Dsse.Envelope envelope,
      ReceiptBody body,
      String hash,
      Collector<ArchiveRow> out) {
    requireNonNull(verified).inc();
    out.collect(
        ArchiveRow.of(
            ReceiptRow.of(
                RecordPosition.of(record), body, hash, envelope.payload(), envelope.signature())));
  }

  private void refuse(
      RawRecord record,
      String sector,
      ArchiveHead head,
      Dsse.@Nullable Envelope envelope,
      Verdict verdict,
      Collector<ArchiveRow> out)
      throws Exception {
    Long seq = envelope == null ? null : claimedSeq(envelope);
    if (head.halted()) {
      out.collect(quarantined(record, sector, seq, RefusalReason.HALTED));
      return;
    }
    RefusalReason reason = reasonOf(verdict, sector);
    RecordPosition at = RecordPosition.of(record);
    LOG.error(
        "Sector {} halts at seq={}: {} at {}: {}",
        sector,
        head.nextSeq(),
        reason,
        at,
        verdict.detail());
    out.collect(
        ArchiveRow.of(
            new HaltRow(
                at,
                log,
                sector,
                head.nextSeq(),
                reason,
                verdict.detail(),
                head.lastHash(),
                envelope == null ? null : ReceiptBody.hash(envelope.payload()),
                null,
                envelope == null ? record.value() : envelope.payload())));
    out.collect(quarantined(record, sector, seq, reason));
    requireNonNull(heads).update(head.halt());
  }

  private ArchiveRow quarantined(
      RawRecord record, String sector, @Nullable Long seq, RefusalReason reason) {
    return ArchiveRow.of(
        new QuarantineRow(RecordPosition.of(record), log, sector, seq, reason, record.value()));
  }

  private static RefusalReason reasonOf(Verdict verdict, String sector) {
    if (verdict instanceof Verdict.Gap) {
      return RefusalReason.GAP;
    }
    if (verdict instanceof Verdict.Fork) {
      return RefusalReason.FORK;
    }
    if (verdict instanceof Verdict.BadSignature) {
      return RefusalReason.BAD_SIGNATURE;
    }
    if (verdict instanceof Verdict.UnknownKey) {
      return RefusalReason.UNKNOWN_KEY;
    }
    if (verdict instanceof Verdict.WrongLog wrong && wrong.body().sector().equals(sector)) {
      return RefusalReason.WRONG_LOG;
    }
    return RefusalReason.MALFORMED;
  }

  /** The number in a body that nobody has verified. */
  private static @Nullable Long claimedSeq(Dsse.Envelope envelope) {
    try {
      return ReceiptBody.parse(envelope.payload()).seq();
    } catch (LedgerFormatException e) {
      return null;
    }
  }
}
