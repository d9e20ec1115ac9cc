package io.knhk.operators.archive;

import static java.util.Objects.requireNonNull;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.Receipts;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshotCodec;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the form and the signature of each snapshot of {@code knhk.snapshots.v1} before it becomes
 * a row. Without state: that one promotion follows from the one before is in the receipts. What is
 * refused goes to quarantine and halts nothing.
 */
public final class SnapshotVerification extends ProcessFunction<RawRecord, ArchiveRow> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotVerification.class);

  /** Most characters of an id. */
  private static final int ID_CHARS_MAX = 256;

  private final String log;
  private final String publicKeysPem;

  private transient @Nullable KeyRing keys;

  /**
   * @param log what is noted beside records that are no snapshots
   * @param publicKeysPem the keys whose signatures count, SubjectPublicKeyInfo blocks one after
   *     another
   * @throws IllegalArgumentException if the name is blank or a key is not valid
   */
  public SnapshotVerification(String log, String publicKeysPem) {
    TrustedKeys.requireLogName(log);
    TrustedKeys.parse(publicKeysPem);
    this.log = log;
    this.publicKeysPem = publicKeysPem;
  }

  @Override
  public void open(OpenContext context) {
    keys = TrustedKeys.parse(publicKeysPem);
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<ArchiveRow> out) {
    SignedRecord signed =
        SignedRecord.of(record.value(), Receipts.SNAPSHOT_PAYLOAD_TYPE, requireNonNull(keys));
    if (signed instanceof SignedRecord.Authentic authentic) {
      out.collect(row(record, authentic.envelope()));
    } else if (signed instanceof SignedRecord.Refused refused) {
      out.collect(refused(record, refused.reason(), refused.detail()));
    }
  }

  private ArchiveRow row(RawRecord record, Dsse.Envelope envelope) {
    byte[] body = envelope.payload();
    PromotedSnapshot promoted;
    try {
      promoted = PromotedSnapshotCodec.decode(body);
    } catch (IllegalArgumentException e) {
      return refused(record, RefusalReason.MALFORMED, String.valueOf(e.getMessage()));
    }
    CompiledSnapshot snapshot = promoted.snapshot();
    String sector = SectorOfKey.sectorOf(record);
    if (!snapshot.sector().equals(sector)) {
      return refused(
          record,
          RefusalReason.MALFORMED,
          "expected the sector of the record's key: sector="
              + snapshot.sector()
              + ", key="
              + sector);
    }
    if (snapshot.version() < 1
        || Math.max(
                snapshot.snapshotId().length(),
                Math.max(snapshot.parentId().length(), snapshot.proposalId().length()))
            > ID_CHARS_MAX) {
      return refused(
          record,
          RefusalReason.MALFORMED,
          "expected a version from 1 and bounded ids: version="
              + snapshot.version()
              + ", limit="
              + ID_CHARS_MAX);
    }
    return ArchiveRow.of(
        new SnapshotRow(
            RecordPosition.of(record),
            promoted.log(),
            sector,
            snapshot.version(),
            snapshot.snapshotId(),
            snapshot.parentId(),
            snapshot.proposalId(),
            snapshot.promotedAtMs(),
            envelope.keyId(),
            body,
            envelope.signature()));
  }

  private ArchiveRow refused(RawRecord record, RefusalReason reason, String detail) {
    RecordPosition at = RecordPosition.of(record);
    LOG.error("Snapshot refused: {} at {}: {}", reason, at, detail);
    return ArchiveRow.of(
        new QuarantineRow(
            at, log, SectorOfKey.sectorOf(record), null, reason, null, record.value()));
  }
}
