package io.knhk.operators.monitor;

import io.knhk.operators.types.RawRecord;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/**
 * The bytes of a record that its Merkle leaf commits to: the value, and in CloudEvents binary mode
 * before it the {@code ce_} headers, sorted by name, each as {@code name: value} and a line feed,
 * then one more line feed.
 */
final class LeafContent {
  private static final String PREFIX = "ce_";

  private LeafContent() {}

  static byte[] of(RawRecord record) {
    String[] names = record.headerNames();
    boolean binary = false;
    for (String name : names) {
      binary |= name.startsWith(PREFIX);
    }
    return binary ? binary(record) : record.value();
  }

  private static byte[] binary(RawRecord record) {
    TreeMap<String, byte[]> headers = new TreeMap<>();
    for (int i = 0; i < record.headerNames().length; i++) {
      if (record.headerNames()[i].startsWith(PREFIX)) {
        headers.put(record.headerNames()[i], record.headerValues()[i]);
      }
    }
    ByteArrayOutputStream content = new ByteArrayOutputStream(record.value().length + 256);
    headers.forEach(
        (name, value) -> {
          content.writeBytes(name.getBytes(StandardCharsets.UTF_8));
          content.writeBytes(new byte[] {':', ' '});
          content.writeBytes(value);
          content.write('\n');
        });
    content.write('\n');
    content.writeBytes(record.value());
    return content.toByteArray();
  }
}
