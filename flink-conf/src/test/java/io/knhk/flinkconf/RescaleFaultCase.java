package io.knhk.flinkconf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Both jobs with one, four and two parallel instances, one after the other, on one log. */
final class RescaleFaultCase {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void shouldGoOnWithTheChainsWhenRescaledUnderLoad() throws Exception {
    try (Site site = Site.start(folder)) {
      site.runBoth();
      Cluster cluster = site.cluster();
      try (Publisher publisher = Publisher.start(site.broker().bootstrapServers(), 1_000)) {
        publisher.await(5_000);
        Map<String, Long> before = Map.of();
        for (int parallelism : new int[] {4, 2}) {
          for (String job : new String[] {Cluster.LOOP, Cluster.ARCHIVE}) {
            long startNs = System.nanoTime();
            cluster.rescale(job, parallelism).expect(0);
            cluster.awaitRuns(job);
            assertThat(widest(site, job)).isEqualTo(parallelism);
            Site.said(
                "%s rescaled to %d in %.1f s",
                job, parallelism, Site.seconds(Duration.ofNanos(System.nanoTime() - startNs)));
          }
          publisher.await(publisher.acknowledged() + 5_000);
          Map<String, Long> after = site.ledgers().readLog(Site.LOG).heads();
          Map<String, Long> earlier = before;
          assertThat(after)
              .allSatisfy(
                  (sector, head) ->
                      assertThat(head).isGreaterThanOrEqualTo(earlier.getOrDefault(sector, 0L)));
          before = after;
        }

        // Accounting finds what was receipted twice. The last receipts before each stop are sent
        // again, as the same bytes: a savepoint holds them, and does not know that they left.
        site.settleAndCheck(publisher, Duration.ofMinutes(2));
      }
    }
  }

  private static int widest(Site site, String job) throws Exception {
    int widest = 0;
    String path = "/jobs/" + site.cluster().jobId(job);
    for (JsonNode vertex : site.cluster().rest().json(path).path("vertices")) {
      widest = Math.max(widest, vertex.path("parallelism").asInt());
    }
    return widest;
  }
}
