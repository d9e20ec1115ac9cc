package io.knhk.jobs;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Keeps secrets out of a job's configuration, which Flink shows on its page, writes to its logs and
 * ships in the job graph: what Kafka types as a password may only be a reference, {@code
 * ${provider:path:key}}, that one of Kafka's own config providers resolves. Each client does so
 * when it is made, on its own machine (Kafka's KIP-297 and KIP-421).
 */
final class KafkaSecrets {
  private static final String PROVIDERS = AdminClientConfig.CONFIG_PROVIDERS_CONFIG;
  private static final Set<String> PASSWORDS = passwords();

  /** As Kafka's ConfigTransformer reads it, of the whole value. */
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}:]+):([^}]+)}");

  private KafkaSecrets() {}

  /**
   * @throws IllegalArgumentException that names a property whose value is a secret, or a reference
   *     that nothing would resolve; it never shows the value
   */
  static void refuseIn(Map<String, String> properties) {
    for (String name : new TreeSet<>(properties.keySet())) {
      if (PASSWORDS.contains(name)) {
        check(name, properties.getOrDefault(name, ""), properties);
      }
    }
  }

  private static void check(String name, String value, Map<String, String> properties) {
    Matcher reference = REFERENCE.matcher(value);
    if (!reference.matches()) {
      throw new IllegalArgumentException(
          "expected a reference to a secret, not the secret: "
              + KafkaOptions.CLIENT_PROPERTIES.key()
              + "="
              + name
              + ". Flink shows a job's configuration. Put the whole value into a file on every"
              + " machine of the cluster, as NAME=VALUE, and write:"
              + " config.providers:file,config.providers.file.class:"
              + "org.apache.kafka.common.config.provider.FileConfigProvider,"
              + name
              + ":'${file:/etc/knhk/kafka.secrets:NAME}'");
    }
    String provider = reference.group(1);
    List<String> known = Arrays.asList(properties.getOrDefault(PROVIDERS, "").split("\\s*,\\s*"));
    if (!known.contains(provider)
        || properties.getOrDefault(PROVIDERS + "." + provider + ".class", "").isBlank()) {
      throw new IllegalArgumentException(
          "expected the provider of a reference to be set up: "
              + KafkaOptions.CLIENT_PROPERTIES.key()
              + "="
              + name
              + ", provider="
              + provider
              + ". Set "
              + PROVIDERS
              + " and "
              + PROVIDERS
              + "."
              + provider
              + ".class; without them Kafka takes the reference itself for the secret");
    }
  }

  /** Names that any client of the job has a password under. */
  private static Set<String> passwords() {
    Set<String> names = new TreeSet<>();
    for (ConfigDef definition :
        List.of(
            ConsumerConfig.configDef(),
            ProducerConfig.configDef(),
            AdminClientConfig.configDef())) {
      for (ConfigDef.ConfigKey key : definition.configKeys().values()) {
        if (key.type() == ConfigDef.Type.PASSWORD) {
          names.add(key.name);
        }
      }
    }
    return names;
  }
}
