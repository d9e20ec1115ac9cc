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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
 * signed, one version after the other: version + 1 whose parent is the snapshot in force.
 * Duplicates are dropped, gaps are waited for; whatever has no valid signature, another sector than
 * its key, or another parent is refused, counted and logged.
 *
 * <p>State: the version in force, and at most {@link #WAITING_MAX} snapshots that wait for one
 * before them.
 */
public final class SnapshotGate extends KeyedProcessFunction<String, RawRecord, ControlUpdate> {
  private static final long serialVersionUID = 1L;
  static final int WAITING_MAX = 64;
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotGate.class);

  private final String trustedKeysPem;
  private final ArrayList<byte[]> genesis;

  private transient KeyRing trusted;
  private transient ValueState<InForce> inForce;
  private transient MapState<Long, PendingSnapshot> waiting;
  private transient Counter promoted;
  private transient Counter duplicates;
  private transient Counter refused;
  private transient Counter buffered;

  /**
   * @param trustedKeysPem public keys whose snapshots are let in
   * @param genesis encoded version 1 of every sector
   */
  public SnapshotGate(String trustedKeysPem, List<byte[]> genesis) {
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
                    "waiting", Types.LONG, TypeInformation.of(PendingSnapshot.class)));
    MetricGroup metrics = getRuntimeContext().getMetricGroup();
    promoted = metrics.counter(Telemetry.PROMOTE_PROMOTED);
    duplicates = metrics.counter(Telemetry.PROMOTE_DUPLICATES);
    refused = metrics.counter(Telemetry.PROMOTE_REFUSED);
    buffered = metrics.counter(Telemetry.PROMOTE_BUFFERED);
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<ControlUpdate> out)
      throws Exception {
    CompiledSnapshot snapshot = verified(record, context.getCurrentKey());
    if (snapshot == null) {
      refused.inc();
      return;
    }
    InForce now = inForce.value();
    if (now == null) {
      now = genesisOf(snapshot.sector());
      inForce.update(now);
    }
    if (snapshot.version() <= now.version()) {
      duplicates.inc();
      return;
    }
    waiting.put(
        snapshot.version(),
        new PendingSnapshot(
            snapshot.version(), record.recordedAtMs(), CompiledSnapshotCodec.encode(snapshot)));
    letIn(now, out);
    boundWaiting();
  }

  private void letIn(InForce from, Collector<ControlUpdate> out) throws Exception {
    InForce now = from;
    PendingSnapshot next = waiting.get(now.version() + 1);
    if (next == null) {
      buffered.inc();
    }
    while (next != null) {
      waiting.remove(next.version());
      CompiledSnapshot snapshot = CompiledSnapshotCodec.decode(next.encoded());
      if (!snapshot.parentId().equals(now.snapshotId())) {
        refused.inc();
        LOG.error(
            "expected a snapshot whose parent is in force: sector={}, version={}, parent={}, inForce={}",
            snapshot.sector(),
            snapshot.version(),
            snapshot.parentId(),
            now.snapshotId());
        return;
      }
      out.collect(ControlUpdate.snapshot(snapshot, next.recordedAtMs()));
      promoted.inc();
      now = new InForce(snapshot.version(), snapshot.snapshotId());
      inForce.update(now);
      next = waiting.get(now.version() + 1);
    }
  }

  /**
   * Refuses the newest beyond the bound: what is nearest to being let in is worth most, and so wide
   * a gap means that the topic is not this job's.
   */
  private void boundWaiting() throws Exception {
    List<Long> versions = new ArrayList<>();
    for (Map.Entry<Long, PendingSnapshot> entry : waiting.entries()) {
      versions.add(entry.getKey());
    }
    versions.sort(Comparator.naturalOrder());
    for (Long version : versions.subList(Math.min(WAITING_MAX, versions.size()), versions.size())) {
      waiting.remove(version);
      refused.inc();
    }
  }

  private @Nullable CompiledSnapshot verified(RawRecord record, String sector) {
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
      CompiledSnapshot snapshot = CompiledSnapshotCodec.decode(envelope.payload());
      return snapshot.sector().equals(sector) ? snapshot : null;
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
        return new InForce(snapshot.version(), snapshot.snapshotId());
      }
    }
    throw new IllegalStateException("expected a known sector: sector=" + sector);
  }
}
