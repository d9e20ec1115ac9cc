package io.knhk.schemas.knowledge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Knowledge documents as JSON in UTF-8.
 *
 * <pre>
 *   {"v":1,"log":"knhk","sector":"finance","kind":"request","id":"…","revision":2,"recordedAtMs":…,"content":{…}}
 * </pre>
 */
public final class KnowledgeDocumentCodec {
  /** Of an encoded document; a Kafka record of it in base64 stays below the topic's limit. */
  public static final int BYTES_MAX = 1024 * 1024;

  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private KnowledgeDocumentCodec() {}

  /**
   * @throws IllegalArgumentException if it is beyond {@link #BYTES_MAX}
   */
  public static byte[] encode(KnowledgeDocument document) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("v", VERSION);
    json.put("log", document.log());
    json.put("sector", document.sector());
    json.put("kind", document.kind().name().toLowerCase(Locale.ROOT));
    json.put("id", document.id());
    json.put("revision", document.revision());
    json.put("recordedAtMs", document.recordedAtMs());
    json.set("content", document.content());
    byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "expected a bounded document: bytes=" + bytes.length + ", limit=" + BYTES_MAX);
    }
    return bytes;
  }

  /**
   * @throws IllegalArgumentException that names what was expected
   */
  public static KnowledgeDocument decode(byte[] bytes) {
    if (bytes.length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "expected a bounded document: bytes=" + bytes.length + ", limit=" + BYTES_MAX);
    }
    JsonNode json;
    try {
      json = JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("expected JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("expected UTF-8", e);
    }
    if (json.path("v").asInt() != VERSION || !(json.get("content") instanceof ObjectNode content)) {
      throw new IllegalArgumentException("expected a knowledge document of version 1");
    }
    return new KnowledgeDocument(
        text(json, "log"),
        text(json, "sector"),
        kind(text(json, "kind")),
        text(json, "id"),
        number(json, "revision"),
        number(json, "recordedAtMs"),
        content);
  }

  private static KnowledgeDocument.Kind kind(String name) {
    try {
      return KnowledgeDocument.Kind.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("expected a known kind of document: kind=" + name, e);
    }
  }

  private static String text(JsonNode json, String name) {
    JsonNode member = json.path(name);
    if (!member.isTextual()) {
      throw new IllegalArgumentException("expected a text: member=" + name);
    }
    return member.textValue();
  }

  private static long number(JsonNode json, String name) {
    JsonNode member = json.path(name);
    if (!member.isIntegralNumber() || !member.canConvertToLong()) {
      throw new IllegalArgumentException("expected a number: member=" + name);
    }
    return member.longValue();
  }
}
