package io.knhk.embedded.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.embedded.Eventually;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.Topics;
import io.knhk.schemas.receipt.Operation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes the fixture of one version: run by hand, once a release (docs/handbook/state.md). There
 * are no checkpoints but those that it asks for, so that the last barrier finds a promotion on its
 * way.
 */
@EnabledIfSystemProperty(named = WriteFixtureITCase.VERSION, matches = ".+")
class WriteFixtureITCase {
  static final String VERSION = "knhk.savepoint.write";
  private static final Duration WAIT = Duration.ofSeconds(90);
  private static final Duration NEVER = Duration.ofDays(1);

  @TempDir Path folder;
  private JobsStack stack;
  private Broker broker;
  private JobID loop;
  private JobID archive;

  @Test
  void shouldHoldEveryStateWhenWritten() throws Exception {
    Fixture fixture = Fixture.of(System.getProperty(VERSION));
    assertThat(fixture.folder()).as("a fixture is written once").doesNotExist();
    TestKey key =
        TestKey.create(folder.resolve("key.pem"), SigningKey.generate(new SecureRandom()));
    try (JobsStack started = JobsStack.start(folder.resolve("state"), key, NEVER)) {
      stack = started;
      broker = new Broker(started.bootstrapServers());
      loop = started.startLoop(1, null);
      archive = started.startArchive(1, null);
      live(key);
      Path loopSavepoint = started.stopWithSavepoint(loop, folder.resolve("savepoints"));
      until("everything is archived", archive, () -> archived() == log().size());
      Path archiveSavepoint = started.stopWithSavepoint(archive, folder.resolve("savepoints"));
      write(fixture, key, loopSavepoint, archiveSavepoint);
    }
    SavepointFixtureTest.assertFull(fixture.loop());
    SavepointFixtureTest.assertFull(fixture.archive());
  }

  /** All that can be in the loop's state happens. */
  private void live(TestKey key) throws Exception {
    Feed feed = new Feed(0);
    broker.send(feed.payments(60).heartRates(20).meterReadings(20).take());
    until(
        "the loop has begun",
        loop,
        () -> broker.read(Topics.SNAPSHOTS).size() >= 5 && log().received() == 100);

    broker.send(
        List.of(
            new LaterSnapshots(key.read(), "energy", broker.read(Topics.SNAPSHOTS)).version(3)));
    broker.send(feed.paymentsWithRisk(40).take());
    until("an attribute is learned", loop, () -> cycles("finance") == 1);

    broker.send(feed.paymentsInCents(40).end("healthcare").end("energy").take());
    until(
        "a proposal waits for people",
        loop,
        () -> log().of("finance", Operation.TransactionDecided).count() == 1);

    // The savepoint's own barrier finds a promotion on its way, and one that the state knows
    // nothing
    // of. The dead letter says that the records before it have been read.
    broker.send(
        List.of(
            new LaterSnapshots(key.read(), "manufacturing", broker.read(Topics.SNAPSHOTS))
                .version(2)));
    List<ProducerRecord<byte[], byte[]>> unknown =
        feed.occupancies(40).nonsense("logistics").take();
    broker.send(unknown);
    Eventually.until(
        WAIT, "the last record was read", () -> !broker.read(Topics.DEAD_LETTERS).isEmpty());
  }

  private long cycles(String sector) throws Exception {
    return log().of(sector, Operation.LoopCycleCompleted).count();
  }

  private ReceiptLog log() throws Exception {
    return ReceiptLog.read(broker, stack.trusted());
  }

  private long archived() throws Exception {
    return Archived.count(stack.postgresql(), "receipts");
  }

  /** Takes one checkpoint after the other until it holds. */
  private void until(String what, JobID job, Callable<Boolean> holds) throws Exception {
    Eventually.until(
        WAIT,
        what,
        () -> {
          stack.requireRunning(job);
          try {
            stack.checkpoint(job);
          } catch (ExecutionException e) {
            return false; // Not every task runs yet.
          }
          return holds.call();
        });
  }

  private void write(Fixture fixture, TestKey key, Path loopSavepoint, Path archiveSavepoint)
      throws Exception {
    Files.createDirectories(fixture.topic(Topics.RECEIPTS).getParent());
    for (String topic : Fixture.TOPICS) {
      TopicFile.write(fixture.topic(topic), broker.read(topic));
    }
    Files.copy(key.file(), fixture.key().file());
    copy(loopSavepoint, fixture.loop());
    copy(archiveSavepoint, fixture.archive());
  }

  private static void copy(Path from, Path to) throws Exception {
    Files.createDirectories(to);
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
