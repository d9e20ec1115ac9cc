package io.knhk.operators.monitor;

import io.knhk.operators.types.DeadLetter;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Writes a dead letter as the original record, byte for byte, with what is known of it in headers
 * before its own: {@code knhk_reason, knhk_detail, knhk_stage, knhk_topic, knhk_partition,
 * knhk_offset, knhk_timestamp, knhk_sector}. The same record always gives the same dead letter, so
 * that a reader can drop duplicates by topic, partition and offset.
 *
 * <p>A compressed record can be larger than any broker takes uncompressed. Beyond {@link
 * #VALUE_BYTES_MAX} the value is cut, and {@code knhk_bytes} and {@code knhk_sha256} say what the
 * whole was; beyond {@link #HEADER_BYTES_MAX} the record's own headers are left out, and {@code
 * knhk_headers} says how many there were; likewise the key. The original keeps its place in its
 * topic.
 */
public final class DeadLetterSchema implements KafkaRecordSerializationSchema<DeadLetter> {
  private static final long serialVersionUID = 1L;

  /**
   * Bytes of a value that are kept; with all else below Kafka's default limit of 1 MiB a record.
   */
  static final int VALUE_BYTES_MAX = 768 * 1024;

  /** Bytes of the original's headers, and of its key, that are kept. */
  static final int HEADER_BYTES_MAX = 64 * 1024;

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      DeadLetter letter, KafkaSinkContext context, @Nullable Long timestamp) {
    RawRecord original = letter.original();
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            Topics.DEAD_LETTERS,
            original.hasKey() && original.key().length <= HEADER_BYTES_MAX ? original.key() : null,
            original.hasValue() ? kept(original.value()) : null);
    Headers headers = record.headers();
    headers.add("knhk_reason", utf8(letter.reason()));
    headers.add("knhk_detail", utf8(letter.detail()));
    headers.add("knhk_stage", utf8(stage(original.topic())));
    headers.add("knhk_topic", utf8(original.topic()));
    headers.add("knhk_partition", utf8(Integer.toString(original.partition())));
    headers.add("knhk_offset", utf8(Long.toString(original.offset())));
    headers.add("knhk_timestamp", utf8(Long.toString(original.recordedAtMs())));
    headers.add("knhk_sector", utf8(letter.sector()));
    if (original.value().length > VALUE_BYTES_MAX) {
      headers.add("knhk_bytes", utf8(Integer.toString(original.value().length)));
      headers.add("knhk_sha256", utf8(sha256(original.value())));
    }
    if (headerBytes(original) > HEADER_BYTES_MAX) {
      headers.add("knhk_headers", utf8(Integer.toString(original.headerNames().length)));
      return record;
    }
    for (int i = 0; i < original.headerNames().length; i++) {
      headers.add(original.headerNames()[i], original.headerValues()[i]);
    }
    return record;
  }

  private static String stage(String topic) {
    return topic.equals(Topics.CONTROL) ? "execute" : "monitor";
  }

  private static byte[] kept(byte[] value) {
    return value.length <= VALUE_BYTES_MAX ? value : Arrays.copyOf(value, VALUE_BYTES_MAX);
  }

  private static long headerBytes(RawRecord record) {
    long bytes = 0;
    for (int i = 0; i < record.headerNames().length; i++) {
      bytes += 3L * record.headerNames()[i].length() + record.headerValues()[i].length + 16;
    }
    return bytes;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected SHA-256, which every JDK has", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
