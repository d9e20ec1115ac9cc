package io.knhk.operators.analyze;

import io.knhk.detection.Detectors;
import io.knhk.detection.Judged;
import io.knhk.detection.KeyState;
import io.knhk.operators.types.SnapshotView;
import io.knhk.schemas.detection.BucketStats;
import io.knhk.schemas.detection.Finding;
import io.knhk.schemas.detection.MismatchTally;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.DetectorParameters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the states of the keys that one subtask watches and judges them at each barrier. Two
 * operators use it, one for subjects and one for types; {@link Grain} says how they differ.
 *
 * <p>State: under each Flink key, a map from {@link WatchKey} to {@link WatchState}. Bound: {@link
 * Grain#keysMax} keys a group, above which the one heard longest ago goes first and is counted.
 * What is due is known from {@link LiveKey}s in memory, about 200 bytes each, so that a barrier
 * reads only the states it changes.
 */
final class WatchedKeys {
  private static final String STATE_NAME = "watched";

  /** What the two operators do differently. */
  interface Grain {
    /** How many keys there may be in that group. */
    int keysMax(String group);

    /** Name of the group in which this key competes for room. */
    String group(WatchKey key, @Nullable CompiledType type);

    /** How a key of this type is judged; null: a type that no snapshot knows. */
    DetectorParameters parameters(@Nullable CompiledType type);
  }

  /** Takes what was found, with the evidence for it. */
  interface Findings {
    void accept(WatchKey key, Finding finding, WatchState evidence);
  }

  private final KeyedStateBackend<String> backend;
  private final SnapshotView snapshots;
  private final ProgressView progress;
  private final Grain grain;
  private final MapState<WatchKey, WatchState> states;
  private final Map<WatchKey, LiveKey> live = new HashMap<>();
  private final Map<String, LinkedHashMap<WatchKey, LiveKey>> groups = new HashMap<>();
  private final Map<String, TypeIndex> types = new HashMap<>();

  /** The runs that each key was read in since the last barrier, at which it is empty. */
  private final Map<WatchKey, TreeSet<String>> epochRuns = new HashMap<>();

  private long evicted;
  private long late;

  private record TypeIndex(long version, Map<String, CompiledType> byName) {}

  private WatchedKeys(
      KeyedStateBackend<String> backend, SnapshotView snapshots, ProgressView progress, Grain grain)
      throws Exception {
    this.backend = backend;
    this.snapshots = snapshots;
    this.progress = progress;
    this.grain = grain;
    this.states =
        backend.getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new MapStateDescriptor<>(
                STATE_NAME,
                TypeInformation.of(WatchKey.class),
                TypeInformation.of(WatchState.class)));
  }

  /** Reads back which keys there are. */
  static WatchedKeys open(
      KeyedStateBackend<String> backend, SnapshotView snapshots, ProgressView progress, Grain grain)
      throws Exception {
    WatchedKeys keys = new WatchedKeys(backend, snapshots, progress, grain);
    keys.restore();
    return keys;
  }

  /** The type as the snapshot in force knows it, or null. */
  @Nullable CompiledType type(String sector, String eventType) {
    CompiledSnapshot snapshot = snapshots.of(sector);
    if (snapshot == null) {
      return null;
    }
    TypeIndex index = types.get(sector);
    if (index == null || index.version() != snapshot.version()) {
      Map<String, CompiledType> byName = new HashMap<>();
      for (CompiledType type : snapshot.types()) {
        byName.put(type.name(), type);
      }
      index = new TypeIndex(snapshot.version(), byName);
      types.put(sector, index);
    }
    return index.byName().get(eventType);
  }

  DetectorParameters parameters(String sector, String eventType) {
    return grain.parameters(type(sector, eventType));
  }

  /**
   * Merges what one key brought. Mismatches that were seen under an older snapshot than the one in
   * force do not count: it may be the one that explains them.
   *
   * @param seenUnderVersion version of the snapshot that the observations were checked under
   * @param runs that it was read in; at the barrier they join the key's lineage, each once and in
   *     order of name, whatever lanes brought them in whatever order
   */
  void merge(
      String flinkKey,
      WatchKey key,
      List<BucketStats> buckets,
      List<MismatchTally> mismatches,
      long seenUnderVersion,
      long maxTimeMs,
      long recordedAtMs,
      List<String> runs)
      throws Exception {
    backend.setCurrentKey(flinkKey);
    WatchState before = states.get(key);
    if (before == null) {
      before = WatchState.EMPTY;
    }
    long version = version(key.sector());
    KeyState merged = before.detectors();
    List<MismatchTally> current = seenUnderVersion < version ? List.of() : mismatches;
    DetectorParameters parameters = parameters(key.sector(), key.eventType());
    for (BucketStats bucket : buckets) {
      merged =
          Detectors.merge(merged, bucket, current, maxTimeMs, recordedAtMs, parameters, version);
      current = List.of();
    }
    late += merged.lateCount() - before.detectors().lateCount();
    states.put(key, new WatchState(merged, before.lineage(), before.latestRuns()));
    epochRuns.computeIfAbsent(key, k -> new TreeSet<>()).addAll(runs);
    LiveKey entry = live.get(key);
    if (entry == null) {
      entry = new LiveKey(flinkKey, key, progress.of(key.sector(), key.source()));
      live.put(key, entry);
    }
    entry.follow(merged, true);
    makeRoom(entry);
  }

  /**
   * Judges every key that is due, in order of its name, so that what is found does not depend on
   * memory's order.
   */
  void judge(Findings findings) throws Exception {
    long nowRecordedMs = progress.nowRecordedMs();
    List<LiveKey> due = new ArrayList<>();
    for (LiveKey entry : live.values()) {
      entry.find(progress);
      long version = version(entry.key().sector());
      if (entry.snapshotVersion() != version) {
        entry.expect(
            version, parameters(entry.key().sector(), entry.key().eventType()).expectedEveryMs());
      }
      if (entry.isDue(nowRecordedMs)) {
        due.add(entry);
      }
    }
    due.sort(Comparator.comparing(entry -> entry.key().toString()));
    for (LiveKey entry : due) {
      judge(entry, nowRecordedMs, findings);
    }
  }

  int size() {
    return live.size();
  }

  /** How many keys were forgotten for want of room since the last call. */
  long takeEvicted() {
    long taken = evicted;
    evicted = 0;
    return taken;
  }

  /** How many observations came too late for their bucket since the last call. */
  long takeLate() {
    long taken = late;
    late = 0;
    return taken;
  }

  private void judge(LiveKey entry, long nowRecordedMs, Findings findings) throws Exception {
    WatchKey key = entry.key();
    backend.setCurrentKey(entry.flinkKey());
    WatchState stored = states.get(key);
    if (stored == null) {
      throw new IllegalStateException("expected a state for every live key: key=" + key);
    }
    WatchState before = withRunsOfEpoch(key, stored);
    DetectorParameters parameters = parameters(key.sector(), key.eventType());
    long version = version(key.sector());
    long clockMs = entry.source().clockMs();
    Judged buckets = Detectors.judge(before.detectors(), clockMs, parameters, version);
    Judged silence = silence(entry, buckets.state(), nowRecordedMs, parameters, version);
    for (Finding finding : buckets.findings()) {
      findings.accept(key, finding, before);
    }
    for (Finding finding : silence.findings()) {
      findings.accept(key, finding, before);
    }
    boolean closed = silence.state().judgedUntilMs() != before.detectors().judgedUntilMs();
    RunLineage lineage = closed ? RunLineage.NONE.plus(before.latestRuns()) : before.lineage();
    states.put(key, new WatchState(silence.state(), lineage, before.latestRuns()));
    entry.follow(silence.state(), false);
  }

  private WatchState withRunsOfEpoch(WatchKey key, WatchState state) {
    TreeSet<String> runs = epochRuns.remove(key);
    if (runs == null) {
      return state;
    }
    List<String> known = state.lineage().latest();
    List<String> fresh = runs.stream().filter(run -> !known.contains(run)).toList();
    return new WatchState(state.detectors(), state.lineage().plus(fresh), List.copyOf(runs));
  }

  /** A source that is at its end is not silent. */
  private static Judged silence(
      LiveKey entry,
      KeyState state,
      long nowRecordedMs,
      DetectorParameters parameters,
      long version) {
    ProgressView.Source source = entry.source();
    return source.isEnded()
        ? new Judged(state, List.of())
        : Detectors.judgeSilence(
            state,
            source.seenMs(),
            source.recordedAtMs(),
            Math.max(nowRecordedMs, state.lastRecordedAtMs()),
            parameters,
            version);
  }

  private void restore() throws Exception {
    List<LiveKey> restored = new ArrayList<>();
    List<String> flinkKeys;
    try (Stream<String> stream = backend.getKeys(STATE_NAME, VoidNamespace.INSTANCE)) {
      flinkKeys = stream.distinct().toList();
    }
    for (String flinkKey : flinkKeys) {
      backend.setCurrentKey(flinkKey);
      for (Map.Entry<WatchKey, WatchState> entry : states.entries()) {
        WatchKey key = entry.getKey();
        LiveKey entryLive = new LiveKey(flinkKey, key, progress.of(key.sector(), key.source()));
        entryLive.follow(entry.getValue().detectors(), true);
        restored.add(entryLive);
      }
    }
    restored.sort(
        Comparator.comparingLong(LiveKey::lastRecordedAtMs)
            .thenComparing(entry -> entry.key().toString()));
    for (LiveKey entry : restored) {
      live.put(entry.key(), entry);
      makeRoom(entry);
    }
  }

  /**
   * Makes this the key of its group that was heard last, and forgets the first when the group is
   * too large.
   */
  private void makeRoom(LiveKey entry) throws Exception {
    WatchKey key = entry.key();
    String group = grain.group(key, type(key.sector(), key.eventType()));
    LinkedHashMap<WatchKey, LiveKey> before = groups.get(entry.group());
    if (before != null) {
      before.remove(key);
    }
    entry.moveTo(group);
    LinkedHashMap<WatchKey, LiveKey> members =
        groups.computeIfAbsent(group, name -> new LinkedHashMap<>());
    members.put(key, entry);
    if (members.size() > grain.keysMax(group)) {
      LiveKey eldest = members.values().iterator().next();
      members.remove(eldest.key());
      live.remove(eldest.key());
      epochRuns.remove(eldest.key());
      backend.setCurrentKey(eldest.flinkKey());
      states.remove(eldest.key());
      evicted++;
    }
  }

  private long version(String sector) {
    CompiledSnapshot snapshot = snapshots.of(sector);
    return snapshot == null ? 0 : snapshot.version();
  }
}
