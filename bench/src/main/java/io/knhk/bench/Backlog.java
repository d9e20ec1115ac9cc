package io.knhk.bench;

import io.knhk.schemas.Topics;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationCodec;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Puts observations on the observations topic in one Kafka transaction, so that readers that ask
 * for {@code read_committed} see all of them at one instant: what is measured from there on is
 * reading, not writing. One thread.
 */
final class Backlog implements AutoCloseable {
  /** As {@code knhk up} sets the topic up; a source is in one partition. */
  private static final int PARTITIONS = 4;

  private final KafkaProducer<byte[], byte[]> producer;
  private final Workload workload;
  private long written;

  Backlog(String bootstrapServers, Workload workload) {
    this.workload = workload;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                ProducerConfig.TRANSACTIONAL_ID_CONFIG, "knhk-bench",
                ProducerConfig.LINGER_MS_CONFIG, "20",
                ProducerConfig.BATCH_SIZE_CONFIG, "131072"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
  }

  /** Writes observations that nobody can read yet. Kafka has them when this returns. */
  void write(int count) {
    producer.beginTransaction();
    for (int i = 0; i < count; i++) {
      int source = workload.source();
      Observation observation = workload.next();
      byte[] value = ObservationCodec.encodeStructured(observation, observation.source());
      // A failure is thrown by the commit.
      var unused =
          producer.send(
              new ProducerRecord<>(Topics.OBSERVATIONS, source % PARTITIONS, null, value));
      written++;
    }
    producer.flush();
  }

  /** Lets them be read. Throws what went wrong with any of them. */
  void release() {
    producer.commitTransaction();
  }

  /** All observations that were written so far. */
  long written() {
    return written;
  }

  @Override
  public void close() {
    producer.close();
  }
}
