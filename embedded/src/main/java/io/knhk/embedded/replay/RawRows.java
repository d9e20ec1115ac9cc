package io.knhk.embedded.replay;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a file as they stand in it, without their line ends. In a CSV a row may go over
 * several lines inside quotes (RFC 4180). Blank rows are passed over.
 */
final class RawRows implements AutoCloseable {
  /** A longer row is most likely a quote that nobody closed. */
  static final int ROW_BYTES_MAX = 1 << 20;

  private static final int BUFFER_BYTES = 64 << 10;

  private final Path file;
  private final InputStream in;
  private final boolean csv;
  private byte[] row = new byte[512];
  private int length;
  private long line = 1;
  private long rowLine = 1;

  private RawRows(Path file, InputStream in, boolean csv) {
    this.file = file;
    this.in = in;
    this.csv = csv;
  }

  static RawRows open(Path file, boolean csv) throws IOException {
    return new RawRows(
        file, new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES), csv);
  }

  /** The next row that is not blank; null at the end. */
  byte @Nullable [] next() throws IOException {
    while (true) {
      rowLine = line;
      boolean more = readRow();
      if (!isBlank()) {
        return Arrays.copyOf(row, contentLength());
      }
      if (!more) {
        return null;
      }
    }
  }

  /** Number of the line that the row given last began on, from 1. */
  long line() {
    return rowLine;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** Whether the row ended with a line end, so that there may be another. */
  private boolean readRow() throws IOException {
    length = 0;
    boolean quoted = false;
    boolean cellQuoted = false;
    boolean cellStart = true;
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        line++;
        if (!quoted) {
          return true;
        }
      }
      if (csv && b == '"') {
        // A quote opens only at the start of a cell; there, the second half of a doubled one opens
        // again.
        cellQuoted |= cellStart;
        quoted = !quoted && cellQuoted && (cellStart || lastIsQuote());
      }
      cellStart = b == ',' && !quoted;
      cellQuoted &= !cellStart;
      if (length == ROW_BYTES_MAX) {
        throw ReplayFiles.unreadable(
            file,
            "expected a row of at most "
                + ROW_BYTES_MAX
                + " bytes (is a quote left open?): line="
                + rowLine);
      }
      if (length == row.length) {
        row = Arrays.copyOf(row, Math.min(ROW_BYTES_MAX, 2 * length));
      }
      row[length++] = (byte) b;
    }
    return false;
  }

  private boolean lastIsQuote() {
    return length > 0 && row[length - 1] == '"';
  }

  /** Without the carriage return of a Windows line end. */
  private int contentLength() {
    return length > 0 && row[length - 1] == '\r' ? length - 1 : length;
  }

  private boolean isBlank() {
    for (int i = 0; i < length; i++) {
      if (row[i] != ' ' && row[i] != '\t' && row[i] != '\r') {
        return false;
      }
    }
    return true;
  }
}
