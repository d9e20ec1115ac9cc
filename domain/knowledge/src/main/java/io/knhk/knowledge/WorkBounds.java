package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledType;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Q4: the steps of hot checks are few, and the warm work of the change - looking up what it
 * reaches, compiling what it affects, broadcasting the result - is counted, priced and within its
 * limit.
 */
final class WorkBounds {
  static final String NAME = "Q4";
  private static final String ASKS = "hot steps and warm work are bounded";

  private static final double NS_A_MS = 1_000_000;

  private WorkBounds() {}

  static Invariant check(CompiledChange change, ValidationLimits limits) {
    ValidationLimits.Costs costs = limits.costs();
    long properties = 0;
    long hotSteps = 0;
    for (CompiledType type : change.typesAfter().values()) {
      properties += 1 + type.properties().size();
      hotSteps = Math.max(hotSteps, HotSteps.ofValue(type));
      for (CompiledProperty property : type.properties()) {
        hotSteps = Math.max(hotSteps, HotSteps.of(property));
      }
    }
    double warmNs =
        change.nodes() * costs.nodeNs()
            + properties * costs.propertyNs()
            + change.typesBytes() * costs.compiledByteNs();
    List<Witness> witnesses = new ArrayList<>();
    if (hotSteps > limits.hotStepsMax()) {
      witnesses.add(
          new Witness(
              "",
              "",
              "expected few hot steps: steps=" + hotSteps + ", limit=" + limits.hotStepsMax()));
    }
    if (warmNs > limits.warmWorkMsMax() * NS_A_MS) {
      witnesses.add(
          new Witness(
              "",
              "",
              "expected bounded warm work: ms="
                  + ms(warmNs)
                  + ", limit="
                  + limits.warmWorkMsMax()
                  + ", nodes="
                  + change.nodes()
                  + ", properties="
                  + properties
                  + ", bytes="
                  + change.typesBytes(),
              "",
              "split the change"));
    }
    SortedMap<String, Long> figures = new TreeMap<>();
    figures.put("hotSteps", hotSteps);
    figures.put("nodes", change.nodes());
    figures.put("properties", properties);
    figures.put("compiledBytes", change.typesBytes());
    figures.put("warmWorkMs", ms(warmNs));
    return new Invariant(NAME, ASKS, figures, witnesses, List.of());
  }

  /** Rounded up. */
  static long ms(double ns) {
    return (long) Math.ceil(ns / NS_A_MS);
  }
}
