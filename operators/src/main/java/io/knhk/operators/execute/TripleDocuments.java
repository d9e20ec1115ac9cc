package io.knhk.operators.execute;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.schemas.knowledge.Delta;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The triples of one version as contents of DELTA documents, cut into parts that a document holds.
 * The first version is a delta from nothing, so that base and deltas are one thing to whoever adds
 * them up.
 */
final class TripleDocuments {
  /**
   * UTF-8 bytes of the lines of one part; a line is at most 64 KiB, and JSON escapes at most double
   * what N-Triples holds.
   */
  static final int PART_BYTES_MAX = 400 * 1024;

  private TripleDocuments() {}

  /**
   * @param from id of the snapshot that the delta applies to, empty for none
   * @param parentId id of the version before, empty for the first
   */
  static List<ObjectNode> of(
      long version, String snapshotId, String from, String parentId, Delta delta) {
    List<ObjectNode> parts = new ArrayList<>();
    ObjectNode part = part(parts);
    long bytes = 0;
    for (String member : List.of("removed", "added")) {
      for (String line : member.equals("added") ? delta.added() : delta.removed()) {
        int length = line.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > 0 && bytes + length > PART_BYTES_MAX) {
          part = part(parts);
          bytes = 0;
        }
        bytes += length;
        ((ArrayNode) part.get(member)).add(line);
      }
    }
    for (ObjectNode each : parts) {
      each.put("version", version);
      each.put("snapshotId", snapshotId);
      each.put("from", from);
      each.put("parentId", parentId);
      each.put("parts", parts.size());
    }
    return parts;
  }

  private static ObjectNode part(List<ObjectNode> parts) {
    ObjectNode part = JsonNodeFactory.instance.objectNode();
    part.putArray("removed");
    part.putArray("added");
    parts.add(part);
    return part;
  }
}
