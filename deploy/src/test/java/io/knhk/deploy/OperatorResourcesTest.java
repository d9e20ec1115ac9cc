package io.knhk.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.kubernetes.operator.api.FlinkDeployment;
import org.apache.flink.kubernetes.operator.api.FlinkStateSnapshot;
import org.apache.flink.kubernetes.operator.api.spec.FlinkVersion;
import org.apache.flink.kubernetes.operator.api.spec.JobState;
import org.apache.flink.kubernetes.operator.api.spec.UpgradeMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every document is what the operator's API says, with no field that it does not know. */
class OperatorResourcesTest {
  private final Manifests manifests = Manifests.read();
  private final StrictReader reader = new StrictReader();

  static List<Manifest> documents() {
    return Manifests.read().all();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void shouldBeReadStrictlyWhenItIsADocument(Manifest document) {
    assertThat(reader.read(document)).isNotNull();
    assertThat(document.name())
        .matches("[a-z]([-a-z0-9]*[a-z0-9])?-?")
        .hasSizeLessThanOrEqualTo(45);
    assertThat(document.text("metadata", "namespace")).isEqualTo("knhk");
  }

  @Test
  void shouldHaveWhatTheOperatorAsksForWhenItIsADeployment() {
    for (Manifest document : manifests.ofKind("FlinkDeployment")) {
      var spec = ((FlinkDeployment) reader.read(document)).getSpec();
      assertThat(spec.getImage()).as("%s", document).isNotBlank();
      assertThat(spec.getServiceAccount()).as("%s", document).isNotBlank();
      for (var resource :
          List.of(spec.getJobManager().getResource(), spec.getTaskManager().getResource())) {
        assertThat(resource.getCpu()).as("%s", document).isPositive();
        assertThat(MemorySize.parse(resource.getMemory()).getBytes())
            .as("%s", document)
            .isPositive();
      }
      assertThat(
              new Quantity(spec.getTaskManager().getResource().getEphemeralStorage())
                  .getNumericalAmount())
          .isPositive();
      assertThat(spec.getJobManager().getReplicas()).as("%s", document).isPositive();
    }
  }

  @Test
  void shouldCarryStateAcrossUpgradesWhenItIsAJob() {
    assertThat(manifests.jobs()).hasSize(4);
    for (Manifest document : manifests.jobs()) {
      var job =
          document.kind().equals("FlinkDeployment")
              ? ((FlinkDeployment) reader.read(document)).getSpec().getJob()
              : ((org.apache.flink.kubernetes.operator.api.FlinkSessionJob) reader.read(document))
                  .getSpec()
                  .getJob();
      assertThat(job.getUpgradeMode()).as("%s", document).isEqualTo(UpgradeMode.SAVEPOINT);
      assertThat(job.getState()).as("%s", document).isEqualTo(JobState.RUNNING);
      assertThat(job.getAllowNonRestoredState()).as("%s", document).isFalse();
      assertThat(job.getParallelism()).as("%s", document).isPositive();
      assertThat(job.getJarURI())
          .as("%s", document)
          .startsWith(document.kind().equals("FlinkDeployment") ? "local:///" : "https://");
    }
  }

  @Test
  void shouldKeepTheSavepointWhenItsRecordIsDeleted() {
    List<Manifest> snapshots = manifests.ofKind("FlinkStateSnapshot");
    assertThat(snapshots).hasSize(1);
    var spec = ((FlinkStateSnapshot) reader.read(snapshots.get(0))).getSpec();
    assertThat(spec.getSavepoint().getDisposeOnDelete()).isFalse();
    assertThat(spec.getBackoffLimit()).isNotNegative();
    assertThat(spec.getCheckpoint()).isNull();
  }

  @Test
  void shouldNotRunAsRootWhenItIsAPod() {
    for (Manifest document : manifests.ofKind("FlinkDeployment")) {
      var pod = ((FlinkDeployment) reader.read(document)).getSpec().getPodTemplate().getSpec();
      assertThat(pod.getSecurityContext().getRunAsNonRoot()).as("%s", document).isTrue();
      assertThat(pod.getContainers()).extracting("name").containsExactly("flink-main-container");
      for (var container : pod.getContainers()) {
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getCapabilities().getDrop())
            .containsExactly("ALL");
        assertThat(container.getVolumeMounts())
            .allMatch(mount -> mount.getMountPath().startsWith("/"));
      }
    }
  }

  @Test
  void shouldNeedNoExceptionForTheFlinkVersionWhenTheApiKnowsIt() {
    for (Manifest document : manifests.ofKind("FlinkDeployment")) {
      assertThat(document.text("spec", "flinkVersion"))
          .isEqualTo(StrictReader.FLINK_VERSION_OF_A_LATER_API);
    }
    assertThat(Arrays.stream(FlinkVersion.values()).map(Enum::name))
        .as("the API knows the version now: remove StrictReader.FLINK_VERSION_OF_A_LATER_API")
        .doesNotContain(StrictReader.FLINK_VERSION_OF_A_LATER_API);
  }

  @Test
  void shouldFailWhenAFieldIsMistyped() {
    Manifest loop = manifests.get("FlinkDeployment", "knhk-closed-loop");
    loop.map("spec", "job").put("upgrademode", "savepoint");
    assertRefused(loop, "upgrademode");
  }

  @Test
  void shouldFailWhenAFieldOfThePodTemplateIsMistyped() {
    Manifest loop = manifests.get("FlinkDeployment", "knhk-closed-loop");
    firstContainer(loop).put("volumeMount", List.of());
    assertRefused(loop, "volumeMount");
  }

  @Test
  void shouldFailWhenAFieldDeepInThePodTemplateIsMistyped() {
    Manifest loop = manifests.get("FlinkDeployment", "knhk-closed-loop");
    @SuppressWarnings("unchecked")
    Map<String, Object> context = (Map<String, Object>) firstContainer(loop).get("securityContext");
    context.put("allowPrivilegeEscalations", false);
    assertRefused(loop, "allowPrivilegeEscalations");
  }

  @Test
  void shouldFailWhenAFieldOfAnotherKindIsMistyped() {
    Manifest policy = manifests.get("NetworkPolicy", "knhk-flink");
    policy.map("spec").put("policyType", List.of("Ingress"));
    assertRefused(policy, "policyType");
    Manifest snapshot = manifests.ofKind("FlinkStateSnapshot").get(0);
    snapshot.map("spec", "savepoint").put("disposeOnDeletion", true);
    assertRefused(snapshot, "disposeOnDeletion");
  }

  @Test
  void shouldFailWhenAValueIsOfAnotherType() {
    assertRefused(with("parallelism", "four", "spec", "job"), "four");
    assertRefused(with("parallelism", "4", "spec", "job"), "parallelism");
    assertRefused(with("state", "runing", "spec", "job"), "runing");
    assertRefused(with("args", "--config", "spec", "job"), "args");
    assertRefused(with("memory", 4096, "spec", "taskManager", "resource"), "memory");
    assertRefused(
        with("execution.checkpointing.num-retained", 3, "spec", "flinkConfiguration"),
        "num-retained");
    assertRefused(
        with("web.submit.enable", false, "spec", "flinkConfiguration"), "web.submit.enable");
    assertRefused(
        with("runAsNonRoot", "yes", "spec", "podTemplate", "spec", "securityContext"),
        "runAsNonRoot");
    assertRefused(with("flinkVersion", "v2_9", "spec"), "v2_9");
  }

  @Test
  void shouldFailWhenTheApiVersionIsAnother() {
    Manifest loop = manifests.get("FlinkDeployment", "knhk-closed-loop");
    loop.tree().put("apiVersion", "flink.apache.org/v1");
    assertRefused(loop, "flink.apache.org/v1 FlinkDeployment");
  }

  private static Manifest with(String key, Object value, String... path) {
    Manifest loop = Manifests.read().get("FlinkDeployment", "knhk-closed-loop");
    assertThat(loop.map(path)).containsKey(key);
    loop.map(path).put(key, value);
    return loop;
  }

  private static Map<String, Object> firstContainer(Manifest document) {
    return document.maps("spec", "podTemplate", "spec", "containers").get(0);
  }

  private void assertRefused(Manifest document, String named) {
    assertThatThrownBy(() -> reader.read(document))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(named);
  }
}
