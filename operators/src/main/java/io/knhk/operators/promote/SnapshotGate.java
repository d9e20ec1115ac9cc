package io.knhk.operators.promote;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.Receipts;
import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.RawRecord;
import io.knhk.registry.Telemetry;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledSnapshotCodec;
import io.knhk.schemas.knowledge.PromotedSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshotCodec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the snapshots topic, keyed by the record key (the sector), and lets in what a trusted key
 * signed for this ledger, one version after the other: version + 1 whose parent is the snapshot in
 * force. Another ledger's are passed over, but for what the one whose state this is had promoted
 * before a new one was begun; duplicates are dropped, gaps are waited for. Whatever has no valid
 * signature, another sector than its key or another parent is refused, and so is a fork: the
 * version in force under another id. Of two that could follow, the first in the topic does,
 * whatever came in between.
 *
 * <p>State: the version in force, and at most {@link #WAITING_MAX} snapshots that wait for one
 * before them.
 */
public final class SnapshotGate extends KeyedProcessFunction<String, RawRecord, ControlUpdate> {
  private static final long serialVersionUID = 1L;
  static final int WAITING_MAX = 64;
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotGate.class);

  private final String log;
  private final String trustedKeysPem;
  private final ArrayList<byte[]> genesis;

  private transient KeyRing trusted;
  private transient ValueState<InForce> inForce;
  private transient MapState<String, PendingSnapshot> waiting;
  private transient Counter promoted;
  private transient Counter duplicates;
  private transient Counter refused;
  private transient Counter buffered;
  private transient Counter otherLog;

  /**
   * @param log the only ledger whose snapshots are let in
   * @param trustedKeysPem public keys whose snapshots are let in
   * @param genesis encoded version 1 of every sector
   */
  public SnapshotGate(String log, String trustedKeysPem, List<byte[]> genesis) {
    this.log = log;
    this.trustedKeysPem = trustedKeysPem;
    this.genesis = new ArrayList<>(genesis);
  }

  @Override
  public void open(OpenContext context) throws Exception {
    trusted = KeyRing.fromPem(trustedKeysPem);
    inForce =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("in-force", TypeInformation.of(InForce.class)));
    waiting =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "waiting", Types.STRING, TypeInformation.of(PendingSnapshot.class)));
    MetricGroup metrics = getRuntimeContext().getMetricGroup();
    promoted = metrics.counter(Telemetry.PROMOTE_PROMOTED);
    duplicates = metrics.counter(Telemetry.PROMOTE_DUPLICATES);
    refused = metrics.counter(Telemetry.PROMOTE_REFUSED);
    buffered = metrics.counter(Telemetry.PROMOTE_BUFFERED);
    otherLog = metrics.counter(Telemetry.PROMOTE_OTHER_LOG);
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<ControlUpdate> out)
      throws Exception {
    PromotedSnapshot promotion = verified(record, context.getCurrentKey());
    if (promotion == null) {
      refused.inc();
      return;
    }
    CompiledSnapshot snapshot = promotion.snapshot();
    InForce now = inForce.value();
    if (!promotion.log().equals(log) && (now == null || !promotion.log().equals(now.log()))) {
      otherLog.inc();
      return;
    }
    if (now == null) {
      now = genesisOf(snapshot.sector());
      inForce.update(now);
    } else if (!now.log().equals(promotion.log())) {
      // What the old ledger promoted before the new one was begun lies before this in the topic.
      now = new InForce(log, now.version(), now.snapshotId());
      inForce.update(now);
    }
    if (snapshot.version() == now.version() && !snapshot.snapshotId().equals(now.snapshotId())) {
      refuseFork(snapshot.sector(), now, snapshot.snapshotId(), record.offset());
      return;
    }
    String name = name(snapshot.version(), snapshot.snapshotId());
    if (snapshot.version() <= now.version() || waiting.contains(name)) {
      duplicates.inc();
      return;
    }
    waiting.put(
        name,
        new PendingSnapshot(
            snapshot.version(),
            snapshot.snapshotId(),
            snapshot.parentId(),
            record.offset(),
            record.recordedAtMs(),
            CompiledSnapshotCodec.encode(snapshot)));
    letIn(snapshot.sector(), now, out);
    if (waiting.contains(name)) {
      buffered.inc();
      boundWaiting();
    }
  }

  private void letIn(String sector, InForce from, Collector<ControlUpdate> out) throws Exception {
    InForce now = from;
    for (PendingSnapshot next = next(sector, now); next != null; next = next(sector, now)) {
      waiting.remove(name(next.version(), next.snapshotId()));
      out.collect(
          ControlUpdate.snapshot(
              CompiledSnapshotCodec.decode(next.encoded()), next.recordedAtMs()));
      promoted.inc();
      now = new InForce(now.log(), next.version(), next.snapshotId());
      inForce.update(now);
    }
  }

  /** The one that follows, or null; what waited and can follow no more is refused. */
  private @Nullable PendingSnapshot next(String sector, InForce now) throws Exception {
    PendingSnapshot next = null;
    for (PendingSnapshot each : inOrder()) {
      if (each.version() <= now.version()) {
        waiting.remove(name(each.version(), each.snapshotId()));
        refuseFork(sector, now, each.snapshotId(), each.offset());
      } else if (each.version() == now.version() + 1) {
        if (!each.parentId().equals(now.snapshotId())) {
          waiting.remove(name(each.version(), each.snapshotId()));
          refused.inc();
          LOG.error(
              "expected a snapshot whose parent is in force: sector={}, version={}, parent={},"
                  + " inForce={}",
              sector,
              each.version(),
              each.parentId(),
              now.snapshotId());
        } else if (next == null) {
          next = each;
        }
      }
    }
    return next;
  }

  private void refuseFork(String sector, InForce now, String snapshotId, long offset) {
    refused.inc();
    LOG.error(
        "expected one history, found a second snapshot under the version in force: sector={},"
            + " version={}, found={}, inForce={}, offset={}",
        sector,
        now.version(),
        snapshotId,
        now.snapshotId(),
        offset);
  }

  /**
   * Refuses the newest beyond the bound: what is nearest to being let in is worth most, and so wide
   * a gap means that something is missing for good.
   */
  private void boundWaiting() throws Exception {
    List<PendingSnapshot> all = inOrder();
    for (PendingSnapshot newest : all.subList(Math.min(WAITING_MAX, all.size()), all.size())) {
      waiting.remove(name(newest.version(), newest.snapshotId()));
      refused.inc();
    }
  }

  /** What waits, by version and then by place in the topic. */
  private List<PendingSnapshot> inOrder() throws Exception {
    List<PendingSnapshot> all = new ArrayList<>();
    waiting.values().forEach(all::add);
    all.sort(
        Comparator.comparingLong(PendingSnapshot::version)
            .thenComparingLong(PendingSnapshot::offset));
    return all;
  }

  /** A change and its inverse lead to the same id, under another version. */
  private static String name(long version, String snapshotId) {
    return version + "/" + snapshotId;
  }

  private @Nullable PromotedSnapshot verified(RawRecord record, String sector) {
    try {
      Dsse.Envelope envelope = Dsse.Envelope.parse(record.value());
      if (!envelope.isSigned(Receipts.SNAPSHOT_PAYLOAD_TYPE, trusted)) {
        LOG.error(
            "expected a snapshot signed by a trusted key: sector={}, keyId={}, offset={}",
            sector,
            envelope.keyId(),
            record.offset());
        return null;
      }
      PromotedSnapshot promotion = PromotedSnapshotCodec.decode(envelope.payload());
      if (!promotion.snapshot().sector().equals(sector)) {
        LOG.error(
            "expected a snapshot of the sector of its key: sector={}, key={}, offset={}",
            promotion.snapshot().sector(),
            sector,
            record.offset());
        return null;
      }
      return promotion;
    } catch (LedgerFormatException | IllegalArgumentException e) {
      LOG.error(
          "expected a signed snapshot: sector={}, offset={}: {}",
          sector,
          record.offset(),
          e.getMessage());
      return null;
    }
  }

  private InForce genesisOf(String sector) {
    for (byte[] encoded : genesis) {
      CompiledSnapshot snapshot = CompiledSnapshotCodec.decode(encoded);
      if (snapshot.sector().equals(sector)) {
        return new InForce(log, snapshot.version(), snapshot.snapshotId());
      }
    }
    throw new IllegalStateException("expected a known sector: sector=" + sector);
  }
}
