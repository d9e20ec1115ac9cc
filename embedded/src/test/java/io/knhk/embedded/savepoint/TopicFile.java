package io.knhk.embedded.savepoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * What a topic held: a line of JSON a record, in order of partition and offset, without gaps.
 * Members: {@code partition}, {@code key}, {@code value} (base64, left out where there is none),
 * {@code headers} (name and base64 in turn, left out where there are none).
 */
final class TopicFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TopicFile() {}

  static void write(Path file, List<ConsumerRecord<byte[], byte[]>> records) throws IOException {
    List<String> lines = new ArrayList<>();
    int partition = -1;
    long offset = 0;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      offset = record.partition() == partition ? offset + 1 : 0;
      partition = record.partition();
      if (record.offset() != offset) {
        throw new IOException(
            "expected offsets without a gap: record=" + record + ", expected=" + offset);
      }
      lines.add(line(record));
    }
    Files.write(file, lines);
  }

  static List<ProducerRecord<byte[], byte[]>> read(Path file, String topic) throws IOException {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      JsonNode node = JSON.readTree(line);
      List<Header> headers = new ArrayList<>();
      JsonNode pairs = node.path("headers");
      for (int i = 0; i < pairs.size(); i += 2) {
        headers.add(new RecordHeader(pairs.get(i).asText(), pairs.get(i + 1).binaryValue()));
      }
      records.add(
          new ProducerRecord<>(
              topic,
              node.path("partition").asInt(),
              bytes(node, "key"),
              bytes(node, "value"),
              headers));
    }
    return records;
  }

  private static String line(ConsumerRecord<byte[], byte[]> record) throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("partition", record.partition());
    if (record.key() != null) {
      node.put("key", record.key());
    }
    if (record.value() != null) {
      node.put("value", record.value());
    }
    for (Header header : record.headers()) {
      node.withArray("headers").add(header.key()).add(header.value());
    }
    return JSON.writeValueAsString(node);
  }

  private static byte[] bytes(JsonNode node, String name) throws IOException {
    return node.has(name) ? node.get(name).binaryValue() : null;
  }
}
