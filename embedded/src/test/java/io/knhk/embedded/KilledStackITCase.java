package io.knhk.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.schemas.Topics;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KilledStackITCase {
  @TempDir Path folder;

  @Test
  void shouldStopWhatIsLeftAndLoseNothingWhenTheProcessWasKilled() throws Exception {
    Process process = start();
    ProcessHandle server;
    try {
      awaitReady(process);
      assertThatThrownBy(() -> StateDirectory.open(folder))
          .isInstanceOf(StackException.class)
          .hasMessageContaining("process=" + process.pid());
      server = ProcessHandle.of(postmaster()).orElseThrow();
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(server.isAlive()).as("PostgreSQL outlives who started it").isTrue();

    try (StateDirectory state = StateDirectory.open(folder);
        EmbeddedPostgresql postgresql = EmbeddedPostgresql.start(state, OptionalInt.empty());
        EmbeddedKafka kafka = EmbeddedKafka.start(state, OptionalInt.empty())) {
      assertThat(server.isAlive()).isFalse();
      try (Connection auditor = postgresql.connect(postgresql.auditor())) {
        assertThat(EmbeddedPostgresqlITCase.one(auditor, "select id from knhk.dead_letters"))
            .isEqualTo("t/0/7");
      }
      assertThat(EmbeddedKafkaITCase.read(kafka.bootstrapServers(), Topics.RECEIPTS, 4)).hasSize(1);
    }
  }

  private Process start() throws Exception {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ProcessBuilder(
            java.toString(),
            "-Xmx512m",
            "-cp",
            classPath,
            KilledStack.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void awaitReady(Process process) throws Exception {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    while (line != null && !line.startsWith(KilledStack.READY)) {
      line = out.readLine();
    }
    assertThat(line).as("the process came up").isNotNull();
  }

  private long postmaster() throws Exception {
    Path file = folder.resolve("postgres").resolve("data").resolve("postmaster.pid");
    return Long.parseLong(Files.readAllLines(file).get(0).strip());
  }
}
