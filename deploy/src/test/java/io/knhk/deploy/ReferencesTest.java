package io.knhk.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What one document names is another document, or a volume of the same pod. */
class ReferencesTest {
  private final Manifests manifests = Manifests.read();

  @Test
  void shouldExistWhenItIsNamed() {
    assertThat(missing()).isEmpty();
  }

  @Test
  void shouldBeUniqueWhenItIsADocument() {
    Set<String> names = new HashSet<>();
    for (Manifest document : manifests.all()) {
      assertThat(names.add(document.kind() + "/" + document.name())).as("%s", document).isTrue();
    }
  }

  @Test
  void shouldFailWhenADeploymentNamesWhatIsNotThere() {
    Manifest loop = manifests.get("FlinkDeployment", "knhk-closed-loop");
    loop.map("spec").put("serviceAccount", "flink");
    Map<String, Object> jobs = loop.maps("spec", "podTemplate", "spec", "volumes").get(0);
    new Manifest("", jobs).map("configMap").put("name", "knhk-job");
    Map<String, Object> container = loop.maps("spec", "podTemplate", "spec", "containers").get(0);
    new Manifest("", container).maps("volumeMounts").get(1).put("name", "trusted-key");
    assertThat(missing())
        .containsExactlyInAnyOrder(
            "ServiceAccount/flink", "ConfigMap/knhk-job", "volume/trusted-key");
  }

  @Test
  void shouldFailWhenAJobNamesWhatIsNotThere() {
    manifests
        .get("FlinkSessionJob", "knhk-session-loop")
        .map("spec")
        .put("deploymentName", "session");
    manifests.ofKind("FlinkStateSnapshot").get(0).map("spec", "jobReference").put("name", "loop");
    assertThat(missing())
        .containsExactlyInAnyOrder("FlinkDeployment/session", "FlinkDeployment/loop");
  }

  /** Every name that leads nowhere. */
  private List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (Manifest document : manifests.all()) {
      switch (document.kind()) {
        case "FlinkDeployment" -> {
          require(missing, "ServiceAccount", document.text("spec", "serviceAccount"));
          pod(missing, document);
        }
        case "FlinkSessionJob" ->
            require(missing, "FlinkDeployment", document.text("spec", "deploymentName"));
        case "FlinkStateSnapshot" ->
            require(
                missing,
                document.text("spec", "jobReference", "kind"),
                document.text("spec", "jobReference", "name"));
        case "RoleBinding" -> {
          require(missing, document.text("roleRef", "kind"), document.text("roleRef", "name"));
          for (Map<String, Object> subject : document.maps("subjects")) {
            require(
                missing, String.valueOf(subject.get("kind")), String.valueOf(subject.get("name")));
          }
        }
        default -> {
          // Names nothing.
        }
      }
    }
    return missing;
  }

  private void pod(List<String> missing, Manifest document) {
    Set<Object> volumes = new HashSet<>();
    for (Map<String, Object> tree : document.maps("spec", "podTemplate", "spec", "volumes")) {
      volumes.add(tree.get("name"));
      Manifest volume = new Manifest(document.file(), tree);
      if (volume.at("configMap") != null) {
        require(missing, "ConfigMap", volume.text("configMap", "name"));
      }
      if (volume.at("secret") != null) {
        require(missing, "Secret", volume.text("secret", "secretName"));
      }
      if (volume.at("persistentVolumeClaim") != null) {
        require(
            missing, "PersistentVolumeClaim", volume.text("persistentVolumeClaim", "claimName"));
      }
    }
    for (String containers : List.of("initContainers", "containers")) {
      for (Map<String, Object> container :
          document.maps("spec", "podTemplate", "spec", containers)) {
        for (Map<String, Object> mount : new Manifest("", container).maps("volumeMounts")) {
          if (!volumes.contains(mount.get("name"))) {
            missing.add("volume/" + mount.get("name"));
          }
        }
      }
    }
  }

  private void require(List<String> missing, String kind, String name) {
    if (manifests.find(kind, name).isEmpty()) {
      missing.add(kind + "/" + name);
    }
  }
}
