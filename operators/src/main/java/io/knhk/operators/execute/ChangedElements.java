package io.knhk.operators.execute;

import io.knhk.knowledge.CompiledChange;
import io.knhk.knowledge.CompiledChange.ClassChange;
import io.knhk.knowledge.Guard;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.Elements;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Elements} that a change is about, by what it does to event types and guards and not by
 * what it says: so that a pattern which was seen before the change is known to be out of date,
 * whoever made it.
 */
final class ChangedElements {
  private ChangedElements() {}

  static SortedSet<String> of(CompiledChange change) {
    SortedSet<String> elements = new TreeSet<>();
    for (ClassChange each : change.classes()) {
      types(each.before(), each.after(), elements);
      guards(each, elements);
    }
    return elements;
  }

  /** Names of the event types that the change does something to. */
  static SortedSet<String> eventTypes(CompiledChange change) {
    SortedSet<String> names = new TreeSet<>();
    for (ClassChange each : change.classes()) {
      if (!Objects.equals(each.before(), each.after())
          || !each.guardsBefore().equals(each.guardsAfter())) {
        names.add(each.eventType());
      }
    }
    return names;
  }

  private static void types(
      @Nullable CompiledType before, @Nullable CompiledType after, Set<String> elements) {
    if (before == null || after == null || !before.name().equals(after.name())) {
      for (CompiledType type : new CompiledType[] {before, after}) {
        if (type != null) {
          elements.add(Elements.type(type.name()));
        }
      }
      return;
    }
    String name = after.name();
    if (before.valueMin() != after.valueMin() || before.valueMax() != after.valueMax()) {
      elements.add(Elements.value(name));
    }
    if (before.decimals() != after.decimals()
        || before.watchEachSubject() != after.watchEachSubject()) {
      elements.add(Elements.type(name));
    }
    Map<String, CompiledProperty> old = new HashMap<>();
    before.properties().forEach(property -> old.put(property.name(), property));
    for (CompiledProperty property : after.properties()) {
      if (!property.equals(old.remove(property.name()))) {
        elements.add(Elements.attribute(name, property.name()));
      }
    }
    old.keySet().forEach(gone -> elements.add(Elements.attribute(name, gone)));
  }

  private static void guards(ClassChange change, Set<String> elements) {
    Set<Guard> same = new HashSet<>(change.guardsBefore());
    same.retainAll(change.guardsAfter());
    for (List<Guard> guards : List.of(change.guardsBefore(), change.guardsAfter())) {
      for (Guard guard : guards) {
        if (!same.contains(guard)) {
          elements.add(Elements.guard(change.eventType(), guard.name()));
        }
      }
    }
  }
}
