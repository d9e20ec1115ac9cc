package io.knhk.operators.execute;

import io.knhk.knowledge.Ancestor;
import io.knhk.knowledge.Snapshot;
import io.knhk.knowledge.SnapshotCompiler;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledSnapshotCodec;
import io.knhk.schemas.knowledge.Delta;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.jspecify.annotations.Nullable;

/**
 * A sector's triples: the base, as it was at version 1 or when promotions after it were lost, and
 * the deltas since. The base is kept too, so that a release with other bundled ontologies cannot
 * change what an old state means.
 *
 * <p>State, keyed by sector: base (at most 200,000 triples), deltas (at most 1,000 triples each,
 * one a promotion), head. The snapshot that they add up to is cached in memory.
 */
final class SectorKnowledge {
  /** The head of one sector, in memory. */
  record Head(SectorHead state, Snapshot snapshot, CompiledSnapshot compiled) {}

  private final ValueState<byte[]> base;
  private final ListState<StoredDelta> deltas;
  private final ValueState<SectorHead> head;
  private final Map<String, byte[]> genesis;
  private final Map<String, Head> cache = new HashMap<>();

  SectorKnowledge(RuntimeContext context, Map<String, byte[]> genesis) {
    this.genesis = genesis;
    this.base =
        context.getState(
            new ValueStateDescriptor<>(
                "base", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    this.deltas =
        context.getListState(
            new ListStateDescriptor<>("deltas", TypeInformation.of(StoredDelta.class)));
    this.head =
        context.getState(new ValueStateDescriptor<>("head", TypeInformation.of(SectorHead.class)));
  }

  /** Whether the current key, a sector, has version 1 yet. */
  boolean isBegun() throws Exception {
    return head.value() != null;
  }

  /** Makes the given triples version 1 of the sector, which is the current key. */
  Head begin(String sector) throws Exception {
    byte[] triples = genesis.get(sector);
    if (triples == null) {
      throw new IllegalStateException("expected a first snapshot: sector=" + sector);
    }
    base.update(triples);
    Snapshot first = snapshotOf(triples);
    return keep(sector, new SectorHead(1, first.id(), "", "", 0, Map.of()), first);
  }

  /** The head of the sector, which is the current key and has begun. */
  Head head(String sector) throws Exception {
    SectorHead stored = head.value();
    Head cached = cache.get(sector);
    if (cached != null && cached.state().version() == stored.version()) {
      return cached;
    }
    Snapshot snapshot = snapshotOf(base.value());
    for (StoredDelta delta : deltasInOrder()) {
      snapshot = changed(snapshot, new Delta(delta.added(), delta.removed()));
    }
    if (!snapshot.id().equals(stored.snapshotId())) {
      throw new IllegalStateException(
          "expected base and deltas to add up to the head: sector="
              + sector
              + ", version="
              + stored.version()
              + ", got="
              + snapshot.id()
              + ", want="
              + stored.snapshotId());
    }
    return cached(sector, stored, snapshot);
  }

  /**
   * Makes {@code next}, which is the head with {@code delta} applied, the new head; null when what
   * would be broadcast is beyond {@link CompiledSnapshot#BYTES_MAX}, and then nothing changes.
   */
  @Nullable Head promote(
      String sector,
      Snapshot next,
      Delta delta,
      String proposalId,
      String element,
      long promotedAtMs)
      throws Exception {
    SectorHead before = head.value();
    Map<String, Long> touched = new HashMap<>(before.touched());
    long version = before.version() + 1;
    touched.put(element, version);
    SectorHead after =
        new SectorHead(version, next.id(), before.snapshotId(), proposalId, promotedAtMs, touched);
    if (!isBroadcastable(sector, after, next)) {
      return null;
    }
    deltas.add(
        new StoredDelta(
            version, next.id(), before.snapshotId(), promotedAtMs, delta.added(), delta.removed()));
    return keep(sector, after, next);
  }

  /**
   * Makes what the head knows the version after one whose triples are lost. The versions before it
   * are not this state's history any more.
   */
  Head promoteAgain(String sector, LostPromotion lost, long promotedAtMs) throws Exception {
    Head before = head(sector);
    long version = lost.version() + 1;
    Map<String, Long> touched = new HashMap<>();
    before.state().touched().keySet().forEach(element -> touched.put(element, version));
    base.update(before.snapshot().toNTriples());
    deltas.clear();
    return keep(
        sector,
        new SectorHead(
            version, before.state().snapshotId(), lost.snapshotId(), "", promotedAtMs, touched),
        before.snapshot());
  }

  /** Whether a version is in {@link #history()}. */
  boolean knows(long version) throws Exception {
    return version <= head.value().version() && version >= history().get(0).version();
  }

  /**
   * Every version since the base, oldest first, of the sector which is the current key and has
   * begun.
   */
  List<Ancestor> history() throws Exception {
    List<StoredDelta> inOrder = deltasInOrder();
    SectorHead now = head.value();
    String firstId = inOrder.isEmpty() ? now.snapshotId() : inOrder.get(0).parentId();
    long firstVersion = inOrder.isEmpty() ? now.version() : inOrder.get(0).version() - 1;
    List<Ancestor> history = new ArrayList<>();
    history.add(new Ancestor(firstVersion, firstId, "", 0));
    for (StoredDelta delta : inOrder) {
      history.add(
          new Ancestor(
              delta.version(), delta.snapshotId(), delta.parentId(), delta.promotedAtMs()));
    }
    return history;
  }

  private static Snapshot snapshotOf(byte[] nTriples) {
    return Snapshot.of(new String(nTriples, StandardCharsets.UTF_8).lines().toList());
  }

  private List<StoredDelta> deltasInOrder() throws Exception {
    List<StoredDelta> inOrder = new ArrayList<>();
    deltas.get().forEach(inOrder::add);
    inOrder.sort(Comparator.comparingLong(StoredDelta::version));
    return inOrder;
  }

  private static Snapshot changed(Snapshot snapshot, Delta delta) {
    if (snapshot.apply(delta) instanceof Snapshot.Applied.Changed changed) {
      return changed.snapshot();
    }
    throw new IllegalStateException("expected a stored delta to apply: snapshot=" + snapshot.id());
  }

  private Head keep(String sector, SectorHead state, Snapshot snapshot) throws Exception {
    head.update(state);
    return cached(sector, state, snapshot);
  }

  private Head cached(String sector, SectorHead state, Snapshot snapshot) {
    Head loaded = new Head(state, snapshot, compile(sector, state, snapshot));
    cache.put(sector, loaded);
    return loaded;
  }

  private static boolean isBroadcastable(String sector, SectorHead state, Snapshot snapshot) {
    try {
      CompiledSnapshotCodec.encode(compile(sector, state, snapshot));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static CompiledSnapshot compile(String sector, SectorHead state, Snapshot snapshot) {
    return SnapshotCompiler.compile(
        sector,
        snapshot,
        state.version(),
        state.parentId(),
        state.proposalId(),
        state.promotedAtMs(),
        state.touched());
  }
}
