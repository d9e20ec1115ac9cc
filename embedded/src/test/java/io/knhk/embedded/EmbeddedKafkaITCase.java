package io.knhk.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.schemas.Topics;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public final class EmbeddedKafkaITCase {
  @TempDir Path folder;

  @Test
  void shouldKeepItsRecordsWhenStartedAgain() throws Exception {
    try (StateDirectory state = StateDirectory.open(folder)) {
      try (EmbeddedKafka kafka = EmbeddedKafka.start(state, OptionalInt.empty())) {
        kafka.createTopics();
        kafka.createTopics();
        send(kafka.bootstrapServers(), Topics.RECEIPTS, new byte[] {1}, 0L);
        send(kafka.bootstrapServers(), Topics.SNAPSHOTS, new byte[3 << 19], 0L);
        kafka.close();
      }
      try (EmbeddedKafka kafka = EmbeddedKafka.start(state, OptionalInt.empty())) {
        kafka.createTopics();
        assertThat(kafka.failure()).isNotDone();
        List<ConsumerRecord<byte[], byte[]>> receipts =
            read(kafka.bootstrapServers(), Topics.RECEIPTS, 4);
        assertThat(receipts).hasSize(1);
        assertThat(receipts.get(0).value()).containsExactly(1);
        assertThat(receipts.get(0).timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(receipts.get(0).timestamp()).isPositive();
        assertThat(read(kafka.bootstrapServers(), Topics.SNAPSHOTS, 1)).hasSize(1);
      }
    }
  }

  @Test
  void shouldSetUpTheTopicsAndRefuseOthersWhenStarted() throws Exception {
    try (StateDirectory state = StateDirectory.open(folder);
        EmbeddedKafka kafka = EmbeddedKafka.start(state, OptionalInt.of(Ports.free()));
        Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      kafka.createTopics();

      assertThat(admin.listTopics().names().get())
          .containsExactlyInAnyOrder(
              Topics.OBSERVATIONS,
              Topics.RECEIPTS,
              Topics.SNAPSHOTS,
              Topics.CONTROL,
              Topics.KNOWLEDGE,
              Topics.NOTIFICATIONS,
              Topics.DEAD_LETTERS);
      var resource = new ConfigResource(ConfigResource.Type.TOPIC, Topics.RECEIPTS);
      Config receipts = admin.describeConfigs(List.of(resource)).all().get().get(resource);
      assertThat(receipts.get("message.timestamp.type").value()).isEqualTo("LogAppendTime");
      assertThat(receipts.get("retention.ms").value()).isEqualTo("-1");
      assertThat(receipts.get("retention.bytes").value()).isEqualTo("-1");
      assertThat(receipts.get("flush.messages").value()).isEqualTo("1");
      assertThat(
              admin
                  .describeTopics(List.of(Topics.OBSERVATIONS))
                  .allTopicNames()
                  .get()
                  .get(Topics.OBSERVATIONS)
                  .partitions())
          .hasSize(4);
      try (ServerSocket elsewhere =
          new ServerSocket(kafka.port(), 1, InetAddress.getByName("127.0.0.2"))) {
        assertThat(elsewhere.isBound()).as("only the loopback address is taken").isTrue();
      }
    }
  }

  @Test
  void shouldNotEndTheProcessWhenKafkaWouldExit() {
    try (StateDirectory state = StateDirectory.open(folder);
        EmbeddedKafka kafka = EmbeddedKafka.start(state, OptionalInt.empty())) {
      assertThatThrownBy(() -> Exit.halt(1, "log folder failed"))
          .isInstanceOf(IllegalStateException.class);
      assertThat(kafka.failure())
          .isCompletedWithValueMatching(s -> s.contains("log folder failed"));
    }
  }

  @Test
  void shouldRefuseWhenTheNamedPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        StateDirectory state = StateDirectory.open(folder)) {
      assertThatThrownBy(() -> EmbeddedKafka.start(state, OptionalInt.of(taken.getLocalPort())))
          .isInstanceOfSatisfying(
              StackException.class, e -> assertThat(e.code()).isEqualTo(StackException.PORT_TAKEN));
    }
  }

  static void send(String bootstrapServers, String topic, byte[] value, long timestamp)
      throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "max.request.size", 4 << 20),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      byte[] key = "k".getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(topic, null, timestamp, key, value)).get();
    }
  }

  /** Everything in a topic, partition by partition. */
  public static List<ConsumerRecord<byte[], byte[]>> read(
      String bootstrapServers, String topic, int partitions) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> all =
          IntStream.range(0, partitions).mapToObj(p -> new TopicPartition(topic, p)).toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      while (all.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    records.sort(
        Comparator.<ConsumerRecord<byte[], byte[]>>comparingInt(ConsumerRecord::partition)
            .thenComparingLong(ConsumerRecord::offset));
    return records;
  }
}
