package io.knhk.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Rows of {@code knhk.dead_letter_records}. */
final class DeadLetterRows {
  static final String SELECT =
      "select topic, source_partition, source_offset, sector, reason, detail, recorded_at, body, headers::text as headers"
          + " from knhk.dead_letter_records";

  private DeadLetterRows() {}

  static ObjectNode toJson(ResultSet row) throws SQLException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put(
        "id",
        new DeadLetterId(
                row.getString("topic"),
                row.getInt("source_partition"),
                row.getLong("source_offset"))
            .toString());
    json.put("recordedAt", Times.text(row.getLong("recorded_at")));
    json.put("sector", row.getString("sector"));
    json.put("reason", row.getString("reason"));
    json.put("detail", row.getString("detail"));
    return json;
  }
}
