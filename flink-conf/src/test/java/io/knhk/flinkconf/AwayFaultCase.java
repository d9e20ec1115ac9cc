package io.knhk.flinkconf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A server is away for longer than any client waits, under load. */
final class AwayFaultCase {
  /** Kafka's producers give a record up after two minutes, unless they are told otherwise. */
  private static final Duration BROKER_AWAY = Duration.ofSeconds(150);

  private static final Duration POSTGRESQL_AWAY = Duration.ofMinutes(5);
  private static final int PER_SECOND = 1_000;

  /** By then an outage is what is usual: buffers are full, and what is loaded late is loaded. */
  private static final Duration USUAL_AFTER = Duration.ofMinutes(1);

  /**
   * What a TaskManager may have on its heap, after a collection, beyond what it had once the outage
   * was usual. The heap is 448 MiB, and both jobs together come to less than half of it.
   */
  private static final long HEAP_GROWTH_MIB_MAX = 64;

  /** What the checkpoints may take on disk beyond what they took by then. */
  private static final long CHECKPOINTS_GROWTH_MIB_MAX = 64;

  /** taskmanager.memory.process.size, and what the system counts beside it. */
  private static final long RESIDENT_MIB_MAX = 1_280 + 128;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void shouldLoseNothingWhenTheBrokerIsAwayForLongerThanAnyProducerWaits() throws Exception {
    try (Site site = Site.start(folder)) {
      site.runBoth();
      Faults faults = new Faults(site);
      try (Publisher publisher = Publisher.start(site.broker().bootstrapServers(), PER_SECOND)) {
        publisher.await(10_000);
        Duration recovered;
        try (Recovery recovery = Recovery.watch(site.broker().bootstrapServers())) {
          site.broker().kill();
          Eventually.pass(USUAL_AFTER);
          Usage usual = Usage.of(site);
          Eventually.pass(BROKER_AWAY.minus(USUAL_AFTER));
          Usage.of(site).requireBounded(usual);
          long backMs = System.currentTimeMillis();
          site.broker().start();
          recovered = recovery.awaitReceipt(backMs, Duration.ofSeconds(90));
        }
        faults.awaitWhole();
        publisher.await(publisher.acknowledged() + 10_000);

        site.settleAndCheck(publisher, Duration.ofMinutes(2));

        Site.said(
            "broker away for %d s: recovered %.1f s after its return began",
            BROKER_AWAY.toSeconds(), Site.seconds(recovered));
      }
    }
  }

  @Test
  void shouldHoldBackAndLoseNothingWhenPostgresqlIsAwayForMinutes() throws Exception {
    try (Site site = Site.start(folder)) {
      site.runBoth();
      Faults faults = new Faults(site);
      try (Publisher publisher = Publisher.start(site.broker().bootstrapServers(), PER_SECOND)) {
        publisher.await(10_000);
        Map<String, Long> processes = site.cluster().pids();
        long receiptsBefore = site.receiptsInKafka();
        long killedNs = System.nanoTime();

        site.postgresql().kill();

        Duration heldBack =
            Eventually.until(
                POSTGRESQL_AWAY, "the archive holds back", () -> holdsBack(site.cluster()));
        Eventually.pass(USUAL_AFTER.minusNanos(System.nanoTime() - killedNs));
        Usage usual = Usage.of(site);
        Eventually.pass(POSTGRESQL_AWAY.minusNanos(System.nanoTime() - killedNs));
        Usage.of(site).requireBounded(usual);
        long receiptsMeanwhile = site.receiptsInKafka() - receiptsBefore;
        long backMs = System.currentTimeMillis();
        site.postgresql().start();
        Duration recovered = Recovery.awaitRow(site.ledgers(), backMs, Faults.RECOVERS_WITHIN);

        assertThat(receiptsMeanwhile).as("the loop went on").isGreaterThan(100);
        faults.awaitWhole();
        site.settleAndCheck(publisher, Duration.ofMinutes(2));
        assertThat(site.cluster().pids()).as("no process died of it").isEqualTo(processes);
        Site.said(
            "PostgreSQL away for %d s: held back after %.1f s, receipts meanwhile %d, recovered %.1f s after its return began",
            POSTGRESQL_AWAY.toSeconds(),
            Site.seconds(heldBack),
            receiptsMeanwhile,
            Site.seconds(recovered));
      }
    }
  }

  /** Whether some task of the archive job waits for the one after it. */
  private static boolean holdsBack(Cluster cluster) throws IOException, InterruptedException {
    String job = "/jobs/" + cluster.jobId(Cluster.ARCHIVE);
    for (JsonNode vertex : cluster.rest().json(job).path("vertices")) {
      String path = job + "/vertices/" + vertex.path("id").asText() + "/backpressure";
      String level = cluster.rest().json(path).path("backpressureLevel").asText();
      if (level.equals("high") || level.equals("low")) {
        return true;
      }
    }
    return false;
  }

  /**
   * What the TaskManagers use.
   *
   * @param heapMiB by TaskManager, after a collection
   * @param residentMiB by TaskManager
   * @param checkpointsMiB of both jobs on disk
   */
  private record Usage(
      Map<String, Long> heapMiB, Map<String, Long> residentMiB, long checkpointsMiB) {
    static Usage of(Site site) throws IOException, InterruptedException {
      Map<String, Long> heap = new LinkedHashMap<>();
      Map<String, Long> resident = new LinkedHashMap<>();
      for (String id : new TreeSet<>(site.cluster().rest().taskManagers())) {
        long pid = site.cluster().pids().get(id);
        heap.put(id, Processes.heapAfterCollectionMiB(pid));
        resident.put(id, Processes.residentMiB(pid));
      }
      Usage usage =
          new Usage(heap, resident, sizeMiB(site.cluster().folder().resolve("checkpoints")));
      Site.said("%s", usage);
      return usage;
    }

    void requireBounded(Usage usual) {
      assertThat(heapMiB)
          .allSatisfy(
              (id, mib) ->
                  assertThat(mib)
                      .as("heap of %s", id)
                      .isLessThanOrEqualTo(
                          usual.heapMiB().getOrDefault(id, 0L) + HEAP_GROWTH_MIB_MAX));
      assertThat(residentMiB)
          .allSatisfy(
              (id, mib) ->
                  assertThat(mib).as("memory of %s", id).isLessThanOrEqualTo(RESIDENT_MIB_MAX));
      assertThat(checkpointsMiB)
          .as("checkpoints on disk")
          .isLessThanOrEqualTo(usual.checkpointsMiB() + CHECKPOINTS_GROWTH_MIB_MAX);
    }

    private static long sizeMiB(Path folder) throws IOException {
      try (Stream<Path> files = Files.walk(folder)) {
        return files.filter(Files::isRegularFile).mapToLong(Usage::size).sum() >> 20;
      } catch (UncheckedIOException e) {
        return 0; // A checkpoint was dropped while its folder was read.
      }
    }

    private static long size(Path file) {
      try {
        return Files.size(file);
      } catch (IOException e) {
        return 0;
      }
    }
  }
}
