package io.knhk.operators.monitor;

import io.knhk.operators.types.DeadLetter;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.Topics;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Writes a dead letter as the original record, byte for byte, with what is known of it in headers
 * before its own: {@code knhk_reason, knhk_detail, knhk_stage, knhk_topic, knhk_partition,
 * knhk_offset, knhk_timestamp, knhk_sector}. The same record always gives the same dead letter, so
 * that a reader can drop duplicates by topic, partition and offset.
 */
public final class DeadLetterSchema implements KafkaRecordSerializationSchema<DeadLetter> {
  private static final long serialVersionUID = 1L;

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      DeadLetter letter, KafkaSinkContext context, @Nullable Long timestamp) {
    RawRecord original = letter.original();
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            Topics.DEAD_LETTERS,
            original.hasKey() ? original.key() : null,
            original.hasValue() ? original.value() : null);
    Headers headers = record.headers();
    headers.add("knhk_reason", utf8(letter.reason()));
    headers.add("knhk_detail", utf8(letter.detail()));
    headers.add("knhk_stage", utf8("monitor"));
    headers.add("knhk_topic", utf8(original.topic()));
    headers.add("knhk_partition", utf8(Integer.toString(original.partition())));
    headers.add("knhk_offset", utf8(Long.toString(original.offset())));
    headers.add("knhk_timestamp", utf8(Long.toString(original.recordedAtMs())));
    headers.add("knhk_sector", utf8(letter.sector()));
    for (int i = 0; i < original.headerNames().length; i++) {
      headers.add(original.headerNames()[i], original.headerValues()[i]);
    }
    return record;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
