package io.knhk.embedded.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.embedded.Eventually;
import io.knhk.schemas.Topics;
import io.knhk.schemas.knowledge.Elements;
import io.knhk.schemas.receipt.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an earlier version left, this one goes on with. */
class RestoreFixtureITCase {
  private static final Duration WAIT = Duration.ofMinutes(2);
  private static final Duration INTERVAL = Duration.ofMillis(500);

  /** Of event time: far behind what any fixture has seen. */
  private static final long LATER = 10_000;

  private static final int PARALLELISM = 2;

  @TempDir Path folder;
  private JobsStack stack;
  private Broker broker;

  static List<Fixture> fixtures() throws IOException {
    return Fixture.all();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void shouldGoOnWhenRestoredFromTheSavepointOfAnEarlierVersion(Fixture fixture) throws Exception {
    try (JobsStack started = JobsStack.start(folder, fixture.key(), INTERVAL)) {
      stack = started;
      broker = new Broker(started.bootstrapServers());
      fill(fixture);
      ReceiptLog before = log();
      archiveAll(before);

      JobID loop = started.startLoop(PARALLELISM, fixture.loop());
      JobID archive = started.startArchive(PARALLELISM, fixture.archive());
      broker.send(
          List.of(
              new LaterSnapshots(fixture.key().read(), "energy", broker.read(Topics.SNAPSHOTS))
                  .version(2)));
      await(
          loop,
          archive,
          "the promotion on its way arrives, and the one that the state knew nothing of is undone",
          log ->
              log.of("logistics", Operation.LoopCycleCompleted).count() == 1
                  && log.of("manufacturing", Operation.RollbackExecuted).count() == 1);
      long sent = before.received();
      broker.send(new Feed(LATER).paymentsWithRisk(40).occupancies(30).take());
      sent += 70;
      long first = sent;
      await(loop, archive, "what is sent is receipted", log -> log.received() >= first);
      assertLearned(before, log());
      broker.send(new Feed(LATER + 1_000).paymentsInCents(50).meterReadings(5).take());
      sent += 55;
      long all = sent;
      await(loop, archive, "everything is receipted", log -> log.received() >= all);
      assertWentOn(before, log(), all);
    }
  }

  private static void assertLearned(ReceiptLog before, ReceiptLog after) {
    for (String sector : List.of("finance", "logistics")) {
      assertThat(after.runsFrom(sector, before.head(sector).nextSeq()))
          .as(sector + ": what was promoted before, and what was on its way, conforms")
          .isNotEmpty()
          .allSatisfy(run -> assertThat(run.path("nonConforming").asLong()).isZero());
    }
  }

  private void assertWentOn(ReceiptLog before, ReceiptLog after, long received) throws Exception {
    before
        .heads()
        .forEach(
            (sector, head) ->
                assertThat(after.chain(sector).subList(0, (int) head.nextSeq()))
                    .isEqualTo(before.chain(sector)));
    assertThat(after.received()).isEqualTo(received);
    assertThat(after.overlaps()).isEmpty();
    assertThat(after.of("finance", Operation.ProposalGenerated))
        .as("the element of the pending proposal is proposed once")
        .filteredOn(
            proposal ->
                ReceiptLog.evidence(proposal)
                    .path("element")
                    .asText()
                    .equals(Elements.value("payment.authorised")))
        .hasSize(1);
    assertThat(after.of("finance", Operation.TransactionDecided))
        .as("the pending proposal waits")
        .noneMatch(decision -> decision.outcome().equals("expired"));
    assertThat(after.runsFrom("energy", before.head("energy").nextSeq()))
        .as("the snapshot that waited for the one before it is in force")
        .isNotEmpty()
        .allSatisfy(
            run -> assertThat(run.path("snapshotVersion").asLong()).isGreaterThanOrEqualTo(3));
    assertThat(Archived.count(stack.postgresql(), "halts")).isZero();
    assertThat(Archived.count(stack.postgresql(), "receipts")).isEqualTo(after.size());
  }

  /** At the partitions and offsets that they had; the times are today's. */
  private void fill(Fixture fixture) throws Exception {
    for (String topic : Fixture.TOPICS) {
      broker.send(TopicFile.read(fixture.topic(topic), topic));
    }
  }

  /** The database is not in the fixture: an archive without state writes it from the topics. */
  private void archiveAll(ReceiptLog log) throws Exception {
    JobID anew = stack.startArchive(1, null);
    Eventually.until(
        WAIT,
        "what the fixture's topics hold is archived",
        () -> {
          stack.requireRunning(anew);
          return Archived.lastIds(stack.postgresql()).equals(log.lastHashes());
        });
    stack.cancel(anew);
  }

  private interface Condition {
    boolean holds(ReceiptLog log);
  }

  private void await(JobID loop, JobID archive, String what, Condition condition) throws Exception {
    Eventually.until(
        WAIT,
        what,
        () -> {
          stack.requireRunning(loop);
          stack.requireRunning(archive);
          ReceiptLog log = log();
          return condition.holds(log)
              && Archived.lastIds(stack.postgresql()).equals(log.lastHashes());
        });
  }

  private ReceiptLog log() throws Exception {
    return ReceiptLog.read(broker, stack.trusted());
  }
}
