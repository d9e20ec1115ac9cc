package io.knhk.jobs.launch;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.AbstractIncrementalStateHandle;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filemerging.SegmentFileStateHandle;

/**
 * What a checkpoint's metadata says it is made of. Small state is in the metadata itself.
 *
 * @param checkpointId Flink's number of it
 * @param files outside of the metadata
 */
record StateFiles(long checkpointId, List<StateFile> files) {
  static final String METADATA = "_metadata";
  private static final String SST = ".sst";

  /**
   * @param path absolute
   * @param bytes that it has at least, exactly unless it is shared with other state
   * @param shared whether it holds other state too
   * @param sst whether RocksDB wrote it, with a checksum in each block
   */
  record StateFile(Path path, long bytes, boolean shared, boolean sst) {}

  /**
   * @param folder of one checkpoint or savepoint
   * @throws IOException when its metadata is not there or cannot be read
   */
  static StateFiles read(Path folder) throws IOException {
    CheckpointMetadata metadata;
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(Files.newInputStream(folder.resolve(METADATA))))) {
      metadata =
          Checkpoints.loadCheckpointMetadata(
              in, StateFiles.class.getClassLoader(), RetainedState.uri(folder));
    }
    List<StateFile> files = new ArrayList<>();
    for (OperatorState operator : metadata.getOperatorStates()) {
      for (OperatorSubtaskState subtask : operator.getStates()) {
        for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
          add(files, handle.getDelegateStateHandle(), false);
        }
        for (OperatorStateHandle handle : subtask.getRawOperatorState()) {
          add(files, handle.getDelegateStateHandle(), false);
        }
        for (KeyedStateHandle handle : subtask.getManagedKeyedState()) {
          addKeyed(files, handle);
        }
        for (KeyedStateHandle handle : subtask.getRawKeyedState()) {
          addKeyed(files, handle);
        }
      }
    }
    return new StateFiles(metadata.getCheckpointId(), List.copyOf(files));
  }

  private static void addKeyed(List<StateFile> files, KeyedStateHandle handle) {
    if (handle instanceof AbstractIncrementalStateHandle incremental) {
      add(files, incremental.getMetaDataStateHandle(), false);
      addAll(files, incremental.getSharedStateHandles());
      if (handle instanceof IncrementalRemoteKeyedStateHandle remote) {
        addAll(files, remote.getPrivateState());
      }
    } else if (handle instanceof KeyGroupsStateHandle groups) {
      add(files, groups.getDelegateStateHandle(), false);
    } else if (handle instanceof StreamStateHandle stream) {
      add(files, stream, false);
    }
  }

  private static void addAll(List<StateFile> files, List<HandleAndLocalPath> handles) {
    for (HandleAndLocalPath handle : handles) {
      add(files, handle.getHandle(), handle.getLocalPath().endsWith(SST));
    }
  }

  private static void add(List<StateFile> files, StreamStateHandle handle, boolean sst) {
    handle
        .maybeGetPath()
        .ifPresent(
            path -> {
              long begin =
                  handle instanceof SegmentFileStateHandle segment ? segment.getStartPos() : 0;
              boolean shared = handle instanceof SegmentFileStateHandle;
              files.add(
                  new StateFile(
                      Path.of(path.toUri().getPath()),
                      begin + handle.getStateSize(),
                      shared,
                      sst && !shared));
            });
  }
}
