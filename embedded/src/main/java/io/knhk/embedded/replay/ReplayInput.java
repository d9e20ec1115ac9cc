package io.knhk.embedded.replay;

import io.knhk.embedded.StackException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A folder of observations, looked through and named.
 *
 * <p>{@code <sector>/<event.type>.csv} has a header with {@code timestamp} and {@code value},
 * optionally {@code key} and {@code outcome}, and any other column as an attribute; {@code
 * <sector>/*.ndjson} has a CloudEvents event a line. Rows are replayed in event-time order across
 * all files, those of one time in the order of the files' names and of their rows. Files that are
 * in order are read as a stream; one that is not is sorted in memory, up to 64 MiB.
 */
public final class ReplayInput {
  private final String replayId;
  private final List<ReplayFile> files;

  private ReplayInput(String replayId, List<ReplayFile> files) {
    this.replayId = replayId;
    this.files = Collections.unmodifiableList(files);
  }

  /**
   * Reads every file once.
   *
   * @throws StackException when the folder or a file of it is not as it has to be
   */
  public static ReplayInput open(Path folder) {
    Path current = folder;
    try {
      List<Path> paths = ReplayFiles.list(folder);
      List<ReplayFile> files = new ArrayList<>();
      for (Path path : paths) {
        current = path;
        String sector = ReplayFiles.name(parent(path));
        files.add(
            ReplayFiles.name(path).endsWith(ReplayFiles.CSV)
                ? CsvFile.scan(path, sector)
                : NdjsonFile.scan(path, sector));
      }
      return new ReplayInput(ReplayFiles.id(folder, paths), files);
    } catch (IOException e) {
      throw ReplayFiles.unreadable(current, "expected a file that can be read: problem=" + e, e);
    }
  }

  /** 12 hex digits; the same for the same names and contents. */
  public String replayId() {
    return replayId;
  }

  /** How many rows there are for each sector's folder, malformed ones among them. */
  public Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    files.forEach(file -> counts.merge(file.sector(), file.rows(), Long::sum));
    return Collections.unmodifiableMap(counts);
  }

  /** All rows there are. */
  public long total() {
    return files.stream().mapToLong(ReplayFile::rows).sum();
  }

  /** Everything from the first row on; the caller closes it. */
  ReplayMerge merge() throws IOException {
    return ReplayMerge.open(replayId, files);
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }
}
