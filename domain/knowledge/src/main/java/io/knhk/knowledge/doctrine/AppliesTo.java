package io.knhk.knowledge.doctrine;

/** Which changes a rule is about. */
public enum AppliesTo {
  ALL,
  ADDITIONS,
  LOOSENING,
  REMOVALS;

  boolean covers(Scope scope) {
    return switch (this) {
      case ALL -> true;
      case ADDITIONS -> scope.effects().contains(Effect.ADDITION);
      case LOOSENING -> scope.effects().contains(Effect.LOOSENING);
      case REMOVALS -> scope.effects().contains(Effect.REMOVAL);
    };
  }
}
