package io.knhk.knowledge;

import io.knhk.knowledge.check.ObservationCheck;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.observation.Observation;
import io.knhk.schemas.observation.SampledObservation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether the change weakens what a guard protects without a relaxation in force. See {@link
 * Guards} for what that means. For a guard of constraints, what would newly conform is shown: an
 * observation of the recent sample, else one made up at the boundary.
 */
final class GuardsStage {
  static final String NAME = "guards";

  private static final String CHECKED =
      "no guard protects less than before, in effect, unless a relaxation of it is in force";

  private GuardsStage() {}

  static StageResult check(Candidate candidate, CompiledChange change) {
    List<Witness> witnesses = new ArrayList<>();
    List<Witness> remarks = new ArrayList<>();
    long guards = 0;
    long relaxed = 0;
    long probed = 0;
    ObservationCheck before = TypeSoundness.checkOf(change.typesBefore().values());
    ObservationCheck after = TypeSoundness.checkOf(change.typesAfter().values());
    for (CompiledChange.ClassChange affected : change.classes()) {
      for (Guard guard : affected.guardsBefore()) {
        guards++;
        List<Witness> weakened = Guards.weakened(change, guard);
        if (guard.figures().isEmpty()) {
          List<SampledObservation> recent =
              candidate.context().recent().getOrDefault(guard.eventType(), List.of());
          probed += recent.size();
          Optional<Witness> shown = shown(guard, before, after, recent);
          if (shown.isEmpty() && !weakened.isEmpty()) {
            shown = Probe.of(change, guard).map(probe -> witness(guard, probe, "made up"));
          }
          shown.ifPresent(weakened::add);
        }
        if (candidate.context().relaxedGuards().contains(guard.iri())) {
          relaxed++;
          remarks.addAll(weakened);
        } else if (Guards.takesApproval(change, guard)) {
          remarks.addAll(weakened);
        } else {
          witnesses.addAll(weakened);
        }
      }
    }
    SortedMap<String, Long> figures = new TreeMap<>();
    figures.put("guards", guards);
    figures.put("relaxed", relaxed);
    figures.put("observations", probed);
    figures.put("weakenings", (long) witnesses.size());
    return witnesses.isEmpty()
        ? new StageResult.Passed(NAME, CHECKED, figures, remarks)
        : new StageResult.Failed(NAME, CHECKED, figures, witnesses);
  }

  private static Optional<Witness> shown(
      Guard guard,
      ObservationCheck before,
      ObservationCheck after,
      List<SampledObservation> recent) {
    for (SampledObservation seen : recent) {
      if (conformsNewly(before, after, seen.observation())) {
        return Optional.of(witness(guard, seen.observation(), TypeSoundness.source(seen)));
      }
    }
    return Optional.empty();
  }

  /** An attribute that was not known is no reason why it did not conform. */
  static boolean conformsNewly(
      ObservationCheck before, ObservationCheck after, Observation observation) {
    List<Mismatch> was = new ArrayList<>();
    before.check(observation, was);
    List<Mismatch> is = new ArrayList<>();
    after.check(observation, is);
    was.removeIf(mismatch -> mismatch.kind() == MismatchKind.UNKNOWN_ATTRIBUTE);
    return !was.isEmpty() && is.isEmpty();
  }

  private static Witness witness(Guard guard, Observation observation, String source) {
    StringBuilder text = new StringBuilder("value=").append(Terms.plain(observation.value()));
    observation
        .attributes()
        .forEach(a -> text.append(", ").append(a.name()).append('=').append(a.text()));
    return new Witness(
        guard.eventType(),
        "",
        "expected an observation that did not conform not to conform after: " + text,
        source,
        Guards.mend(guard));
  }
}
