package io.knhk.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code knhk up --once} on the bundled data, as a user starts it: how long it takes, and how much
 * memory the process and PostgreSQL need at most. The peers are the limits that were set.
 */
final class UpOnce {
  private static final double SECONDS_MAX = 180;
  private static final double MEBIBYTES_MAX = 3 * 1024;
  private static final long SAMPLE_MS = 200;
  private static final double MEBIBYTE = 1 << 20;

  private UpOnce() {}

  static List<Figure> run() throws IOException, InterruptedException {
    String launcher = System.getProperty("knhk.home") + "/knhk";
    int built = start(launcher, "version").waitFor();
    if (built != 0) {
      throw new IllegalStateException("expected the launcher to work: exit=" + built);
    }
    Path state = Files.createTempDirectory("knhk-bench-");
    try {
      return measured(launcher, state);
    } finally {
      delete(state);
    }
  }

  private static List<Figure> measured(String launcher, Path state)
      throws IOException, InterruptedException {
    long startNs = System.nanoTime();
    Process up = start(launcher, "up", "--once", "--json", "--state", state.toString());
    long javaBytes = 0;
    long postgresqlBytes = 0;
    long togetherBytes = 0;
    do {
      javaBytes = Math.max(javaBytes, ProcessUse.peakResidentBytes(up.pid()));
      long server = postgresqlBytes(state);
      postgresqlBytes = Math.max(postgresqlBytes, server);
      togetherBytes = Math.max(togetherBytes, ProcessUse.proportionalBytes(up.pid()) + server);
    } while (!up.waitFor(SAMPLE_MS, TimeUnit.MILLISECONDS));
    double seconds = (System.nanoTime() - startNs) / 1e9;
    Main.note("exit=" + up.exitValue() + ", summary=" + printed(up));
    return List.of(
        new Figure("up-once wall time", "s", seconds, "limit", SECONDS_MAX),
        memory("up-once peak, the process", javaBytes),
        memory("up-once peak, PostgreSQL", postgresqlBytes),
        memory("up-once peak, both", togetherBytes));
  }

  private static Figure memory(String name, long bytes) {
    return new Figure(name, "MiB", bytes / MEBIBYTE, "limit", MEBIBYTES_MAX);
  }

  private static Process start(String... command) throws IOException {
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.PIPE)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** What it printed, which a pipe holds: a few lines. Our own stdout is for figures. */
  private static String printed(Process ended) throws IOException {
    return new String(ended.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  /** The server is no child of the process that started it; its first line is its process id. */
  private static long postgresqlBytes(Path state) throws IOException {
    Path file = state.resolve("postgres").resolve("data").resolve("postmaster.pid");
    List<String> lines =
        Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
    long bytes = 0;
    if (!lines.isEmpty()) {
      for (long pid : ProcessUse.family(Long.parseLong(lines.get(0).strip()))) {
        bytes += ProcessUse.proportionalBytes(pid);
      }
    }
    return bytes;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
