package io.knhk.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "knhk.archive.password | hunter2",
        "knhk.kafka.client-properties | sasl.jaas.config:'org.x.PlainLoginModule required"
            + " username=\"u\" password=\"hunter2\";'",
        "knhk.kafka.client-properties | security.protocol:SSL,ssl.key.password:hunter2",
        "knhk.kafka.client-properties | ssl.keystore.key:'MC4CAQAwBQYDK2VwBCIEI'",
        "knhk.archive.jdbc-url | jdbc:postgresql://h/d?user=u&password=hunter2",
        "knhk.archive.jdbc-url | jdbc:postgresql://u:hunter2@h/d",
        "anything | -----BEGIN PRIVATE KEY-----",
        "some.oauth.client-secret | hunter2"
      })
  void shouldNameOptionWhenItsValueIsASecret(String name, String value) {
    assertThat(Secrets.in(Map.of(name, value))).containsExactly(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "knhk.archive.password-file | /etc/knhk/writer.password",
        "knhk.keys.signing-file | /etc/knhk/signing.pem",
        "knhk.archive.jdbc-url | jdbc:postgresql://h:5432/d?sslmode=verify-full",
        "knhk.kafka.client-properties |"
            + " security.protocol:SASL_SSL,ssl.truststore.location:/etc/knhk/ca.p12",
        "knhk.kafka.client-properties |"
            + " ssl.key.password:'${file:/etc/knhk/kafka.secrets:password}'",
        "knhk.kafka.client-properties | sasl.jaas.config:'x required username=\"u\""
            + " password=\"${file:/etc/knhk/k:p}\";'",
        "security.ssl.rest.key-password | ******",
        "s3.secret-key | ******",
        "execution.checkpointing.dir | s3://bucket/checkpoints"
      })
  void shouldLetPassWhenValueSaysWhereASecretIs(String name, String value) {
    assertThat(Secrets.in(Map.of(name, value))).isEmpty();
  }
}
