package io.knhk.embedded.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.embedded.Eventually;
import io.knhk.schemas.receipt.Operation;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both jobs with one subtask, then four, then one: the chains go on, and nothing counts twice. */
class RescaleITCase {
  private static final Duration WAIT = Duration.ofMinutes(2);
  private static final Duration INTERVAL = Duration.ofMillis(500);

  @TempDir Path folder;
  private JobsStack stack;
  private Broker broker;

  @Test
  void shouldGoOnWithEveryChainWhenParallelismIsOneThenFourThenOne() throws Exception {
    try (JobsStack started = JobsStack.start(folder.resolve("state"), null, INTERVAL)) {
      stack = started;
      broker = new Broker(started.bootstrapServers());
      Feed feed = new Feed(0);
      Path loopFrom = null;
      Path archiveFrom = null;
      long sent = 0;
      for (int parallelism : new int[] {1, JobsStack.PARALLELISM_MAX, 1}) {
        JobID loop = started.startLoop(parallelism, loopFrom);
        JobID archive = started.startArchive(parallelism, archiveFrom);
        broker.send(
            feed.paymentsWithRisk(60)
                .heartRates(40)
                .meterReadings(40)
                .occupancies(40)
                .nonsense("logistics")
                .take());
        sent += 181;
        await(loop, archive, sent);
        loopFrom = started.stopWithSavepoint(loop, folder.resolve("savepoints"));
        archiveFrom = started.stopWithSavepoint(archive, folder.resolve("savepoints"));
        assertMaxParallelism(loopFrom);
        assertMaxParallelism(archiveFrom);
      }
      assertWhole(sent);
    }
  }

  /** Until every record is in a run, both learned elements are in force, and all is archived. */
  private void await(JobID loop, JobID archive, long sent) throws Exception {
    Eventually.until(
        WAIT,
        "every record is receipted and archived: sent=" + sent,
        () -> {
          stack.requireRunning(loop);
          stack.requireRunning(archive);
          ReceiptLog log = log();
          return log.received() >= sent
              && log.of("finance", Operation.LoopCycleCompleted).count() >= 1
              && log.of("logistics", Operation.LoopCycleCompleted).count() >= 1
              && Archived.lastIds(stack.postgresql()).equals(log.lastHashes());
        });
  }

  private void assertWhole(long sent) throws Exception {
    ReceiptLog log = log();
    assertThat(log.received()).isEqualTo(sent);
    assertThat(log.overlaps()).isEmpty();
    assertThat(log.of("finance", Operation.SnapshotPromoted)).hasSize(1);
    assertThat(log.of("logistics", Operation.SnapshotPromoted)).hasSize(1);
    assertThat(Archived.count(stack.postgresql(), "receipts")).isEqualTo(log.size());
    assertThat(Archived.count(stack.postgresql(), "dead_letters")).isEqualTo(3);
    assertThat(Archived.count(stack.postgresql(), "halts")).isZero();
    assertThat(Archived.count(stack.postgresql(), "quarantine")).isZero();
  }

  private static void assertMaxParallelism(Path savepoint) throws Exception {
    assertThat(SavepointStates.read(savepoint).maxParallelisms())
        .allSatisfy((uid, max) -> assertThat(max).as(uid).isEqualTo(128));
  }

  private ReceiptLog log() throws Exception {
    return ReceiptLog.read(broker, stack.trusted());
  }
}
