package io.knhk.knowledge.schema;

import io.knhk.schemas.observation.Datatype;
import java.util.List;

/**
 * What somebody's schema says of an attribute.
 *
 * @param types that it may have; none: any
 * @param min -infinity when unbounded
 * @param max +infinity when unbounded
 * @param allowed the only texts allowed; empty: any
 */
record StatedAttribute(
    String name,
    List<StatedType> types,
    boolean required,
    double min,
    double max,
    List<String> allowed) {
  StatedAttribute {
    types = types.isEmpty() ? List.of(StatedType.OTHER) : List.copyOf(types);
    allowed = List.copyOf(allowed);
  }

  /** A type as an observation has it, or any other. */
  enum StatedType {
    STRING(Datatype.STRING),
    INTEGER(Datatype.INTEGER),
    DECIMAL(Datatype.DECIMAL),
    BOOLEAN(Datatype.BOOLEAN),
    /** What no observation has: null, an object, an array, bytes, or nothing stated. */
    OTHER(Datatype.STRING);

    private final Datatype datatype;

    StatedType(Datatype datatype) {
      this.datatype = datatype;
    }

    Datatype datatype() {
      return datatype;
    }

    String shown() {
      return this == OTHER ? "other" : datatype.xsdName();
    }
  }
}
