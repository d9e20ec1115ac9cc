package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.ObservationLimits;
import io.knhk.schemas.observation.SampledObservation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What checking an observation costs after the change: steps and bytes are counted on the recent
 * sample of each event type affected, times calibrated costs, and the dearest observation is held
 * against the budget. Where nothing was sampled, the dearest observation that the type allows
 * stands in. What was measured decides nothing.
 */
final class PerformanceStage {
  static final String NAME = "performance";

  private static final String CHECKED =
      "counted steps and bytes of checking an observation, times calibrated costs, are within the budget";

  /** Characters of a text where nothing was sampled. */
  private static final int TEXT_CHARS = 64;

  private PerformanceStage() {}

  static StageResult check(Candidate candidate, CompiledChange change, ValidationLimits limits) {
    ValidationLimits.Costs costs = limits.costs();
    List<Witness> witnesses = new ArrayList<>();
    long observations = 0;
    long steps = 0;
    long bytes = 0;
    long stepsHighest = 0;
    long nsHighest = 0;
    for (CompiledType type : change.typesAfter().values()) {
      Map<String, CompiledProperty> properties = HotSteps.byName(type.properties());
      Cost dearest = new Cost(0, 0, "");
      List<SampledObservation> recent =
          candidate.context().recent().getOrDefault(type.name(), List.of());
      for (SampledObservation seen : recent) {
        Observation observation = seen.observation();
        Cost cost =
            new Cost(
                HotSteps.of(properties, type, observation),
                HotSteps.bytes(properties, observation),
                TypeSoundness.source(seen));
        observations++;
        steps += cost.steps;
        bytes += cost.bytes;
        dearest = cost.ns(costs) > dearest.ns(costs) ? cost : dearest;
      }
      if (recent.isEmpty()) {
        dearest = dearestAllowed(type);
      }
      stepsHighest = Math.max(stepsHighest, dearest.steps);
      nsHighest = Math.max(nsHighest, dearest.ns(costs));
      if (dearest.ns(costs) > limits.observationNsMax()) {
        witnesses.add(
            new Witness(
                type.name(),
                "",
                "expected a cheap check of an observation: ns="
                    + dearest.ns(costs)
                    + ", limit="
                    + limits.observationNsMax()
                    + ", steps="
                    + dearest.steps
                    + ", bytes="
                    + dearest.bytes,
                dearest.source,
                "fewer attributes, or shorter lists of allowed texts"));
      }
    }
    SortedMap<String, Long> figures = new TreeMap<>();
    figures.put("observations", observations);
    figures.put("steps", steps);
    figures.put("bytes", bytes);
    figures.put("stepsHighest", stepsHighest);
    figures.put("nsHighest", nsHighest);
    figures.put("nsBudget", limits.observationNsMax());
    return witnesses.isEmpty()
        ? new StageResult.Passed(NAME, CHECKED, figures)
        : new StageResult.Failed(NAME, CHECKED, figures, witnesses);
  }

  /** As many attributes as an observation may carry, the dearest of the type. */
  private static Cost dearestAllowed(CompiledType type) {
    List<CompiledProperty> dearest = new ArrayList<>(type.properties());
    dearest.sort(
        Comparator.comparingInt((CompiledProperty property) -> -HotSteps.of(property))
            .thenComparing(CompiledProperty::name));
    long steps = 1L + HotSteps.ofValue(type);
    long bytes = type.name().length();
    for (CompiledProperty property :
        dearest.subList(0, Math.min(dearest.size(), ObservationLimits.ATTRIBUTES_MAX))) {
      steps += HotSteps.of(property);
      bytes += property.name().length() + (property.allowed().isEmpty() ? 0 : TEXT_CHARS);
    }
    return new Cost(steps, bytes, "the dearest that the type allows");
  }

  private record Cost(long steps, long bytes, String source) {
    long ns(ValidationLimits.Costs costs) {
      return (long) Math.ceil(steps * costs.stepNs() + bytes * costs.byteNs());
    }
  }
}
