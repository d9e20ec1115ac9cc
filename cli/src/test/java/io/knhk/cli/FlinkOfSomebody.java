package io.knhk.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.jobs.Checkpoints;
import io.knhk.jobs.KafkaEnds;
import io.knhk.jobs.KafkaOptions;
import io.knhk.jobs.launch.KnhkJob;
import io.knhk.schemas.Topics;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * A Flink cluster whose settings the test chooses, with jobs that stand for ours: their names, ids
 * and checkpoints, on a topic that nobody writes to.
 */
final class FlinkOfSomebody implements AutoCloseable {
  private static final List<KnhkJob> NEEDED = List.of(KnhkJob.LOOP, KnhkJob.ARCHIVE);
  private static final Duration WAIT = Duration.ofMinutes(2);
  private static final long ASK_EVERY_MS = 50;

  private final MiniCluster cluster;
  private final Configuration settings;
  private final String bootstrapServers;
  private final URI web;

  private FlinkOfSomebody(MiniCluster cluster, Configuration settings, String bootstrapServers)
      throws Exception {
    this.cluster = cluster;
    this.settings = settings;
    this.bootstrapServers = bootstrapServers;
    this.web = cluster.getRestAddress().get(60, TimeUnit.SECONDS);
  }

  /** What the jobs need, and no more. */
  static Map<String, String> good(Path folder) {
    Map<String, String> settings = new HashMap<>();
    settings.put("execution.checkpointing.storage", "filesystem");
    settings.put("execution.checkpointing.dir", folder.resolve("checkpoints").toUri().toString());
    settings.put(
        "execution.checkpointing.savepoint-dir", folder.resolve("savepoints").toUri().toString());
    settings.put("execution.checkpointing.num-retained", "3");
    settings.put("execution.checkpointing.incremental", "true");
    settings.put("execution.checkpointing.interval", "500 ms");
    settings.put("state.backend.type", "rocksdb");
    settings.put("restart-strategy.type", "exponential-delay");
    settings.put("heartbeat.timeout", "10 s");
    settings.put("heartbeat.interval", "2 s");
    return settings;
  }

  static FlinkOfSomebody start(Path folder, String bootstrapServers, Map<String, String> given)
      throws Exception {
    Map<String, String> all = new HashMap<>(given);
    all.put("rest.address", "127.0.0.1");
    all.put("rest.bind-address", "127.0.0.1");
    all.put("rest.port", "0");
    all.put("web.submit.enable", "false");
    all.put("web.tmpdir", folder.resolve("web").toString());
    all.put("io.tmp.dirs", folder.resolve("tmp").toString());
    all.put("taskmanager.memory.managed.size", "64mb");
    all.put("taskmanager.memory.network.min", "32mb");
    all.put("taskmanager.memory.network.max", "32mb");
    Configuration settings = Configuration.fromMap(all);
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(2)
                .build());
    cluster.start();
    FlinkOfSomebody started = new FlinkOfSomebody(cluster, settings, bootstrapServers);
    await("a TaskManager", () -> started.get("/overview").path("slots-total").asInt() == 2);
    return started;
  }

  String url() {
    return web.toString();
  }

  /** Both jobs, and waits until each has a checkpoint. */
  void submitBoth() throws Exception {
    for (KnhkJob job : NEEDED) {
      cluster.submitJob(graph(job).getJobGraph()).get(60, TimeUnit.SECONDS);
    }
    for (KnhkJob job : NEEDED) {
      await(
          "a checkpoint of " + job,
          () ->
              get("/jobs/" + job.id(0) + "/checkpoints").at("/counts/completed").asInt() > 0
                  && allRun(get("/jobs/overview")));
    }
  }

  @Override
  public void close() throws Exception {
    cluster.closeAsync().get(60, TimeUnit.SECONDS);
  }

  static void await(String what, Callable<Boolean> holds) throws Exception {
    long deadline = System.nanoTime() + WAIT.toNanos();
    CountDownLatch never = new CountDownLatch(1);
    while (!holds.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("expected within " + WAIT + ": " + what);
      }
      never.await(ASK_EVERY_MS, TimeUnit.MILLISECONDS);
    }
  }

  private static boolean allRun(JsonNode overview) {
    for (JsonNode job : overview.path("jobs")) {
      if (job.at("/tasks/total").asInt() != job.at("/tasks/running").asInt()) {
        return false;
      }
    }
    return true;
  }

  private StreamGraph graph(KnhkJob job) {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(settings);
    environment.setParallelism(1);
    Checkpoints.configure(environment);
    KafkaOptions kafka = new KafkaOptions(bootstrapServers, Map.of());
    environment
        .fromSource(
            KafkaEnds.source(kafka, job.word(), Topics.OBSERVATIONS),
            WatermarkStrategy.noWatermarks(),
            "nothing")
        .uid("nothing")
        .sinkTo(new DiscardingSink<>())
        .uid("nowhere");
    StreamGraph graph = environment.getStreamGraph();
    graph.setJobName(job.title());
    graph.setJobId(job.id(0));
    return graph;
  }

  /** Empty while Flink is still choosing who leads. */
  private JsonNode get(String path) throws Exception {
    try (var stream = web.resolve(path).toURL().openStream()) {
      return new ObjectMapper().readTree(stream);
    } catch (IOException e) {
      return new ObjectMapper().createObjectNode();
    }
  }
}
