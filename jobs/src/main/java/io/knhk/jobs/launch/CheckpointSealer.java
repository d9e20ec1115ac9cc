package io.knhk.jobs.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals each checkpoint of the jobs soon after it was completed, so that a byte that changes on the
 * disk later is found before a job is started from it. For checkpoints on a local disk; an object
 * store has sums of its own.
 */
public final class CheckpointSealer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointSealer.class);
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final String CHECKPOINT = "chk-";

  private final Path checkpoints;
  private final Map<Path, String> known = new HashMap<>();

  /** Checkpoints that could not be read; tried once. */
  private final Set<Path> unreadable = new HashSet<>();

  private final Thread thread;
  private volatile boolean closed;

  private CheckpointSealer(Path checkpoints) {
    this.checkpoints = checkpoints;
    this.thread = new Thread(this::sealUntilClosed, "checkpoint-sealer");
    this.thread.setDaemon(true);
  }

  /**
   * Starts sealing what is below a folder.
   *
   * @param checkpoints that holds a folder an id, or will
   */
  public static CheckpointSealer start(Path checkpoints) {
    CheckpointSealer sealer = new CheckpointSealer(checkpoints);
    sealer.thread.start();
    return sealer;
  }

  /**
   * Seals until the process ends.
   *
   * @param args the folder of the checkpoints
   */
  public static void main(String[] args) throws InterruptedException {
    if (args.length != 1) {
      System.err.println("Usage: CheckpointSealer CHECKPOINTS");
      System.exit(2);
    }
    start(Path.of(args[0]).toAbsolutePath().normalize()).thread.join();
  }

  /** Seals what was completed last, and stops. May be called twice. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    thread.interrupt();
    try {
      thread.join();
      sealNew();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sealUntilClosed() {
    while (!closed) {
      sealNew();
      try {
        Thread.sleep(INTERVAL.toMillis());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void sealNew() {
    try {
      for (Path folder : list(checkpoints)) {
        if (isOfAJob(folder)) {
          sealNewOf(folder);
        }
      }
    } catch (IOException e) {
      LOG.warn("Checkpoints are not sealed: {}", e.toString());
    }
  }

  private void sealNewOf(Path folder) throws IOException {
    Set<Path> wanted = new HashSet<>();
    for (Path checkpoint : list(folder)) {
      if (String.valueOf(checkpoint.getFileName()).startsWith(CHECKPOINT)
          && Files.exists(checkpoint.resolve(StateFiles.METADATA))) {
        Path seal = Seal.ofCheckpoint(checkpoint);
        wanted.add(seal);
        if (!Files.exists(seal) && !unreadable.contains(checkpoint)) {
          seal(checkpoint);
        }
      }
    }
    for (Path seal : list(folder.resolve(Seal.OF_CHECKPOINTS))) {
      if (!wanted.contains(seal)) {
        Files.deleteIfExists(seal);
      }
    }
    known.keySet().removeIf(file -> !Files.exists(file));
    unreadable.removeIf(checkpoint -> !Files.exists(checkpoint));
  }

  private void seal(Path checkpoint) {
    try {
      Seal.writeOfCheckpoint(checkpoint, known);
    } catch (NoSuchFileException e) {
      // Flink has removed it meanwhile.
    } catch (IOException | RuntimeException e) {
      unreadable.add(checkpoint);
      LOG.warn("Checkpoint {} is not sealed: {}", checkpoint, e.toString());
    }
  }

  private static boolean isOfAJob(Path folder) {
    try {
      JobID id = JobID.fromHexString(String.valueOf(folder.getFileName()));
      return Stream.of(KnhkJob.values()).anyMatch(job -> job.generation(id).isPresent());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
