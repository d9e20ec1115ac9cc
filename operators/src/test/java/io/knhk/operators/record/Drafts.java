package io.knhk.operators.record;

import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.List;

/** Drafts that differ in what the test names and in nothing else. */
final class Drafts {
  private Drafts() {}

  static ReceiptDraft draft(String sector, Operation operation, String subject, long recordedAtMs) {
    return new ReceiptDraft(
        sector, operation, 5, recordedAtMs, "done", subject, "", List.of(), "{\"n\":1}");
  }

  static ReceiptDraft run(String sector, int number) {
    return draft(sector, Operation.ObservationIngested, "topic/0/" + sector + "/" + number, number);
  }
}
