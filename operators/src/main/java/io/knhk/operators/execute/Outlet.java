package io.knhk.operators.execute;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.ledger.Receipts;
import io.knhk.operators.types.ControlRejection;
import io.knhk.operators.types.DeadLetter;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.OutboundMessage;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.Topics;
import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.KnowledgeDocument;
import io.knhk.schemas.knowledge.KnowledgeDocumentCodec;
import io.knhk.schemas.knowledge.PromotedSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshotCodec;
import io.knhk.schemas.notification.Notification;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.List;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Where everything leaves that execute says of one sector while it handles one element: receipts,
 * snapshots, documents, dead letters.
 */
final class Outlet {
  private final String log;
  private final String sector;
  private final KeyedCoProcessFunction<?, ?, ?, OutboundMessage>.Context context;
  private final Collector<OutboundMessage> out;

  Outlet(
      String log,
      String sector,
      KeyedCoProcessFunction<?, ?, ?, OutboundMessage>.Context context,
      Collector<OutboundMessage> out) {
    this.log = log;
    this.sector = sector;
    this.context = context;
    this.out = out;
  }

  String sector() {
    return sector;
  }

  void receipt(ReceiptDraft draft) {
    context.output(Edges.RECEIPTS, draft);
  }

  /** What every operator shall run, compiled. */
  void snapshot(SectorKnowledge.Head head) {
    out.collect(
        new OutboundMessage(
            Topics.SNAPSHOTS,
            sector,
            Receipts.SNAPSHOT_PAYLOAD_TYPE,
            PromotedSnapshotCodec.encode(new PromotedSnapshot(log, head.compiled()))));
  }

  void document(
      KnowledgeDocument.Kind kind,
      String id,
      long revision,
      long recordedAtMs,
      ObjectNode content) {
    context.output(
        Edges.DOCUMENTS,
        new OutboundMessage(
            Topics.KNOWLEDGE,
            sector,
            KnowledgeDocument.PAYLOAD_TYPE,
            KnowledgeDocumentCodec.encode(
                new KnowledgeDocument(log, sector, kind, id, revision, recordedAtMs, content))));
  }

  /**
   * The triples of a version.
   *
   * @param from id of the snapshot that the delta applies to, empty for none
   */
  void triples(
      long version,
      String snapshotId,
      String from,
      String parentId,
      Delta delta,
      long recordedAtMs) {
    List<ObjectNode> parts = TripleDocuments.of(version, snapshotId, from, parentId, delta);
    for (int part = 0; part < parts.size(); part++) {
      document(KnowledgeDocument.Kind.DELTA, snapshotId, part, recordedAtMs, parts.get(part));
    }
  }

  void deadLetter(RawRecord record, ControlRejection reason, String detail) {
    context.output(Edges.DEAD_LETTERS, new DeadLetter(record, reason.name(), detail, sector));
  }

  Notification notification(
      Notification.Kind kind, String id, String subject, long recordedAtMs, ObjectNode data) {
    return Notification.of(kind, log, sector, id, subject, recordedAtMs, data);
  }

  /** Something that was encoded already, for another topic than those above. */
  void send(String topic, String payloadType, byte[] body) {
    context.output(Edges.DOCUMENTS, new OutboundMessage(topic, sector, payloadType, body));
  }
}
