package io.knhk.knowledge;

import io.knhk.schemas.knowledge.Elements;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a change is about, for those who want to know whether it is about them. Each list in order.
 *
 * @param eventTypes whose checks, watching or guards are not what they were
 * @param attributes likewise, as {@link Elements} names them
 * @param guards likewise, their IRIs
 */
public record Affected(List<String> eventTypes, List<String> attributes, List<String> guards) {
  public Affected {
    eventTypes = List.copyOf(eventTypes);
    attributes = List.copyOf(attributes);
    guards = List.copyOf(guards);
  }

  public static Affected by(CompiledChange change) {
    Set<String> types = new TreeSet<>();
    Set<String> attributes = new TreeSet<>();
    Set<String> guards = new TreeSet<>();
    for (CompiledChange.ClassChange affected : change.classes()) {
      if (!affected.changes()) {
        continue;
      }
      if (affected.before() != null) {
        types.add(affected.before().name());
      }
      if (affected.after() != null) {
        types.add(affected.after().name());
      }
      for (Difference difference : affected.differences()) {
        if (difference.isOfAttribute()) {
          attributes.add(Elements.attribute(affected.eventType(), difference.attribute()));
        }
      }
      affected.guardsBefore().stream()
          .filter(guard -> !affected.guardsAfter().contains(guard))
          .forEach(guard -> guards.add(guard.iri()));
      affected.guardsAfter().stream()
          .filter(guard -> !affected.guardsBefore().contains(guard))
          .forEach(guard -> guards.add(guard.iri()));
    }
    return new Affected(List.copyOf(types), List.copyOf(attributes), List.copyOf(guards));
  }
}
