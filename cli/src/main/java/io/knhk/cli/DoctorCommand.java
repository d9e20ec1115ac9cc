package io.knhk.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.management.OperatingSystemMXBean;
import io.knhk.cli.doctor.Finding;
import io.knhk.cli.doctor.Findings;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.Topics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "doctor",
    description =
        "Looks at everything the stack needs and says what is wrong and what to do. Changes"
            + " nothing.",
    footer = {
      "",
      "Examples:",
      "  knhk doctor",
      "  knhk doctor --cluster --flink http://HOST:8081 --config loop.properties --config"
          + " archive.properties",
      "",
      "Exit code: 0 nothing FAILED, 1 something did, 5 nothing that was named could be reached."
    })
final class DoctorCommand implements Callable<Integer> {
  private static final long FREE_MIB_MIN = 512;
  private static final long MEMORY_MIB_MIN = 3_072;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Terminal terminal;
  private final Findings findings = new Findings();

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @ArgGroup(exclusive = false, heading = "A cluster of your own:%n")
  private @Nullable ClusterOptions cluster;

  DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (cluster != null) {
      int exitCode = new ClusterDoctor(terminal, connection, cluster, findings).check();
      show();
      explain();
      return exitCode;
    }
    found(
        "java",
        Runtime.version().feature() >= 17,
        "version " + Runtime.version(),
        "Set JAVA_HOME to a JDK of 17 or later.");
    checkMemory();
    ResolvedEndpoints endpoints;
    try {
      endpoints = EndpointResolver.resolve(connection, terminal);
    } catch (CliException e) {
      found("endpoints", false, String.valueOf(e.getMessage()), e.next());
      return report();
    }
    checkState(endpoints.stateDir());
    if (endpoints.jdbcUrl() == null && endpoints.bootstrapServers() == null) {
      skipped("stack", "nothing runs on " + endpoints.stateDir() + "; ./knhk up starts it");
    } else {
      checkPostgresql(endpoints);
      checkKafka(endpoints);
      checkFlink(endpoints);
    }
    return report();
  }

  private void checkMemory() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      long mib = system.getTotalMemorySize() >> 20;
      found(
          "memory",
          mib >= MEMORY_MIB_MIN,
          mib + " MiB, limit=" + MEMORY_MIB_MIN,
          "Up needs 3 GiB.");
    }
  }

  private void checkState(Path state) {
    Path existing = state;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    found(
        "state",
        Files.isWritable(existing),
        state.toString(),
        "Make it writable, or name another with --state.");
    try {
      long free = Files.getFileStore(existing).getUsableSpace() >> 20;
      found(
          "disk",
          free >= FREE_MIB_MIN,
          free + " MiB free, limit=" + FREE_MIB_MIN,
          "Free some, or name another --state.");
    } catch (IOException e) {
      found("disk", false, e.toString(), "Name another --state.");
    }
    Path key = state.resolve("keys").resolve("signing.pem");
    if (!Files.exists(key)) {
      skipped("key", "none yet; up makes one, or knhk keys init");
      return;
    }
    try {
      found("key", true, SigningKey.fromPem(key).publicKey().fingerprint(), "");
    } catch (IOException | LedgerFormatException e) {
      found(
          "key",
          false,
          String.valueOf(e.getMessage()),
          "Mend the file, or bring it back from a copy.");
    }
  }

  private void checkPostgresql(ResolvedEndpoints endpoints) {
    try (Connection archive = Archive.asAuditor(endpoints);
        Statement statement = archive.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select current_setting('server_version'), current_setting('fsync'),"
                    + " (select count(*) from knhk.halts where resumed_at is null)")) {
      row.next();
      found("postgresql", true, "version " + row.getString(1), "");
      found(
          "fsync",
          row.getString(2).equals("on"),
          row.getString(2),
          "Turn fsync on: without it a crash loses receipts.");
      found(
          "halts",
          row.getLong(3) == 0,
          row.getLong(3) + " halted sectors",
          "knhk halts list --open says why.");
    } catch (CliException e) {
      found("postgresql", false, String.valueOf(e.getMessage()), e.next());
    } catch (SQLException e) {
      found("postgresql", false, String.valueOf(e.getMessage()), "Run ./knhk logs.");
    }
  }

  private void checkKafka(ResolvedEndpoints endpoints) {
    try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(endpoints)) {
      Set<String> missing =
          new TreeSet<>(
              List.of(
                  Topics.OBSERVATIONS,
                  Topics.DEAD_LETTERS,
                  Topics.CONTROL,
                  Topics.SNAPSHOTS,
                  Topics.RECEIPTS));
      missing.removeAll(consumer.listTopics(PATIENCE).keySet());
      found(
          "kafka",
          missing.isEmpty(),
          missing.isEmpty() ? "all topics" : "missing topics " + missing,
          "Run ./knhk up.");
    } catch (CliException e) {
      found("kafka", false, String.valueOf(e.getMessage()), e.next());
    } catch (KafkaException e) {
      found("kafka", false, String.valueOf(e.getMessage()), "Run ./knhk logs.");
    }
  }

  private void checkFlink(ResolvedEndpoints endpoints) throws InterruptedException {
    String flink = endpoints.flink();
    if (flink == null) {
      skipped("flink", "no page is known");
      return;
    }
    try {
      List<FlinkPage.Job> jobs = FlinkPage.jobs(flink);
      boolean allRun =
          !jobs.isEmpty() && jobs.stream().allMatch(job -> job.state().equals("RUNNING"));
      found(
          "flink",
          allRun,
          jobs.stream().map(job -> job.name() + " " + job.state()).toList().toString(),
          "Run ./knhk logs.");
    } catch (IOException e) {
      found("flink", false, e.toString(), "Run ./knhk logs.");
    }
  }

  private void found(String what, boolean ok, String detail, String next) {
    findings.require(ok, what, detail, next);
  }

  private void skipped(String what, String detail) {
    findings.skipped(what, detail);
  }

  private int report() {
    show();
    return findings.anyFailed() ? ExitCode.FAILURE : ExitCode.OK;
  }

  private void show() {
    List<String> columns =
        cluster == null
            ? List.of("check", "result", "detail", "next")
            : List.of("check", "result", "detail");
    try (Rows rows = new Rows(terminal.out(), output.format(), columns)) {
      for (Finding finding : findings.all()) {
        rows.add(
            JsonNodeFactory.instance
                .objectNode()
                .put("check", finding.check())
                .put("result", finding.result().word())
                .put("detail", finding.detail())
                .put("next", finding.next()));
      }
    }
  }

  /** A table cuts long cells off; what is to be pasted is not. */
  private void explain() {
    if (output.format() != OutputFormat.table) {
      return;
    }
    for (Finding finding : findings.all()) {
      if (!finding.next().isEmpty()) {
        terminal.out().println();
        terminal
            .out()
            .println(finding.result().word() + " " + finding.check() + ": " + finding.detail());
        terminal.out().println("  " + finding.next());
      }
    }
    terminal.out().flush();
  }
}
