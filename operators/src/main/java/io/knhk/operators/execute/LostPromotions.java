package io.knhk.operators.execute;

import io.knhk.operators.types.SectorSignal;
import java.util.Optional;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Notices that snapshots are in force which were promoted after the state that this operator was
 * started with: a person let a job go on although its state was behind the log. The triples of
 * those snapshots are gone, so what this state knows has to be promoted after them. One that has
 * the head's own version under another id came first: the head was never let in.
 *
 * <p>The snapshots topic is still being read when the first is heard of. The newest is taken for
 * the last when {@link #QUIET_TICKS} ticks have passed without a newer one.
 *
 * <p>State, keyed by sector: at most one {@link LostPromotion}.
 */
final class LostPromotions {
  static final int QUIET_TICKS = 2;

  private final ValueState<LostPromotion> newest;

  LostPromotions(RuntimeContext context) {
    newest =
        context.getState(
            new ValueStateDescriptor<>("lost-promotion", TypeInformation.of(LostPromotion.class)));
  }

  /** Hears that a snapshot runs. */
  void acknowledged(SectorSignal signal, SectorHead head) throws Exception {
    LostPromotion before = newest.value();
    boolean isLost =
        signal.version() > head.version()
            || (signal.version() == head.version()
                && !signal.snapshotId().equals(head.snapshotId()));
    if (isLost && (before == null || signal.version() > before.version())) {
      newest.update(new LostPromotion(signal.version(), signal.snapshotId(), 0));
    }
  }

  /** Whether nothing can be decided until it is known what is in force. */
  boolean isWaiting() throws Exception {
    return newest.value() != null;
  }

  /** Hears that time has passed; returns the last of the lost promotions once it is known. */
  Optional<LostPromotion> tick() throws Exception {
    LostPromotion waiting = newest.value();
    if (waiting == null) {
      return Optional.empty();
    }
    if (waiting.ticks() + 1 < QUIET_TICKS) {
      newest.update(
          new LostPromotion(waiting.version(), waiting.snapshotId(), waiting.ticks() + 1));
      return Optional.empty();
    }
    newest.clear();
    return Optional.of(waiting);
  }
}
