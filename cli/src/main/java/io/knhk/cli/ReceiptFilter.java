package io.knhk.cli;

import io.knhk.schemas.receipt.Operation;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which receipts. */
final class ReceiptFilter {
  @Option(names = "--sector", paramLabel = "SECTOR", description = "Only this sector's.")
  @Nullable String sector;

  @Option(
      names = "--operation",
      paramLabel = "OPERATION",
      description = "Only these, for example PatternDetected. One of: ${COMPLETION-CANDIDATES}.")
  @Nullable Operation operation;

  @Option(names = "--subject", paramLabel = "ID", description = "Only those about this subject.")
  @Nullable String subject;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Recorded at or after: RFC 3339, or how long ago (2h).")
  @Nullable Instant since;

  @Option(names = "--until", paramLabel = "TIME", description = "Recorded before.")
  @Nullable Instant until;

  /** True if receipts may be left out, so that what remains is no whole chain. */
  boolean leavesOut() {
    return operation != null || subject != null || since != null || until != null;
  }

  Query applyTo(String select) {
    return new Query(select)
        .where("sector = ?", sector)
        .where("operation = ?", operation == null ? null : operation.name())
        .where("subject = ?", subject)
        .where("timestamp >= ?", since == null ? null : since.toEpochMilli())
        .where("timestamp < ?", until == null ? null : until.toEpochMilli());
  }
}
