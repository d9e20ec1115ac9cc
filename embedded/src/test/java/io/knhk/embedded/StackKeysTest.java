package io.knhk.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackKeysTest {
  @TempDir Path folder;

  @Test
  void shouldMakeAPairForItsOwnerAloneWhenTheFolderIsNew() throws IOException {
    StackKeys keys = StackKeys.open(folder);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys.signingFile())))
        .isEqualTo("rw-------");
    assertThat(StackKeys.open(folder)).isEqualTo(keys);
  }

  @Test
  void shouldNameTheMissingFileWhenTheSigningKeyIsGone() throws IOException {
    Files.delete(StackKeys.open(folder).signingFile());

    assertThatThrownBy(() -> StackKeys.open(folder))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("signing.pem");
    assertThat(folder.resolve("signing.pem")).doesNotExist();
  }
}
