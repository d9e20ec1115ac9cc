package io.knhk.knowledge.doctrine;

/** What a change does to what is said. A change can have several. */
public enum Effect {
  /** It says something more. */
  ADDITION,
  /** What did not conform would conform, because a range, a type or a guard gets wider. */
  LOOSENING,
  /** It takes back something that is said. */
  REMOVAL
}
