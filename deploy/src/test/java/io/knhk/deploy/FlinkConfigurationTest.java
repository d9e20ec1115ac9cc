package io.knhk.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Flink takes an option that it does not know without a word; here every key is one, and every
 * value of its type.
 */
class FlinkConfigurationTest {
  private static final FlinkOptions OPTIONS = new FlinkOptions();

  static List<Manifest> configured() {
    return Manifests.read().all().stream()
        .filter(document -> document.at("spec", "flinkConfiguration") != null)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("configured")
  void shouldHaveKnownKeysAndTypesWhenConfigured(Manifest document) {
    assertThat(OPTIONS.problems(document.texts("spec", "flinkConfiguration"))).isEmpty();
  }

  @Test
  void shouldFindTheOptionsWhenTheClassesAreRead() {
    assertThat(configured()).hasSize(5);
    assertThat(OPTIONS.size()).isGreaterThan(400);
  }

  @ParameterizedTest
  @MethodSource("configured")
  void shouldLeaveToTheOperatorWhatItSetsItself(Manifest document) {
    assertThat(document.texts("spec", "flinkConfiguration"))
        .doesNotContainKeys(
            "$internal.pipeline.job-id",
            "kubernetes.cluster-id",
            "kubernetes.namespace",
            "kubernetes.container.image.ref",
            "kubernetes.service-account",
            "parallelism.default",
            "pipeline.jobvertex-parallelism-overrides",
            "execution.state-recovery.path");
  }

  @Test
  void shouldKeepStateWhereOtherJobsDoNotWriteWhenDeployed() {
    List<Map<String, String>> deployments =
        Manifests.read().ofKind("FlinkDeployment").stream()
            .map(document -> document.texts("spec", "flinkConfiguration"))
            .toList();
    for (String key :
        List.of(
            "high-availability.storageDir",
            "execution.checkpointing.dir",
            "execution.checkpointing.savepoint-dir")) {
      assertThat(deployments)
          .extracting(configuration -> configuration.get(key))
          .doesNotHaveDuplicates()
          .allMatch(folder -> folder.startsWith("file:///knhk-state/"));
    }
  }

  @Test
  void shouldTakeSubmissionsOnlyWhenItIsASession() {
    for (Manifest document : Manifests.read().ofKind("FlinkDeployment")) {
      assertThat(document.texts("spec", "flinkConfiguration").get("web.submit.enable"))
          .as("%s", document)
          .isEqualTo(document.at("spec", "job") == null ? "true" : "false");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "execution.checkpointing.intervall",
        "state.checkpoints.num-retained",
        "kubernetes.operator.periodic.savepoint.intervals",
        "job.autoscaler.target.utilisation",
        "kubernetes.rest-service.exposed.types",
        "restart-strategy.exponential-delay.backoff",
        "metrics.reporter.prom.ports"
      })
  void shouldFailWhenAKeyIsMistypedOrOld(String key) {
    assertThat(changed(key, "1"))
        .singleElement()
        .asString()
        .contains(key.substring(key.lastIndexOf('.') + 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "execution.checkpointing.interval=5 seconds or so",
        "execution.checkpointing.num-retained=three",
        "execution.checkpointing.mode=EXACTLY_TWICE",
        "execution.checkpointing.incremental=yes",
        "execution.state-recovery.claim-mode=NOCLAIM",
        "job.autoscaler.target.utilization=60 %",
        "kubernetes.rest-service.exposed.type=Cluster",
        "kubernetes.operator.checkpoint.type=WHOLE",
        "kubernetes.operator.savepoint.history.max.age=a week",
        "metrics.reporter.prom.port=none",
        "metrics.reporter.prom.factory.class=java.lang.String"
      })
  void shouldFailWhenAValueIsOfAnotherType(String entry) {
    String[] keyAndValue = entry.split("=", 2);
    assertThat(changed(keyAndValue[0], keyAndValue[1])).isNotEmpty();
  }

  private static List<String> changed(String key, String value) {
    Map<String, String> configuration =
        Manifests.read()
            .get("FlinkDeployment", "knhk-closed-loop")
            .texts("spec", "flinkConfiguration");
    configuration.put(key, value);
    return OPTIONS.problems(configuration);
  }
}
