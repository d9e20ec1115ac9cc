package io.knhk.flinkconf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A TaskManager stands still for so long that it is given up, and then goes on. */
final class ZombieFaultCase {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void shouldChangeNothingWhenAProcessThatWasGivenUpGoesOn() throws Exception {
    try (Site site = Site.start(folder)) {
      site.runBoth();
      Cluster cluster = site.cluster();
      try (Publisher publisher = Publisher.start(site.broker().bootstrapServers(), 1_000)) {
        publisher.await(10_000);
        String id = cluster.rest().taskManagersOf(cluster.jobId(Cluster.LOOP), "record").get(0);
        long pid = cluster.taskManagerOf(Cluster.LOOP, "record");
        long faultMs;
        Duration recovered;
        try (Recovery recovery = Recovery.watch(site.broker().bootstrapServers())) {
          faultMs = System.currentTimeMillis();
          Processes.stop(pid);
          try {
            recovered = recovery.awaitReceipt(faultMs, Duration.ofMinutes(2));
            assertThat(Processes.isAlive(pid)).as("it was not killed meanwhile").isTrue();
            assertThat(cluster.taskManagerOf(Cluster.LOOP, "record"))
                .as("the job runs elsewhere")
                .isNotEqualTo(pid);
          } finally {
            Processes.goOn(pid);
          }
        }
        Site.said(
            "TaskManager %s stopped: recovered elsewhere after %.1f s",
            id, Site.seconds(recovered));
        // It wakes in the middle of what it was doing; give it the time to do it.
        publisher.await(publisher.acknowledged() + 15_000);

        Ledgers.Log log = site.settleAndCheck(publisher, Duration.ofMinutes(2));

        assertThat(log.payloads()).isNotEmpty();
      }
    }
  }
}
