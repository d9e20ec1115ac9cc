package io.knhk.operators.record;

import io.knhk.ledger.KeyRing;
import io.knhk.operators.record.CommittedReceipts.CommittedHead;
import io.knhk.operators.record.ReceiptsTopic.Offsets;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds where the committed chains end. What restored state does not know of was committed after
 * it, so it lies beyond the {@link ReceiptsEnd}s in that state: only that is read. Without state,
 * one receipt of the log is enough to see that the log was begun.
 */
final class CommittedLog {
  private static final long FIRST_LOOK = 256;
  private static final long LOOK_GROWTH = 4;

  /**
   * Records of a partition that are looked through for the end of a chain that is known to be near.
   */
  private static final long LOOK_MAX = 65_536;

  private final ReceiptsTopic topic;
  private final Map<Integer, Offsets> offsets;
  private final KeyRing trusted;
  private final String log;

  private CommittedLog(
      ReceiptsTopic topic, Map<Integer, Offsets> offsets, KeyRing trusted, String log) {
    this.topic = topic;
    this.offsets = offsets;
    this.trusted = trusted;
    this.log = log;
  }

  static CommittedLog open(ReceiptsTopic topic, KeyRing trusted, String log)
      throws IOException, InterruptedException {
    return new CommittedLog(topic, topic.offsets(), trusted, log);
  }

  /** Where each partition ended when this was opened. */
  Map<Integer, Offsets> offsets() {
    return offsets;
  }

  /**
   * Where the chains end, of the sectors with a receipt at or beyond an offset.
   *
   * @param from by partition; a partition that is not named is read from its beginning
   */
  Map<String, CommittedHead> headsSince(Map<Integer, Long> from)
      throws IOException, InterruptedException {
    CommittedReceipts found = new CommittedReceipts(trusted, log);
    for (Map.Entry<Integer, Offsets> partition : offsets.entrySet()) {
      Offsets there = partition.getValue();
      long begin = Math.max(there.begin(), from.getOrDefault(partition.getKey(), there.begin()));
      topic.read(partition.getKey(), begin, there.end(), found);
    }
    return found.heads();
  }

  /** Where some chains end at least: none exactly when the log was never begun on the topic. */
  Map<String, CommittedHead> lastSeen() throws IOException, InterruptedException {
    Map<String, CommittedHead> heads = new TreeMap<>();
    for (Map.Entry<Integer, Offsets> partition : offsets.entrySet()) {
      heads.putAll(lastSeen(partition.getKey(), partition.getValue()));
    }
    return heads;
  }

  /**
   * Where the chains of some sectors end, as far as the end of the topic shows: it is read
   * backwards until each was found, or {@link #LOOK_MAX} records of each partition were.
   */
  Map<String, CommittedHead> tail(Set<String> sectors) throws IOException, InterruptedException {
    CommittedReceipts found = new CommittedReceipts(trusted, log);
    long before = 0;
    for (long look = FIRST_LOOK; before < LOOK_MAX; look *= LOOK_GROWTH) {
      long reach = Math.min(look, LOOK_MAX);
      boolean isMore = false;
      for (Map.Entry<Integer, Offsets> partition : offsets.entrySet()) {
        Offsets there = partition.getValue();
        long from = Math.max(there.begin(), there.end() - reach);
        long to = Math.max(there.begin(), there.end() - before);
        topic.read(partition.getKey(), from, to, found);
        isMore |= from > there.begin();
      }
      before = reach;
      if (!isMore || found.heads().keySet().containsAll(sectors)) {
        break;
      }
    }
    return new TreeMap<>(found.heads());
  }

  /** A sector's receipts are all in one partition. */
  private Map<String, CommittedHead> lastSeen(int partition, Offsets there)
      throws IOException, InterruptedException {
    CommittedReceipts found = new CommittedReceipts(trusted, log);
    long look = FIRST_LOOK;
    for (long end = there.end(); found.isEmpty() && end > there.begin(); look *= LOOK_GROWTH) {
      long begin = Math.max(there.begin(), end - look);
      topic.read(partition, begin, end, found);
      end = begin;
    }
    return found.heads();
  }
}
