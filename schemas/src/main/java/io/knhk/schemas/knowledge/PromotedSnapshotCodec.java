package io.knhk.schemas.knowledge;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Set;

/**
 * A {@link PromotedSnapshot} as JSON in UTF-8, in one encoding: the snapshot as {@link
 * CompiledSnapshotCodec} writes it, after the log.
 *
 * <pre>
 *   {"log":"knhk","snapshot":{"parentId":"","promotedAtMs":0,…,"version":1}}
 * </pre>
 */
public final class PromotedSnapshotCodec {
  /** The braces, the two names, and a log of characters that JSON escapes with six bytes each. */
  private static final int AROUND_BYTES_MAX = 64 + 6 * PromotedSnapshot.LOG_CHARS_MAX;

  private static final Set<String> MEMBERS = Set.of("log", "snapshot");

  private PromotedSnapshotCodec() {}

  /**
   * The one encoding of it.
   *
   * @throws IllegalArgumentException as {@link CompiledSnapshotCodec#encode}
   */
  public static byte[] encode(PromotedSnapshot promoted) {
    CompiledSnapshotCodec.encode(promoted.snapshot()); // holds the limit on the snapshot itself
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = CompiledSnapshotCodec.JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("log", promoted.log());
      json.writeFieldName("snapshot");
      CompiledSnapshotCodec.write(json, promoted.snapshot());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /**
   * Reads the very bytes that {@link #encode} writes.
   *
   * @throws IllegalArgumentException if they are any others
   */
  public static PromotedSnapshot decode(byte[] bytes) {
    int bytesMax = CompiledSnapshot.BYTES_MAX + AROUND_BYTES_MAX;
    if (bytes.length > bytesMax) {
      throw new IllegalArgumentException(
          "expected a bounded snapshot: bytes=" + bytes.length + ", limit=" + bytesMax);
    }
    JsonNode node = CompiledSnapshotCodec.tree(bytes);
    CompiledSnapshotCodec.members("promoted snapshot", node, MEMBERS, Set.of());
    PromotedSnapshot promoted =
        new PromotedSnapshot(
            CompiledSnapshotCodec.text(node, "log"),
            CompiledSnapshotCodec.snapshot(node.get("snapshot")));
    if (!Arrays.equals(encode(promoted), bytes)) {
      throw new IllegalArgumentException(
          "expected the one encoding of a snapshot: bytes=" + bytes.length);
    }
    return promoted;
  }
}
