package io.knhk.jobs.launch;

import io.knhk.jobs.launch.StateFiles.StateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/**
 * Whether a checkpoint or savepoint is whole: its metadata can be read, every file that it names is
 * there in its full length, RocksDB's own checksums hold in every table file, and so do the sums of
 * its {@link Seal} where it has one. A byte that was changed outside of a table, in a state that
 * was not sealed, is not found here.
 */
final class StateCheck {
  private StateCheck() {}

  /**
   * @return what it is made of
   * @throws IOException that says what is wrong
   */
  static StateFiles require(Path folder) throws IOException {
    Seal.verify(folder);
    StateFiles state;
    try {
      state = StateFiles.read(folder);
    } catch (IOException | RuntimeException e) {
      throw new StateDamage(
          "expected metadata that can be read: file="
              + folder.resolve(StateFiles.METADATA)
              + ", problem="
              + e,
          e);
    }
    Set<Path> seen = new HashSet<>();
    for (StateFile file : state.files()) {
      if (seen.add(file.path())) {
        requireLength(file);
        if (file.sst()) {
          requireChecksums(file.path());
        }
      }
    }
    return state;
  }

  private static void requireLength(StateFile file) throws IOException {
    if (!Files.isRegularFile(file.path())) {
      throw new StateDamage("expected a file of the state: missing=" + file.path());
    }
    long bytes = Files.size(file.path());
    if (file.shared() ? bytes < file.bytes() : bytes != file.bytes()) {
      throw new StateDamage(
          "expected a file of the state in its full length: file="
              + file.path()
              + ", bytes="
              + bytes
              + ", want="
              + file.bytes());
    }
  }

  private static void requireChecksums(Path table) throws IOException {
    RocksDB.loadLibrary();
    try (Options options = new Options();
        SstFileReader reader = new SstFileReader(options)) {
      reader.open(table.toString());
      reader.verifyChecksum();
    } catch (RocksDBException e) {
      throw new StateDamage(
          "expected RocksDB's checksums to hold: file=" + table + ", problem=" + e.getMessage(), e);
    }
  }
}
