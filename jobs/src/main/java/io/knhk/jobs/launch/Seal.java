package io.knhk.jobs.launch;

import io.knhk.jobs.launch.StateFiles.StateFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The SHA-256 of every file that a finished checkpoint or savepoint is made of; Flink keeps no sums
 * of its own. A line a file, as {@code sha256sum --check} reads it in the folder that the paths are
 * relative to: a savepoint's own, or that of a checkpoint's job.
 *
 * <p>A seal finds damage; it does not prove who wrote the files.
 */
final class Seal {
  static final String OF_CHECKPOINTS = "seals";
  static final String SUFFIX = ".sha256";
  private static final String OF_SAVEPOINT = "knhk" + SUFFIX;
  private static final String SEPARATOR = "  ";

  private Seal() {}

  /** Writes a savepoint's seal into its folder. */
  static void writeOfSavepoint(Path savepoint) throws IOException {
    write(savepoint.resolve(OF_SAVEPOINT), savepoint, savepoint, new TreeMap<>());
  }

  /** Where a checkpoint's seal is: beside its folder, which Flink removes only when it is empty. */
  static Path ofCheckpoint(Path checkpoint) {
    return checkpoint.resolveSibling(OF_CHECKPOINTS).resolve(checkpoint.getFileName() + SUFFIX);
  }

  /**
   * Writes a checkpoint's seal.
   *
   * @param known sums of files that never change, by path; added to
   * @throws IOException when the checkpoint is not there any more, too
   */
  static void writeOfCheckpoint(Path checkpoint, Map<Path, String> known) throws IOException {
    Path seal = ofCheckpoint(checkpoint);
    Files.createDirectories(seal.resolveSibling("."));
    write(seal, checkpoint, checkpoint.resolveSibling("."), known);
  }

  /**
   * Does nothing where there is no seal.
   *
   * @param state folder of a checkpoint or savepoint
   * @throws StateDamage that names the first file that is not as it was
   */
  static void verify(Path state) throws IOException {
    verify(state.resolve(OF_SAVEPOINT), state);
    verify(ofCheckpoint(state), state.resolveSibling("."));
  }

  private static void write(Path seal, Path state, Path relativeTo, Map<Path, String> known)
      throws IOException {
    Map<String, String> lines = new TreeMap<>();
    Path base = relativeTo.toAbsolutePath().normalize();
    Path metadata = state.resolve(StateFiles.METADATA).toAbsolutePath().normalize();
    lines.put(base.relativize(metadata).toString(), sum(metadata));
    for (StateFile file : StateFiles.read(state).files()) {
      String sum = known.get(file.path());
      if (sum == null) {
        sum = sum(file.path());
        known.put(file.path(), sum);
      }
      lines.put(base.relativize(file.path().toAbsolutePath().normalize()).toString(), sum);
    }
    StringBuilder text = new StringBuilder();
    lines.forEach((file, sum) -> text.append(sum).append(SEPARATOR).append(file).append('\n'));
    Path written = seal.resolveSibling(seal.getFileName() + ".new");
    Files.writeString(written, text, StandardCharsets.UTF_8);
    Files.move(written, seal, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void verify(Path seal, Path relativeTo) throws IOException {
    if (!Files.exists(seal)) {
      return;
    }
    for (String line : Files.readAllLines(seal, StandardCharsets.UTF_8)) {
      int end = line.indexOf(SEPARATOR);
      if (end < 0) {
        throw new StateDamage("expected a line of a SHA-256 and a file: file=" + seal);
      }
      Path file = relativeTo.resolve(line.substring(end + SEPARATOR.length())).normalize();
      if (!Files.isRegularFile(file)) {
        throw new StateDamage("expected a file of the state: missing=" + file);
      }
      if (!sum(file).equals(line.substring(0, end))) {
        throw new StateDamage(
            "expected the file as it was sealed: file=" + file + ", seal=" + seal);
      }
    }
  }

  private static String sum(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected every JDK to have SHA-256", e);
    }
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
