package io.knhk.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "down",
    description =
        "Stops the running up and waits for it. Its state is kept; the next up goes on with it.",
    footer = {"", "Example:", "  knhk down --timeout 120"})
final class DownCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "State folder. Default: .knhk beside the launcher.")
  private @Nullable Path state;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long to wait for it. Default: 60.")
  private int timeoutSeconds = 60;

  DownCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    Path folder = EndpointResolver.stateDir(state, terminal);
    Optional<ProcessHandle> running = RunningProcess.find(folder);
    if (running.isEmpty()) {
      terminal.note("Nothing runs on " + folder + ".");
      return ExitCode.OK;
    }
    ProcessHandle process = running.get();
    process.destroy();
    try {
      process.onExit().get(Duration.ofSeconds(timeoutSeconds).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw CliError.DID_NOT_STOP.because(
          "expected up to stop: pid=" + process.pid() + ", waitedSeconds=" + timeoutSeconds,
          "Look at knhk logs, then run knhk down again; kill -9 "
              + process.pid()
              + " loses nothing either.",
          e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("expected to learn when a process ends", e);
    }
    terminal.note("Stopped. The state is kept in " + folder + ".");
    return ExitCode.OK;
  }
}
