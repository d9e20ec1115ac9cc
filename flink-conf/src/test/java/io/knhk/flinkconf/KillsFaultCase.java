package io.knhk.flinkconf;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.receipt.Operation;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Every process that can die, dies, while observations come. */
final class KillsFaultCase {
  private static final int OBSERVATIONS = 200_000;
  private static final int PER_SECOND = 1_500;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void shouldAccountForEachObservationOnceWhenEveryProcessIsKilledInTurn() throws Exception {
    try (Site site = Site.start(folder)) {
      site.runBoth();
      Faults faults = new Faults(site);
      try (Publisher publisher = Publisher.start(site.broker().bootstrapServers(), PER_SECOND)) {
        publisher.await(10_000);
        faults.killBusyTaskManager();
        faults.killBroker();
        faults.killPostgresql();
        faults.killBusyTaskManager();
        faults.killJobManager();
        publisher.await(OBSERVATIONS);

        Ledgers.Log log = site.settleAndCheck(publisher, Duration.ofMinutes(3));

        assertThat(log.all(Operation.SnapshotPromoted))
            .as("the loop closed meanwhile")
            .isNotEmpty();
        assertThat(log.all(Operation.ObservationsRejected)).isNotEmpty();
        assertThat(faults.measured()).hasSize(5);
      }
    }
  }
}
