package io.knhk.knowledge;

/** What became of reading a core and a sector's ontology. */
public sealed interface ImportResult {
  record Imported(Snapshot snapshot) implements ImportResult {}

  /**
   * Nothing was read.
   *
   * @param detail one line for a person
   */
  record Refused(RefusalReason reason, String detail) implements ImportResult {}
}
