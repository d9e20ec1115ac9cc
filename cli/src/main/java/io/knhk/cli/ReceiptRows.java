package io.knhk.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.Receipts;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;

/** Rows of {@code knhk.receipts} as a person or a script sees them. */
final class ReceiptRows {
  static final String SELECT =
      "select id, log, sector, seq, operation, timestamp, event_time, outcome, subject, snapshot_id, causes,"
          + " evidence::text as evidence, parent_hash, key_id, signature, body from knhk.receipts";

  private static final ObjectMapper JSON = new ObjectMapper();

  private ReceiptRows() {}

  static ObjectNode toJson(ResultSet row) throws SQLException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("sector", row.getString("sector"));
    json.put("seq", row.getLong("seq"));
    json.put("operation", row.getString("operation"));
    json.put("outcome", row.getString("outcome"));
    json.put("recordedAt", Times.text(row.getLong("timestamp")));
    json.put("eventTime", Times.text(row.getLong("event_time")));
    json.put("id", row.getString("id"));
    json.put("subject", row.getString("subject"));
    json.put("snapshotId", row.getString("snapshot_id"));
    ArrayNode causes = json.putArray("causes");
    Array array = row.getArray("causes");
    if (array != null && array.getArray() instanceof Object[] elements) {
      for (Object cause : elements) {
        causes.add(String.valueOf(cause));
      }
    }
    json.set("evidence", parsed(row.getString("evidence")));
    json.put("parentHash", row.getString("parent_hash"));
    json.put("keyId", row.getString("key_id"));
    json.put("log", row.getString("log"));
    return json;
  }

  /**
   * The signed form.
   *
   * @throws IllegalArgumentException if the row holds no envelope's parts
   */
  static Dsse.Envelope envelope(ResultSet row) throws SQLException {
    return new Dsse.Envelope(
        Receipts.PAYLOAD_TYPE,
        row.getBytes("body"),
        row.getString("key_id"),
        HexFormat.of().parseHex(row.getString("signature")));
  }

  private static JsonNode parsed(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("expected PostgreSQL's jsonb to be JSON", e);
    }
  }
}
