package io.knhk.operators.monitor;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.ledger.CompactRange;
import io.knhk.ledger.SaltedLeaves;
import io.knhk.ledger.Subjects;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Consecutive records of one partition that go into one receipt: the observations of one sector
 * under one snapshot, or the rejected ones of any. A run is closed at {@link #RECORDS_MAX}, on a
 * change of snapshot and before each checkpoint barrier, so an open run is never in a checkpoint.
 */
final class Run {
  static final int RECORDS_MAX = 4_096;

  private final String topic;
  private final int partition;
  private final String sector;
  private final long firstOffset;
  private final String snapshotId;
  private final long snapshotVersion;
  private final SaltedLeaves leaves;
  private final CompactRange range = new CompactRange();
  private final Map<String, Integer> reasons = new TreeMap<>();
  private final Map<String, Integer> sectors = new TreeMap<>();
  private long lastOffset;
  private long count;
  private long nonConforming;
  private long late;
  private long firstTimeMs = Long.MAX_VALUE;
  private long lastTimeMs = Long.MIN_VALUE;
  private long recordedAtMs;

  /**
   * @param saltSecret from which the run's salt seed is derived
   */
  Run(RawRecord first, String sector, String snapshotId, long snapshotVersion, byte[] saltSecret) {
    this.topic = first.topic();
    this.partition = first.partition();
    this.sector = sector;
    this.firstOffset = first.offset();
    this.snapshotId = snapshotId;
    this.snapshotVersion = snapshotVersion;
    this.leaves = new SaltedLeaves(SaltedLeaves.seed(saltSecret, subject()));
  }

  void addObservation(RawRecord record, long timeMs, boolean conforms, boolean isLate) {
    add(record, timeMs);
    nonConforming += conforms ? 0 : 1;
    late += isLate ? 1 : 0;
  }

  void addRejected(RawRecord record, String reason, String claimedSector) {
    add(record, record.recordedAtMs());
    reasons.merge(reason, 1, Integer::sum);
    sectors.merge(claimedSector.isEmpty() ? Sectors.INGEST : claimedSector, 1, Integer::sum);
  }

  boolean isFull() {
    return count == RECORDS_MAX;
  }

  String sector() {
    return sector;
  }

  long firstOffset() {
    return firstOffset;
  }

  ReceiptDraft toReceipt() {
    boolean rejected = sector.equals(Sectors.INGEST);
    ObjectNode evidence = JsonNodeFactory.instance.objectNode();
    evidence.put("topic", topic);
    evidence.put("partition", partition);
    evidence.put("firstOffset", firstOffset);
    evidence.put("lastOffset", lastOffset);
    evidence.put("count", count);
    evidence.put("merkleRoot", HexFormat.of().formatHex(range.root()));
    if (rejected) {
      evidence.set("reasons", counts(reasons));
      evidence.set("sectors", counts(sectors));
    } else {
      evidence.put("nonConforming", nonConforming);
      evidence.put("late", late);
      evidence.put("firstTimeMs", firstTimeMs);
      evidence.put("lastTimeMs", lastTimeMs);
      evidence.put("snapshotVersion", snapshotVersion);
    }
    return new ReceiptDraft(
        sector,
        rejected ? Operation.ObservationsRejected : Operation.ObservationIngested,
        lastTimeMs,
        recordedAtMs,
        rejected ? "rejected" : "ingested",
        subject(),
        snapshotId,
        List.of(),
        evidence.toString());
  }

  private String subject() {
    return Subjects.run(topic, partition, sector, firstOffset);
  }

  private void add(RawRecord record, long timeMs) {
    range.append(leaves.leaf(count, LeafContent.of(record)));
    count++;
    lastOffset = record.offset();
    firstTimeMs = Math.min(firstTimeMs, timeMs);
    lastTimeMs = Math.max(lastTimeMs, timeMs);
    recordedAtMs = Math.max(recordedAtMs, record.recordedAtMs());
  }

  private static ObjectNode counts(Map<String, Integer> counted) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    counted.forEach((name, count) -> node.put(name, (int) count));
    return node;
  }
}
