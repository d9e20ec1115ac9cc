package io.knhk.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LatestCheckpointTest {
  private static final JobID JOB = JobID.fromHexString("00000000000000000000000000000001");

  @TempDir Path checkpoints;

  @Test
  void shouldFindNothingWhenTheJobNeverRan() throws IOException {
    assertThat(LatestCheckpoint.find(checkpoints, JOB)).isEmpty();
    Files.createDirectories(checkpoints.resolve(JOB.toHexString()).resolve("shared"));
    assertThat(LatestCheckpoint.find(checkpoints, JOB)).isEmpty();
  }

  @Test
  void shouldTakeTheHighestNumberWhenThereAreSeveral() throws IOException {
    whole(9);
    Path ten = whole(10);

    assertThat(LatestCheckpoint.find(checkpoints, JOB)).contains(ten);
  }

  @Test
  void shouldPassOverWhatIsNotWholeWhenItIsNewer() throws IOException {
    Path whole = whole(7);
    Files.createDirectories(folder(8));
    byte[] metadata = Files.readAllBytes(whole.resolve("_metadata"));
    Path torn = Files.createDirectories(folder(9)).resolve("_metadata");
    Files.write(torn, Arrays.copyOf(metadata, metadata.length / 2));
    Path empty = Files.createDirectories(folder(10)).resolve("_metadata");
    Files.write(empty, new byte[0]);
    Files.createDirectories(checkpoints.resolve(JOB.toHexString()).resolve("chk-later"));

    assertThat(LatestCheckpoint.find(checkpoints, JOB)).contains(whole);
  }

  @Test
  void shouldNotTakeAnotherJobsWhenItHasNone() throws IOException {
    whole(1);

    assertThat(
            LatestCheckpoint.find(
                checkpoints, JobID.fromHexString("00000000000000000000000000000002")))
        .isEmpty();
  }

  private Path whole(long number) throws IOException {
    Path folder = Files.createDirectories(folder(number));
    try (DataOutputStream out =
        new DataOutputStream(Files.newOutputStream(folder.resolve("_metadata")))) {
      Checkpoints.storeCheckpointMetadata(
          new CheckpointMetadata(number, List.of(), List.of()), out);
    }
    return folder;
  }

  private Path folder(long number) {
    return checkpoints.resolve(JOB.toHexString()).resolve("chk-" + number);
  }
}
