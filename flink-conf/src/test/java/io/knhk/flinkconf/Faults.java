package io.knhk.flinkconf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Does something bad to a part of a site, sees that it recovers, and keeps how long that took. */
final class Faults {
  static final Duration RECOVERS_WITHIN = Duration.ofSeconds(60);

  private final Site site;
  private final List<String> measured = new ArrayList<>();

  Faults(Site site) {
    this.site = site;
  }

  /** kill -9 of the TaskManager that runs the loop; a supervisor starts it again. */
  void killBusyTaskManager() throws Exception {
    Cluster cluster = site.cluster();
    try (Recovery recovery = Recovery.watch(site.broker().bootstrapServers())) {
      long pid = cluster.taskManagerOf(Cluster.LOOP, "monitor");
      long faultMs = System.currentTimeMillis();
      Processes.kill(pid);
      keep("TaskManager", recovery.awaitReceipt(faultMs, RECOVERS_WITHIN));
    }
    awaitWhole();
  }

  /** kill -9 of the JobManager, which is started again without jobs; a person resumes both. */
  void killJobManager() throws Exception {
    Cluster cluster = site.cluster();
    try (Recovery recovery = Recovery.watch(site.broker().bootstrapServers())) {
      long pid = cluster.jobManager();
      long faultMs = System.currentTimeMillis();
      Processes.kill(pid);
      Eventually.until(
          RECOVERS_WITHIN,
          "a JobManager with TaskManagers",
          () -> cluster.jobManager() != pid && !cluster.rest().taskManagers().isEmpty());
      cluster.resume(Cluster.LOOP).expect(0);
      keep("JobManager", recovery.awaitReceipt(faultMs, RECOVERS_WITHIN));
      cluster.resume(Cluster.ARCHIVE).expect(0);
    }
    awaitWhole();
  }

  /** kill -9 of the broker, which is started again at once. */
  void killBroker() throws Exception {
    Broker broker = site.broker();
    try (Recovery recovery = Recovery.watch(broker.bootstrapServers())) {
      long faultMs = System.currentTimeMillis();
      broker.kill();
      broker.start();
      keep("broker", recovery.awaitReceipt(faultMs, RECOVERS_WITHIN));
    }
    awaitWhole();
  }

  /** kill -9 of PostgreSQL, which is started again at once. */
  void killPostgresql() throws Exception {
    long faultMs = System.currentTimeMillis();
    site.postgresql().kill();
    site.postgresql().start();
    keep("PostgreSQL", Recovery.awaitRow(site.ledgers(), faultMs, RECOVERS_WITHIN));
    awaitWhole();
  }

  /** Everything that was measured, a line each. */
  List<String> measured() {
    return List.copyOf(measured);
  }

  /** Waits until both TaskManagers are there and all tasks run: faults come one at a time. */
  void awaitWhole() throws InterruptedException {
    Eventually.until(
        RECOVERS_WITHIN,
        "two TaskManagers",
        () -> site.cluster().rest().taskManagers().size() == 2);
    site.cluster().awaitRuns(Cluster.LOOP);
    site.cluster().awaitRuns(Cluster.ARCHIVE);
  }

  private void keep(String what, Duration took) {
    String line =
        String.format(Locale.ROOT, "%s killed: recovered after %.1f s", what, Site.seconds(took));
    measured.add(line);
    Site.said("%s", line);
  }
}
