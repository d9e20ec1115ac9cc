package io.knhk.cli.govern;

import io.knhk.cli.CliError;
import io.knhk.cli.OutputFormat;
import io.knhk.cli.OutputOptions;
import io.knhk.cli.ResolvedEndpoints;
import io.knhk.cli.Terminal;
import io.knhk.cli.knowledge.LedgerOptions;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.control.ControlMessage;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that signs something: whose key, how long it counts, how to wait. */
final class SigningOptions {
  private static final int TIMEOUT_S_MAX = 3_600;

  @Mixin private final LedgerOptions ledger = new LedgerOptions();
  @Mixin private final WhoseKeyOptions whose = new WhoseKeyOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(
      names = "--expires-in",
      paramLabel = "DURATION",
      description = "How long the message is taken: 90s, 15m, 2h, at most 24h. Default: 1h.")
  private Duration expiresIn = Duration.ofHours(1);

  @Option(
      names = "--wait",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Wait for the receipt that answers it, or do not. Default: --wait.")
  private boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long to wait for the receipt. Default: 60.")
  private int timeoutSeconds = 60;

  /**
   * Checks what was given, and opens the archive and Kafka.
   *
   * @throws io.knhk.cli.CliException if something is wrong or unreachable; nothing was sent
   */
  ControlSession open(Terminal terminal) {
    if (expiresIn.isZero() || expiresIn.toMillis() > ControlMessage.LIFETIME_MS_MAX) {
      throw CliError.USAGE.because(
          "expected a time that a message may be taken: --expires-in="
              + expiresIn.toMillis()
              + "ms, limit="
              + ControlMessage.LIFETIME_MS_MAX
              + "ms",
          "Give 1m to 24h.");
    }
    if (timeoutSeconds < 1 || timeoutSeconds > TIMEOUT_S_MAX) {
      throw CliError.USAGE.because(
          "expected seconds: --timeout=" + timeoutSeconds + ", limit=1.." + TIMEOUT_S_MAX,
          "Give another --timeout, or --no-wait.");
    }
    ResolvedEndpoints endpoints = ledger.endpoints(terminal);
    SigningKey key = whose.key(endpoints, terminal);
    return ControlSession.open(
        terminal,
        endpoints,
        ledger.tables(endpoints),
        key,
        new ControlSession.Patience(expiresIn, wait ? Duration.ofSeconds(timeoutSeconds) : null),
        output.format());
  }

  OutputFormat format() {
    return output.format();
  }
}
