package io.knhk.operators.execute;

import io.knhk.knowledge.check.ObservationCheck;
import io.knhk.operators.types.TypeSample;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledSnapshotCodec;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.SampledObservation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Watches what a promotion does to observations after it: invariant Q2 was judged on a sample, and
 * is judged here on the stream. An observation counts against a promotion if it conforms to what
 * its type was before and not to what it became; so what was wrong anyway, and what a later
 * promotion broke, does not.
 *
 * <p>State, keyed by sector: at most {@link #WATCHED_MAX} promotions, each until its time is over;
 * the oldest goes first.
 */
final class Aftercare {
  static final int WATCHED_MAX = 32;

  /** Observations of a type before a share of them says anything. */
  static final long CHECKED_MIN = 100;

  /** What was found of a promotion. */
  record Violation(WatchedPromotion promotion, String eventType, SampledObservation witness) {
    WatchedType figures() {
      WatchedType figures = promotion.types().get(eventType);
      if (figures == null) {
        throw new IllegalStateException("expected a watched type: eventType=" + eventType);
      }
      return figures;
    }
  }

  private final double shareMax;
  private final MapState<Long, WatchedPromotion> watched;

  /**
   * @param shareMax of the observations of a type that a change may break, 0 to 1
   */
  Aftercare(RuntimeContext context, double shareMax) {
    this.shareMax = shareMax;
    this.watched =
        context.getMapState(
            new MapStateDescriptor<>(
                "watched-promotions", Types.LONG, TypeInformation.of(WatchedPromotion.class)));
  }

  /**
   * Begins to watch the head.
   *
   * @param before the types that were changed, as they were; a new type is not among them, and
   *     nothing of it can break
   * @param after all types now
   */
  void watch(
      SectorKnowledge.Head head, List<CompiledType> before, List<CompiledType> after, long untilMs)
      throws Exception {
    Map<String, WatchedType> types = new HashMap<>();
    before.forEach(type -> types.put(type.name(), new WatchedType(0, 0, 0, 0)));
    if (types.isEmpty()) {
      return;
    }
    SectorHead state = head.state();
    watched.put(
        state.version(),
        new WatchedPromotion(
            state.version(),
            state.snapshotId(),
            state.proposalId(),
            untilMs,
            encoded(head.compiled(), before),
            encoded(
                head.compiled(),
                after.stream().filter(type -> types.containsKey(type.name())).toList()),
            types));
    List<WatchedPromotion> all = inOrder();
    if (all.size() > WATCHED_MAX) {
      watched.remove(all.get(0).version());
    }
  }

  /** Takes what was observed; the oldest promotion that it shows to be harmful, if there is one. */
  Optional<Violation> observe(TypeSample sample) throws Exception {
    for (WatchedPromotion promotion : inOrder()) {
      WatchedType before = promotion.types().get(sample.eventType());
      if (before == null || sample.snapshotVersion() < promotion.version()) {
        continue;
      }
      Examined examined = examine(promotion, sample);
      Map<String, WatchedType> types = new HashMap<>(promotion.types());
      WatchedType now =
          new WatchedType(
              before.checked() + sample.checked(),
              before.nonConforming() + sample.nonConforming(),
              before.examined() + examined.looked,
              before.regressed() + examined.regressed.size());
      types.put(sample.eventType(), now);
      WatchedPromotion next = with(promotion, types);
      watched.put(promotion.version(), next);
      if (now.checked() >= CHECKED_MIN
          && now.regressedShare() > shareMax
          && !examined.regressed.isEmpty()) {
        return Optional.of(new Violation(next, sample.eventType(), examined.regressed.get(0)));
      }
    }
    return Optional.empty();
  }

  /** Watches this version, and those after it, no more. */
  void endFrom(long version) throws Exception {
    for (WatchedPromotion promotion : inOrder()) {
      if (promotion.version() >= version) {
        watched.remove(promotion.version());
      }
    }
  }

  /** Ends what has been watched long enough. */
  void expire(long nowMs) throws Exception {
    for (WatchedPromotion promotion : inOrder()) {
      if (promotion.untilMs() <= nowMs) {
        watched.remove(promotion.version());
      }
    }
  }

  private static Examined examine(WatchedPromotion promotion, TypeSample sample) {
    Examined examined = new Examined();
    ObservationCheck before = ObservationCheck.of(CompiledSnapshotCodec.decode(promotion.before()));
    ObservationCheck after = ObservationCheck.of(CompiledSnapshotCodec.decode(promotion.after()));
    for (SampledObservation example : sample.examples()) {
      if (!example.conforms()) {
        examined.looked++;
        if (conforms(before, example.observation()) && !conforms(after, example.observation())) {
          examined.regressed.add(example);
        }
      }
    }
    return examined;
  }

  private static boolean conforms(ObservationCheck check, Observation observation) {
    List<Mismatch> mismatches = new ArrayList<>();
    check.check(observation, mismatches);
    return mismatches.isEmpty();
  }

  private static byte[] encoded(CompiledSnapshot head, List<CompiledType> types) {
    return CompiledSnapshotCodec.encode(
        new CompiledSnapshot(
            head.sector(),
            head.version(),
            head.snapshotId(),
            head.parentId(),
            head.proposalId(),
            head.promotedAtMs(),
            types,
            Map.of()));
  }

  private static WatchedPromotion with(WatchedPromotion of, Map<String, WatchedType> types) {
    return new WatchedPromotion(
        of.version(),
        of.snapshotId(),
        of.proposalId(),
        of.untilMs(),
        of.before(),
        of.after(),
        types);
  }

  private List<WatchedPromotion> inOrder() throws Exception {
    List<WatchedPromotion> all = new ArrayList<>();
    watched.values().forEach(all::add);
    all.sort(Comparator.comparingLong(WatchedPromotion::version));
    return all;
  }

  private static final class Examined {
    private final List<SampledObservation> regressed = new ArrayList<>();
    private long looked;
  }
}
