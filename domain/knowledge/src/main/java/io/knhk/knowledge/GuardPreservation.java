package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Q3: every guard that an affected class had, its event type still has, unless it is relaxed; and
 * no compiled check of an affected type takes more steps than it may. Whether a guard that is there
 * still protects what it did is the guards stage's question.
 */
final class GuardPreservation {
  static final String NAME = "Q3";
  private static final String ASKS =
      "guard preservation: guards stay, and no hot check is beyond its steps";

  private GuardPreservation() {}

  static Invariant check(Candidate candidate, CompiledChange change, int stepsMax) {
    List<Witness> witnesses = new ArrayList<>();
    Set<String> relaxed = candidate.context().relaxedGuards();
    long guards = 0;
    long kept = 0;
    for (CompiledChange.ClassChange affected : change.classes()) {
      for (Guard guard : affected.guardsBefore()) {
        guards++;
        if (after(change, guard).isPresent()) {
          kept++;
        } else if (!relaxed.contains(guard.iri())) {
          witnesses.add(
              new Witness(
                  guard.eventType(),
                  guard.name(),
                  "expected the guard to stay: guard=" + guard.name(),
                  guard.iri(),
                  Guards.mend(guard)));
        }
      }
    }
    long checks = 0;
    long stepsHighest = 0;
    for (CompiledType type : change.typesAfter().values()) {
      checks++;
      stepsHighest = Math.max(stepsHighest, HotSteps.ofValue(type));
      for (CompiledProperty property : type.properties()) {
        checks++;
        int steps = HotSteps.of(property);
        stepsHighest = Math.max(stepsHighest, steps);
        if (steps > stepsMax) {
          witnesses.add(
              new Witness(
                  type.name(),
                  property.name(),
                  "expected a hot check of few steps: steps=" + steps + ", limit=" + stepsMax,
                  "",
                  property.allowed().size() > HotSteps.ALLOWED_A_STEP
                      ? "allow fewer texts: " + property.allowed().size() + " are stated"
                      : "state fewer constraints of it"));
        }
      }
    }
    SortedMap<String, Long> figures = new TreeMap<>();
    figures.put("guards", guards);
    figures.put("guardsKept", kept);
    figures.put("checks", checks);
    figures.put("stepsHighest", stepsHighest);
    return new Invariant(NAME, ASKS, figures, witnesses, List.of());
  }

  /** The guard after the change, where the event type that it guarded still has it. */
  static Optional<Guard> after(CompiledChange change, Guard guard) {
    for (CompiledChange.ClassChange affected : change.classes()) {
      for (Guard now : affected.guardsAfter()) {
        if (now.iri().equals(guard.iri()) && now.eventType().equals(guard.eventType())) {
          return Optional.of(now);
        }
      }
    }
    return Optional.empty();
  }
}
