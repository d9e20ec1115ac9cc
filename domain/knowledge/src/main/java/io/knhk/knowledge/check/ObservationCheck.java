package io.knhk.knowledge.check;

import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.observation.Observation;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says how an observation differs from a snapshot: its event type is looked up, then its value and
 * each of its attributes is compared with a few primitive bounds. Nothing is allocated for an
 * observation that conforms.
 *
 * <p>Mismatches come out in one order: the value, the attributes as sent, then the missing
 * attributes by name; at most one for each of them. An unknown event type is one mismatch, and
 * nothing else about that observation is looked at.
 *
 * <p>Immutable; any thread.
 */
public final class ObservationCheck {
  private final Map<String, TypeCheck> types;

  private ObservationCheck(Map<String, TypeCheck> types) {
    this.types = types;
  }

  public static ObservationCheck of(CompiledSnapshot snapshot) {
    return ofTypes(snapshot.types());
  }

  /** Against these event types alone. */
  public static ObservationCheck ofTypes(Collection<CompiledType> compiled) {
    Map<String, TypeCheck> types = new HashMap<>(compiled.size() * 2);
    for (CompiledType type : compiled) {
      types.put(type.name(), new TypeCheck(type));
    }
    return new ObservationCheck(types);
  }

  /** What the snapshot says of an event type, null if it does not know it. */
  public @Nullable CompiledType type(String eventType) {
    TypeCheck check = types.get(eventType);
    return check == null ? null : check.type;
  }

  /** Adds to {@code out} each way in which the observation does not conform; nothing if it does. */
  public void check(Observation observation, List<Mismatch> out) {
    TypeCheck type = types.get(observation.eventType());
    if (type == null) {
      out.add(
          new Mismatch(MismatchKind.UNKNOWN_EVENT_TYPE, "", Datatype.DECIMAL, observation.value()));
      return;
    }
    type.check(observation, out);
  }

  private static final class TypeCheck {
    private final CompiledType type;
    private final double min;
    private final double max;
    private final Map<String, PropertyCheck> properties;
    private final int required;

    TypeCheck(CompiledType type) {
      this.type = type;
      this.min = type.valueMin();
      this.max = type.valueMax();
      this.properties = new HashMap<>(type.properties().size() * 2);
      int required = 0;
      for (CompiledProperty property : type.properties()) {
        properties.put(property.name(), new PropertyCheck(property));
        required += property.required() ? 1 : 0;
      }
      this.required = required;
    }

    void check(Observation observation, List<Mismatch> out) {
      double value = observation.value();
      if (!(value >= min && value <= max)) {
        out.add(new Mismatch(MismatchKind.VALUE_OUT_OF_RANGE, "", Datatype.DECIMAL, value));
      }
      List<Attribute> attributes = observation.attributes();
      int requiredSeen = 0;
      for (int i = 0; i < attributes.size(); i++) {
        Attribute attribute = attributes.get(i);
        PropertyCheck property = properties.get(attribute.name());
        if (property == null) {
          out.add(mismatch(MismatchKind.UNKNOWN_ATTRIBUTE, attribute));
        } else {
          requiredSeen += property.required ? 1 : 0;
          property.check(attribute, out);
        }
      }
      if (requiredSeen < required) {
        missing(attributes, out);
      }
    }

    private void missing(List<Attribute> attributes, List<Mismatch> out) {
      Set<String> sent = new HashSet<>();
      for (Attribute attribute : attributes) {
        sent.add(attribute.name());
      }
      for (CompiledProperty property : type.properties()) {
        if (property.required() && !sent.contains(property.name())) {
          out.add(
              new Mismatch(
                  MismatchKind.MISSING_ATTRIBUTE,
                  property.name(),
                  property.datatype(),
                  Double.NaN));
        }
      }
    }
  }

  private static final class PropertyCheck {
    private final Datatype datatype;
    private final boolean required;
    private final boolean bounded;
    private final double min;
    private final double max;
    private final @Nullable Set<String> allowed;

    PropertyCheck(CompiledProperty property) {
      this.datatype = property.datatype();
      this.required = property.required();
      this.min = property.min();
      this.max = property.max();
      this.bounded = min > Double.NEGATIVE_INFINITY || max < Double.POSITIVE_INFINITY;
      this.allowed = property.allowed().isEmpty() ? null : new HashSet<>(property.allowed());
    }

    void check(Attribute attribute, List<Mismatch> out) {
      if (!datatype.accepts(attribute.datatype())) {
        out.add(mismatch(MismatchKind.WRONG_DATATYPE, attribute));
      } else if (allowed != null && !allowed.contains(attribute.text())) {
        out.add(mismatch(MismatchKind.VALUE_NOT_ALLOWED, attribute));
      } else if (bounded && !(attribute.number() >= min && attribute.number() <= max)) {
        out.add(mismatch(MismatchKind.ATTRIBUTE_OUT_OF_RANGE, attribute));
      }
    }
  }

  private static Mismatch mismatch(MismatchKind kind, Attribute attribute) {
    return new Mismatch(kind, attribute.name(), attribute.datatype(), attribute.number());
  }
}
