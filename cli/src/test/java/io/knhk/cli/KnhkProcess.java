package io.knhk.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command as a process of its own, so that it can be killed as machines kill. */
final class KnhkProcess {
  private KnhkProcess() {}

  static Process start(Path log, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1100m");
    for (String opened : List.of("java.util", "java.lang", "java.time")) {
      command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
    }
    command.add("-Dknhk.home=" + Path.of("").toAbsolutePath().getParent());
    command.add("-cp");
    // Surefire's own class path is a jar whose manifest names the real one.
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add("io.knhk.cli.Knhk");
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /** SIGKILL, and back when the process is gone. Its children are left alone. */
  static void kill(Process process) throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("expected the process to be gone: pid=" + process.pid());
    }
  }
}
