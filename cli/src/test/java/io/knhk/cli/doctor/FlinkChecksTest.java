package io.knhk.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.knhk.cli.doctor.Finding.Result;
import io.knhk.jobs.launch.KnhkJob;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlinkChecksTest {
  private static final String URL = "http://127.0.0.1:8081";
  private static final long NOW = 1_800_000_000_000L;
  private static final String SETTINGS =
      """
      {"mode":"exactly_once","interval":1000,"externalization":{"enabled":true,"delete_on_cancellation":false},
       "state_backend":"EmbeddedRocksDBStateBackend","checkpoint_storage":"FileSystemCheckpointStorage",
       "unaligned_checkpoints":false}
      """;

  private final Map<String, String> settings = new HashMap<>();

  FlinkChecksTest() {
    settings.put("execution.checkpointing.storage", "filesystem");
    settings.put("execution.checkpointing.dir", "s3://bucket/checkpoints");
    settings.put("execution.checkpointing.savepoint-dir", "s3://bucket/savepoints");
    settings.put("execution.checkpointing.num-retained", "3");
    settings.put("execution.checkpointing.incremental", "true");
    settings.put("state.backend.type", "rocksdb");
    settings.put("restart-strategy.type", "exponential-delay");
    settings.put("heartbeat.timeout", "10 s");
    settings.put("heartbeat.interval", "2 s");
    settings.put("high-availability.type", "zookeeper");
    settings.put("rest.bind-address", "127.0.0.1");
    settings.put("parallelism.default", "2");
    settings.put("security.ssl.rest.keystore-password", "******");
  }

  @Test
  void shouldFindNothingWhenClusterIsAsTheJobsNeedIt() throws IOException {
    List<Finding> findings =
        check(state(0, Set.of("a", "b"), running(KnhkJob.LOOP), running(KnhkJob.ARCHIVE)));

    assertThat(findings).extracting(Finding::result).containsOnly(Result.OK);
    assertThat(findings).extracting(Finding::check).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "execution.checkpointing.storage | jobmanager | checkpoint storage | FAILED |"
            + " execution.checkpointing.storage: filesystem",
        "execution.checkpointing.dir || checkpoint storage | FAILED | execution.checkpointing.dir:"
            + " s3://",
        "execution.checkpointing.dir | file:///local | checkpoint storage | WARNING | NFS",
        "execution.checkpointing.savepoint-dir || savepoint folder | WARNING |"
            + " execution.checkpointing.savepoint-dir: s3://",
        "execution.checkpointing.num-retained | 1 | checkpoints kept | FAILED |"
            + " execution.checkpointing.num-retained: 3",
        "execution.checkpointing.num-retained | many | checkpoints kept | FAILED | Mend it",
        "execution.checkpointing.externalized-checkpoint-retention | DELETE_ON_CANCELLATION |"
            + " checkpoint retention | WARNING | RETAIN_ON_CANCELLATION",
        "execution.checkpointing.unaligned.enabled | true | aligned checkpoints | FAILED |"
            + " execution.checkpointing.unaligned.enabled: false",
        "state.backend.type | hashmap | state backend | WARNING | state.backend.type: rocksdb",
        "execution.checkpointing.incremental | false | state backend | WARNING |"
            + " execution.checkpointing.incremental: true",
        "restart-strategy.type | none | restart strategy | FAILED | restart-strategy.type:"
            + " exponential-delay",
        "restart-strategy.type | fixed-delay | restart strategy | FAILED | restart-strategy.type:"
            + " exponential-delay",
        "restart-strategy.type | failure-rate | restart strategy | FAILED | restart-strategy.type:"
            + " exponential-delay",
        "restart-strategy.exponential-delay.attempts-before-reset-backoff | 5 | restart strategy |"
            + " FAILED | Remove restart-strategy.exponential-delay.attempts",
        "heartbeat.timeout || heartbeat | WARNING | heartbeat.timeout: 10 s",
        "heartbeat.timeout | 1 s | heartbeat | WARNING | heartbeat.timeout: 10 s",
        "heartbeat.interval | 9 s | heartbeat | WARNING | heartbeat.interval: 2 s",
        "high-availability.type || high availability | WARNING | high-availability.storageDir:"
            + " s3://",
        "rest.bind-address || rest address | FAILED | rest.bind-address: 127.0.0.1",
        "rest.bind-address | 0.0.0.0 | rest address | FAILED | security.ssl.rest.enabled: true",
        "my.private-key | abc | flink secrets | FAILED | a file of mode 600",
        "env.java.opts.all | -Djavax.net.ssl.keyStorePassword=abc | flink secrets | FAILED | change"
            + " the secret",
        "metrics.url | https://user:abc@host/ | flink secrets | FAILED | change the secret"
      })
  void shouldSayHowToMendWhenOneSettingIsWrong(
      String name, String value, String check, Result result, String next) throws IOException {
    if (value == null) {
      settings.remove(name);
    } else {
      settings.put(name, value);
    }

    List<Finding> findings = check(state(4, Set.of("a", "b")));

    Finding wrong = one(findings, check);
    assertThat(wrong.result()).isEqualTo(result);
    assertThat(wrong.next()).contains(next);
    assertThat(findings.toString()).doesNotContain("abc");
    assertThat(notOk(findings)).containsExactlyInAnyOrder(check, "job loop", "job archive");
  }

  @Test
  void shouldTakeUnsetForFlinksDefaultWhenTheDefaultWillDo() throws IOException {
    settings.remove("state.backend.type");
    settings.remove("restart-strategy.type");
    settings.remove("execution.checkpointing.storage");

    assertThat(notOk(check(state(4, Set.of("a")))))
        .containsExactlyInAnyOrder("job loop", "job archive");
  }

  @Test
  void shouldWantSlotsForJobsThatDoNotRunYetAlone() throws IOException {
    assertThat(one(check(state(3, Set.of("a"))), "flink slots"))
        .extracting(Finding::result, Finding::detail)
        .containsExactly(
            Result.FAILED, "free=3 of 8, want=4 (0 of the jobs hold theirs, parallelism=2)");
    assertThat(one(check(state(2, Set.of("a"), running(KnhkJob.LOOP))), "flink slots").result())
        .isEqualTo(Result.OK);
    settings.put("kubernetes.cluster-id", "knhk");
    assertThat(one(check(state(0, Set.of())), "flink slots").result()).isEqualTo(Result.SKIPPED);
  }

  @Test
  void shouldFailWhenVersionIsAnother() throws IOException {
    FlinkState old = new FlinkState("1.20.1", 8, 8, Set.of("a"), false, settings, List.of());

    assertThat(one(check(old), "flink version").result()).isEqualTo(Result.FAILED);
  }

  @Test
  void shouldFailWhenAnybodyMayRunCodeOffLoopback() throws IOException {
    settings.put("rest.bind-address", "0.0.0.0");
    settings.put("security.ssl.rest.enabled", "true");
    FlinkState open = new FlinkState("2.2.1", 8, 8, Set.of("a"), true, settings, List.of());

    assertThat(one(check(open), "rest address").result()).isEqualTo(Result.OK);
    assertThat(one(check(open), "web submit").next()).contains("web.submit.enable: false");
  }

  @Test
  void shouldFailWhenAJobRunsTwice() throws IOException {
    FlinkState.Job first = running(KnhkJob.LOOP);
    FlinkState.Job second =
        job(
            KnhkJob.LOOP,
            "11112222333344445555666677778888",
            "RUNNING",
            0,
            SETTINGS,
            NOW - 1_000,
            0);

    List<Finding> findings = check(state(8, Set.of("a"), first, second));

    assertThat(findings)
        .filteredOn(finding -> finding.check().equals("job loop"))
        .extracting(Finding::result)
        .containsExactly(Result.FAILED, Result.OK, Result.WARNING);
  }

  @Test
  void shouldNotMissTheOtherJobWhenClusterIsOfOneJob() throws IOException {
    settings.put("$internal.application.main", "io.knhk.jobs.loop.ClosedLoopJob");
    FlinkState.Job job =
        job(
            KnhkJob.LOOP,
            "11112222333344445555666677778888",
            "RUNNING",
            0,
            SETTINGS,
            NOW - 1_000,
            0);

    List<Finding> findings = check(state(0, Set.of("a", "b"), job));

    assertThat(notOk(findings)).containsExactly("job archive");
    assertThat(one(findings, "job archive").result()).isEqualTo(Result.SKIPPED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FAILED | 0 | job loop | FAILED | flink-conf/cluster resume loop",
        "CANCELED | 0 | job loop | WARNING | flink-conf/cluster resume loop",
        "RESTARTING | 0 | job loop | FAILED | http://127.0.0.1:8081/#/job/running/",
        "RUNNING | 3 | job loop | WARNING | slots"
      })
  void shouldSayWhereToLookWhenAJobDoesNotRun(
      String state, int missing, String check, Result result, String next) throws IOException {
    FlinkState.Job job =
        job(KnhkJob.LOOP, KnhkJob.LOOP.id(0).toString(), state, missing, SETTINGS, NOW - 1_000, 0);

    Finding found = one(check(state(8, Set.of("a"), job)), check);

    assertThat(found.result()).isEqualTo(result);
    assertThat(found.next()).contains(next);
  }

  @Test
  void shouldFailWhenCheckpointsAreOldOrFailOrAreNotMade() throws IOException {
    String id = KnhkJob.LOOP.id(3).toString();
    String name = "job loop checkpoints";
    FlinkState.Job stale = job(KnhkJob.LOOP, id, "RUNNING", 0, SETTINGS, NOW - 120_000, 0);
    assertThat(one(check(state(8, Set.of("a"), stale)), name))
        .extracting(Finding::result, Finding::detail)
        .containsExactly(Result.FAILED, "newest=7, 120 s ago, limit=60 s");
    FlinkState.Job failing = job(KnhkJob.LOOP, id, "RUNNING", 0, SETTINGS, NOW - 5_000, NOW);
    assertThat(one(check(state(8, Set.of("a"), failing)), name).detail()).contains("disk full");
    FlinkState.Job none = job(KnhkJob.LOOP, id, "RUNNING", 0, null, 0, 0);
    assertThat(one(check(state(8, Set.of("a"), none)), "job loop settings").result())
        .isEqualTo(Result.FAILED);
    assertThat(one(check(state(8, Set.of("a"), none)), name).result()).isEqualTo(Result.WARNING);
  }

  @Test
  void shouldNameWhatTheJobBroughtItselfWhenItIsWrong() throws IOException {
    String other =
        SETTINGS
            .replace("exactly_once", "at_least_once")
            .replace("FileSystem", "JobManager")
            .replace("\"delete_on_cancellation\":false", "\"delete_on_cancellation\":true");
    FlinkState.Job job =
        job(KnhkJob.ARCHIVE, KnhkJob.ARCHIVE.id(0).toString(), "RUNNING", 0, other, NOW, 0);

    assertThat(one(check(state(8, Set.of("a"), job)), "job archive settings").detail())
        .isEqualTo(
            "mode=at_least_once, want=exactly_once; deleted on cancellation=true, want=false;"
                + " storage=JobManagerCheckpointStorage, want=FileSystemCheckpointStorage");
  }

  private FlinkState state(int free, Set<String> hosts, FlinkState.Job... jobs) {
    return new FlinkState("2.2.1", 8, free, hosts, false, settings, List.of(jobs));
  }

  private static FlinkState.Job running(KnhkJob kind) throws IOException {
    return job(kind, kind.id(0).toString(), "RUNNING", 0, SETTINGS, NOW - 1_000, 0);
  }

  /**
   * @param doneAt of the newest checkpoint; 0 for none
   * @param failedAt of the newest that failed; 0 for none
   */
  private static FlinkState.Job job(
      KnhkJob kind,
      String id,
      String state,
      int missing,
      String settings,
      long doneAt,
      long failedAt)
      throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode checkpoints =
        json.readTree(
            "{\"latest\":{\"completed\":"
                + (doneAt == 0 ? "null" : "{\"id\":7,\"latest_ack_timestamp\":" + doneAt + "}")
                + ",\"failed\":"
                + (failedAt == 0
                    ? "null"
                    : "{\"failure_timestamp\":" + failedAt + ",\"failure_message\":\"disk full\"}")
                + "}}");
    return new FlinkState.Job(
        kind,
        id,
        state,
        NOW - 10_000,
        NOW,
        missing,
        json.readTree("{\"job-parallelism\":2,\"user-config\":{}}"),
        settings == null ? MissingNode.getInstance() : json.readTree(settings),
        checkpoints);
  }

  private static List<Finding> check(FlinkState state) {
    Findings findings = new Findings();
    FlinkChecks.check(state, URL, null, findings);
    return findings.all();
  }

  private static Finding one(List<Finding> findings, String check) {
    return findings.stream()
        .filter(finding -> finding.check().equals(check))
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("expected a row: check=" + check + ", rows=" + findings));
  }

  private static Set<String> notOk(List<Finding> findings) {
    Set<String> checks = new TreeSet<>();
    findings.stream()
        .filter(finding -> finding.result() != Result.OK)
        .forEach(finding -> checks.add(finding.check()));
    return checks;
  }
}
