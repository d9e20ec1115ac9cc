package io.knhk.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server that outlived the process that started it.
 *
 * <p>{@code postmaster.pid} in the data folder names a process. It is ours, and is stopped, only
 * when its command line is {@code postgres -D <our data folder>} and, where the system shows it,
 * its working folder is that folder. A process that is no PostgreSQL server at all merely got the
 * number later, and the file is stale. Anything else is left alone.
 */
final class PostgresqlLeftover {
  /** For connections to be cut and a last checkpoint to be written. */
  static final Duration FAST_WAIT = Duration.ofSeconds(30);

  /** For a server that had to be told to drop everything; it recovers at its next start. */
  static final Duration IMMEDIATE_WAIT = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(PostgresqlLeftover.class);

  private PostgresqlLeftover() {}

  /**
   * @throws StackException when a server may be running there that cannot be proved to be ours
   */
  static void stop(Path data) throws IOException {
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return;
    }
    Optional<ProcessHandle> named = processNamedIn(file);
    if (named.isEmpty() || !named.get().isAlive()) {
      return; // PostgreSQL removes the file of a dead server itself, after it has made sure.
    }
    ProcessHandle process = named.get();
    List<String> command = command(process);
    if (!command.isEmpty() && !isPostgres(command)) {
      LOG.warn("{} names process {}, which is no PostgreSQL server: removed", file, process.pid());
      Files.delete(file);
      return;
    }
    if (!names(command, data) || !worksIn(process, data)) {
      throw new StackException(
          StackException.POSTGRESQL_FOREIGN,
          "expected no PostgreSQL server on the state folder: process="
              + process.pid()
              + ", folder="
              + data
              + ", and it cannot be proved to be one that KNHK started. Stop it, or name another folder with --state.");
    }
    LOG.info(
        "Stopping PostgreSQL process {} on {}, left by a process that was killed",
        process.pid(),
        data);
    interrupt(process);
  }

  private static Optional<ProcessHandle> processNamedIn(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    try {
      return lines.isEmpty()
          ? Optional.empty()
          : ProcessHandle.of(Long.parseLong(lines.get(0).strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Program and arguments, empty where the system does not show them. */
  private static List<String> command(ProcessHandle process) {
    Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
    if (Files.isReadable(file)) {
      try {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        return text.isEmpty() ? List.of() : List.of(text.split("\0", -1));
      } catch (IOException e) {
        LOG.debug("No command line for process {}", process.pid(), e);
      }
    }
    ProcessHandle.Info info = process.info();
    if (info.command().isEmpty()) {
      return List.of();
    }
    List<String> command = new ArrayList<>();
    command.add(info.command().get());
    info.arguments().ifPresent(arguments -> command.addAll(List.of(arguments)));
    return command;
  }

  private static boolean isPostgres(List<String> command) {
    Path program = Path.of(command.get(0)).getFileName();
    if (program == null) {
      return false;
    }
    String name = program.toString();
    return name.equals("postgres") || name.equals("postgres.exe") || name.startsWith("postgres:");
  }

  private static boolean names(List<String> command, Path data) throws IOException {
    if (command.isEmpty() || !isPostgres(command)) {
      return false;
    }
    for (int i = 1; i < command.size() - 1; i++) {
      if (command.get(i).equals("-D")) {
        Path named = Path.of(command.get(i + 1));
        return Files.exists(named) && Files.isSameFile(named, data);
      }
    }
    return false;
  }

  private static boolean worksIn(ProcessHandle process, Path data) throws IOException {
    Path link = Path.of("/proc", Long.toString(process.pid()), "cwd");
    if (!Files.isDirectory(link)) {
      return true; // Not shown here; the command line has to do.
    }
    return Files.isSameFile(link, data);
  }

  private static void interrupt(ProcessHandle process) throws IOException {
    signal(process, "INT");
    if (!ended(process, FAST_WAIT)) {
      signal(process, "QUIT");
      if (!ended(process, IMMEDIATE_WAIT)) {
        throw new StackException(
            StackException.POSTGRESQL_FAILED,
            "expected the PostgreSQL server of an earlier run to stop: process="
                + process.pid()
                + ". End it with kill -KILL "
                + process.pid()
                + " and run again.");
      }
    }
  }

  /**
   * {@link ProcessHandle#destroy} would send TERM, on which PostgreSQL waits for its clients for
   * ever.
   */
  private static void signal(ProcessHandle process, String name) throws IOException {
    Process kill =
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      kill.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean ended(ProcessHandle process, Duration wait) {
    try {
      process.onExit().get(wait.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return !process.isAlive();
    } catch (ExecutionException e) {
      return !process.isAlive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }
}
