package io.knhk.jobs;

import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.RawRecordSchema;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;

/** The Kafka sources and sinks of the jobs. */
public final class KafkaEnds {
  private KafkaEnds() {}

  /** Reads a topic from its beginning, or from where the state says. */
  public static KafkaSource<RawRecord> source(KafkaOptions kafka, String group, String... topics) {
    return source(kafka, group, OffsetsInitializer.earliest(), topics);
  }

  /** Reads a topic from where the state says, and without state what comes from now on. */
  public static KafkaSource<RawRecord> sourceFromEnd(
      KafkaOptions kafka, String group, String... topics) {
    return source(kafka, group, OffsetsInitializer.latest(), topics);
  }

  private static KafkaSource<RawRecord> source(
      KafkaOptions kafka, String group, OffsetsInitializer from, String... topics) {
    return KafkaSource.<RawRecord>builder()
        .setBootstrapServers(kafka.bootstrapServers())
        .setProperties(kafka.properties())
        .setTopics(topics)
        .setGroupId(group)
        .setClientIdPrefix(group + "-" + topics[0])
        .setStartingOffsets(from)
        .setDeserializer(new RawRecordSchema())
        .build();
  }

  /**
   * Writes at least once; what goes through it has an identity by which readers drop duplicates.
   */
  public static <T> KafkaSink<T> sink(
      KafkaOptions kafka, KafkaRecordSerializationSchema<T> schema) {
    return KafkaSink.<T>builder()
        .setBootstrapServers(kafka.bootstrapServers())
        .setKafkaProducerConfig(kafka.producerProperties())
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setRecordSerializer(schema)
        .build();
  }
}
