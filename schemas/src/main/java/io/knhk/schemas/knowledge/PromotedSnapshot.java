package io.knhk.schemas.knowledge;

/**
 * What is signed on the snapshots topic: a snapshot, and the ledger in which it was promoted. Two
 * ledgers may share the topic, and a snapshot means nothing in the other.
 *
 * @param log name of the ledger, 1 to {@link #LOG_CHARS_MAX} characters
 */
public record PromotedSnapshot(String log, CompiledSnapshot snapshot) {
  /** UTF-16 code units of the name, as in a receipt. */
  public static final int LOG_CHARS_MAX = 256;

  public PromotedSnapshot {
    if (log.isEmpty() || log.length() > LOG_CHARS_MAX) {
      throw new IllegalArgumentException(
          "expected the name of a ledger: chars=" + log.length() + ", limit=" + LOG_CHARS_MAX);
    }
  }
}
