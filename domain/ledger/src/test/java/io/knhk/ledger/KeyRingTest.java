package io.knhk.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeyRingTest {
  private static final VerifyingKey FIRST = TestKeys.of(1).publicKey();
  private static final VerifyingKey SECOND = TestKeys.of(2).publicKey();

  @TempDir Path folder;

  @Test
  void shouldFindExactlyItsKeysWhenAsked() {
    KeyRing ring = KeyRing.of(List.of(FIRST, SECOND, FIRST));

    assertThat(ring.keyIds()).containsExactlyInAnyOrder(FIRST.keyId(), SECOND.keyId());
    assertThat(ring.find(FIRST.keyId())).contains(FIRST);
    assertThat(ring.find(TestKeys.of(3).publicKey().keyId())).isEmpty();
    assertThat(ring.find("")).isEmpty();
    assertThat(KeyRing.of(List.of()).keyIds()).isEmpty();
  }

  @Test
  void shouldReadAllKeysWhenAFileHasSeveral() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keys.pem"),
            "# since 2026\n" + FIRST.toPem() + "\n# the next\n" + SECOND.toPem());

    assertThat(KeyRing.fromPem(file).keyIds())
        .containsExactlyInAnyOrder(FIRST.keyId(), SECOND.keyId());
  }

  @Test
  void shouldRefuseTheWholeFileWhenOneKeyIsBad() {
    String small = TestKeys.pem("PUBLIC KEY", "302a300506032b6570032100" + "01" + "00".repeat(31));
    String cutOff = SECOND.toPem().replace("-----END PUBLIC KEY-----\n", "");

    assertThatThrownBy(() -> KeyRing.fromPem(FIRST.toPem() + small))
        .isInstanceOf(LedgerFormatException.class);
    assertThatThrownBy(() -> KeyRing.fromPem(FIRST.toPem() + cutOff))
        .hasMessage("expected -----END PUBLIC KEY-----: line=6");
    assertThatThrownBy(() -> KeyRing.fromPem(FIRST.toPem() + "rubbish\n"))
        .hasMessage("expected -----BEGIN PUBLIC KEY-----: line=4");
    assertThatThrownBy(() -> KeyRing.fromPem(cutOff + FIRST.toPem()))
        .isInstanceOf(LedgerFormatException.class);
    assertThatThrownBy(() -> KeyRing.fromPem("# nothing\n"))
        .hasMessage("expected at least one public key: keys=0");
  }
}
