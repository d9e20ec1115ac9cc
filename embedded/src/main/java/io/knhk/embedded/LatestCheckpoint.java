package io.knhk.embedded;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a job left off: its newest retained checkpoint that is whole. */
public final class LatestCheckpoint {
  private static final Logger LOG = LoggerFactory.getLogger(LatestCheckpoint.class);
  private static final String PREFIX = "chk-";

  private LatestCheckpoint() {}

  /**
   * The {@code chk-<n>} of the highest n whose metadata can be read, below {@code
   * <checkpoints>/<job id>}. Flink writes the metadata last, so that its being there says that the
   * state is.
   */
  public static Optional<Path> find(Path checkpoints, JobID job) {
    Path folder = checkpoints.resolve(job.toHexString());
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, PREFIX + "*")) {
      for (Path entry : entries) {
        if (number(entry) >= 0) {
          found.add(entry);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    found.sort(Comparator.comparingLong(LatestCheckpoint::number).reversed());
    return found.stream().filter(LatestCheckpoint::isWhole).findFirst();
  }

  private static long number(Path folder) {
    String digits = String.valueOf(folder.getFileName()).substring(PREFIX.length());
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static boolean isWhole(Path folder) {
    Path metadata = folder.resolve("_metadata");
    if (!Files.exists(metadata)) {
      return false;
    }
    try (DataInputStream in = new DataInputStream(Files.newInputStream(metadata))) {
      Checkpoints.loadCheckpointMetadata(
          in, LatestCheckpoint.class.getClassLoader(), folder.toUri().toString());
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.warn("Passing over a checkpoint whose metadata cannot be read: {}", folder, e);
      return false;
    }
  }
}
