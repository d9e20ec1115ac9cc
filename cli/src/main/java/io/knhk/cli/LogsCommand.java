package io.knhk.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "logs",
    description = "Shows the end of the log of up, running or not.",
    footer = {"", "Example:", "  knhk logs -f -n 50"})
final class LogsCommand implements Callable<Integer> {
  private static final int CHUNK_BYTES = 8192;
  private static final int LINES_MAX = 1_000_000;
  private static final long POLL_MS = 200;

  private final Terminal terminal;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "State folder. Default: .knhk beside the launcher.")
  private @Nullable Path state;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on until Ctrl-C.")
  private boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      description = "How many lines from the end. Default: 200.")
  private int lines = 200;

  LogsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (lines < 0 || lines > LINES_MAX) {
      throw CliError.USAGE.because(
          "expected a number of lines: --lines=" + lines + ", limit=" + LINES_MAX,
          "Give another --lines.");
    }
    Path folder = EndpointResolver.stateDir(state, terminal).resolve("logs");
    Path log =
        newest(folder)
            .orElseThrow(
                () ->
                    CliError.NOT_FOUND.because(
                        "expected a log: folder=" + folder,
                        "./knhk up writes one; --state names another folder."));
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(startOfLast(file, lines));
      copy(file);
      while (follow) {
        Thread.sleep(POLL_MS);
        if (file.length() < file.getFilePointer()) {
          file.seek(0); // It was rolled.
        }
        copy(file);
      }
    }
    return ExitCode.OK;
  }

  private void copy(RandomAccessFile file) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    for (int read = file.read(chunk); read > 0; read = file.read(chunk)) {
      terminal.out().write(chunk, 0, read);
    }
    terminal.out().flush();
  }

  private static Optional<Path> newest(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    List<Path> logs;
    try (Stream<Path> files = Files.list(folder)) {
      logs = files.filter(file -> file.getFileName().toString().endsWith(".log")).toList();
    }
    return logs.stream().max(Comparator.comparingLong(log -> log.toFile().lastModified()));
  }

  /** Where the last lines begin, found from the end. */
  static long startOfLast(RandomAccessFile file, int lines) throws IOException {
    long at = file.length();
    if (lines == 0) {
      return at;
    }
    int left = lines;
    byte[] chunk = new byte[CHUNK_BYTES];
    // The line end at the very end ends the last line; it begins none.
    long end = at - 1;
    while (at > 0) {
      int size = (int) Math.min(CHUNK_BYTES, at);
      at -= size;
      file.seek(at);
      file.readFully(chunk, 0, size);
      for (int i = size - 1; i >= 0; i--) {
        if (chunk[i] == '\n' && at + i != end && --left == 0) {
          return at + i + 1;
        }
      }
    }
    return 0;
  }
}
