package io.knhk.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaSecretsTest {
  private static final String SECRET = "hunter2";
  private static final String JAAS =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"knhk\""
          + " password=\""
          + SECRET
          + "\";";
  private static final String PROVIDER =
      "config.providers:file,config.providers.file.class:org.apache.kafka.common.config.provider.FileConfigProvider";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sasl.jaas.config",
        "ssl.key.password",
        "ssl.keystore.key",
        "ssl.keystore.password",
        "ssl.truststore.password",
        "ssl.keystore.certificate.chain"
      })
  void shouldRefuseWithoutShowingItWhenAPropertyHoldsASecret(String name) {
    for (String value :
        new String[] {
          SECRET, JAAS, "", "$" + SECRET, "${file:/x:y}" + SECRET, "${" + SECRET + "}"
        }) {
      assertThatThrownBy(() -> options(Map.of(name, value)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("expected a reference to a secret, not the secret: ")
          .hasMessageContaining("knhk.kafka.client-properties=" + name)
          .hasMessageContaining("'${file:/etc/knhk/kafka.secrets:NAME}'")
          .hasMessageNotContaining(SECRET);
    }
  }

  @Test
  void shouldRefuseAReferenceWhenNothingWouldResolveIt() {
    Map<String, String> properties = new HashMap<>();
    properties.put("ssl.key.password", "${file:/etc/knhk/kafka.secrets:key}");
    assertThatThrownBy(() -> options(properties))
        .hasMessageContaining("provider=file")
        .hasMessageContaining("config.providers.file.class");
    properties.put("config.providers", "env, files");
    properties.put("config.providers.file.class", "x.Provider");
    assertThatThrownBy(() -> options(properties)).hasMessageContaining("provider=file");

    properties.put("config.providers", "env , file");
    assertThatCode(() -> options(properties)).doesNotThrowAnyException();
  }

  @Test
  void shouldLetPassWhenNothingIsASecret() {
    assertThat(
            options(
                    Map.of(
                        "security.protocol",
                        "SASL_SSL",
                        "ssl.truststore.location",
                        "/etc/knhk/ca.p12"))
                .properties())
        .containsEntry("security.protocol", "SASL_SSL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "security.protocol:SASL_PLAINTEXT,sasl.mechanism:PLAIN,"
            + PROVIDER
            + ",sasl.jaas.config:'${file:%s:jaas}'",
        "{security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN, config.providers: file,"
            + " config.providers.file.class:"
            + " org.apache.kafka.common.config.provider.FileConfigProvider, sasl.jaas.config:"
            + " \"${file:%s:jaas}\"}"
      })
  void shouldReachTheClientUnresolvedAndBeResolvedThereWhenItIsAReference(String written)
      throws Exception {
    Path secrets = folder.resolve("kafka.secrets");
    Properties stored = new Properties();
    stored.setProperty("jaas", JAAS);
    try (var out = Files.newBufferedWriter(secrets)) {
      stored.store(out, null);
    }
    Path file = folder.resolve("loop.properties");
    Files.writeString(
        file,
        "knhk.kafka.bootstrap-servers=localhost:9092\nknhk.kafka.client-properties="
            + written.formatted(secrets)
            + "\n");

    Configuration config = JobArguments.parse(new String[] {"--config", file.toString()});
    KafkaOptions kafka = KafkaOptions.from(config);

    String reference = "${file:" + secrets + ":jaas}";
    assertThat(kafka.properties()).containsEntry("sasl.jaas.config", reference);
    String shipped =
        new String(
            InstantiationUtil.serializeObject(KafkaEnds.source(kafka, "group", "topic")),
            StandardCharsets.ISO_8859_1);
    assertThat(shipped).contains(reference).doesNotContain(SECRET);
    assertResolvedByEveryClient(kafka);
  }

  /** What a client does with its properties when it is made, wherever that is. */
  private static void assertResolvedByEveryClient(KafkaOptions kafka) throws IOException {
    Properties properties = kafka.properties();
    properties.put("key.deserializer", ByteArrayDeserializer.class);
    properties.put("value.deserializer", ByteArrayDeserializer.class);
    properties.put("key.serializer", ByteArraySerializer.class);
    properties.put("value.serializer", ByteArraySerializer.class);
    assertThat(new ConsumerConfig(properties).getPassword("sasl.jaas.config").value())
        .isEqualTo(JAAS);
    assertThat(new ProducerConfig(properties).getPassword("sasl.jaas.config").value())
        .isEqualTo(JAAS);
    assertThat(new AdminClientConfig(properties).getPassword("sasl.jaas.config").value())
        .isEqualTo(JAAS);
  }

  private static KafkaOptions options(Map<String, String> clientProperties) {
    return new KafkaOptions("localhost:9092", clientProperties);
  }
}
