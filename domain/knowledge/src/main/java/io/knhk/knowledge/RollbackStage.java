package io.knhk.knowledge;

import io.knhk.knowledge.Snapshot.Applied;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.observation.SampledObservation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether the change can be taken back exactly: applied and inverted in the shadow, the head's id
 * comes out again. And whether nobody would miss what it removes: an event type or an attribute
 * that recent observations carry may not go, unless the change is itself a way back.
 *
 * <p>No other sector can use what is removed, since no sector may point at another's terms; the
 * stage counts the removed triples that are about another sector's, which that makes none.
 */
final class RollbackStage {
  static final String NAME = "rollback";

  private static final String CHECKED =
      "the delta applied and inverted gives the head's id again, and what it removes is in no recent observation";

  private RollbackStage() {}

  /**
   * @param change null when what the delta leads to does not compile
   */
  static StageResult check(Candidate candidate, Snapshot shadow, @Nullable CompiledChange change) {
    Snapshot head = candidate.head();
    SortedMap<String, Long> figures = new TreeMap<>();
    figures.put("triplesBefore", (long) head.size());
    figures.put("triplesAfter", (long) shadow.size());
    List<Witness> witnesses = new ArrayList<>();
    inverted(candidate, shadow, witnesses);
    List<Witness> used = new ArrayList<>();
    if (change != null) {
      removed(candidate, change, figures, used);
    }
    figures.put("otherSectorsTriplesRemoved", otherSectors(candidate.proposal()));
    if (!candidate.proposal().rule().equals(Proposal.ROLLBACK)) {
      witnesses.addAll(used);
    }
    return witnesses.isEmpty()
        ? new StageResult.Passed(NAME, CHECKED, figures, used)
        : new StageResult.Failed(NAME, CHECKED, figures, witnesses);
  }

  private static void inverted(Candidate candidate, Snapshot shadow, List<Witness> witnesses) {
    Applied back = shadow.apply(candidate.proposal().delta().inverse());
    if (back instanceof Applied.Refused refused) {
      witnesses.add(new Witness(shadow.id(), "", refused.detail()));
      return;
    }
    String found = ((Applied.Changed) back).snapshot().id();
    if (!found.equals(candidate.head().id())) {
      witnesses.add(
          new Witness(
              shadow.id(),
              "",
              "expected the head's id: head=" + candidate.head().id() + ", found=" + found));
    }
  }

  private static void removed(
      Candidate candidate,
      CompiledChange change,
      SortedMap<String, Long> figures,
      List<Witness> used) {
    long types = 0;
    long attributes = 0;
    long guards = 0;
    SortedMap<String, CompiledType> after = change.typesAfter();
    for (Map.Entry<String, CompiledType> type : change.typesBefore().entrySet()) {
      List<SampledObservation> recent =
          candidate.context().recent().getOrDefault(type.getKey(), List.of());
      CompiledType now = after.get(type.getKey());
      if (now == null) {
        types++;
        use(type.getKey(), "", recent, used);
      } else {
        for (Difference difference : Difference.between(type.getValue(), now)) {
          if (difference.kind() == Difference.Kind.ATTRIBUTE_REMOVED) {
            attributes++;
            use(type.getKey(), difference.attribute(), recent, used);
          }
        }
      }
    }
    for (CompiledChange.ClassChange affected : change.classes()) {
      for (Guard guard : affected.guardsBefore()) {
        guards += GuardPreservation.after(change, guard).isPresent() ? 0 : 1;
      }
    }
    figures.put("eventTypesRemoved", types);
    figures.put("attributesRemoved", attributes);
    figures.put("guardsRemoved", guards);
    figures.put("removedButUsed", (long) used.size());
  }

  private static void use(
      String type, String attribute, List<SampledObservation> recent, List<Witness> used) {
    long carrying = 0;
    String source = "";
    for (SampledObservation seen : recent) {
      if (attribute.isEmpty() || carries(seen, attribute)) {
        carrying++;
        source = TypeSoundness.source(seen);
      }
    }
    if (carrying > 0) {
      used.add(
          new Witness(
              type,
              attribute,
              "expected nothing removed that is still observed: observations=" + carrying,
              source,
              "stop sending it first"));
    }
  }

  private static boolean carries(SampledObservation seen, String attribute) {
    return seen.observation().attributes().stream().anyMatch(a -> a.name().equals(attribute));
  }

  private static long otherSectors(Proposal proposal) {
    String own = Vocabulary.ROOT + proposal.sector();
    return proposal.delta().removed().stream()
        .filter(line -> line.startsWith("<" + Vocabulary.ROOT))
        .filter(line -> !line.startsWith("<" + own))
        .count();
  }
}
