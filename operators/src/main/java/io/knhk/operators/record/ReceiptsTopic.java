package io.knhk.operators.record;

import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Reads back what was committed. One thread; the calls wait until they are answered. */
public interface ReceiptsTopic extends AutoCloseable {
  /** Where the records of each partition begin and end. */
  Map<Integer, Offsets> offsets() throws IOException, InterruptedException;

  /** Hands over every record of a partition whose offset is in [from, to), in order. */
  void read(int partition, long from, long to, Visitor visitor)
      throws IOException, InterruptedException;

  /** Where each partition ends by the time that this is answered. Does not wait. */
  CompletableFuture<Map<Integer, Long>> endsLater();

  @Override
  void close();

  /**
   * @param begin offset of the first record that is still there
   * @param end offset of the next record
   */
  record Offsets(long begin, long end) {}

  /** Takes a record: its value and its LogAppendTime. */
  interface Visitor {
    void visit(byte[] value, long recordedAtMs);
  }

  /** Opens it on the machine that reads. */
  interface Opener extends Serializable {
    ReceiptsTopic open();
  }
}
