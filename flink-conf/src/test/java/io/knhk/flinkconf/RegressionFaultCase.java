package io.knhk.flinkconf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.ledger.ReceiptBody;
import io.knhk.schemas.receipt.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Somebody restores a savepoint of before, with Flink's own command line. */
final class RegressionFaultCase {
  private static final int RECEIPTS_SINCE = 1_000;
  private static final String REASON = "restored by the fault test";
  private static final String OTHER_LOG = "begun-anew";
  private static final Duration WITHIN = Duration.ofSeconds(90);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void shouldRefuseAnOldSavepointUntilAPersonAcceptsWhatIsLost() throws Exception {
    try (Site site = Site.start(folder)) {
      // Many short runs make many receipts: one a sector and partition in each checkpoint.
      site.runBoth();
      Cluster cluster = site.cluster();
      try (Publisher publisher = Publisher.start(site.broker().bootstrapServers(), 1_000)) {
        publisher.await(3_000);
        Eventually.until(WITHIN, "receipts", () -> site.receiptsInKafka() > 20);
        Path old = cluster.savepoint(Cluster.LOOP);
        long receipts = site.receiptsInKafka();
        Eventually.until(
            Duration.ofMinutes(5),
            "more receipts than the savepoint knows",
            () -> site.receiptsInKafka() >= receipts + RECEIPTS_SINCE);
        cluster.savepoint(Cluster.LOOP, "--stop");
        Ledgers.Log before = site.ledgers().readLog(Site.LOG);
        long written = site.receiptsInKafka();

        Refused refused = flinkRun(site, old, 100);

        assertThat(refused.state()).isEqualTo("FAILED");
        assertThat(refused.restarts()).as("trying again would not change it").isZero();
        assertThat(refused.said()).contains("KNHK-1201", "--accept-regression", "--new-log");
        assertNamesBothNumbers(refused.said(), before);
        assertThat(site.receiptsInKafka())
            .as("nothing was sent, not even again")
            .isEqualTo(written);

        accept(site, old, before);
        publisher.await(publisher.acknowledged() + 5_000);
        publisher.stop();
        awaitAllReceipted(site);
        beginAnother(site, before);
      }
    }
  }

  /** With leave, the chains go on from where they ended, and each says so. */
  private void accept(Site site, Path old, Ledgers.Log before) throws Exception {
    Cluster cluster = site.cluster();
    Cluster.Result accepted =
        cluster.run(
            Cluster.LOOP,
            folder.resolve("loop.properties"),
            "--from",
            old.toString(),
            "--accept-regression",
            REASON);
    accepted.expect(0);
    cluster.awaitRuns(Cluster.LOOP);
    Eventually.until(
        WITHIN,
        "a receipt of it",
        () -> site.ledgers().readLog(Site.LOG).all(Operation.LedgerRestored).findAny().isPresent());
    Ledgers.Log after = site.ledgers().readLog(Site.LOG);
    List<ReceiptBody> restored = after.all(Operation.LedgerRestored).toList();
    assertThat(restored).extracting(ReceiptBody::sector).doesNotHaveDuplicates();
    assertThat(restored)
        .allSatisfy(
            receipt -> {
              JsonNode evidence = Ledgers.evidence(receipt);
              long committed = before.of(receipt.sector()).size();
              assertThat(receipt.seq()).isEqualTo(committed);
              assertThat(evidence.path("committedSeq").asLong()).isEqualTo(committed);
              assertThat(evidence.path("stateSeq").asLong()).isLessThan(committed);
              assertThat(evidence.path("reason").asText()).isEqualTo(REASON);
            });
    assertThat(restored)
        .extracting(ReceiptBody::sector)
        .as("each sector that lost something")
        .contains("finance", "energy", "logistics", "manufacturing");
    Site.said("regression accepted: %d sectors restored", restored.size());
  }

  /** Observations between the savepoint and the stop are receipted again; none is left out. */
  private static void awaitAllReceipted(Site site) throws Exception {
    site.ledgers().awaitArchived(Duration.ofMinutes(2), Site.LOG);
    Eventually.until(
        WITHIN,
        "each observation is in a receipt, and archived",
        () -> site.ledgers().leastOften(site.ledgers().readLog(Site.LOG)) >= 1);
    site.ledgers().awaitEqual(WITHIN, Site.LOG);
    site.ledgers().checkChains();
  }

  /** Another log begins at zero on the same topics, and leaves this one as it is. */
  private void beginAnother(Site site, Ledgers.Log before) throws Exception {
    Cluster cluster = site.cluster();
    cluster.savepoint(Cluster.LOOP, "--stop");
    Map<String, Long> heads = site.ledgers().readLog(Site.LOG).heads();
    cluster.run(Cluster.LOOP, folder.resolve("loop.properties"), "--new-log", OTHER_LOG).expect(0);
    cluster.awaitRuns(Cluster.LOOP);
    Eventually.until(
        Duration.ofMinutes(2),
        "the other log has every observation",
        () -> site.ledgers().leastOften(site.ledgers().readLog(OTHER_LOG)) == 1);
    assertThat(site.ledgers().readLog(Site.LOG).heads()).isEqualTo(heads);
    assertThat(heads)
        .allSatisfy(
            (sector, head) -> assertThat(head).isGreaterThanOrEqualTo(before.of(sector).size()));
  }

  private static void assertNamesBothNumbers(String said, Ledgers.Log before) {
    long committed = before.of("finance").size();
    assertThat(said).containsPattern("sector=finance state=[0-9]+ committed=" + committed);
  }

  /** What became of a job that was submitted as anybody would. */
  private record Refused(String state, String said, long restarts) {}

  private Refused flinkRun(Site site, Path savepoint, int generation) throws Exception {
    Cluster cluster = site.cluster();
    String id = String.format("6b6e686b%016x00000001", generation);
    cluster
        .flink(
            "run",
            "-d",
            "-D",
            "$internal.pipeline.job-id=" + id,
            "-s",
            savepoint.toUri().toString(),
            "-c",
            "io.knhk.jobs.loop.ClosedLoopJob",
            Cluster.jobsJar().toString(),
            "--config",
            folder.resolve("loop.properties").toString())
        .expect(0);
    Eventually.until(WITHIN, "the job has ended", () -> cluster.rest().state(id).equals("FAILED"));
    String said =
        cluster.rest().json("/jobs/" + id + "/exceptions").path("exceptionHistory").toString();
    long restarts = 0;
    for (JsonNode metric : cluster.rest().json("/jobs/" + id + "/metrics?get=numRestarts")) {
      restarts += metric.path("value").asLong();
    }
    return new Refused(cluster.rest().state(id), said, restarts);
  }
}
