package io.knhk.flinkconf;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Other processes, by their numbers. */
final class Processes {
  /**
   * Below the ports that the system gives to outgoing connections: while a server is down, a client
   * that tries again and again could otherwise be given its port, and speak to itself.
   */
  private static final int PORT_MIN = 20_000;

  private static final int PORT_MAX = 32_000;
  private static final int PORT_TRIES = 1_000;
  private static final Pattern HEAP_USED = Pattern.compile("used ([0-9]+)K");
  private static final Duration GONE_WITHIN = Duration.ofSeconds(30);

  private Processes() {}

  /** A port of the loopback interface that nobody listens on, and that is not given out again. */
  static int freePort() {
    for (int i = 0; i < PORT_TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
        return port;
      } catch (IOException e) {
        // Taken: another one.
      }
    }
    throw new AssertionError("expected a free port: from=" + PORT_MIN + ", to=" + PORT_MAX);
  }

  /** SIGKILL, and back when the process is gone. */
  static void kill(long pid) throws InterruptedException {
    ProcessHandle process = handle(pid);
    process.destroyForcibly();
    Eventually.until(GONE_WITHIN, "process " + pid + " is gone", () -> !process.isAlive());
  }

  /** SIGSTOP: it keeps its memory, connections and files, and does nothing. */
  static void stop(long pid) throws IOException, InterruptedException {
    signal(pid, "STOP");
  }

  /** SIGCONT. */
  static void goOn(long pid) throws IOException, InterruptedException {
    signal(pid, "CONT");
  }

  static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** Memory that the process has in RAM, in MiB. */
  static long residentMiB(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
      }
    }
    throw new IOException("expected VmRSS: pid=" + pid);
  }

  /** What a JVM has on its heap once it has collected its garbage, in MiB, by the JDK's tools. */
  static long heapAfterCollectionMiB(long pid) throws IOException, InterruptedException {
    jcmd(pid, "GC.run");
    // garbage-first heap   total 401408K, used 12345K [..)
    Matcher used = HEAP_USED.matcher(jcmd(pid, "GC.heap_info"));
    if (!used.find()) {
      throw new IOException("expected how much of the heap is used: pid=" + pid);
    }
    return Long.parseLong(used.group(1)) / 1024;
  }

  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    return run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(pid),
            command));
  }

  private static ProcessHandle handle(long pid) {
    return ProcessHandle.of(pid)
        .orElseThrow(() -> new AssertionError("expected a process: pid=" + pid));
  }

  private static void signal(long pid, String name) throws IOException, InterruptedException {
    run(List.of("kill", "-" + name, Long.toString(pid)));
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(
          "expected exit code 0: command=" + command + ", code=" + code + ", said=" + said);
    }
    return said;
  }
}
