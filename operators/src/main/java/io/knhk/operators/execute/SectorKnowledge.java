package io.knhk.operators.execute;

import io.knhk.knowledge.Ancestor;
import io.knhk.knowledge.Snapshot;
import io.knhk.knowledge.SnapshotCompiler;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledSnapshotCodec;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.Delta;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/**
 * A sector's triples: the base, as it was at version 1 or when promotions after it were lost, and
 * the deltas since. The base is kept too, so that a release with other bundled ontologies cannot
 * change what an old state means.
 *
 * <p>State, keyed by sector: base (at most 200,000 triples), deltas (at most 1,000 triples each,
 * one a promotion; an import or a way back has up to {@link Delta#BULK_TRIPLES_MAX}), head, whether
 * the triples were published. The snapshot that they add up to, and the history, are cached in
 * memory.
 */
final class SectorKnowledge {
  /** The head of one sector, in memory. */
  record Head(SectorHead state, Snapshot snapshot, CompiledSnapshot compiled) {}

  private final ValueState<byte[]> base;
  private final ListState<StoredDelta> deltas;
  private final ValueState<SectorHead> head;
  private final ValueState<Boolean> published;
  private final Map<String, byte[]> genesis;
  private final Map<String, Cached> cache = new HashMap<>();

  private record Cached(Head head, List<Ancestor> history) {}

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
    this.published =
        context.getState(new ValueStateDescriptor<>("triples-published", Types.BOOLEAN));
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
    SectorHead state = new SectorHead(1, first.id(), "", "", 0, Map.of());
    return keep(
        sector,
        state,
        first,
        compile(sector, state, first),
        List.of(new Ancestor(1, first.id(), "", 0)));
  }

  /** The head of the sector, which is the current key and has begun. */
  Head head(String sector) throws Exception {
    return loaded(sector).head();
  }

  /**
   * Every version since the base, oldest first, of the sector which is the current key and has
   * begun.
   */
  List<Ancestor> history(String sector) throws Exception {
    return loaded(sector).history();
  }

  /** Whether a version is in {@link #history}. */
  boolean knows(String sector, long version) throws Exception {
    List<Ancestor> history = history(sector);
    return version >= history.get(0).version()
        && version <= history.get(history.size() - 1).version();
  }

  /**
   * Makes {@code next}, which is the head with {@code delta} applied, the new head; null when what
   * would be broadcast is beyond {@link CompiledSnapshot#BYTES_MAX}, and then nothing changes.
   *
   * @param types what {@code next} compiles to
   * @param elements that the delta changes
   */
  @Nullable Head promote(
      String sector,
      Snapshot next,
      List<CompiledType> types,
      Delta delta,
      String proposalId,
      Collection<String> elements,
      long promotedAtMs)
      throws Exception {
    List<Ancestor> history = history(sector);
    SectorHead before = head.value();
    Map<String, Long> touched = new HashMap<>(before.touched());
    long version = before.version() + 1;
    elements.forEach(element -> touched.put(element, version));
    SectorHead after =
        new SectorHead(version, next.id(), before.snapshotId(), proposalId, promotedAtMs, touched);
    CompiledSnapshot compiled = compiled(sector, after, types);
    if (!isBroadcastable(compiled)) {
      return null;
    }
    deltas.add(
        new StoredDelta(
            version, next.id(), before.snapshotId(), promotedAtMs, delta.added(), delta.removed()));
    List<Ancestor> longer = new ArrayList<>(history);
    longer.add(following(history, version, next.id(), before.snapshotId(), promotedAtMs));
    return keep(sector, after, next, compiled, longer);
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
    SectorHead after =
        new SectorHead(
            version, before.state().snapshotId(), lost.snapshotId(), "", promotedAtMs, touched);
    return keep(
        sector,
        after,
        before.snapshot(),
        compiled(sector, after, before.compiled().types()),
        List.of(new Ancestor(version, after.snapshotId(), "", 0)));
  }

  /**
   * What leads from the head back to an earlier version, which is in {@link #history}: all that
   * came since, undone, and nothing that cancels out.
   */
  Delta wayBack(long version) throws Exception {
    Set<String> added = new HashSet<>();
    Set<String> removed = new HashSet<>();
    List<StoredDelta> newestFirst = deltasInOrder();
    Collections.reverse(newestFirst);
    for (StoredDelta delta : newestFirst) {
      if (delta.version() <= version) {
        break;
      }
      for (String line : delta.added()) {
        if (!added.remove(line)) {
          removed.add(line);
        }
      }
      for (String line : delta.removed()) {
        if (!removed.remove(line)) {
          added.add(line);
        }
      }
    }
    return new Delta(List.copyOf(added), List.copyOf(removed));
  }

  /** The deltas of all versions after the base, oldest first; the base is {@link #baseLines}. */
  List<StoredDelta> deltasInOrder() throws Exception {
    List<StoredDelta> inOrder = new ArrayList<>();
    deltas.get().forEach(inOrder::add);
    inOrder.sort(Comparator.comparingLong(StoredDelta::version));
    return inOrder;
  }

  /** The deltas of the versions after this one, oldest first. */
  List<StoredDelta> deltasAfter(long version) throws Exception {
    return deltasInOrder().stream().filter(delta -> delta.version() > version).toList();
  }

  List<String> baseLines() throws Exception {
    return lines(base.value());
  }

  /** True the first time it is asked in a sector: whoever asks publishes base and deltas then. */
  boolean takeUnpublished() throws Exception {
    if (Boolean.TRUE.equals(published.value())) {
      return false;
    }
    published.update(true);
    return true;
  }

  private Cached loaded(String sector) throws Exception {
    SectorHead stored = head.value();
    Cached cached = cache.get(sector);
    if (cached != null && cached.head().state().version() == stored.version()) {
      return cached;
    }
    Snapshot snapshot = snapshotOf(base.value());
    List<StoredDelta> inOrder = deltasInOrder();
    List<Ancestor> history = new ArrayList<>();
    history.add(
        new Ancestor(
            inOrder.isEmpty() ? stored.version() : inOrder.get(0).version() - 1,
            snapshot.id(),
            "",
            0));
    for (StoredDelta delta : inOrder) {
      snapshot = changed(snapshot, new Delta(delta.added(), delta.removed()));
      history.add(
          following(
              history,
              delta.version(),
              delta.snapshotId(),
              delta.parentId(),
              delta.promotedAtMs()));
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
    Cached fresh =
        new Cached(new Head(stored, snapshot, compile(sector, stored, snapshot)), history);
    cache.put(sector, fresh);
    return fresh;
  }

  /** A version is a way back exactly when one before it said the same: no change is let do that. */
  private static Ancestor following(
      List<Ancestor> history, long version, String snapshotId, String parentId, long promotedAtMs) {
    boolean isWayBack =
        history.stream().anyMatch(ancestor -> ancestor.snapshotId().equals(snapshotId));
    return new Ancestor(version, snapshotId, parentId, promotedAtMs, isWayBack);
  }

  private static List<String> lines(byte[] nTriples) {
    return new String(nTriples, StandardCharsets.UTF_8).lines().toList();
  }

  private static Snapshot snapshotOf(byte[] nTriples) {
    return Snapshot.of(lines(nTriples));
  }

  private static Snapshot changed(Snapshot snapshot, Delta delta) {
    if (snapshot.apply(delta) instanceof Snapshot.Applied.Changed changed) {
      return changed.snapshot();
    }
    throw new IllegalStateException("expected a stored delta to apply: snapshot=" + snapshot.id());
  }

  private Head keep(
      String sector,
      SectorHead state,
      Snapshot snapshot,
      CompiledSnapshot compiled,
      List<Ancestor> history)
      throws Exception {
    head.update(state);
    Head kept = new Head(state, snapshot, compiled);
    cache.put(sector, new Cached(kept, List.copyOf(history)));
    return kept;
  }

  private static boolean isBroadcastable(CompiledSnapshot compiled) {
    try {
      CompiledSnapshotCodec.encode(compiled);
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

  private static CompiledSnapshot compiled(
      String sector, SectorHead state, List<CompiledType> types) {
    return new CompiledSnapshot(
        sector,
        state.version(),
        state.snapshotId(),
        state.parentId(),
        state.proposalId(),
        state.promotedAtMs(),
        types,
        state.touched());
  }
}
