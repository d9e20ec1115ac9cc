package io.knhk.knowledge;

import java.util.List;

/**
 * How a change of event types bears on those who hold the other version of them, as a user of a
 * schema registry understands it. Readers are taken to pass over an attribute that they do not know
 * (Avro 1.12, Schema Resolution).
 */
public enum Compatibility {
  /** Both ways. */
  FULL(true, true),
  /** Consumers with the new types can read what was observed under the old ones. */
  BACKWARD(true, false),
  /** Consumers with the old types can read what is observed under the new ones. */
  FORWARD(false, true),
  /** Neither way. */
  BREAKING(false, false);

  private final boolean backward;
  private final boolean forward;

  Compatibility(boolean backward, boolean forward) {
    this.backward = backward;
    this.forward = forward;
  }

  /** The level of a change. */
  public static Compatibility of(CompiledChange change) {
    return CompatibilityStage.of(change);
  }

  /** What keeps a change from this level; empty when it has it. */
  public List<Witness> breaking(CompiledChange change) {
    return CompatibilityStage.breaking(change, this);
  }

  static Compatibility of(boolean backward, boolean forward) {
    if (backward) {
      return forward ? FULL : BACKWARD;
    }
    return forward ? FORWARD : BREAKING;
  }

  /** Whether this gives what {@code demanded} asks for; anything satisfies BREAKING. */
  public boolean satisfies(Compatibility demanded) {
    return (backward || !demanded.backward) && (forward || !demanded.forward);
  }
}
