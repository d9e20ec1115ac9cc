package io.knhk.knowledge;

import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Observation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts what a compiled check does, in steps: one step is one comparison, or one look into a table
 * that a core has at hand.
 *
 * <pre>
 *   event type      1 to find it
 *   value           1 for each bound that is stated
 *   attribute       1 to find it, 1 for its datatype, 1 more when it is required, 1 for each bound,
 *                   1 for each 64 texts that are allowed, or part of that
 * </pre>
 *
 * A table of 64 texts is about what stays in a core's first cache beside everything else that is
 * hot; each 64 more make one more miss likely, so a long list of allowed texts is what takes a
 * check beyond its limit. The bytes of a text are counted apart, by the performance stage.
 */
final class HotSteps {
  /** Allowed texts of one step. */
  static final int ALLOWED_A_STEP = 64;

  private HotSteps() {}

  static int ofValue(CompiledType type) {
    return bound(type.valueMin()) + bound(type.valueMax());
  }

  static int of(CompiledProperty property) {
    return 2
        + (property.required() ? 1 : 0)
        + bound(property.min())
        + bound(property.max())
        + (property.allowed().size() + ALLOWED_A_STEP - 1) / ALLOWED_A_STEP;
  }

  /** Steps of checking a whole observation against its type. */
  static long of(Map<String, CompiledProperty> properties, CompiledType type, Observation seen) {
    long steps = 1L + ofValue(type);
    for (Attribute attribute : seen.attributes()) {
      CompiledProperty property = properties.get(attribute.name());
      steps += property == null ? 1 : of(property);
    }
    return steps;
  }

  /**
   * Bytes of text that checking an observation hashes or compares: names always, a text where only
   * some are allowed.
   */
  static long bytes(Map<String, CompiledProperty> properties, Observation seen) {
    long bytes = seen.eventType().length();
    for (Attribute attribute : seen.attributes()) {
      CompiledProperty property = properties.get(attribute.name());
      bytes += attribute.name().length();
      if (property != null && !property.allowed().isEmpty()) {
        bytes += attribute.text().length();
      }
    }
    return bytes;
  }

  static Map<String, CompiledProperty> byName(List<CompiledProperty> properties) {
    Map<String, CompiledProperty> byName = new HashMap<>();
    properties.forEach(property -> byName.put(property.name(), property));
    return byName;
  }

  private static int bound(double bound) {
    return Double.isInfinite(bound) ? 0 : 1;
  }
}
