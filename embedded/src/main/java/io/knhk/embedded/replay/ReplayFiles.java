package io.knhk.embedded.replay;

import io.knhk.embedded.StackException;
import io.knhk.schemas.Sectors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which files of a folder are replayed, and the name their content gives them. */
final class ReplayFiles {
  static final String CSV = ".csv";
  static final String NDJSON = ".ndjson";

  private static final int ID_CHARS = 12;
  private static final int BUFFER_BYTES = 64 << 10;

  private ReplayFiles() {}

  /**
   * In the order of their relative names. Files of other kinds, and names that begin with a dot,
   * are passed over.
   */
  static List<Path> list(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      throw badFolder(root, "it is not a folder");
    }
    List<Path> files = new ArrayList<>();
    for (Path folder : children(root)) {
      if (!Files.isDirectory(folder)) {
        continue;
      }
      List<Path> inside =
          children(folder).stream().filter(f -> Files.isRegularFile(f) && isReplayed(f)).toList();
      if (!inside.isEmpty() && !Sectors.isKnown(name(folder))) {
        throw badFolder(
            root, "folder " + name(folder) + " is no sector; sectors are " + Sectors.ALL);
      }
      files.addAll(inside);
    }
    if (files.isEmpty()) {
      throw badFolder(root, "it has no <sector>/<event.type>.csv and no <sector>/*.ndjson");
    }
    return Collections.unmodifiableList(files);
  }

  /** First hex digits of the SHA-256 over names and contents, each preceded by its length. */
  static String id(Path root, List<Path> files) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    for (Path file : files) {
      byte[] name =
          root.relativize(file).toString().replace('\\', '/').getBytes(StandardCharsets.UTF_8);
      digest.update(longBytes(name.length));
      digest.update(name);
      digest.update(longBytes(Files.size(file)));
      try (InputStream in = Files.newInputStream(file)) {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          digest.update(buffer, 0, read);
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, ID_CHARS);
  }

  static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  static StackException unreadable(Path file, String problem) {
    return unreadable(file, problem, null);
  }

  static StackException unreadable(Path file, String problem, @Nullable Throwable cause) {
    return new StackException(
        StackException.REPLAY_FILE,
        problem + ", file=" + file + ". Mend the file and run again.",
        cause);
  }

  private static boolean isReplayed(Path file) {
    String name = name(file);
    return (name.endsWith(CSV) && name.length() > CSV.length()) || name.endsWith(NDJSON);
  }

  private static List<Path> children(Path folder) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (!name(entry).startsWith(".")) {
          children.add(entry);
        }
      }
    }
    children.sort(Comparator.comparing(ReplayFiles::name));
    return children;
  }

  private static byte[] longBytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected SHA-256, which every JDK has", e);
    }
  }

  private static StackException badFolder(Path root, String problem) {
    return new StackException(
        StackException.REPLAY_FOLDER,
        "expected a folder of observations: data="
            + root
            + ", and "
            + problem
            + ". Name another with --data, or --data none.");
  }
}
