package io.knhk.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes clients for the Kafka that the endpoints name. */
public final class KafkaClients {
  private static final int API_TIMEOUT_MS = 5_000;
  private static final int DELIVERY_TIMEOUT_MS = 60_000;

  private KafkaClients() {}

  /** Bootstrap servers and what the command config says; empty where no server is known. */
  static Map<String, Object> settings(ResolvedEndpoints endpoints) {
    Map<String, Object> settings = new HashMap<>();
    Path config = endpoints.commandConfig();
    if (config != null) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(config, StandardCharsets.UTF_8)) {
        properties.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        throw CliError.BAD_CONFIGURATION.because(
            "expected Kafka client properties: file=" + config + ", problem=" + e.getMessage(),
            "Mend the file, or leave --command-config out.",
            e);
      }
      properties
          .stringPropertyNames()
          .forEach(name -> settings.put(name, properties.getProperty(name)));
    }
    settings.putAll(endpoints.kafkaSettings());
    return settings.containsKey("bootstrap.servers") ? settings : Map.of();
  }

  public static KafkaProducer<byte[], byte[]> producer(ResolvedEndpoints endpoints) {
    Map<String, Object> settings = required(endpoints);
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.LINGER_MS_CONFIG, "5");
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, API_TIMEOUT_MS);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  static KafkaConsumer<byte[], byte[]> consumer(ResolvedEndpoints endpoints) {
    Map<String, Object> settings = required(endpoints);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MS);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * @param more settings that those of the endpoints win over
   */
  static Admin admin(ResolvedEndpoints endpoints, Map<String, String> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.putAll(required(endpoints));
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, API_TIMEOUT_MS);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MS);
    return Admin.create(settings);
  }

  public static CliException unreachable(ResolvedEndpoints endpoints, Exception e) {
    return CliError.KAFKA_UNREACHABLE.because(
        "expected Kafka to answer: bootstrapServers="
            + endpoints.bootstrapServers()
            + ", problem="
            + e.getMessage(),
        "Run ./knhk status, or ./knhk doctor.",
        e);
  }

  private static Map<String, Object> required(ResolvedEndpoints endpoints) {
    Map<String, Object> settings = settings(endpoints);
    if (settings.isEmpty()) {
      throw Archive.nothingRuns(endpoints);
    }
    return new HashMap<>(settings);
  }
}
