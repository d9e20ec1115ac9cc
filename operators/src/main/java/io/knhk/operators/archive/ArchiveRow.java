package io.knhk.operators.archive;

import org.jspecify.annotations.Nullable;

/**
 * What the archive writes: exactly one of the five is there. A Flink edge takes no sealed
 * interface.
 */
public record ArchiveRow(
    @Nullable ReceiptRow receipt,
    @Nullable SnapshotRow snapshot,
    @Nullable DeadLetterRow deadLetter,
    @Nullable QuarantineRow quarantine,
    @Nullable KnowledgeRow knowledge) {

  public static ArchiveRow of(ReceiptRow row) {
    return new ArchiveRow(row, null, null, null, null);
  }

  public static ArchiveRow of(SnapshotRow row) {
    return new ArchiveRow(null, row, null, null, null);
  }

  public static ArchiveRow of(DeadLetterRow row) {
    return new ArchiveRow(null, null, row, null, null);
  }

  public static ArchiveRow of(QuarantineRow row) {
    return new ArchiveRow(null, null, null, row, null);
  }

  public static ArchiveRow of(KnowledgeRow row) {
    return new ArchiveRow(null, null, null, null, row);
  }

  /** Bytes of the parts that can be large, to bound a batch; the rest is within a few hundred. */
  long payloadBytes() {
    if (receipt != null) {
      return length(receipt.body()) + receipt.evidence().length();
    }
    if (snapshot != null) {
      return snapshot.body().length;
    }
    if (deadLetter != null) {
      return length(deadLetter.body()) + deadLetter.headers().length();
    }
    if (knowledge != null) {
      return (long) knowledge.body().length + knowledge.document().length();
    }
    return quarantine == null ? 0 : quarantine.value().length;
  }

  private static long length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
