package io.knhk.operators.archive;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.knowledge.KnowledgeDocument;
import io.knhk.schemas.knowledge.KnowledgeDocumentCodec;
import io.knhk.schemas.knowledge.PromotedSnapshot;
import java.util.Locale;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the form and the signature of each document of {@code knhk.knowledge.v1} before it becomes
 * a row. Without state: what the documents are about is decided in the receipts. What is refused
 * goes to quarantine and halts nothing.
 */
public final class KnowledgeVerification extends ProcessFunction<RawRecord, ArchiveRow> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(KnowledgeVerification.class);

  /** Most characters of an id. */
  public static final int ID_CHARS_MAX = 256;

  private final String log;
  private final String publicKeysPem;

  private transient @Nullable KeyRing keys;

  /**
   * @param log what is noted beside records that are no documents
   * @param publicKeysPem the keys whose signatures count, SubjectPublicKeyInfo blocks one after
   *     another
   * @throws IllegalArgumentException if the name is blank or a key is not valid
   */
  public KnowledgeVerification(String log, String publicKeysPem) {
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
        SignedRecord.of(record.value(), KnowledgeDocument.PAYLOAD_TYPE, requireNonNull(keys));
    if (signed instanceof SignedRecord.Authentic authentic) {
      out.collect(row(record, authentic.envelope()));
    } else if (signed instanceof SignedRecord.Refused refused) {
      out.collect(refused(record, refused.reason(), refused.detail()));
    }
  }

  private ArchiveRow row(RawRecord record, Dsse.Envelope envelope) {
    byte[] body = envelope.payload();
    KnowledgeDocument document;
    try {
      document = KnowledgeDocumentCodec.decode(body);
      requireForm(document, SectorOfKey.sectorOf(record));
    } catch (IllegalArgumentException e) {
      return refused(record, RefusalReason.MALFORMED, String.valueOf(e.getMessage()));
    }
    return ArchiveRow.of(
        new KnowledgeRow(
            RecordPosition.of(record),
            document.log(),
            document.sector(),
            document.kind().name().toLowerCase(Locale.ROOT),
            document.id(),
            document.revision(),
            document.recordedAtMs(),
            document.content().toString(),
            envelope.keyId(),
            body,
            envelope.signature()));
  }

  private static void requireForm(KnowledgeDocument document, String sectorOfKey) {
    if (!document.sector().equals(sectorOfKey)) {
      throw new IllegalArgumentException(
          "expected the sector of the record's key: sector="
              + document.sector()
              + ", key="
              + sectorOfKey);
    }
    if (document.log().isBlank() || document.log().length() > PromotedSnapshot.LOG_CHARS_MAX) {
      throw new IllegalArgumentException(
          "expected the name of a ledger: chars="
              + document.log().length()
              + ", limit="
              + PromotedSnapshot.LOG_CHARS_MAX);
    }
    if (document.id().isEmpty() || document.id().length() > ID_CHARS_MAX) {
      throw new IllegalArgumentException(
          "expected a bounded id: chars=" + document.id().length() + ", limit=" + ID_CHARS_MAX);
    }
    if (document.revision() < 0 || document.recordedAtMs() < 0) {
      throw new IllegalArgumentException(
          "expected a revision and a time from 0: revision="
              + document.revision()
              + ", recordedAtMs="
              + document.recordedAtMs());
    }
    requireFinite(document.content());
    if (document.kind() == KnowledgeDocument.Kind.DELTA) {
      requireDelta(document.content(), document.revision());
    }
  }

  /** PostgreSQL's jsonb has no number that a double does not hold. */
  private static void requireFinite(JsonNode node) {
    if (node.isNumber() && !Double.isFinite(node.doubleValue())) {
      throw new IllegalArgumentException("expected finite numbers: number=" + node);
    }
    // As deep as the parser lets JSON be.
    node.forEach(KnowledgeVerification::requireFinite);
  }

  /** The tables put triples together by these members. */
  private static void requireDelta(ObjectNode delta, long part) {
    JsonNode version = delta.path("version");
    JsonNode parts = delta.path("parts");
    boolean isWhole =
        version.isIntegralNumber()
            && version.canConvertToLong()
            && version.longValue() >= 1
            && parts.isIntegralNumber()
            && parts.canConvertToLong()
            && part < parts.longValue()
            && delta.path("from").isTextual()
            && isLines(delta.path("added"))
            && isLines(delta.path("removed"));
    if (!isWhole) {
      throw new IllegalArgumentException(
          "expected a delta with version, parts, from, added and removed: part="
              + part
              + ", version="
              + version
              + ", parts="
              + parts);
    }
  }

  private static boolean isLines(JsonNode node) {
    if (!node.isArray()) {
      return false;
    }
    for (JsonNode line : node) {
      if (!line.isTextual()) {
        return false;
      }
    }
    return true;
  }

  private ArchiveRow refused(RawRecord record, RefusalReason reason, String detail) {
    RecordPosition at = RecordPosition.of(record);
    LOG.error("Knowledge document refused: {} at {}: {}", reason, at, detail);
    return ArchiveRow.of(
        new QuarantineRow(
            at, log, SectorOfKey.sectorOf(record), null, reason, null, record.value()));
  }
}
