package io.knhk.cli;

import io.knhk.embedded.Endpoints;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The process of a running {@code up}, as its state folder names it. */
final class RunningProcess {
  private RunningProcess() {}

  /**
   * The process, if it runs.
   *
   * @throws CliException if the process under that number is another program
   */
  static Optional<ProcessHandle> find(Path state) {
    Optional<Endpoints> running;
    try {
      running = EndpointResolver.running(state);
    } catch (CliException e) {
      if (e.error() == CliError.STALE_ENDPOINTS) {
        return Optional.empty();
      }
      throw e;
    }
    if (running.isEmpty()) {
      return Optional.empty();
    }
    long pid = running.get().pid();
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    if (process.isPresent() && !isOurs(process.get().info().commandLine().orElse(null))) {
      throw CliError.NOT_A_STATE.because(
          "expected the process that wrote endpoints.json: pid=" + pid + " is another program now",
          "Remove " + state.resolve(EndpointResolver.ENDPOINTS_FILE) + ", then run ./knhk up.");
    }
    return process;
  }

  private static boolean isOurs(@Nullable String commandLine) {
    // Where the system does not tell, the number is believed.
    return commandLine == null || commandLine.contains("knhk");
  }
}
