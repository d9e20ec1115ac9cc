package io.knhk.cli;

import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/** Where the records of one publish went: one bit an offset. */
final class Published {
  private final Map<Integer, Offsets> partitions = new TreeMap<>();
  private long count;

  void add(int partition, long offset) {
    partitions.computeIfAbsent(partition, number -> new Offsets(offset)).add(offset);
    count++;
  }

  long count() {
    return count;
  }

  boolean has(int partition, long offset) {
    Offsets offsets = partitions.get(partition);
    return offsets != null && offsets.has(offset);
  }

  Map<Integer, Offsets> partitions() {
    return partitions;
  }

  /** Of one partition. The first is the smallest: one producer's records keep their order. */
  static final class Offsets {
    private final long first;
    private final BitSet set = new BitSet();
    private long last;

    private Offsets(long first) {
      this.first = first;
      this.last = first;
    }

    private void add(long offset) {
      set.set(Math.toIntExact(offset - first));
      last = Math.max(last, offset);
    }

    long first() {
      return first;
    }

    long last() {
      return last;
    }

    private boolean has(long offset) {
      return offset >= first && offset <= last && set.get((int) (offset - first));
    }
  }
}
