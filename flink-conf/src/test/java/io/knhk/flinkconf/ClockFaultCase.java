package io.knhk.flinkconf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.knhk.ledger.ReceiptBody;
import io.knhk.schemas.receipt.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The clock of the broker and of the cluster is set two hours ahead and back while observations
 * come. Needs libfaketime (Debian's package faketime): those processes alone see another time.
 */
final class ClockFaultCase {
  private static final Duration AHEAD = Duration.ofHours(2);
  private static final Duration WITHIN = Duration.ofMinutes(2);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void shouldNumberChainAndPromoteAsEverWhenTheClockIsSetAheadAndBack() throws Exception {
    Optional<Path> library = library();
    if (library.isEmpty()) {
      Site.said("the clock was not set: expected libfaketimeMT.so.1, from the package faketime");
    }
    assumeTrue(library.isPresent(), "expected libfaketimeMT.so.1, from the package faketime");
    Path clock = folder.resolve("clock");
    set(clock, Duration.ZERO);
    try (Site site = Site.start(folder, environment(library.get(), clock))) {
      site.runBoth();
      try (Publisher publisher = Publisher.start(site.broker().bootstrapServers(), 500)) {
        publisher.await(1_000);
        long aheadMs = System.currentTimeMillis();
        long half = AHEAD.toMillis() / 2;
        try (Recovery recovery = Recovery.watch(site.broker().bootstrapServers())) {
          set(clock, AHEAD);
          recovery.awaitRecorded(recordedAtMs -> recordedAtMs > aheadMs + half, WITHIN);
        }
        publisher.await(Math.max(publisher.acknowledged(), Publisher.NEWS_FROM) + 3_000);
        awaitPromotion(site);
        long backMs = System.currentTimeMillis();
        try (Recovery recovery = Recovery.watch(site.broker().bootstrapServers())) {
          set(clock, Duration.ZERO);
          recovery.awaitRecorded(
              recordedAtMs -> recordedAtMs > backMs && recordedAtMs < backMs + half, WITHIN);
        }
        publisher.await(publisher.acknowledged() + 3_000);

        Ledgers.Log log = site.settleAndCheck(publisher, WITHIN);

        List<ReceiptBody> promoted = log.all(Operation.SnapshotPromoted).toList();
        assertThat(promoted).as("the attribute that was new, once").hasSize(1);
        assertThat(promoted.get(0).recordedAtMs()).isGreaterThan(aheadMs + half);
        assertThat(log.all(Operation.LoopCycleCompleted))
            .as("its cycle")
            .anyMatch(receipt -> receipt.outcome().equals("promoted"));
        long recordedAhead =
            log.all().filter(receipt -> receipt.recordedAtMs() > backMs + half).count();
        Site.said(
            "clock set ahead by %d s and back: receipts %d, of which recorded ahead %d",
            AHEAD.toSeconds(), log.payloads().size(), recordedAhead);
        assertThat(recordedAhead)
            .as("recordedAtMs says so")
            .isBetween(1L, log.payloads().size() - 1L);
      }
    }
  }

  private static void awaitPromotion(Site site) throws InterruptedException {
    Eventually.until(
        WITHIN,
        "a promotion",
        () ->
            site.ledgers().readLog(Site.LOG).all(Operation.SnapshotPromoted).findAny().isPresent());
  }

  private static Map<String, String> environment(Path library, Path clock) {
    return Map.of(
        "LD_PRELOAD", library.toString(),
        "FAKETIME_TIMESTAMP_FILE", clock.toString(),
        // Each process looks at the file again once a second; at every question would be slow.
        "FAKETIME_CACHE_DURATION", "1",
        // What measures how long something takes goes on as ever, as it does on a real machine.
        "DONT_FAKE_MONOTONIC", "1",
        "FAKETIME_DONT_FAKE_MONOTONIC", "1",
        // The JVM waits by that clock; taken for the other, each wait would end at once.
        "FAKETIME_FORCE_MONOTONIC_FIX", "0");
  }

  /** In one step: a process that looks must not see half of it. */
  private static void set(Path clock, Duration ahead) throws IOException {
    Path next = clock.resolveSibling("clock.next");
    Files.writeString(next, "+" + ahead.toSeconds() + "\n");
    Files.move(next, clock, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Optional<Path> library() throws IOException {
    for (Path root :
        List.of(Path.of("/usr/lib"), Path.of("/usr/lib64"), Path.of("/usr/local/lib"))) {
      if (Files.isDirectory(root)) {
        try (Stream<Path> found = Files.walk(root, 3)) {
          Optional<Path> library =
              found.filter(path -> path.endsWith("faketime/libfaketimeMT.so.1")).findFirst();
          if (library.isPresent()) {
            return library;
          }
        }
      }
    }
    return Optional.empty();
  }
}
