package io.knhk.schemas.observation;

/**
 * The kinds of value that an attribute can have on the wire, and the XSD datatype each stands for.
 */
public enum Datatype {
  STRING("string"),
  INTEGER("integer"),
  DECIMAL("decimal"),
  BOOLEAN("boolean");

  private final String xsdName;

  Datatype(String xsdName) {
    this.xsdName = xsdName;
  }

  /** Local name in {@code http://www.w3.org/2001/XMLSchema#}. */
  public String xsdName() {
    return xsdName;
  }

  /** Whether a value of type {@code actual} may stand where this type is declared. */
  public boolean accepts(Datatype actual) {
    return this == actual || (this == DECIMAL && actual == INTEGER);
  }

  /** The narrowest type that accepts both. Anything that is not a number falls back to STRING. */
  public Datatype join(Datatype other) {
    if (accepts(other)) {
      return this;
    }
    return other.accepts(this) ? other : STRING;
  }
}
