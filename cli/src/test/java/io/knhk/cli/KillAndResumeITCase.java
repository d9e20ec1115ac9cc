package io.knhk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.embedded.Endpoints;
import io.knhk.schemas.receipt.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole process killed at random moments: nothing lost, nothing doubled, one chain. */
class KillAndResumeITCase {
  private static final int KILLS = 5;
  private static final int PAYMENTS = 12_000;
  private static final int OCCUPANCIES = 3_000;
  private static final int PER_SECOND = 1_000;
  private static final long START_WAIT_S = 120;

  @TempDir Path folder;

  @Test
  void shouldLoseAndDoubleNothingWhenKilledAtRandomMoments() throws Exception {
    Path data = writeData(folder.resolve("data"));
    Path state = folder.resolve("state");
    Path log = folder.resolve("up.log");
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int kill = 0; kill < KILLS; kill++) {
      Process up =
          KnhkProcess.start(
              log,
              "up",
              "--state",
              state.toString(),
              "--data",
              data.toString(),
              "--rate",
              Integer.toString(PER_SECOND));
      awaitEndpoints(state, up, log);
      up.waitFor(500 + random.nextInt(4_000), TimeUnit.MILLISECONDS);
      assertThat(up.isAlive()).as("seed=" + seed + ": " + Files.readString(log)).isTrue();
      KnhkProcess.kill(up);
    }

    Path export = folder.resolve("receipts.dsse");
    KnhkInProcess.Result last =
        new KnhkInProcess(Map.of())
            .run(
                "up",
                "--once",
                "--json",
                "--state",
                state.toString(),
                "--data",
                data.toString(),
                "--rate",
                Integer.toString(PER_SECOND),
                "--export",
                export.toString());

    assertThat(last.exitCode()).as("seed=" + seed + ": " + last.err()).isZero();
    JsonNode summary = last.json();
    assertThat(summary.path("observations").asLong()).isEqualTo(PAYMENTS + OCCUPANCIES);
    assertThat(summary.path("verified")).isEqualTo(summary.path("receipts"));
    ExportedLog receipts = ExportedLog.read(export, state.resolve("keys").resolve("public.pem"));
    assertThat(receipts.sum("finance", Operation.ObservationIngested, "count")).isEqualTo(PAYMENTS);
    assertNoOffsetTwice(receipts, "finance");
    assertNoOffsetTwice(receipts, "logistics");
  }

  private static void assertNoOffsetTwice(ExportedLog receipts, String sector) {
    List<long[]> runs =
        receipts
            .of(sector, Operation.ObservationIngested)
            .map(ExportedLog::evidence)
            .map(
                run ->
                    new long[] {
                      run.path("partition").asLong(),
                      run.path("firstOffset").asLong(),
                      run.path("lastOffset").asLong()
                    })
            .toList();
    for (long[] run : runs) {
      assertThat(runs)
          .filteredOn(other -> other != run && other[0] == run[0])
          .allMatch(other -> other[2] < run[1] || other[1] > run[2]);
    }
  }

  private static void awaitEndpoints(Path state, Process up, Path log)
      throws IOException, InterruptedException {
    long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_WAIT_S);
    Path file = state.resolve("endpoints.json");
    Optional<Endpoints> running = Endpoints.read(file);
    while (running.isEmpty() || running.get().pid() != up.pid()) {
      if (up.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > untilNs) {
        throw new AssertionError("expected up to start: " + Files.readString(log));
      }
      running = Endpoints.read(file);
    }
  }

  private static Path writeData(Path data) throws IOException {
    Instant start = Instant.parse("2015-01-01T00:00:00Z");
    List<String> payments = new ArrayList<>();
    payments.add("timestamp,value,key,currency,merchant_category,channel");
    for (int i = 0; i < PAYMENTS; i++) {
      payments.add(
          String.format(
              Locale.ROOT,
              "%s,%d.25,account-%d,EUR,grocery,card",
              start.plusSeconds(i * 10L),
              10 + i % 90,
              i % 40));
    }
    List<String> occupancies = new ArrayList<>();
    occupancies.add("timestamp,value,key");
    for (int i = 0; i < OCCUPANCIES; i++) {
      occupancies.add(
          String.format(
              Locale.ROOT, "%s,%d.5,sensor-%d", start.plusSeconds(i * 40L), i % 60, i % 4));
    }
    Files.createDirectories(data.resolve("finance"));
    Files.createDirectories(data.resolve("logistics"));
    Files.write(data.resolve("finance").resolve("payment.authorised.csv"), payments);
    Files.write(data.resolve("logistics").resolve("traffic.occupancy.csv"), occupancies);
    return data;
  }
}
