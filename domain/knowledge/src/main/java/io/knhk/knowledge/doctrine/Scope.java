package io.knhk.knowledge.doctrine;

import io.knhk.schemas.knowledge.Delta;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a change does, and to which event types.
 *
 * @param eventTypes names of those it is about; empty when that is not known, and then every rule
 *     of event types applies
 */
public record Scope(SortedSet<Effect> effects, SortedSet<String> eventTypes) {
  /** Event types that are kept by name; a change of more is one of all. */
  public static final int EVENT_TYPES_MAX = 100;

  public Scope {
    effects = Collections.unmodifiableSortedSet(new TreeSet<>(effects));
    eventTypes =
        Collections.unmodifiableSortedSet(
            eventTypes.size() > EVENT_TYPES_MAX ? new TreeSet<>() : new TreeSet<>(eventTypes));
  }

  /**
   * Of a change of triples.
   *
   * @param loosens whether what did not conform would conform
   */
  public static Scope of(Delta delta, boolean loosens, Collection<String> eventTypes) {
    SortedSet<Effect> effects = new TreeSet<>();
    if (!delta.added().isEmpty()) {
      effects.add(Effect.ADDITION);
    }
    if (!delta.removed().isEmpty()) {
      effects.add(Effect.REMOVAL);
    }
    if (loosens) {
      effects.add(Effect.LOOSENING);
    }
    return new Scope(effects, new TreeSet<>(eventTypes));
  }

  /** Whether a rule that names these is about this change. */
  boolean isCoveredBy(AppliesTo appliesTo, Glob glob) {
    return appliesTo.covers(this)
        && (eventTypes.isEmpty() || eventTypes.stream().anyMatch(glob::matches));
  }
}
