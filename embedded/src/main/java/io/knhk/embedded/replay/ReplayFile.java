package io.knhk.embedded.replay;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file of one sector, looked through once before it is replayed. */
sealed interface ReplayFile permits CsvFile, NdjsonFile {
  String sector();

  /** How many rows it has, malformed ones among them. */
  long rows();

  /** Its rows in event-time order; rows of one time in the order of the file. */
  Rows open() throws IOException;

  /**
   * What is sent for a row.
   *
   * @param replayId of the whole replay
   * @param number of the row within its sector, from 0
   */
  ReplayRecord record(Row row, String replayId, long number);

  /** Rows one after the other. */
  interface Rows extends AutoCloseable {
    /** Null at the end. */
    @Nullable Row next() throws IOException;

    @Override
    void close() throws IOException;
  }
}
