package io.knhk.cli;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a command speaks and what it may ask its surroundings.
 *
 * @param out data alone
 * @param err progress, notes and errors
 * @param in answers
 * @param environment variables
 * @param userHome whose {@code .config/knhk/config.yaml} is read
 * @param launcherHome folder of the launcher, beside which the state is
 * @param interactive whether a person sees {@code err}
 */
public record Terminal(
    PrintStream out,
    PrintStream err,
    InputStream in,
    Map<String, String> environment,
    Path userHome,
    Path launcherHome,
    boolean interactive) {
  public Terminal {
    environment = Map.copyOf(environment);
  }

  /** That of this process, as the launcher describes it. */
  public static Terminal ofProcess() {
    String home = System.getProperty("knhk.home", System.getProperty("user.dir", "."));
    return new Terminal(
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        System.in,
        System.getenv(),
        Path.of(System.getProperty("user.home", ".")),
        Path.of(home),
        Boolean.getBoolean("knhk.terminal"));
  }

  /** A variable that is set and not blank. */
  public @Nullable String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? null : value;
  }

  /** Says something that is not data. */
  public void note(String text) {
    err.println(text);
  }

  /** Asks for yes; anything else is no. */
  public boolean confirms(String question) throws IOException {
    err.print(question + " [y/N] ");
    err.flush();
    String answer =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
    return answer != null
        && (answer.strip().equalsIgnoreCase("y") || answer.strip().equalsIgnoreCase("yes"));
  }
}
