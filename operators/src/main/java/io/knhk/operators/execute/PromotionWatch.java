package io.knhk.operators.execute;

import io.knhk.operators.types.SectorSignal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Waits until every subtask of every operator that must run a promoted snapshot has said that it
 * does.
 *
 * <p>State, keyed by sector: the promotions that are awaited, which the proposals an hour bound;
 * each ends when it, or a later one, is acknowledged by all.
 */
final class PromotionWatch {
  private final List<String> operators;
  private final MapState<Long, AwaitedPromotion> awaited;

  PromotionWatch(RuntimeContext context, List<String> operators) {
    this.operators = operators;
    this.awaited =
        context.getMapState(
            new MapStateDescriptor<>(
                "awaited", Types.LONG, TypeInformation.of(AwaitedPromotion.class)));
  }

  void await(AwaitedPromotion promotion) throws Exception {
    awaited.put(promotion.version(), promotion);
  }

  /**
   * Takes an acknowledgement, which holds for every earlier version too, and returns the promotions
   * it completes. The same version under another id is a snapshot of another history: it completes
   * nothing.
   */
  List<AwaitedPromotion> acknowledge(SectorSignal signal) throws Exception {
    List<AwaitedPromotion> earlier = new ArrayList<>();
    for (Map.Entry<Long, AwaitedPromotion> entry : awaited.entries()) {
      if (isRun(entry.getValue(), signal)) {
        earlier.add(entry.getValue());
      }
    }
    earlier.sort(Comparator.comparingLong(AwaitedPromotion::version));
    List<AwaitedPromotion> complete = new ArrayList<>();
    for (AwaitedPromotion promotion : earlier) {
      AwaitedPromotion next = with(promotion, name(signal.operator(), signal));
      if (isComplete(next)) {
        awaited.remove(next.version());
        complete.add(next);
      } else {
        awaited.put(next.version(), next);
      }
    }
    return complete;
  }

  private static boolean isRun(AwaitedPromotion promotion, SectorSignal signal) {
    return promotion.version() < signal.version()
        || (promotion.version() == signal.version()
            && promotion.snapshotId().equals(signal.snapshotId()));
  }

  private boolean isComplete(AwaitedPromotion promotion) {
    for (String operator : operators) {
      if (!isComplete(promotion.acknowledged(), operator)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isComplete(List<String> acknowledged, String operator) {
    String prefix = operator + "/";
    List<String> mine =
        acknowledged.stream()
            .filter(name -> name.startsWith(prefix))
            .map(name -> name.substring(prefix.length()))
            .toList();
    return mine.stream()
        .map(name -> name.substring(0, name.indexOf('/')))
        .distinct()
        .anyMatch(
            parallelism ->
                mine.stream().filter(name -> name.startsWith(parallelism + "/")).count()
                    == Long.parseLong(parallelism));
  }

  private static AwaitedPromotion with(AwaitedPromotion promotion, String name) {
    if (promotion.acknowledged().contains(name)) {
      return promotion;
    }
    List<String> acknowledged = new ArrayList<>(promotion.acknowledged());
    acknowledged.add(name);
    return new AwaitedPromotion(
        promotion.version(),
        promotion.snapshotId(),
        promotion.proposalId(),
        promotion.recordedAtMs(),
        acknowledged);
  }

  private static String name(String operator, SectorSignal signal) {
    return operator + "/" + signal.parallelism() + "/" + signal.subtask();
  }
}
