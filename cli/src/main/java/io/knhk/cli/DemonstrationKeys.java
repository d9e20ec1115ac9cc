package io.knhk.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The private keys that {@code up} writes for everybody to try governing with: {@code
 * keys/demo-NAME.pem} in its state folder. What they approve is marked for ever.
 */
public final class DemonstrationKeys {
  private static final String PREFIX = "demo-";
  private static final String SUFFIX = ".pem";

  private DemonstrationKeys() {}

  /** Where the key of a demonstration approver is, if there is one. */
  public static Path file(Path state, String name) {
    return state.resolve("keys").resolve(PREFIX + name + SUFFIX);
  }

  /** Names of those that there are, in order. */
  static List<String> names(Path state) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(state.resolve("keys"), PREFIX + "*" + SUFFIX)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        names.add(name.substring(PREFIX.length(), name.length() - SUFFIX.length()));
      }
    } catch (IOException e) {
      // Without the folder nobody can sign with them either.
      return List.of();
    }
    names.sort(null);
    return names;
  }
}
