package io.knhk.knowledge;

import io.knhk.knowledge.doctrine.Scope;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.Proposal;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a change does and to which event types, as doctrine and governance ask. */
public final class ChangeScope {
  private ChangeScope() {}

  /**
   * By its effect, not by what its author says of it: it loosens too when something conforms that
   * did not, an event type goes, or a guard protects less.
   */
  public static Scope of(Proposal proposal, CompiledChange change) {
    SortedSet<String> eventTypes = new TreeSet<>();
    for (CompiledChange.ClassChange affected : change.classes()) {
      eventTypes.add(affected.eventType());
      if (affected.after() != null) {
        eventTypes.add(affected.after().name());
      }
    }
    return Scope.of(proposal.delta(), proposal.loosens() || loosens(change), eventTypes);
  }

  static boolean loosens(CompiledChange change) {
    for (CompiledChange.ClassChange affected : change.classes()) {
      CompiledType before = affected.before();
      CompiledType after = affected.after();
      if (before != null && after == null) {
        return true;
      }
      if (before != null
          && after != null
          && Difference.between(before, after).stream().anyMatch(Guards::weakens)) {
        return true;
      }
    }
    return GuardImpact.of(change).stream().anyMatch(GuardImpact::weakened);
  }
}
