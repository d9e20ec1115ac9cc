package io.knhk.operators.archive;

/** Why a record is in quarantine or a sector halted. */
public enum RefusalReason {
  /** Signed, and receipts between the last one and this are missing. */
  GAP,

  /**
   * Signed, and there are two histories: another parent, or another body under a number that is
   * taken.
   */
  FORK,

  BAD_SIGNATURE,
  UNKNOWN_KEY,

  /**
   * Not an envelope, not a receipt, snapshot or document, or of another sector than the record's
   * key.
   */
  MALFORMED,

  /** Signed, and nothing is wrong with it: it waits because its sector had halted before it. */
  HALTED,

  /** Signed, but a person had declared its number lost when it came. */
  DECLARED_LOST;

  private final String text = name().toLowerCase(java.util.Locale.ROOT);

  /** As it stands in the tables: the name in lower case. */
  public String text() {
    return text;
  }
}
