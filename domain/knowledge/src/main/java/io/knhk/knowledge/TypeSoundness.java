package io.knhk.knowledge;

import io.knhk.knowledge.check.ObservationCheck;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.observation.SampledObservation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Q2: of the recent observations that conformed to the head, no more than a small share fails after
 * the change, for each event type that it affects. On a way back what would fail is a remark: what
 * is observed now has often been learned from what is taken back.
 */
final class TypeSoundness {
  static final String NAME = "Q2";
  private static final String ASKS =
      "type soundness: recent observations that conformed go on conforming";

  private TypeSoundness() {}

  static Invariant check(Candidate candidate, CompiledChange change, double shareMax) {
    ObservationCheck before = checkOf(change.typesBefore().values());
    ObservationCheck after = checkOf(change.typesAfter().values());
    SortedMap<String, Long> figures = new TreeMap<>();
    long sampled = 0;
    long conformed = 0;
    long failing = 0;
    List<Witness> witnesses = new ArrayList<>();
    for (String type : change.typesBefore().keySet()) {
      long ofType = 0;
      List<Witness> ofTypeFailing = new ArrayList<>();
      for (SampledObservation seen : candidate.context().recent().getOrDefault(type, List.of())) {
        sampled++;
        if (mismatches(before, seen).isEmpty()) {
          ofType++;
          List<Mismatch> now = mismatches(after, seen);
          if (!now.isEmpty()) {
            ofTypeFailing.add(witness(seen, now.get(0)));
          }
        }
      }
      conformed += ofType;
      failing += ofTypeFailing.size();
      if (ofTypeFailing.size() > shareMax * ofType) {
        witnesses.add(
            new Witness(
                type,
                "",
                "expected recent observations to go on conforming: failing="
                    + ofTypeFailing.size()
                    + ", conformed="
                    + ofType
                    + ", limit="
                    + shareMax,
                "",
                "state what is still observed, or change what is sent first"));
        witnesses.addAll(ofTypeFailing.subList(0, Math.min(3, ofTypeFailing.size())));
      }
    }
    figures.put("sampled", sampled);
    figures.put("conformedBefore", conformed);
    figures.put("failAfter", failing);
    return candidate.proposal().rule().equals(Proposal.ROLLBACK)
        ? new Invariant(NAME, ASKS, figures, List.of(), witnesses)
        : new Invariant(NAME, ASKS, figures, witnesses, List.of());
  }

  static ObservationCheck checkOf(Collection<CompiledType> types) {
    return ObservationCheck.ofTypes(types);
  }

  static List<Mismatch> mismatches(ObservationCheck check, SampledObservation seen) {
    List<Mismatch> out = new ArrayList<>();
    check.check(seen.observation(), out);
    return out;
  }

  /** Where an observation is to be found. */
  static String source(SampledObservation seen) {
    return seen.observation().source()
        + "/"
        + seen.observation().id()
        + " at partition "
        + seen.partition()
        + ", offset "
        + seen.offset();
  }

  private static Witness witness(SampledObservation seen, Mismatch first) {
    return new Witness(
        seen.observation().eventType(),
        first.attribute(),
        "expected an observation that conformed to conform: " + first.kind(),
        source(seen),
        "");
  }
}
