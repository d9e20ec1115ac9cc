package io.knhk.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.jobs.archive.ArchiveOptions;
import io.knhk.jobs.archive.ReceiptArchiveJob;
import io.knhk.jobs.loop.ClosedLoopJob;
import io.knhk.jobs.loop.ClosedLoopOptions;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the manifests say of KNHK is what its jobs take. */
class JobsTest {
  private static final Path OPTIONS_PAGE = Path.of("..", "docs", "configuration.md");
  private static final Path DOCKERFILE = Path.of("Dockerfile");

  private final Manifests manifests = Manifests.read();

  static List<Manifest> jobs() {
    return Manifests.read().jobs();
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void shouldNameAMainClassWhenItIsAJob(Manifest job) throws ReflectiveOperationException {
    Class<?> entry = Class.forName(job.text("spec", "job", "entryClass"));
    assertThat(entry).isIn(ClosedLoopJob.class, ReceiptArchiveJob.class);
    int modifiers = entry.getMethod("main", String[].class).getModifiers();
    assertThat(Modifier.isPublic(modifiers) && Modifier.isStatic(modifiers)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void shouldBeTakenByTheJobWhenItsFileIsRead(Manifest job) throws IOException {
    Map<String, String> properties = properties(job);
    read(job, properties);
    String page = Files.readString(OPTIONS_PAGE);
    assertThat(properties.keySet()).allMatch(key -> page.contains("| `" + key + "` |"));
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void shouldFindItsFilesWhenAPodStarts(Manifest job) {
    JobFiles files = new JobFiles(manifests, job);
    properties(job)
        .forEach(
            (key, value) -> {
              if (key.endsWith("-file")) {
                assertThat(files.content(value)).as("%s of %s", key, job).startsWith("PLACEHOLDER");
              }
            });
  }

  @Test
  void shouldHaveTheSigningKeyOnlyWhereTheLoopRuns() {
    Manifest archive = manifests.get("FlinkDeployment", "knhk-receipt-archive");
    assertThat(archive.tree().toString()).doesNotContain("signing");
    Manifest loop = manifests.get("FlinkDeployment", "knhk-closed-loop");
    assertThat(loop.tree().toString()).doesNotContain("archive-password");
  }

  @Test
  void shouldMakeTheSigningKeyReadableByItsOwnerAloneWhenAPodStarts() {
    List<Manifest> withKey =
        manifests.ofKind("FlinkDeployment").stream()
            .filter(
                document ->
                    !document.maps("spec", "podTemplate", "spec", "initContainers").isEmpty())
            .toList();
    assertThat(withKey).hasSize(2);
    for (Manifest document : withKey) {
      Map<String, Object> init =
          document.maps("spec", "podTemplate", "spec", "initContainers").get(0);
      assertThat(String.valueOf(init.get("command"))).startsWith("[install, -m, 0400, ");
      assertThat(init.get("image")).isEqualTo(document.text("spec", "image"));
      assertThat(document.maps("spec", "podTemplate", "spec", "containers").get(0).toString())
          .doesNotContain("/mnt/signing-key");
      Map<String, Object> secret =
          document.maps("spec", "podTemplate", "spec", "volumes").stream()
              .filter(volume -> "signing-key".equals(volume.get("name")))
              .findFirst()
              .orElseThrow();
      // Octal, in a file that Kubernetes reads as YAML 1.1.
      assertThat(new Manifest("", secret).at("secret", "defaultMode")).isEqualTo(0400);
    }
  }

  @Test
  void shouldHoldNoSecretWhenItIsAManifest() {
    for (Manifest secret : manifests.ofKind("Secret")) {
      assertThat(secret.texts("stringData").values())
          .allMatch(text -> text.startsWith("PLACEHOLDER"));
      assertThat(secret.map("data")).isEmpty();
    }
    assertThat(manifests.all().toString()).doesNotContain("PRIVATE KEY");
  }

  @Test
  void shouldHoldTheJarAndTheFlinkThatTheJobsNameWhenTheImageIsBuilt() throws IOException {
    String dockerfile = Files.readString(DOCKERFILE);
    assertThat(dockerfile)
        .contains("FROM flink:" + EnvironmentInformation.getVersion() + "-java17\n");
    for (Manifest job : manifests.jobs()) {
      String uri = job.text("spec", "job", "jarURI");
      String jar = uri.substring(uri.lastIndexOf('/') + 1);
      assertThat(dockerfile).contains(" jobs/target/" + jar + " /opt/flink/usrlib/" + jar + "\n");
      if (uri.startsWith("local://")) {
        assertThat(uri).isEqualTo("local:///opt/flink/usrlib/" + jar);
      }
    }
    for (Manifest deployment : manifests.ofKind("FlinkDeployment")) {
      assertThat(dockerfile).contains("-t " + deployment.text("spec", "image") + " ");
    }
  }

  @Test
  void shouldFailWhenARequiredOptionIsMistyped() {
    Manifest job = manifests.get("FlinkDeployment", "knhk-closed-loop");
    Map<String, String> properties = properties(job);
    properties.put(
        "knhk.kafka.bootstrap-server", properties.remove("knhk.kafka.bootstrap-servers"));
    assertThatThrownBy(() -> read(job, properties))
        .hasMessageContaining("knhk.kafka.bootstrap-servers");
  }

  @Test
  void shouldFailWhenAFileIsMountedNowhere() {
    Manifest job = manifests.get("FlinkDeployment", "knhk-closed-loop");
    JobFiles files = new JobFiles(manifests, job);
    assertThatThrownBy(() -> files.content("/etc/knhk/lop.properties"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("lop.properties");
    assertThatThrownBy(() -> files.content("/run/knhk/sining.pem"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("init container");
  }

  private Map<String, String> properties(Manifest job) {
    List<?> args = (List<?>) job.at("spec", "job", "args");
    assertThat(args).hasSize(2).first().isEqualTo("--config");
    return new JobFiles(manifests, job).properties(String.valueOf(args.get(1)));
  }

  private static void read(Manifest job, Map<String, String> properties) {
    Configuration configuration = Configuration.fromMap(properties);
    if (job.text("spec", "job", "entryClass").equals(ClosedLoopJob.class.getName())) {
      assertThat(ClosedLoopOptions.from(configuration)).isNotNull();
    } else {
      assertThat(ArchiveOptions.from(configuration)).isNotNull();
    }
  }
}
