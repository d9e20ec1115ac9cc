package io.knhk.jobs;

import java.util.Map;
import java.util.Properties;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * Where Kafka is and how to speak to it.
 *
 * @param bootstrapServers {@code host:port}, several separated by commas
 * @param clientProperties Kafka's own names, for every client of the job; secrets by reference
 */
public record KafkaOptions(String bootstrapServers, Map<String, String> clientProperties) {
  public static final ConfigOption<String> BOOTSTRAP_SERVERS =
      ConfigOptions.key("knhk.kafka.bootstrap-servers")
          .stringType()
          .noDefaultValue()
          .withDescription("Kafka brokers to connect to first, host:port, separated by commas.");

  public static final ConfigOption<Map<String, String>> CLIENT_PROPERTIES =
      ConfigOptions.key("knhk.kafka.client-properties")
          .mapType()
          .defaultValue(Map.of())
          .withDescription(
              "Properties for every Kafka client of the job, by Kafka's own names, for instance"
                  + " security.protocol:SASL_SSL. A value with a colon is quoted. What Kafka types"
                  + " as a password is refused unless it is a reference for Kafka's config"
                  + " providers, for instance"
                  + " sasl.jaas.config:'${file:/etc/knhk/kafka.secrets:jaas}', which every client"
                  + " resolves on its own machine.");

  /** A dead letter is an observation of any size that the broker took, and its headers. */
  private static final String REQUEST_BYTES_MAX = Integer.toString(2 * 1024 * 1024);

  public KafkaOptions {
    if (bootstrapServers.isBlank()) {
      throw new IllegalArgumentException(
          "expected host:port: " + BOOTSTRAP_SERVERS.key() + "=" + bootstrapServers);
    }
    clientProperties = Map.copyOf(clientProperties);
    KafkaSecrets.refuseIn(clientProperties);
  }

  public static KafkaOptions from(ReadableConfig config) {
    return new KafkaOptions(Required.of(config, BOOTSTRAP_SERVERS), clientProperties(config));
  }

  /** Flink's own message would show the value, which may hold what nobody should see. */
  private static Map<String, String> clientProperties(ReadableConfig config) {
    try {
      return config.get(CLIENT_PROPERTIES);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "expected NAME:VALUE,NAME:VALUE..: option="
              + CLIENT_PROPERTIES.key()
              + "; a value with a colon or a comma stands in single quotes");
    }
  }

  /**
   * For a producer: Kafka's default of 1 MiB a request would not take every dead letter and
   * snapshot.
   */
  public Properties producerProperties() {
    Properties properties = properties();
    properties.putIfAbsent("max.request.size", REQUEST_BYTES_MAX);
    return properties;
  }

  /** For any client. */
  public Properties properties() {
    Properties properties = new Properties();
    properties.putAll(clientProperties);
    properties.setProperty("bootstrap.servers", bootstrapServers);
    return properties;
  }
}
