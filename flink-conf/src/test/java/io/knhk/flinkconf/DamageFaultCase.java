package io.knhk.flinkconf;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.receipt.Operation;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of the newest checkpoint are damaged while the JobManager is dead. An older one will do
 * only where nothing was receipted after it.
 */
final class DamageFaultCase {
  private static final Duration WITHIN = Duration.ofSeconds(90);
  private static final String REASON = "the newest checkpoints are damaged";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private Site site;

  @Test
  void shouldSayWhatIsDamagedAndGoOnOnlyFromWhatTheLogHasNotPassed() throws Exception {
    try (Site opened = Site.start(folder)) {
      site = opened;
      site.runBoth();
      try (Publisher publisher = Publisher.start(site.broker().bootstrapServers(), 1_000)) {
        publisher.await(5_000);
        publisher.stop();
      }
      site.ledgers().awaitArchived(WITHIN, Site.LOG);

      shouldGoOnFromTheOlder("metadata", checkpoint -> truncate(checkpoint.resolve("_metadata")));
      shouldGoOnFromTheOlder("a state file", checkpoint -> truncate(stateFile(checkpoint)));
      shouldSayThatATableIsDamaged();
      shouldRefuseWhatTheLogHasPassed();
    }
  }

  /** Nothing was published since: the older checkpoint knows all that was receipted. */
  private void shouldGoOnFromTheOlder(String what, Damage damage) throws Exception {
    awaitIdle();
    killJobManager();
    Path newest = checkpoints().get(0);
    damage.to(newest);

    Cluster.Result resumed = site.cluster().resume(Cluster.LOOP);

    Site.said("%s damaged: %s", what, firstLine(resumed.err()));
    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(resumed.err()).contains("KNHK-1212", newest.toString());
    site.cluster().awaitRuns(Cluster.LOOP);
    site.ledgers().check(Site.LOG);
  }

  /** A table file may be shared by every checkpoint; it is said, whichever of them have it. */
  private void shouldSayThatATableIsDamaged() throws Exception {
    awaitIdle();
    killJobManager();
    Path table = tableOfNewest();
    flip(table);

    Cluster.Result resumed = site.cluster().resume(Cluster.LOOP);

    Site.said("a table damaged: exit code %d, %s", resumed.code(), firstLine(resumed.err()));
    assertThat(resumed.err()).contains(table.getFileName().toString());
    if (resumed.code() != 0) {
      assertThat(resumed.err()).contains("KNHK-1210");
      flip(table);
      site.cluster().resume(Cluster.LOOP).expect(0);
    }
    site.cluster().awaitRuns(Cluster.LOOP);
    site.ledgers().check(Site.LOG);
  }

  /** Under load the log has moved past any older checkpoint. */
  private void shouldRefuseWhatTheLogHasPassed() throws Exception {
    try (Publisher publisher = Publisher.start(site.broker().bootstrapServers(), 1_000)) {
      String loop = site.cluster().jobId(Cluster.LOOP);
      long from = site.cluster().rest().latestCheckpoint(loop);
      Eventually.until(
          WITHIN,
          "checkpoints under load",
          () -> site.cluster().rest().latestCheckpoint(loop) > from + 4);
      killJobManager();
      // The receipts of the last one may not have left when it died; those of the one before have.
      truncate(checkpoints().get(1).resolve("_metadata"));
      truncate(checkpoints().get(0).resolve("_metadata"));

      Cluster.Result refused = site.cluster().resume(Cluster.LOOP);

      Site.said("metadata damaged under load: exit code %d", refused.code());
      assertThat(refused.code()).as(refused.err()).isEqualTo(6);
      assertThat(refused.err())
          .contains("KNHK-1212", "KNHK-1201")
          .containsPattern("sector=finance state=[0-9]+ committed=[0-9]+");
      site.cluster().resume(Cluster.LOOP, "--accept-regression", REASON).expect(0);
      site.cluster().awaitRuns(Cluster.LOOP);
      publisher.await(publisher.acknowledged() + 3_000);
      publisher.stop();
      Eventually.until(
          WITHIN,
          "each observation is in a receipt",
          () -> site.ledgers().leastOften(site.ledgers().readLog(Site.LOG)) >= 1);
      site.ledgers().awaitEqual(WITHIN, Site.LOG);
      site.ledgers().checkChains();
      assertThat(site.ledgers().readLog(Site.LOG).all(Operation.LedgerRestored)).isNotEmpty();
    }
  }

  private interface Damage {
    void to(Path checkpoint) throws IOException;
  }

  /** As many checkpoints as are kept, with nothing happening in them. */
  private void awaitIdle() throws Exception {
    String loop = site.cluster().jobId(Cluster.LOOP);
    long from = site.cluster().rest().latestCheckpoint(loop);
    Eventually.until(
        WITHIN,
        "checkpoints in which nothing happened",
        () -> site.cluster().rest().latestCheckpoint(loop) > from + 4);
  }

  /** Back when another JobManager is there, without jobs, and the archive runs again. */
  private void killJobManager() throws Exception {
    long pid = site.cluster().jobManager();
    Processes.kill(pid);
    Eventually.until(
        WITHIN,
        "another JobManager",
        () ->
            site.cluster().jobManager() != pid && !site.cluster().rest().taskManagers().isEmpty());
    site.cluster().resume(Cluster.ARCHIVE).expect(0);
  }

  /** Complete ones of the loop, newest first. */
  private List<Path> checkpoints() throws IOException {
    try (Stream<Path> found = Files.walk(site.cluster().folder().resolve("checkpoints"), 2)) {
      return found
          .filter(path -> path.getParent().getFileName().toString().endsWith("00000001"))
          .filter(path -> Files.exists(path.resolve("_metadata")))
          .sorted(
              Comparator.<Path, String>comparing(path -> path.getParent().getFileName().toString())
                  .thenComparingLong(path -> number(path))
                  .reversed())
          .toList();
    }
  }

  private static long number(Path checkpoint) {
    return Long.parseLong(checkpoint.getFileName().toString().replaceAll("[^0-9]", ""));
  }

  private static Path stateFile(Path checkpoint) throws IOException {
    try (Stream<Path> files = Files.list(checkpoint)) {
      return files
          .filter(file -> !file.getFileName().toString().equals("_metadata"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("expected a state file: in=" + checkpoint));
    }
  }

  /** A file in the common folder that the newest checkpoint names. */
  private Path tableOfNewest() throws IOException {
    Path newest = checkpoints().get(0);
    String metadata = Files.readString(newest.resolve("_metadata"), StandardCharsets.ISO_8859_1);
    try (Stream<Path> files = Files.list(newest.resolveSibling("shared"))) {
      return files
          .filter(file -> metadata.contains(file.getFileName().toString()))
          .findFirst()
          .orElseThrow(() -> new AssertionError("expected a shared file: checkpoint=" + newest));
    }
  }

  private static void truncate(Path file) throws IOException {
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.setLength(content.length() / 2);
    }
  }

  /** Inverts a byte in the middle; twice is as if never. */
  private static void flip(Path file) throws IOException {
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      long middle = content.length() / 2;
      content.seek(middle);
      int was = content.read();
      content.seek(middle);
      content.write(~was);
    }
  }

  private static String firstLine(String text) {
    return text.lines().filter(line -> line.contains("KNHK-")).findFirst().orElse(text).strip();
  }
}
