package io.knhk.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "reset",
    description =
        "Deletes the state folder: Kafka, PostgreSQL, checkpoints, keys and logs. All receipts are lost. Asks first.",
    footer = {"", "Example:", "  knhk reset --state /tmp/trial --yes"})
final class ResetCommand implements Callable<Integer> {
  /** What a state folder holds; anything else in it means that it is none. */
  private static final Set<String> PARTS =
      Set.of(
          "lock",
          EndpointResolver.ENDPOINTS_FILE,
          EndpointResolver.ENDPOINTS_FILE + ".tmp",
          "kafka",
          "postgres",
          "checkpoints",
          "flink",
          "jobs",
          "keys",
          "logs");

  private final Terminal terminal;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "State folder. Default: .knhk beside the launcher.")
  private @Nullable Path state;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  ResetCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Path folder = EndpointResolver.stateDir(state, terminal);
    if (!Files.exists(folder)) {
      terminal.note("There is no state in " + folder + ".");
      return ExitCode.OK;
    }
    checkIsState(folder);
    if (RunningProcess.find(folder).isPresent() || databaseRuns(folder)) {
      throw CliError.STILL_RUNS.because(
          "expected a state folder that nothing runs on: state=" + folder,
          "Run ./knhk down first.");
    }
    if (!yes && !terminal.confirms("Delete " + folder + " with all receipts and keys?")) {
      throw CliError.NOT_CONFIRMED.because(
          "expected a yes: nothing was deleted", "Answer y, or add --yes.");
    }
    delete(folder);
    terminal.note("Deleted " + folder + ".");
    return ExitCode.OK;
  }

  private static void checkIsState(Path folder) throws IOException {
    boolean isState = Files.isDirectory(folder) && !Files.isSymbolicLink(folder);
    if (isState) {
      try (Stream<Path> parts = Files.list(folder)) {
        isState = parts.allMatch(part -> PARTS.contains(part.getFileName().toString()));
      }
    }
    if (!isState) {
      throw CliError.NOT_A_STATE.because(
          "expected a state folder that up made, with nothing else in it: state=" + folder,
          "Name the right one with --state, or delete the folder yourself.");
    }
  }

  /** A server may outlive an {@code up} that was killed. */
  private static boolean databaseRuns(Path folder) throws IOException {
    try (Stream<Path> files =
        Files.find(folder, 4, (file, attributes) -> file.endsWith("postmaster.pid"))) {
      for (Path file : files.toList()) {
        String pid = Files.readString(file).lines().findFirst().orElse("").strip();
        if (pid.matches("\\d{1,18}")
            && ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isPresent()) {
          return true;
        }
      }
    }
    return false;
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
