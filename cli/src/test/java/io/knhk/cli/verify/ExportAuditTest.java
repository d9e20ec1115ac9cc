package io.knhk.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knhk.schemas.receipt.Operation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExportAuditTest {
  private final TestLedger ledger = new TestLedger().addRuns("energy", 4).addRuns("finance", 6);

  @Test
  void shouldVerifyWhenExportIsWhole() throws IOException {
    AuditReport report = run(ledger.export(), false);

    assertThat(report.isValid()).isTrue();
    assertThat(report.verified()).isEqualTo(10);
    assertThat(report.chains()).extracting(AuditReport.Chain::verifiedUpTo).containsExactly(3L, 5L);
  }

  @Test
  void shouldFindFlippedBitWhereverItIs() throws IOException {
    byte[] export = ledger.export();
    for (int i = 0; i < export.length; i += 37) {
      byte[] flipped = export.clone();
      flipped[i] ^= 0x04;
      assertThat(run(flipped, false).isValid()).as("byte %d", i).isFalse();
    }
  }

  @Test
  void shouldFindLineWhenDeletedOrSwapped() throws IOException {
    List<String> lines = lines();
    for (int i : new int[] {0, 2, 4, 7}) {
      List<String> shorter = new ArrayList<>(lines);
      shorter.remove(i);
      assertThat(run(bytes(shorter), false).isValid()).as("without line %d", i).isFalse();
    }
    Collections.swap(lines, 5, 6);
    assertThat(run(bytes(lines), false).isValid()).isFalse();
    assertThat(run(bytes(lines), true).isValid()).isFalse();
  }

  @Test
  void shouldVerifyPartWhenAskedTo() throws IOException {
    List<String> lines = lines();
    lines.remove(6);
    lines.remove(4);

    AuditReport report = run(bytes(lines), true);

    assertThat(report.isValid()).isTrue();
    assertThat(report.unproved()).anyMatch(sentence -> sentence.contains("leaves nothing out"));
  }

  @Test
  void shouldCountWhatWasApprovedByDemonstrationKeysAndStayValid() throws IOException {
    for (String[] it :
        new String[][] {
          {"approved", "true"},
          {"approved", "false"},
          {"approve", "true"},
          {"rejected", "true"},
          {"approved", "true"}
        }) {
      ledger.add(
          "finance",
          Operation.TransactionDecided,
          it[0],
          "s",
          "s1",
          "{\"demonstration\":" + it[1] + "}");
    }

    AuditReport report = run(ledger.export(), false);

    assertThat(report.isValid()).isTrue();
    assertThat(report.demonstrations()).isEqualTo(2);
  }

  @Test
  void shouldRefuseAllWhenKeyIsAnother() throws IOException {
    AuditReport report =
        ExportAudit.run(new ByteArrayInputStream(ledger.export()), new TestLedger().keys(), false);

    assertThat(report.verified()).isZero();
    assertThat(report.problems()).isEqualTo(10);
  }

  @Test
  void shouldProveNothingWhenExportIsEmpty() throws IOException {
    assertThat(run(new byte[0], false).isEmpty()).isTrue();
  }

  @Test
  void shouldRefuseWhenLineIsTooLong() {
    byte[] line = new byte[ExportAudit.LINE_BYTES_MAX + 1];
    Arrays.fill(line, (byte) 'x');
    assertThatThrownBy(() -> run(line, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("limit=");
  }

  private AuditReport run(byte[] export, boolean partial) throws IOException {
    return ExportAudit.run(new ByteArrayInputStream(export), ledger.keys(), partial);
  }

  private List<String> lines() {
    return new ArrayList<>(new String(ledger.export(), StandardCharsets.US_ASCII).lines().toList());
  }

  private static byte[] bytes(List<String> lines) {
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII);
  }
}
