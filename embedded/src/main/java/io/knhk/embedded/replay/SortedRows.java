package io.knhk.embedded.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a file that is not in event-time order, sorted in memory; rows of one time stay in
 * order.
 */
final class SortedRows implements ReplayFile.Rows {
  /** A larger file has to be sorted by its owner. */
  static final long FILE_BYTES_MAX = 64L << 20;

  private final Iterator<Row> rows;

  private SortedRows(Iterator<Row> rows) {
    this.rows = rows;
  }

  static void checkSize(Path file) throws IOException {
    long bytes = Files.size(file);
    if (bytes > FILE_BYTES_MAX) {
      throw ReplayFiles.unreadable(
          file,
          "expected a file of this size to be in the order of its times: bytes="
              + bytes
              + ", limit="
              + FILE_BYTES_MAX);
    }
  }

  static SortedRows of(ReplayFile.Rows unsorted) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (unsorted) {
      for (Row row = unsorted.next(); row != null; row = unsorted.next()) {
        rows.add(row);
      }
    }
    rows.sort(Comparator.comparingLong(Row::timeMs));
    return new SortedRows(rows.iterator());
  }

  @Override
  public @Nullable Row next() {
    return rows.hasNext() ? rows.next() : null;
  }

  @Override
  public void close() {}
}
