package io.knhk.operators.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSecretsTest {
  @TempDir Path folder;

  @Test
  void shouldSignAsTheSpecificationsExampleWhenGivenItsSecret() throws Exception {
    // The test vector that the libraries of Standard Webhooks share.
    WebhookSecrets secrets = secrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");

    assertThat(
            secrets.sign(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void shouldSignWithEachWhenThereAreSeveral() throws Exception {
    String one = "whsec_" + base64(24, 1);
    String other = "whsec_" + base64(64, 2);

    assertThat(secrets(one + "\n\n  " + other + "  \n").sign("id", 1, new byte[0]))
        .isEqualTo(
            secrets(one).sign("id", 1, new byte[0])
                + " "
                + secrets(other).sign("id", 1, new byte[0]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n \n",
        "secret",
        "whsec_",
        "whsec_###",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
      })
  void shouldRefuseWhenTheFileHoldsSomethingElse(String text) throws Exception {
    assertThatThrownBy(() -> secrets(text))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected 1 to 4 lines of whsec_")
        .hasMessageNotContaining("MfKQ")
        .hasMessageNotContaining("###");
  }

  @Test
  void shouldTakeAsManyAndAsLongAsAllowedAndNoMore() throws Exception {
    String largest = "whsec_" + base64(WebhookSecrets.SECRET_BYTES_MAX, 3) + "\n";

    assertThat(secrets(largest.repeat(4)).sign("id", 1, new byte[0]).split(" ")).hasSize(4);
    assertThatThrownBy(() -> secrets(largest.repeat(5))).hasMessageContaining("secrets=5, limit=4");
    assertThatThrownBy(() -> secrets("whsec_" + base64(WebhookSecrets.SECRET_BYTES_MAX + 1, 3)))
        .hasMessageContaining("secretBytes=65, limit=64");
    assertThatThrownBy(() -> secrets(" ".repeat(1_025))).hasMessageContaining("limit=1024");
  }

  @Test
  void shouldRefuseWhenOthersMayReadTheFile() throws Exception {
    Path file = write(folder, "whsec_" + base64(32, 1));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> WebhookSecrets.read(file))
        .hasMessageContaining("only its owner can read")
        .hasMessageContaining("mode=rw-r-----");
  }

  static Path write(Path folder, String text) throws IOException {
    Path file = folder.resolve("webhook.secret");
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text);
  }

  private WebhookSecrets secrets(String text) throws IOException {
    return WebhookSecrets.read(write(folder, text));
  }

  static String base64(int bytes, int seed) {
    byte[] secret = new byte[bytes];
    java.util.Arrays.fill(secret, (byte) seed);
    return Base64.getEncoder().encodeToString(secret);
  }
}
