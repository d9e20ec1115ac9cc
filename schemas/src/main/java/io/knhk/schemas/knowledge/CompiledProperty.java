package io.knhk.schemas.knowledge;

import io.knhk.schemas.observation.Datatype;
import java.util.List;

/**
 * What an attribute of an event type must be.
 *
 * @param min smallest number allowed, -infinity when unbounded
 * @param max largest number allowed, +infinity when unbounded
 * @param allowed the only texts allowed; empty: any
 */
public record CompiledProperty(
    String name,
    Datatype datatype,
    boolean required,
    double min,
    double max,
    List<String> allowed) {
  public CompiledProperty {
    allowed = List.copyOf(allowed);
  }
}
