package io.knhk.operators.record;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.OutboundMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A receipts topic in memory, with the same contract as Kafka's: what was committed stays, and is
 * read back by partition and offset.
 */
final class MemoryReceipts implements ReceiptsTopic {
  /** By name, since an opener is serialised. */
  private static final Map<String, MemoryReceipts> TOPICS = new ConcurrentHashMap<>();

  private final List<List<byte[]>> partitions = new ArrayList<>();
  private final String name = UUID.randomUUID().toString();
  int looks;
  int reads;

  MemoryReceipts(int partitions) {
    for (int i = 0; i < partitions; i++) {
      this.partitions.add(new ArrayList<>());
    }
    TOPICS.put(name, this);
  }

  Opener opener() {
    String of = name;
    return () -> TOPICS.get(of);
  }

  /** What the committer does once the checkpoint has completed. */
  void commit(SigningKey key, List<OutboundMessage> messages) {
    for (OutboundMessage message : messages) {
      append(message.key(), Dsse.sign(key, Receipts.PAYLOAD_TYPE, message.body()).toJson());
    }
  }

  void append(String key, byte[] value) {
    partitions.get(Math.floorMod(key.hashCode(), partitions.size())).add(value);
  }

  void clear() {
    partitions.forEach(List::clear);
  }

  @Override
  public Map<Integer, Offsets> offsets() {
    Map<Integer, Offsets> offsets = new TreeMap<>();
    for (int i = 0; i < partitions.size(); i++) {
      offsets.put(i, new Offsets(0, partitions.get(i).size()));
    }
    return offsets;
  }

  @Override
  public void read(int partition, long from, long to, Visitor visitor) {
    for (long offset = from; offset < to; offset++) {
      reads++;
      visitor.visit(partitions.get(partition).get((int) offset), 1_000 + offset);
    }
  }

  @Override
  public CompletableFuture<Map<Integer, Long>> endsLater() {
    looks++;
    Map<Integer, Long> ends = new TreeMap<>();
    offsets().forEach((partition, there) -> ends.put(partition, there.end()));
    return CompletableFuture.completedFuture(ends);
  }

  @Override
  public void close() {}
}
