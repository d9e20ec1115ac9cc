package io.knhk.flinkconf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.schemas.receipt.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * One short round of what the {@code *FaultCase} classes do at length: both jobs on a cluster of
 * processes, from the jar as it was built, a TaskManager and the broker killed.
 */
final class ClusterFaultsITCase {
  private static final int OBSERVATIONS = 30_000;
  private static final int PER_SECOND = 1_500;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void shouldAccountForEachObservationOnceAndKeepItsSecretsWhenProcessesAreKilled()
      throws Exception {
    try (Site site = Site.start(folder)) {
      site.runBoth();
      Faults faults = new Faults(site);
      try (Publisher publisher = Publisher.start(site.broker().bootstrapServers(), PER_SECOND)) {
        publisher.await(3_000);
        faults.killBusyTaskManager();
        faults.killBroker();
        publisher.await(OBSERVATIONS);
        site.cluster().savepoint(Cluster.LOOP);

        Ledgers.Log log = site.settleAndCheck(publisher, Duration.ofMinutes(1));

        assertThat(log.all(Operation.SnapshotPromoted))
            .as("the loop closed meanwhile")
            .isNotEmpty();
      }
      assertThat(secretsFound(site)).isEmpty();
    }
  }

  private static List<String> secretsFound(Site site) throws Exception {
    Cluster cluster = site.cluster();
    Secrets where = Secrets.of(site);
    where.scanFiles(site.keys().signingFile().getParent());
    assertThat(where.found()).as("the scan finds what is there").isNotEmpty();
    Secrets secrets = Secrets.of(site);
    // Logs, configuration, what jobs were submitted with, checkpoints, savepoints, working files.
    secrets.scanFiles(cluster.folder());
    for (String page : pages(cluster)) {
      secrets.scan(page, cluster.rest().bytes(page));
    }
    for (Map.Entry<String, Long> process : cluster.pids().entrySet()) {
      Path proc = Path.of("/proc", process.getValue().toString());
      if (Files.isDirectory(proc)) {
        secrets.scan(
            process.getKey() + "'s arguments", Files.readAllBytes(proc.resolve("cmdline")));
        secrets.scan(
            process.getKey() + "'s environment", Files.readAllBytes(proc.resolve("environ")));
      }
    }
    Site.said("looked for secrets in %s", secrets.extent());
    return secrets.found();
  }

  /** Every page of Flink's REST interface that shows what somebody configured or logged. */
  private static List<String> pages(Cluster cluster) throws IOException, InterruptedException {
    FlinkRest rest = cluster.rest();
    List<String> pages =
        new ArrayList<>(
            List.of(
                "/config",
                "/jobmanager/config",
                "/jobmanager/environment",
                "/jobmanager/logs",
                "/jobs/overview",
                "/taskmanagers"));
    for (JsonNode log : rest.json("/jobmanager/logs").path("logs")) {
      pages.add("/jobmanager/logs/" + log.path("name").asText());
    }
    for (String job : List.of(cluster.jobId(Cluster.LOOP), cluster.jobId(Cluster.ARCHIVE))) {
      pages.add("/jobs/" + job);
      for (String of :
          List.of(
              "config",
              "plan",
              "exceptions",
              "checkpoints",
              "checkpoints/config",
              "accumulators",
              "jobmanager/config",
              "jobmanager/environment")) {
        pages.add("/jobs/" + job + "/" + of);
      }
    }
    for (String taskManager : rest.taskManagers()) {
      String path = "/taskmanagers/" + taskManager;
      pages.add(path);
      pages.add(path + "/logs");
      for (JsonNode log : rest.json(path + "/logs").path("logs")) {
        pages.add(path + "/logs/" + log.path("name").asText());
      }
    }
    return pages;
  }
}
