package io.knhk.operators.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.schemas.knowledge.KnowledgeDocument;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import io.knhk.schemas.knowledge.KnowledgeDocumentCodec;
import java.util.Collection;
import java.util.Locale;

/** Knowledge documents of finance as verified rows. */
final class Documents {
  private static final RecordPosition AT = new RecordPosition("knhk.knowledge.v1", 0, 1);

  private Documents() {}

  static ArchiveRow row(Kind kind, String id, long revision, long recordedAtMs, String content) {
    try {
      return row(
          kind,
          id,
          revision,
          recordedAtMs,
          (ObjectNode) new ObjectMapper().readTree(content.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  static ArchiveRow row(
      Kind kind, String id, long revision, long recordedAtMs, ObjectNode content) {
    byte[] body =
        KnowledgeDocumentCodec.encode(
            new KnowledgeDocument(
                Receipted.LOG, "finance", kind, id, revision, recordedAtMs, content));
    return ArchiveRow.of(
        new KnowledgeRow(
            AT,
            Receipted.LOG,
            "finance",
            kind.name().toLowerCase(Locale.ROOT),
            id,
            revision,
            recordedAtMs,
            content.toString(),
            Receipted.KEY.publicKey().keyId(),
            body,
            new byte[64]));
  }

  /** One part of a delta. */
  static ArchiveRow delta(
      long version,
      String snapshotId,
      String from,
      int part,
      int parts,
      Collection<String> added,
      Collection<String> removed) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.put("version", version);
    content.put("snapshotId", snapshotId);
    content.put("from", from);
    content.put("parentId", from);
    content.put("parts", parts);
    ArrayNode lines = content.putArray("added");
    added.forEach(lines::add);
    ArrayNode gone = content.putArray("removed");
    removed.forEach(gone::add);
    return row(Kind.DELTA, snapshotId, part, version * 10, content);
  }

  static ArchiveRow snapshot(long version, String snapshotId, String parentId, String proposalId) {
    return ArchiveRow.of(
        new SnapshotRow(
            AT,
            Receipted.LOG,
            "finance",
            version,
            snapshotId,
            parentId,
            proposalId,
            version * 10,
            Receipted.KEY.publicKey().keyId(),
            new byte[] {(byte) version},
            new byte[64]));
  }
}
