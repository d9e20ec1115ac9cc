package io.knhk.knowledge;

import io.knhk.knowledge.check.ObservationCheck;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.observation.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes up an observation that conforms after a change and did not before: one that conforms after,
 * with one thing moved to where the change made room.
 */
final class Probe {
  private final CompiledType before;
  private final CompiledType after;
  private final Map<String, CompiledProperty> wasByName;

  private Probe(CompiledType before, CompiledType after) {
    this.before = before;
    this.after = after;
    this.wasByName = HotSteps.byName(before.properties());
  }

  /** Empty when none of those tried does. */
  static Optional<Observation> of(CompiledChange change, Guard guard) {
    CompiledType before = change.typesBefore().get(guard.eventType());
    CompiledType after = change.typesAfter().get(guard.eventType());
    return before == null || after == null ? Optional.empty() : new Probe(before, after).find();
  }

  private Optional<Observation> find() {
    ObservationCheck was = ObservationCheck.ofTypes(List.of(before));
    ObservationCheck is = ObservationCheck.ofTypes(List.of(after));
    for (Observation probe : probes()) {
      if (GuardsStage.conformsNewly(was, is, probe)) {
        return Optional.of(probe);
      }
    }
    return Optional.empty();
  }

  private List<Observation> probes() {
    Map<String, Attribute> required = new TreeMap<>();
    for (CompiledProperty property : after.properties()) {
      if (property.required()) {
        required.put(property.name(), values(property).get(0));
      }
    }
    double inside = inside(after.valueMin(), after.valueMax());
    List<Observation> probes = new ArrayList<>();
    probes.add(observation(inside, required));
    for (double value :
        edges(after.valueMin(), after.valueMax(), before.valueMin(), before.valueMax())) {
      probes.add(observation(value, required));
    }
    for (CompiledProperty property : after.properties()) {
      for (Attribute attribute : values(property)) {
        Map<String, Attribute> with = new TreeMap<>(required);
        with.put(property.name(), attribute);
        probes.add(observation(inside, with));
      }
    }
    return probes;
  }

  /** Values of an attribute at the edges of what is accepted after. */
  private List<Attribute> values(CompiledProperty property) {
    String name = property.name();
    CompiledProperty was = wasByName.get(name);
    List<Attribute> values = new ArrayList<>();
    for (String text : property.allowed()) {
      if (was == null || !was.allowed().contains(text)) {
        values.add(typed(name, property.datatype(), text));
      }
    }
    if (!property.allowed().isEmpty()) {
      values.add(typed(name, property.datatype(), property.allowed().get(0)));
      return values;
    }
    switch (property.datatype()) {
      case STRING -> values.add(Attribute.ofText(name, "(any other text)"));
      case BOOLEAN -> values.add(Attribute.ofBoolean(name, true));
      case INTEGER, DECIMAL -> {
        boolean integer = property.datatype() == Datatype.INTEGER;
        double wasMin = was == null ? property.min() : was.min();
        double wasMax = was == null ? property.max() : was.max();
        values.add(number(name, inside(property.min(), property.max()), integer));
        for (double edge : edges(property.min(), property.max(), wasMin, wasMax)) {
          values.add(number(name, edge, integer));
        }
        if (!integer) {
          values.add(number(name, inside(property.min(), property.max()) + 0.5, false));
        }
      }
    }
    return values;
  }

  private static Attribute typed(String name, Datatype datatype, String text) {
    return switch (datatype) {
      case STRING -> Attribute.ofText(name, text);
      case BOOLEAN -> Attribute.ofBoolean(name, text.equals("true"));
      case INTEGER, DECIMAL ->
          Attribute.ofNumber(name, text, parsed(text), datatype == Datatype.INTEGER);
    };
  }

  private static double parsed(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static Attribute number(String name, double value, boolean integer) {
    double shown = integer ? Math.rint(value) : value;
    return Attribute.ofNumber(name, Terms.plain(shown), shown, integer);
  }

  private static double inside(double min, double max) {
    if (min <= 0 && max >= 0) {
      return 0;
    }
    return Double.isInfinite(min) ? max : min;
  }

  /** The edges after, and just beyond those before. */
  private static List<Double> edges(double min, double max, double wasMin, double wasMax) {
    List<Double> edges = new ArrayList<>();
    for (double edge :
        new double[] {
          min, max, wasMin - 1, wasMax + 1, Math.nextDown(wasMin), Math.nextUp(wasMax)
        }) {
      if (!Double.isInfinite(edge) && edge >= min && edge <= max) {
        edges.add(edge);
      }
    }
    return edges;
  }

  private Observation observation(double value, Map<String, Attribute> attributes) {
    return new Observation(
        "", "", "", 0, "", after.name(), value, false, List.copyOf(attributes.values()));
  }
}
