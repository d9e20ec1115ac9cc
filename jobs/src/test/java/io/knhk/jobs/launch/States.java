package io.knhk.jobs.launch;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeOffsets;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;

/** Writes checkpoints and savepoints as Flink does, with files of their own. */
final class States {
  private final Path root;

  States(Path root) {
    this.root = root;
  }

  /** {@code <root>/<job id>/<name>}, of which each file is made too. */
  Path write(KnhkJob job, long generation, String name, long checkpointId, Path... files)
      throws IOException {
    Path folder =
        Files.createDirectories(root.resolve(job.id(generation).toHexString()).resolve(name));
    List<OperatorState> operators = new ArrayList<>();
    for (Path file : files) {
      Files.createDirectories(file.getParent());
      if (!Files.exists(file)) {
        Files.writeString(file, "state of " + file.getFileName());
      }
      OperatorState operator = new OperatorState(null, null, new OperatorID(), 1, 128);
      operator.putState(
          0,
          OperatorSubtaskState.builder()
              .setManagedKeyedState(
                  new KeyGroupsStateHandle(
                      new KeyGroupRangeOffsets(new KeyGroupRange(0, 0), new long[] {0}),
                      new FileStateHandle(
                          org.apache.flink.core.fs.Path.fromLocalFile(file.toFile()),
                          Files.size(file))))
              .build());
      operators.add(operator);
    }
    try (DataOutputStream out =
        new DataOutputStream(Files.newOutputStream(folder.resolve(StateFiles.METADATA)))) {
      Checkpoints.storeCheckpointMetadata(
          new CheckpointMetadata(checkpointId, operators, List.of()), out);
    }
    return folder;
  }

  Path checkpoint(KnhkJob job, long generation, long number, Path... files) throws IOException {
    return write(job, generation, "chk-" + number, number, files);
  }

  /** Changes one bit in the middle. */
  static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }
}
