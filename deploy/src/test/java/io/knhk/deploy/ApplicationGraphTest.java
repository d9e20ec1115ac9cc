package io.knhk.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.ledger.SigningKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.StreamSupport;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.client.program.PackagedProgramUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Entry class, arguments, options and parallelism of each manifest become a job, in the way that
 * application mode makes it.
 */
class ApplicationGraphTest {
  private static final String EXCLUDED = "job.autoscaler.vertex.exclude.ids";

  @TempDir Path files;
  private final Manifests manifests = Manifests.read();

  static List<Manifest> jobs() {
    return Manifests.read().jobs();
  }

  @BeforeEach
  void drawKeys() throws IOException {
    SigningKey key = SigningKey.generate(new SecureRandom());
    Path signing = files.resolve("signing.pem");
    Files.createFile(
        signing,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(signing, key.toPem());
    Files.writeString(files.resolve("public.pem"), key.publicKey().toPem());
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void shouldBecomeAJobWhenTheMainClassRuns(Manifest job) throws Exception {
    JobGraph graph = graph(job, Map.of());
    int parallelism = (Integer) job.at("spec", "job", "parallelism");
    assertThat(vertices(graph)).anyMatch(vertex -> vertex.getParallelism() == parallelism);
    assertThat(vertices(graph)).allMatch(vertex -> vertex.getMaxParallelism() == 128);
    assertThat(
            graph
                .getCheckpointingSettings()
                .getCheckpointCoordinatorConfiguration()
                .isUnalignedCheckpointsEnabled())
        .isFalse();
  }

  @Test
  void shouldExcludeFromScalingWhatHasOneInstanceWhenTheAutoscalerIsOn() throws Exception {
    Manifest loop = manifests.get("FlinkDeployment", "knhk-closed-loop");
    List<String> single =
        vertices(graph(loop, Map.of())).stream()
            .filter(vertex -> vertex.getParallelism() == 1)
            .map(vertex -> vertex.getID().toHexString())
            .sorted()
            .toList();
    String excluded = loop.texts("spec", "flinkConfiguration").get(EXCLUDED);
    assertThat(Arrays.stream(excluded.split(";")).sorted().toList())
        .as("set %s to %s", EXCLUDED, String.join(";", single))
        .isEqualTo(single);
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void shouldLeaveTheAutoscalerOffWhereNothingIsExcluded(Manifest job) {
    Map<String, String> configuration = job.texts("spec", "flinkConfiguration");
    assertThat(configuration.containsKey("job.autoscaler.enabled"))
        .isEqualTo(configuration.containsKey(EXCLUDED));
  }

  @Test
  void shouldBeRefusedWhenCheckpointsAreUnaligned() {
    Manifest loop = manifests.get("FlinkDeployment", "knhk-closed-loop");
    assertThatThrownBy(
            () -> graph(loop, Map.of("execution.checkpointing.unaligned.enabled", "true")))
        .hasRootCauseInstanceOf(IllegalArgumentException.class)
        .rootCause()
        .hasMessageContaining("aligned");
  }

  private JobGraph graph(Manifest job, Map<String, String> changes) throws Exception {
    Map<String, String> flink = manifests.deploymentOf(job).texts("spec", "flinkConfiguration");
    flink.putAll(job.texts("spec", "flinkConfiguration"));
    flink.putAll(changes);
    Configuration configuration = Configuration.fromMap(flink);
    PackagedProgram program =
        PackagedProgram.newBuilder()
            .setEntryPointClassName(job.text("spec", "job", "entryClass"))
            .setConfiguration(configuration)
            .setArguments("--config", config(job).toString())
            .build();
    int parallelism = (Integer) job.at("spec", "job", "parallelism");
    return PackagedProgramUtils.createJobGraph(program, configuration, parallelism, true);
  }

  /** The job's file, with the keys of this test in place of those of a pod. */
  private Path config(Manifest job) throws IOException {
    List<?> args = (List<?>) job.at("spec", "job", "args");
    Properties properties = new Properties();
    properties.putAll(new JobFiles(manifests, job).properties(String.valueOf(args.get(1))));
    properties.replace("knhk.keys.signing-file", files.resolve("signing.pem").toString());
    properties.replace("knhk.keys.trusted-file", files.resolve("public.pem").toString());
    Path file = files.resolve("job.properties");
    try (OutputStream out = Files.newOutputStream(file)) {
      properties.store(out, null);
    }
    return file;
  }

  private static List<JobVertex> vertices(JobGraph graph) {
    return StreamSupport.stream(graph.getVertices().spliterator(), false).toList();
  }
}
