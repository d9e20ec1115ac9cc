package io.knhk.schemas.receipt;

import java.util.List;

/**
 * What a receipt will say, before it has a number, a parent and a signature.
 *
 * @param sector whose chain it goes into
 * @param eventTimeMs time of what it is about, in the observed world
 * @param recordedAtMs LogAppendTime of the newest record it rests on
 * @param outcome one word, lower case
 * @param subject deterministic id of what it is about
 * @param snapshotId the snapshot in force, empty where there is none
 * @param causes subjects that led here, in any sector
 * @param evidence a JSON object as text, at most {@link #EVIDENCE_BYTES_MAX} in canonical form
 */
public record ReceiptDraft(
    String sector,
    Operation operation,
    long eventTimeMs,
    long recordedAtMs,
    String outcome,
    String subject,
    String snapshotId,
    List<String> causes,
    String evidence) {
  public static final int EVIDENCE_BYTES_MAX = 16 * 1024;

  public ReceiptDraft {
    causes = List.copyOf(causes);
  }
}
