package io.knhk.cli;

import io.knhk.cli.summary.Summary;
import io.knhk.cli.summary.SummaryCollector;
import io.knhk.cli.verify.AuditReport;
import io.knhk.cli.verify.LedgerAudit;
import io.knhk.embedded.DemonstrationApprovers;
import io.knhk.embedded.EmbeddedPostgresql;
import io.knhk.embedded.Endpoints;
import io.knhk.embedded.Servers;
import io.knhk.embedded.Stack;
import io.knhk.embedded.StackKeys;
import io.knhk.embedded.StackOptions;
import io.knhk.embedded.replay.ReplayInput;
import io.knhk.embedded.replay.ReplayOptions;
import io.knhk.embedded.replay.ReplayProgress;
import io.knhk.embedded.replay.Replayer;
import io.knhk.jobs.LedgerOptions;
import io.knhk.jobs.notify.NotificationOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code up}: a stack, a replay, the live table, and with {@code --once} the reckoning
 * at the end.
 */
final class UpRun {
  private static final String NO_DATA = "none";
  private static final Path BUNDLED_DATA = Path.of("examples", "data");
  private static final Duration SHOW_EVERY = Duration.ofSeconds(1);
  private static final Duration ARCHIVE_WAIT = Duration.ofSeconds(60);
  private static final long STOP_WAIT_S = 30;

  private final Terminal terminal;
  private final UpOptions options;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicReference<@Nullable Replayer> replaying = new AtomicReference<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  UpRun(Terminal terminal, UpOptions options) {
    this.terminal = terminal;
    this.options = options;
  }

  /** Returns an {@link ExitCode}. */
  int run() throws InterruptedException {
    long startedNs = System.nanoTime();
    check();
    Path state = EndpointResolver.stateDir(options.state, terminal);
    // Before the first logger writes: log4j2.xml reads it.
    System.setProperty("knhk.log.file", state.resolve("logs").resolve("knhk.log").toString());
    ReplayInput input = input();
    Thread hook = new Thread(this::stop, "knhk-stop");
    if (options.noFlink) {
      return serve(state, input, hook);
    }
    try (Stack stack = Stack.start(stackOptions(state), step -> terminal.note("knhk: " + step))) {
      Runtime.getRuntime().addShutdownHook(hook);
      announce(stack.endpoints(), state, stack.keys(), stack.approvers());
      CompletableFuture<@Nullable ReplayProgress> replay = replay(stack.endpoints(), input);
      if (options.once) {
        return once(stack, replay, startedNs);
      }
      watch(stack.postgresql(), replay, stack::check);
      return ExitCode.OK;
    } finally {
      closed.countDown();
    }
  }

  private void check() {
    if (!options.once && (options.json || options.export != null)) {
      throw CliError.USAGE.because(
          "expected --json and --export with --once only",
          "Add --once, or ask a running stack: knhk status --json.");
    }
    if (options.noFlink && (options.once || options.flinkPort != null)) {
      throw CliError.USAGE.because(
          "expected --no-flink without --once and --flink-port, which need Flink",
          "Leave it out, or run the jobs on a cluster: flink-conf/cluster --help.");
    }
    if (options.noFlink && (options.newLog != null || options.acceptRegression != null)) {
      throw CliError.USAGE.because(
          "expected --new-log and --accept-regression without --no-flink: a person allows it once",
          "Give it where the job is submitted: flink-conf/cluster resume loop --accept-regression REASON.");
    }
    for (String given : new String[] {options.newLog, options.acceptRegression}) {
      if (given != null && given.isBlank()) {
        throw CliError.USAGE.because(
            "expected a name after --new-log and a reason after --accept-regression",
            "Give one, or leave the option out.");
      }
    }
    if (options.webhooks.isEmpty() != (options.webhookSecretFile == null)) {
      throw CliError.USAGE.because(
          "expected --webhook and --webhook-secret-file together",
          "Make a secret: (umask 077; echo whsec_$(openssl rand -base64 32) >webhook.secret)");
    }
    if (options.rate != null && options.rate < 0) {
      throw CliError.USAGE.because(
          "expected a rate of 0 or more: rate=" + options.rate,
          "Leave --rate out for 2000 a second.");
    }
  }

  private @Nullable ReplayInput input() {
    String data = options.data;
    if (NO_DATA.equals(data) || (options.noFlink && data == null)) {
      return null;
    }
    return ReplayInput.open(
        data == null ? terminal.launcherHome().resolve(BUNDLED_DATA) : Path.of(data));
  }

  private StackOptions stackOptions(Path state) {
    return StackOptions.of(state)
        .withPorts(port(options.kafkaPort), port(options.postgresPort), port(options.flinkPort))
        .withJobOptions(jobOptions());
  }

  private Map<String, String> jobOptions() {
    Map<String, String> jobs =
        new HashMap<>(LedgerOptions.started(options.newLog, options.acceptRegression));
    Path secret = options.webhookSecretFile;
    if (secret != null) {
      jobs.put(NotificationOptions.WEBHOOK_URLS.key(), String.join(";", options.webhooks));
      jobs.put(NotificationOptions.SECRET_FILE.key(), secret.toAbsolutePath().toString());
    }
    return jobs;
  }

  /** Kafka and PostgreSQL until Ctrl-C; the jobs run elsewhere, or not yet. */
  private int serve(Path state, @Nullable ReplayInput input, Thread hook)
      throws InterruptedException {
    try (Servers servers =
        Servers.start(stackOptions(state), step -> terminal.note("knhk: " + step))) {
      Runtime.getRuntime().addShutdownHook(hook);
      servers.announce();
      announce(servers.endpoints(), state, servers.keys(), servers.approvers());
      watch(servers.postgresql(), replay(servers.endpoints(), input), () -> {});
      return ExitCode.OK;
    } finally {
      closed.countDown();
    }
  }

  private void announce(
      Endpoints endpoints, Path state, StackKeys keys, Optional<DemonstrationApprovers> approvers) {
    terminal.note("");
    terminal.note("  Kafka           " + endpoints.bootstrapServers());
    terminal.note("  PostgreSQL      " + endpoints.postgresqlUri());
    terminal.note(
        endpoints.flinkUrl() == null
            ? "  jobs            " + state.resolve("jobs") + "/loop.properties, archive.properties"
            : "  Flink           " + endpoints.flinkUrl());
    terminal.note("  state           " + state);
    terminal.note("  signing key     " + keys.fingerprint());
    approvers.ifPresent(
        people ->
            terminal.note(
                "  people          "
                    + String.join(", ", people.names())
                    + ", for demonstration: knhk proposals vote ID --approve --as-demonstration "
                    + people.names().get(0)));
    terminal.note("");
  }

  private CompletableFuture<@Nullable ReplayProgress> replay(
      Endpoints endpoints, @Nullable ReplayInput input) {
    CompletableFuture<@Nullable ReplayProgress> done = new CompletableFuture<>();
    if (input == null) {
      done.complete(null);
      return done;
    }
    ReplayOptions replayOptions =
        options.rate == null
            ? ReplayOptions.defaults()
            : ReplayOptions.defaults().withPerSecond(options.rate);
    Replayer replayer = new Replayer(input, endpoints.bootstrapServers(), replayOptions);
    replaying.set(replayer);
    Thread thread =
        new Thread(
            () -> {
              try {
                done.complete(replayer.run(progress -> lastProgress = progress));
              } catch (RuntimeException e) {
                done.completeExceptionally(e);
              }
            },
            "knhk-replay");
    thread.setDaemon(true);
    thread.start();
    return done;
  }

  private volatile @Nullable ReplayProgress lastProgress;

  private void watch(
      EmbeddedPostgresql postgresql,
      CompletableFuture<@Nullable ReplayProgress> replay,
      Runnable check)
      throws InterruptedException {
    LiveTable table = new LiveTable(terminal, postgresql);
    boolean told = false;
    while (!stopped.await(SHOW_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
      check.run();
      table.show(lastProgress);
      if (replay.isDone() && !told) {
        joined(replay);
        table.note(
            (lastProgress == null ? "" : "replay done; ")
                + "running until Ctrl-C. Try: knhk verify, knhk receipts list, knhk proposals list, knhk sql '...'");
        told = true;
      }
    }
    stopReplay(replay);
  }

  private int once(Stack stack, CompletableFuture<@Nullable ReplayProgress> replay, long startedNs)
      throws InterruptedException {
    LiveTable table = new LiveTable(terminal, stack.postgresql());
    while (!replay.isDone()) {
      if (stopped.await(SHOW_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        stopReplay(replay);
        return ExitCode.INCOMPLETE;
      }
      stack.check();
      table.show(lastProgress);
    }
    joined(replay);
    Settlement settlement = new Settlement(stack, table, stopped);
    String missing = settlement.await();
    if (missing != null) {
      terminal.note("knhk: not settled: " + missing);
      return ExitCode.INCOMPLETE;
    }
    return reckon(stack, settlement.observations(), startedNs);
  }

  private int reckon(Stack stack, long observations, long startedNs) throws InterruptedException {
    SummaryCollector collector = new SummaryCollector();
    AuditReport report;
    try (Connection archive = stack.postgresql().connect(stack.postgresql().auditor())) {
      report =
          LedgerAudit.run(
              archive,
              new LedgerAudit.Request(
                  Keys.ring(stack.keys().publicFile()),
                  null,
                  Map.of("bootstrap.servers", stack.endpoints().bootstrapServers()),
                  ARCHIVE_WAIT),
              collector);
      if (options.export != null) {
        ReceiptsExportCommand.exportAll(archive, options.export);
      }
    } catch (SQLException e) {
      throw Archive.failed(e);
    } catch (IOException e) {
      throw CliError.FILE_UNWRITABLE.because(
          "expected a file that can be written: file="
              + options.export
              + ", problem="
              + e.getMessage(),
          "Name another with --export.",
          e);
    }
    Summary summary =
        collector.summary(report, Duration.ofNanos(System.nanoTime() - startedNs).toMillis());
    SummaryText.write(terminal, summary, report, options.json);
    if (report.problems() > 0 || report.verified() != report.receipts()) {
      return ExitCode.EVIDENCE_INVALID;
    }
    if (summary.total().observations() != observations) {
      terminal.note(
          "knhk: expected every observation to be accounted for by a verified receipt: receipted="
              + summary.total().observations()
              + ", read="
              + observations);
      return ExitCode.INCOMPLETE;
    }
    return ExitCode.OK;
  }

  /** Ends the wait, from the shutdown hook, and holds the process until everything is stopped. */
  private void stop() {
    stopped.countDown();
    Replayer replayer = replaying.get();
    if (replayer != null) {
      replayer.stop();
    }
    try {
      if (!closed.await(STOP_WAIT_S, TimeUnit.SECONDS)) {
        terminal.note(
            "knhk: stopped without order after "
                + STOP_WAIT_S
                + " s; the next up goes on where this one was");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopReplay(CompletableFuture<@Nullable ReplayProgress> replay)
      throws InterruptedException {
    Replayer replayer = replaying.get();
    if (replayer != null) {
      replayer.stop();
    }
    try {
      replay.get(STOP_WAIT_S, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      terminal.note("knhk: the replay stopped without order: " + e.getMessage());
    }
  }

  private static void joined(CompletableFuture<@Nullable ReplayProgress> replay)
      throws InterruptedException {
    try {
      replay.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    }
  }

  private static OptionalInt port(@Nullable Integer port) {
    return port == null ? OptionalInt.empty() : OptionalInt.of(port);
  }
}
