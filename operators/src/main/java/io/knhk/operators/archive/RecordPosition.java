package io.knhk.operators.archive;

import io.knhk.operators.types.RawRecord;

/** Where a record stands in Kafka. */
public record RecordPosition(String topic, int partition, long offset) {
  static RecordPosition of(RawRecord record) {
    return new RecordPosition(record.topic(), record.partition(), record.offset());
  }
}
