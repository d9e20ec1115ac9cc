package io.knhk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.ledger.ReceiptBody;
import io.knhk.schemas.receipt.Operation;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop on the bundled data, on real parts, judged by nothing but verified receipts. */
class UpOnceITCase {
  private static final long BUNDLED_OBSERVATIONS = 102_246;

  @TempDir Path folder;

  @Test
  void shouldCloseTheLoopAndRefuseToLearnWhenTheBundledDataIsReplayed() throws Exception {
    Path state = folder.resolve("state");
    Path export = folder.resolve("receipts.dsse");
    KnhkInProcess knhk = new KnhkInProcess(Map.of());

    KnhkInProcess.Result first =
        knhk.run(
            "up", "--once", "--json", "--state", state.toString(), "--export", export.toString());

    assertThat(first.exitCode()).as(first.err()).isZero();
    JsonNode summary = first.json();
    assertThat(summary.path("observations").asLong()).isEqualTo(BUNDLED_OBSERVATIONS);
    assertThat(summary.path("rejected").asLong()).isZero();
    assertThat(summary.path("verified")).isEqualTo(summary.path("receipts"));
    ExportedLog log = ExportedLog.read(export, state.resolve("keys").resolve("public.pem"));

    ReceiptBody promoted = promotionOf(log, "finance", "payment.authorised#risk_score");
    assertClosedInOrder(log, promoted);
    assertThat(log.sum("finance", promoted.subject(), "count")).isPositive();
    assertThat(log.sum("finance", promoted.subject(), "nonConforming")).isZero();
    assertThat(log.sum("finance", beforeOf(promoted), "nonConforming")).isPositive();

    ReceiptBody learnt = promotionOf(log, "logistics", "traffic.occupancy");
    assertClosedInOrder(log, learnt);
    assertThat(summary.path("sectors").path("logistics").path("nonConformingShare").asDouble())
        .isZero();

    assertRefused(log, summary);
    assertSilenceFound(log);
    assertGoesOnWithoutDoubling(knhk, state, summary);
  }

  private static void assertClosedInOrder(ExportedLog log, ReceiptBody promoted) {
    String sector = promoted.sector();
    ReceiptBody validation = causeOf(log, promoted, Operation.ValidationExecuted);
    ReceiptBody proposal = causeOf(log, validation, Operation.ProposalGenerated);
    ReceiptBody pattern = causeOf(log, proposal, Operation.PatternDetected);
    ReceiptBody run = causeOf(log, pattern, Operation.ObservationIngested);
    ReceiptBody cycle =
        log.of(sector, Operation.LoopCycleCompleted)
            .filter(receipt -> receipt.causes().contains(promoted.subject()))
            .findFirst()
            .orElseThrow();
    assertThat(
            new long[] {
              run.seq(),
              pattern.seq(),
              proposal.seq(),
              validation.seq(),
              promoted.seq(),
              cycle.seq()
            })
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(validation.outcome()).isEqualTo("passed");
  }

  /** Amounts a hundred times too large would need a wider range, which is no addition. */
  private static void assertRefused(ExportedLog log, JsonNode summary) {
    assertThat(log.of("finance", Operation.TransactionDecided))
        .anySatisfy(
            decision -> {
              assertThat(decision.outcome()).isEqualTo("pending");
              assertThat(ExportedLog.evidence(decision).path("element").asText())
                  .isEqualTo("payment.authorised!value");
            });
    assertThat(log.of("finance", Operation.SnapshotPromoted))
        .noneMatch(
            receipt ->
                ExportedLog.evidence(receipt)
                    .path("element")
                    .asText()
                    .equals("payment.authorised!value"));
    JsonNode finance = summary.path("sectors").path("finance");
    assertThat(finance.path("nonConformingShare").asDouble()).isPositive();
    assertThat(finance.path("pending").asLong()).isPositive();
  }

  private static void assertSilenceFound(ExportedLog log) {
    assertThat(log.of("healthcare", Operation.PatternDetected).map(ExportedLog::evidence))
        .anySatisfy(
            evidence -> {
              assertThat(evidence.path("kind").asText()).isEqualTo("ABSENCE");
              assertThat(evidence.path("subject").asText()).isEqualTo("patient-7");
            })
        .noneMatch(
            evidence ->
                evidence.path("kind").asText().equals("ABSENCE")
                    && !evidence.path("subject").asText().equals("patient-7"));
  }

  private void assertGoesOnWithoutDoubling(KnhkInProcess knhk, Path state, JsonNode before)
      throws Exception {
    KnhkInProcess.Result second = knhk.run("up", "--once", "--json", "--state", state.toString());
    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(second.json().path("observations")).isEqualTo(before.path("observations"));
    assertThat(second.json().path("verified")).isEqualTo(second.json().path("receipts"));
    assertThat(second.json().path("receipts").asLong())
        .isGreaterThanOrEqualTo(before.path("receipts").asLong());
  }

  private static ReceiptBody promotionOf(ExportedLog log, String sector, String element) {
    return log.of(sector, Operation.SnapshotPromoted)
        .filter(receipt -> ExportedLog.evidence(receipt).path("element").asText().equals(element))
        .findFirst()
        .orElseThrow(() -> new AssertionError("expected a promotion: element=" + element));
  }

  private static String beforeOf(ReceiptBody promoted) {
    return ExportedLog.evidence(promoted).path("parentId").asText();
  }

  private static ReceiptBody causeOf(ExportedLog log, ReceiptBody effect, Operation operation) {
    return effect.causes().stream()
        .flatMap(subject -> log.bySubject(effect.sector(), subject).stream())
        .filter(receipt -> receipt.operation() == operation)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "expected a cause: operation=" + operation + ", of=" + effect.operation()));
  }
}
