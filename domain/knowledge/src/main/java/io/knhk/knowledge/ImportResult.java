package io.knhk.knowledge;

/** What became of reading Turtle that a person wrote. */
public sealed interface ImportResult {
  record Imported(Snapshot snapshot) implements ImportResult {}

  /**
   * Nothing was read.
   *
   * @param detail one line for a person
   */
  record Refused(Reason reason, String detail) implements ImportResult {}

  /** Why nothing was read. */
  enum Reason {
    TOO_LARGE,
    NESTED_TOO_DEEP,
    NOT_TURTLE,
    TOO_MANY_TRIPLES,
    /** Blank nodes that nothing tells apart, or too much work to tell. */
    AMBIGUOUS_BLANK_NODES,
    /** A triple about something that the file's owner does not own. */
    NOT_OWNED,
    /**
     * A predicate outside of what knowledge may say, {@code owl:imports} and SPARQL constraints
     * among them.
     */
    NOT_ALLOWED
  }
}
