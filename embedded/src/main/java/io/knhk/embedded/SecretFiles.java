package io.knhk.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files and folders that only their owner may read, where the file system knows owners. */
final class SecretFiles {
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private SecretFiles() {}

  static void ownerOnly(Path folder) throws IOException {
    if (hasOwners(folder)) {
      Files.setPosixFilePermissions(folder, FOLDER);
    }
  }

  /** Replaces {@code file}, never leaving half of it nor a moment in which others may read it. */
  static void write(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.deleteIfExists(temporary);
    create(temporary);
    Files.writeString(temporary, text, StandardCharsets.UTF_8);
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void create(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && hasOwners(folder)) {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(FILE));
      return;
    }
    try {
      Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("expected to be the only writer: file=" + file, e);
    }
  }

  private static boolean hasOwners(Path path) throws IOException {
    return Files.getFileStore(path).supportsFileAttributeView("posix");
  }
}
