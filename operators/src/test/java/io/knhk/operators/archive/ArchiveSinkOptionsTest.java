package io.knhk.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveSinkOptionsTest {
  private static final String URL = "jdbc:postgresql://localhost/knhk";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:mysql://localhost/knhk",
        URL + "?password=secret",
        URL + "?user=me&Password=secret",
        "jdbc:postgresql://me:secret@localhost/knhk"
      })
  void shouldRefuseWithoutShowingItWhenUrlIsWrongOrHoldsCredentials(String url) {
    assertThatThrownBy(() -> ArchiveSinkOptions.of(url, "user", "file"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected a URL")
        .hasMessageNotContaining("secret");
  }

  @Test
  void shouldRefuseWhenABoundIsBroken() {
    ArchiveSinkOptions options = ArchiveSinkOptions.of(URL, "user", "file");

    assertThatThrownBy(() -> options.withBatch(0, 1)).hasMessageContaining("batchRowsMax=0");
    assertThatThrownBy(() -> options.withBatch(10_001, 1)).hasMessageContaining("limit=10000");
    assertThatThrownBy(() -> options.withBatch(1, 0)).hasMessageContaining("batchBytesMax=0");
    assertThatThrownBy(() -> options.withBackoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .hasMessageContaining("backoffMsMax=1000");
    assertThatThrownBy(() -> options.withTimeouts(Duration.ZERO, Duration.ofSeconds(1)))
        .hasMessageContaining("connectTimeoutMs=0");
    assertThatThrownBy(() -> ArchiveSinkOptions.of(URL, " ", "file"))
        .hasMessageContaining("expected a user");
  }

  @Test
  void shouldHoldThePathAndNotThePasswordWhenTheSinkIsSerialized(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "the-very-secret");
    byte[] bytes =
        InstantiationUtil.serializeObject(
            new ArchiveSink(ArchiveSinkOptions.of(URL, "user", file.toString()), Receipted.PEM));

    assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
        .contains(file.toString())
        .doesNotContain("the-very-secret");
  }
}
