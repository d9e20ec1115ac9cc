package io.knhk.bench;

import io.knhk.embedded.EmbeddedFlink;
import io.knhk.embedded.EmbeddedKafka;
import io.knhk.embedded.Stack;
import io.knhk.embedded.StackOptions;
import io.knhk.embedded.StateDirectory;
import io.knhk.jobs.KafkaOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Observations a second through Kafka and both jobs into PostgreSQL, beside {@link CountingJob} on
 * the same topic, one after the other in one process.
 *
 * <p>A round is a backlog that becomes readable at one instant, while the jobs run and are warm. It
 * is over for the loop when archived receipts account for all of it, which needs a completed
 * checkpoint, a signature and a commit in PostgreSQL; for the peer as soon as all of it is counted
 * in its windows, checkpointed or not. The median round is reported.
 */
final class LoopEvents {
  private static final int PARALLELISM = 1;

  /** The compilers need about a million observations until nothing gets faster any more. */
  private static final int WARMUPS = 2;

  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration ROUND_MAX = Duration.ofMinutes(10);
  private static final Duration PROGRESS = Duration.ofSeconds(10);

  /** Everything that a receipt accounts for, and what the loop made of it. */
  private static final String ARCHIVED =
      """
      select coalesce(sum((evidence ->> 'count')::bigint)
               filter (where operation in ('ObservationIngested', 'ObservationsRejected')), 0),
             coalesce(sum((evidence ->> 'nonConforming')::bigint)
               filter (where operation = 'ObservationIngested'), 0),
             count(*) filter (where operation = 'ObservationsRejected'),
             count(*) filter (where operation = 'PatternDetected'),
             count(*)
      from knhk.receipts
      """;

  private final Arguments arguments;
  private final Path state;
  private final Workload workload;
  private long backlog;

  private LoopEvents(Arguments arguments, Path state) {
    this.arguments = arguments;
    this.state = state;
    this.workload = new Workload(arguments.keys());
  }

  private record Archived(
      long observations, long nonConforming, long rejections, long patterns, long receipts) {}

  static List<Figure> run(Arguments arguments) throws Exception {
    Path state = Files.createTempDirectory("knhk-bench-");
    try {
      LoopEvents benchmark = new LoopEvents(arguments, state);
      double loop = benchmark.loop();
      double peer = benchmark.peer();
      return List.of(new Figure("loop-events", "obs/s", loop, "Flink: " + CountingJob.NAME, peer));
    } finally {
      delete(state);
    }
  }

  private double loop() throws Exception {
    StackOptions options =
        StackOptions.of(state)
            .withParallelism(PARALLELISM)
            .withJobOptions(
                Map.of(KafkaOptions.CLIENT_PROPERTIES.key(), "isolation.level:read_committed"));
    try (Stack stack = Stack.start(options, Main::note);
        Connection archive = stack.postgresql().connect(stack.postgresql().auditor());
        PreparedStatement query = archive.prepareStatement(ARCHIVED);
        Backlog writer = new Backlog(stack.kafka().bootstrapServers(), workload)) {
      double median =
          rounds(
              "loop",
              writer,
              () -> {
                stack.check();
                return archived(query).observations();
              });
      Archived all = archived(query);
      Main.note(
          "loop: receipts="
              + all.receipts()
              + ", patterns="
              + all.patterns()
              + ", nonConforming="
              + all.nonConforming()
              + ", rejections="
              + all.rejections());
      backlog = writer.written();
      return median;
    }
  }

  /** Warms up on everything that the loop was measured on. */
  private double peer() throws Exception {
    try (StateDirectory folder = StateDirectory.open(state);
        EmbeddedKafka kafka = EmbeddedKafka.start(folder, OptionalInt.empty());
        EmbeddedFlink flink = EmbeddedFlink.start(folder, OptionalInt.empty(), PARALLELISM);
        Backlog writer = new Backlog(kafka.bootstrapServers(), workload)) {
      StreamExecutionEnvironment env =
          StreamExecutionEnvironment.getExecutionEnvironment(EmbeddedFlink.base(folder));
      env.setParallelism(PARALLELISM);
      JobClient job = flink.submit(CountingJob.graph(env, kafka.bootstrapServers()));
      Callable<Long> progress =
          () -> {
            JobStatus status = job.getJobStatus().get(POLL.toSeconds() + 10, TimeUnit.SECONDS);
            if (status.isGloballyTerminalState()) {
              throw new IllegalStateException("expected the peer to run: status=" + status);
            }
            return CountingJob.counted() - backlog;
          };
      await("peer", progress, 0);
      return rounds("peer", writer, progress);
    }
  }

  /** Rounds to warm up, then those that count; their median in observations a second. */
  private double rounds(String who, Backlog writer, Callable<Long> done) throws Exception {
    double[] perSecond = new double[arguments.rounds()];
    ExecutionProfile profile = arguments.profile() == null ? null : ExecutionProfile.start();
    for (int round = -WARMUPS; round < arguments.rounds(); round++) {
      writer.write(arguments.count());
      if (profile != null) {
        profile.mark();
      }
      OtherLoad others = new OtherLoad();
      long startNs = System.nanoTime();
      writer.release();
      await(who, done, writer.written());
      double seconds = (System.nanoTime() - startNs) / 1e9;
      double rate = arguments.count() / seconds;
      Main.note(
          String.format(
              "%s: %s: %d observations in %.2f s, %.0f obs/s, others %.1f cores",
              who,
              round < 0 ? "warm-up" : "round " + (round + 1),
              arguments.count(),
              seconds,
              rate,
              others.cores()));
      if (round >= 0) {
        perSecond[round] = rate;
      }
      if (round == arguments.rounds() - 1) {
        write(who, profile, seconds);
      }
    }
    Arrays.sort(perSecond);
    int middle = perSecond.length / 2;
    return perSecond.length % 2 == 1
        ? perSecond[middle]
        : (perSecond[middle - 1] + perSecond[middle]) / 2;
  }

  private static void await(String who, Callable<Long> done, long wanted) throws Exception {
    long startNs = System.nanoTime();
    long toldNs = startNs;
    long now;
    while ((now = done.call()) < wanted) {
      long atNs = System.nanoTime();
      if (atNs - startNs > ROUND_MAX.toNanos()) {
        throw new IllegalStateException(
            "expected the round to end: who=" + who + ", done=" + now + ", wanted=" + wanted);
      }
      if (atNs - toldNs > PROGRESS.toNanos()) {
        toldNs = atNs;
        Main.note(who + ": " + now + " of " + wanted);
      }
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
  }

  private static Archived archived(PreparedStatement query) throws SQLException {
    try (ResultSet row = query.executeQuery()) {
      row.next();
      return new Archived(
          row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5));
    }
  }

  private void write(String who, @Nullable ExecutionProfile profile, double seconds)
      throws IOException {
    Path file = arguments.profile();
    if (profile == null || file == null) {
      return;
    }
    List<String> text = new ArrayList<>();
    if (who.equals("peer") && Files.exists(file)) {
      text.addAll(Files.readAllLines(file, StandardCharsets.UTF_8));
    }
    text.add(String.format("=== %s: %d observations in %.2f s", who, arguments.count(), seconds));
    text.addAll(profile.stop());
    text.add("");
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.write(file, text, StandardCharsets.UTF_8);
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException | UncheckedIOException e) {
      Main.note("left behind: " + folder + ": " + e);
    }
  }
}
