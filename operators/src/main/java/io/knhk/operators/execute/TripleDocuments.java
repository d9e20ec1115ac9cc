package io.knhk.operators.execute;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.schemas.knowledge.Delta;
import java.util.ArrayList;
import java.util.List;

/**
 * The triples of one version as contents of DELTA documents, cut into parts that a document holds.
 * The first version is a delta from nothing, so that base and deltas are one thing to whoever adds
 * them up.
 */
final class TripleDocuments {
  /**
   * Bytes of the lines of one part as JSON has them. One line alone is at most 64 Ki characters of
   * at most six bytes each, so that a part of one line fits too.
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
        int length = jsonBytes(line);
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

  /** Bytes that a text takes in a JSON array. */
  static int jsonBytes(String text) {
    int bytes = 3;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20) {
        bytes += 6;
      } else if (c < 0x80) {
        bytes += c == '"' || c == '\\' ? 2 : 1;
      } else {
        bytes += c < 0x800 ? 2 : 3;
      }
    }
    return bytes;
  }

  private static ObjectNode part(List<ObjectNode> parts) {
    ObjectNode part = JsonNodeFactory.instance.objectNode();
    part.putArray("removed");
    part.putArray("added");
    parts.add(part);
    return part;
  }
}
