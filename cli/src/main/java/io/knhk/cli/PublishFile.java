package io.knhk.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file of observations that was looked through once. */
sealed interface PublishFile permits CsvPublishFile, NdjsonPublishFile {
  /** How many records it makes. */
  long count();

  Records open() throws IOException;

  /** Its records in the order of the file. */
  interface Records extends AutoCloseable {
    /** Null at the end. */
    @Nullable Message next() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** A record for Kafka. */
  @SuppressWarnings("ArrayRecordComponent") // Made once, sent once.
  record Message(byte @Nullable [] key, byte[] value) {}
}
