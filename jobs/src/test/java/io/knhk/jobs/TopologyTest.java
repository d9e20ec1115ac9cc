package io.knhk.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.jobs.archive.ArchiveOptions;
import io.knhk.jobs.archive.ReceiptArchiveJob;
import io.knhk.jobs.loop.ClosedLoopJob;
import io.knhk.jobs.loop.ClosedLoopOptions;
import io.knhk.jobs.notify.NotificationJob;
import io.knhk.jobs.notify.NotificationOptions;
import io.knhk.ledger.SigningKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopologyTest {
  private static final String WEBHOOK_SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @TempDir Path keys;
  private String secret;
  private Configuration config;

  @BeforeEach
  void configure() throws IOException {
    SigningKey key = SigningKey.generate(new SecureRandom());
    secret = key.toPem();
    Path signing = keys.resolve("signing.pem");
    Files.createFile(
        signing,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(signing, secret);
    Files.writeString(keys.resolve("public.pem"), key.publicKey().toPem());
    config = new Configuration();
    config.set(KafkaOptions.BOOTSTRAP_SERVERS, "localhost:9092");
    config.set(ClosedLoopOptions.SIGNING_KEY_FILE, signing.toString());
    config.set(LedgerOptions.TRUSTED_KEYS_FILE, keys.resolve("public.pem").toString());
    config.set(ArchiveOptions.JDBC_URL, "jdbc:postgresql://localhost/knhk");
    config.set(ArchiveOptions.USER, "writer");
    config.set(ArchiveOptions.PASSWORD_FILE, "/run/secrets/password");
    config.set(NotificationOptions.WEBHOOK_URLS, List.of("https://hooks.example/knhk"));
    Path webhookSecret = keys.resolve("webhook.secret");
    Files.createFile(
        webhookSecret,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(webhookSecret, "whsec_" + WEBHOOK_SECRET);
    config.set(NotificationOptions.SECRET_FILE, webhookSecret.toString());
  }

  @Test
  void shouldKeepItsUidsWhenTheLoopIsBuilt() throws Exception {
    assertThat(uids(loop())).isEqualTo(committed("closed-loop-uids.txt"));
  }

  @Test
  void shouldKeepItsUidsWhenTheArchiveIsBuilt() throws Exception {
    assertThat(uids(ReceiptArchiveJob.graph(environment(), config)))
        .isEqualTo(committed("receipt-archive-uids.txt"));
  }

  @Test
  void shouldKeepItsUidsWhenTheNotificationsAreBuilt() throws Exception {
    assertThat(uids(notifications())).isEqualTo(committed("notification-uids.txt"));
  }

  @Test
  void shouldNotHoldTheWebhooksSecretWhenTheGraphIsSerialised() throws Exception {
    byte[] graph =
        org.apache.flink.util.InstantiationUtil.serializeObject(notifications().getJobGraph());

    assertThat(new String(graph, StandardCharsets.ISO_8859_1))
        .contains("webhook.secret")
        .doesNotContain(WEBHOOK_SECRET)
        .doesNotContain(
            new String(
                java.util.Base64.getDecoder().decode(WEBHOOK_SECRET), StandardCharsets.ISO_8859_1));
  }

  @Test
  void shouldRefuseWhenTheWebhooksOrTheirSecretAreNotAsExpected() throws Exception {
    notifications();
    config.set(NotificationOptions.WEBHOOK_URLS, List.of("https://user:hush@hooks.example/"));
    assertThatThrownBy(this::notifications)
        .hasMessageContaining("knhk.notify.webhook-urls: expected a webhook")
        .hasMessageNotContaining("hush");
    config.removeConfig(NotificationOptions.WEBHOOK_URLS);
    assertThatThrownBy(this::notifications).hasMessageContaining("knhk.notify.webhook-urls");
    config.setString(NotificationOptions.WEBHOOK_URLS.key(), "https://a/;https://b/");
    assertThat(NotificationOptions.from(config).delivery().webhooks()).hasSize(2);
    Files.setPosixFilePermissions(
        keys.resolve("webhook.secret"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(this::notifications).hasMessageContaining("only its owner can read");
  }

  @Test
  void shouldNeedNoGenericTypeWhenBuilt() throws Exception {
    assertThat(notifications().getJobGraph().getNumberOfVertices()).isPositive();
    // Building asks every edge for its serializer; with generic types off, one that falls to Kryo
    // throws.
    StreamGraph graph = loop();
    assertThat(graph.getExecutionConfig().getSerializerConfig().hasGenericTypesDisabled()).isTrue();
    assertThat(graph.getJobGraph().getNumberOfVertices()).isPositive();
  }

  @Test
  void shouldNotHoldTheSigningKeyWhenTheGraphIsSerialised() throws Exception {
    byte[] graph = org.apache.flink.util.InstantiationUtil.serializeObject(loop().getJobGraph());
    String body =
        secret.lines().filter(line -> !line.startsWith("-----")).findFirst().orElseThrow();
    assertThat(new String(graph, StandardCharsets.ISO_8859_1)).doesNotContain(body);
  }

  @Test
  void shouldNameTheOptionWhenARequiredOneIsMissing() {
    config.removeConfig(KafkaOptions.BOOTSTRAP_SERVERS);
    assertThatThrownBy(this::loop)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(KafkaOptions.BOOTSTRAP_SERVERS.key())
        .hasMessageContaining("--config");
  }

  @Test
  void shouldSayWhatIsExpectedWhenAPolicyIsUnknown() {
    config.setString(ClosedLoopOptions.EVOLUTION.key(), "finance:always");
    assertThatThrownBy(this::loop).hasMessageContaining("freeze, propose or evolve");
    config.setString(ClosedLoopOptions.EVOLUTION.key(), "gambling:evolve");
    assertThatThrownBy(this::loop).hasMessageContaining("gambling");
  }

  @Test
  void shouldRefuseWhenCheckpointsAreUnaligned() {
    Configuration unaligned = new Configuration();
    unaligned.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
    assertThatThrownBy(
            () ->
                ClosedLoopJob.graph(
                    StreamExecutionEnvironment.getExecutionEnvironment(unaligned), config))
        .hasMessageContaining("aligned");
  }

  @Test
  void shouldRefuseWhenTheSigningKeyIsNotTrusted() throws IOException {
    Files.writeString(
        keys.resolve("public.pem"), SigningKey.generate(new SecureRandom()).publicKey().toPem());
    assertThatThrownBy(this::loop).hasMessageContaining("signing key among the trusted");
  }

  @Test
  void shouldLetTheArgumentWinWhenFileAndArgumentDiffer() throws IOException {
    Path file = keys.resolve("job.properties");
    Files.writeString(file, "knhk.log=fromfile\nknhk.kafka.bootstrap-servers=a:1\n");
    Configuration parsed =
        JobArguments.parse(
            new String[] {"--config", file.toString(), "--knhk.log", "fromargument"});
    assertThat(parsed.get(LedgerOptions.LOG)).isEqualTo("fromargument");
    assertThat(parsed.get(KafkaOptions.BOOTSTRAP_SERVERS)).isEqualTo("a:1");
  }

  private StreamGraph loop() throws Exception {
    return ClosedLoopJob.graph(environment(), config);
  }

  private StreamGraph notifications() throws Exception {
    return NotificationJob.graph(environment(), config);
  }

  private static StreamExecutionEnvironment environment() {
    return StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
  }

  private static List<String> uids(StreamGraph graph) {
    return graph.getStreamNodes().stream()
        .map(node -> node.getTransformationUID() + " | " + node.getOperatorName())
        .sorted()
        .toList();
  }

  private static List<String> committed(String name) throws IOException {
    try (InputStream in = TopologyTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
