package io.knhk.operators.types;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/**
 * Reads every Kafka record as a {@link RawRecord}. Nothing that a record says can make it fail, so
 * bad input never stops a source. That the broker did not stamp the record with LogAppendTime is
 * how the topic is configured: every decision rests on that time, so the job fails for good.
 */
public final class RawRecordSchema implements KafkaRecordDeserializationSchema<RawRecord> {
  private static final long serialVersionUID = 1L;
  private static final byte[] EMPTY = new byte[0];

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
    if (record.timestampType() != TimestampType.LOG_APPEND_TIME) {
      throw notLogAppendTime(record);
    }
    Header[] headers = record.headers().toArray();
    String[] names = new String[headers.length];
    byte[][] values = new byte[headers.length][];
    for (int i = 0; i < headers.length; i++) {
      names[i] = headers[i].key();
      values[i] = orEmpty(headers[i].value());
    }
    out.collect(
        new RawRecord(
            record.topic(),
            record.partition(),
            record.offset(),
            record.timestamp(),
            record.key() != null,
            orEmpty(record.key()),
            names,
            values,
            record.value() != null,
            orEmpty(record.value())));
  }

  @Override
  public TypeInformation<RawRecord> getProducedType() {
    return TypeInformation.of(RawRecord.class);
  }

  private static SuppressRestartsException notLogAppendTime(ConsumerRecord<byte[], byte[]> record) {
    return new SuppressRestartsException(
        new IllegalStateException(
            "KNHK-1204: expected message.timestamp.type=LogAppendTime: topic="
                + record.topic()
                + ", found="
                + record.timestampType()
                + ", partition="
                + record.partition()
                + ", offset="
                + record.offset()
                + ". Run kafka-configs --alter --entity-type topics --entity-name "
                + record.topic()
                + " --add-config message.timestamp.type=LogAppendTime. Records that are there keep"
                + " the time they have: delete them with kafka-delete-records, or make the topic"
                + " anew, and submit the job again."));
  }

  private static byte[] orEmpty(byte @org.jspecify.annotations.Nullable [] bytes) {
    return bytes == null ? EMPTY : bytes;
  }
}
