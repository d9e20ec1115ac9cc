package io.knhk.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as the archive has it.
 *
 * @param summary id, time, sector, reason, detail
 * @param headersJson the original headers, values in base64
 * @param value the original bytes, null where there were none
 */
@SuppressWarnings("ArrayRecordComponent") // Read once, sent once.
record StoredDeadLetter(ObjectNode summary, JsonNode headersJson, byte @Nullable [] value) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static StoredDeadLetter find(Connection archive, DeadLetterId id) throws SQLException {
    List<StoredDeadLetter> found = new ArrayList<>(1);
    id.applyTo(DeadLetterRows.SELECT)
        .forEach(
            archive,
            row ->
                found.add(
                    new StoredDeadLetter(
                        DeadLetterRows.toJson(row),
                        parsed(row.getString("headers")),
                        row.getBytes("body"))));
    if (found.isEmpty()) {
      throw CliError.NOT_FOUND.because(
          "expected a dead letter: id=" + id, "knhk deadletters list shows the ids.");
    }
    return found.get(0);
  }

  /** The original headers, in order. */
  List<Header> headers() throws IOException {
    List<Header> headers = new ArrayList<>();
    for (JsonNode header : headersJson) {
      headers.add(
          new RecordHeader(header.path("name").asText(), header.path("value").binaryValue()));
    }
    return headers;
  }

  private static JsonNode parsed(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new IllegalStateException("expected PostgreSQL's jsonb to be JSON", e);
    }
  }
}
