package io.knhk.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateDirectoryTest {
  @TempDir Path folder;

  @Test
  void shouldCreateItsFoldersWhenOpenedForTheFirstTime() throws IOException {
    Path root = folder.resolve("a").resolve("state");

    try (StateDirectory state = StateDirectory.open(root)) {
      assertThat(state.root()).isEqualTo(root.toRealPath());
      assertThat(state.kafka()).isDirectory();
      assertThat(state.postgres()).isDirectory();
      assertThat(state.checkpoints()).isDirectory();
      assertThat(state.flink()).isDirectory();
      assertThat(state.logs()).isDirectory();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.keys())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void shouldRefuseWithTheHoldersProcessWhenItIsOpenAlready() {
    try (StateDirectory first = StateDirectory.open(folder)) {
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatThrownBy(
                () -> StateDirectory.open(folder.resolve("..").resolve(folder.getFileName())))
            .isInstanceOfSatisfying(
                StackException.class,
                e -> assertThat(e.code()).isEqualTo(StackException.STATE_IN_USE))
            .hasMessageContaining("process=" + ProcessHandle.current().pid())
            .hasMessageContaining("knhk down");
      }
      assertThat(first.kafka()).isDirectory();
    }
  }

  @Test
  void shouldOpenAgainWhenItWasClosedTwice() {
    StateDirectory first = StateDirectory.open(folder);
    first.close();
    first.close();

    try (StateDirectory second = StateDirectory.open(folder)) {
      assertThat(second.logs()).isDirectory();
    }
  }

  @Test
  void shouldRefuseAndLetGoWhenTheDiskIsNearlyFull() {
    assertThatThrownBy(() -> StateDirectory.open(folder, path -> StateDirectory.FREE_BYTES_MIN - 1))
        .isInstanceOfSatisfying(
            StackException.class, e -> assertThat(e.code()).isEqualTo(StackException.DISK_FULL))
        .hasMessageContaining("expected at least 512 MiB of free disk: freeMiB=511");

    StateDirectory.open(folder, path -> StateDirectory.FREE_BYTES_MIN).close();
  }

  @Test
  void shouldRefuseWhenAFileIsInTheWay() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");

    assertThatThrownBy(() -> StateDirectory.open(file))
        .isInstanceOfSatisfying(
            StackException.class,
            e -> assertThat(e.code()).isEqualTo(StackException.STATE_UNUSABLE));
  }

  @Test
  void shouldHaveEndpointsOnlyWhileItIsOpen() throws IOException {
    Path endpoints;
    try (StateDirectory state = StateDirectory.open(folder)) {
      endpoints = state.endpointsFile();
      assertThat(endpoints).doesNotExist();
      state.writeEndpoints(Map.of("b", "2", "a", "1"));
      state.writeEndpoints(Map.of("b", "3", "a", "1"));
      assertThat(Files.readString(endpoints).replaceAll("\\s", ""))
          .isEqualTo("{\"a\":\"1\",\"b\":\"3\"}");
    }
    assertThat(endpoints).doesNotExist();
  }

  @Test
  void shouldForgetEndpointsWhenTheOneWhoWroteThemWasKilled() throws IOException {
    Path stale = Files.writeString(folder.resolve("endpoints.json"), "{}");

    StateDirectory.open(folder).close();

    assertThat(stale).doesNotExist();
  }
}
