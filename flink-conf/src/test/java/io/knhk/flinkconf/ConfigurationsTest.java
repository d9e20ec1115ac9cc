package io.knhk.flinkconf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.embedded.EmbeddedFlink;
import io.knhk.embedded.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A mistyped option does nothing in Flink, and says nothing: it fails the build here instead. */
class ConfigurationsTest {
  private static final Path FOLDER = Path.of(System.getProperty("knhk.home"), "flink-conf");
  private static final FlinkOptions OPTIONS = FlinkOptions.onTheClassPath();

  @TempDir Path folder;

  static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String environment : List.of("local", "standalone", "production")) {
      try (Stream<Path> found = Files.list(FOLDER.resolve(environment))) {
        found.filter(file -> file.toString().endsWith(".yaml")).sorted().forEach(files::add);
      }
    }
    return files;
  }

  @ParameterizedTest
  @MethodSource("files")
  void shouldNameRealOptionsWithValuesOfTheirTypeWhenFlinkLoadsTheFile(Path file)
      throws IOException {
    Configuration loaded = load(Files.readString(file));

    assertThat(loaded.keySet()).isNotEmpty();
    assertThat(OPTIONS.problems(loaded)).isEmpty();
  }

  @Test
  void shouldFindEveryFolderWhenTheFilesAreListed() throws IOException {
    assertThat(files()).hasSizeGreaterThanOrEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "standalone", "production"})
  void shouldKeepWhatTheJobsNeedWhenTheEnvironmentIsLoaded(String environment) throws IOException {
    Configuration loaded =
        load(Files.readString(FOLDER.resolve(environment).resolve("config.yaml")));

    assertThat(loaded.get(RestOptions.BIND_ADDRESS)).isEqualTo("127.0.0.1");
    assertThat(loaded.get(WebOptions.SUBMIT_ENABLE)).isFalse();
    assertThat(loaded.get(WebOptions.CANCEL_ENABLE)).isFalse();
    assertThat(loaded.get(StateBackendOptions.STATE_BACKEND)).isEqualTo("rocksdb");
    assertThat(loaded.get(CheckpointingOptions.INCREMENTAL_CHECKPOINTS)).isTrue();
    assertThat(loaded.get(CheckpointingOptions.ENABLE_UNALIGNED)).isFalse();
    assertThat(loaded.get(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS)).isGreaterThanOrEqualTo(3);
    assertThat(loaded.get(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION))
        .isEqualTo(ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    assertThat(loaded.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY)).isNotBlank();
  }

  @Test
  void shouldSayWhatUpRunsWithWhenTheEnvironmentIsLocal() throws IOException {
    Configuration loaded = load(Files.readString(FOLDER.resolve("local").resolve("config.yaml")));
    try (StateDirectory state = StateDirectory.open(folder.resolve("state"))) {
      Configuration used = EmbeddedFlink.base(state);

      for (String key : used.keySet()) {
        assertThat(loaded.containsKey(key)).as(key).isTrue();
        if (!used.toMap().get(key).contains(state.root().toString())) {
          assertThat(OPTIONS.value(key, loaded)).as(key).isEqualTo(OPTIONS.value(key, used));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"standalone", "production"})
  void shouldGoOnTryingAndFitInMemoryWhenAClusterIsMadeOfIt(String environment) throws IOException {
    Configuration loaded =
        load(Files.readString(FOLDER.resolve(environment).resolve("config.yaml")));

    assertThat(loaded.get(RestartStrategyOptions.RESTART_STRATEGY)).isEqualTo("exponential-delay");
    assertThat(loaded.get(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS))
        .isEqualTo(Integer.MAX_VALUE);
    // Both throw where the parts do not fit into the whole.
    assertThat(
            TaskExecutorProcessUtils.processSpecFromConfig(loaded).getTaskHeapSize().getMebiBytes())
        .isGreaterThan(200);
    assertThat(
            JobManagerProcessUtils.processSpecFromConfig(loaded)
                .getJvmHeapMemorySize()
                .getMebiBytes())
        .isGreaterThan(300);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "heartbeat: {intervall: 1s}",
        "heartbeat: {interval: fast}",
        "execution: {checkpointing: {num-retained: three}}",
        "restart-strategy: {exponential-delay: {max-backof: 5s}}",
        "metrics: {reporter: {prometheus: {factory: {clas: x}}}}",
        "metrics: {reporter: {prometheus: {factory: {class: org.example.NoReporter}}}}",
        "high-availability: {zookeeper: {quorums: x}}",
        "kubernetes: {cluster-ids: x}"
      })
  void shouldSayWhichWhenAnOptionOrItsValueIsWrong(String yaml) throws IOException {
    assertThat(OPTIONS.problems(load(yaml))).hasSize(1);
  }

  @Test
  void shouldRefuseToLoadWhenTheFileIsNoYaml() {
    assertThatThrownBy(() -> load("rest:\n  port: 1\n   address: x\n"))
        .isInstanceOf(RuntimeException.class);
  }

  /** The file as Flink reads it, without the defaults of this process. */
  private Configuration load(String yaml) throws IOException {
    Files.writeString(folder.resolve("config.yaml"), yaml);
    Map<String, String> loaded =
        new TreeMap<>(GlobalConfiguration.loadConfiguration(folder.toString()).toMap());
    return Configuration.fromMap(loaded);
  }
}
