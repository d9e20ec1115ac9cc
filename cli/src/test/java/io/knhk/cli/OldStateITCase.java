package io.knhk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.ReceiptBody;
import io.knhk.schemas.receipt.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Old checkpoints put back in the place of newer ones: nothing is receipted twice unasked. */
class OldStateITCase {
  private static final int ROWS = 600;
  private static final String REASON = "checkpoints of Tuesday, the disk was lost";

  @TempDir Path folder;

  @Test
  void shouldRefuseOldStateAndGoOnFromTheLogOnlyWhenAPersonSaysWhy() throws Exception {
    Path checkpoints = folder.resolve("state").resolve("checkpoints");
    up(0, "2015-01-01T00:00:00Z", "currency,merchant_category,channel", "EUR,grocery,card");
    Path saved = folder.resolve("saved");
    copy(checkpoints, saved);
    // An attribute that the ontology does not know: a snapshot is promoted that the old state
    // lacks.
    KnhkInProcess.Result newer =
        up(
            0,
            "2015-01-02T00:00:00Z",
            "currency,merchant_category,channel,risk_score",
            "EUR,grocery,card,0.5");
    assertThat(newer.json().path("promoted").asInt()).as(newer.err()).isEqualTo(1);
    long committed = newer.json().at("/sectors/finance/receipts").asLong();
    delete(checkpoints);
    copy(saved, checkpoints);

    KnhkInProcess.Result refused = up(ExitCode.REFUSED, "2015-01-03T00:00:00Z", "currency", "EUR");

    assertThat(refused.err())
        .contains("KNHK-1201", "sector=finance state=", "committed=" + committed);

    KnhkInProcess.Result accepted =
        up(0, "2015-01-04T00:00:00Z", "currency", "EUR", "--accept-regression", REASON);

    ExportedLog log = export();
    List<ReceiptBody> restored = log.of("finance", Operation.LedgerRestored).toList();
    assertThat(restored).as(accepted.err()).hasSize(1);
    assertThat(restored.get(0).seq()).isEqualTo(committed);
    JsonNode evidence = ExportedLog.evidence(restored.get(0));
    assertThat(evidence.path("reason").asText()).isEqualTo(REASON);
    assertThat(evidence.path("committedSeq").asLong()).isEqualTo(committed);
    assertThat(evidence.path("stateSeq").asLong()).isLessThan(committed);
  }

  @Test
  void shouldBeginAnotherLedgerWhenAsked() throws Exception {
    up(0, "2015-01-01T00:00:00Z", "currency", "EUR");
    KnhkInProcess.Result begun =
        up(0, "2015-01-02T00:00:00Z", "currency", "EUR", "--new-log", "second");
    assertThat(begun.json().at("/sectors/finance/observations").asLong())
        .as(begun.err())
        .isEqualTo(2 * ROWS);

    try (Stream<String> lines = Files.lines(folder.resolve("receipts.dsse"))) {
      List<ReceiptBody> bodies = new ArrayList<>();
      for (String line : lines.toList()) {
        bodies.add(
            ReceiptBody.parse(
                Dsse.Envelope.parse(line.getBytes(StandardCharsets.UTF_8)).payload()));
      }
      assertThat(bodies).extracting(ReceiptBody::log).contains("knhk", "second");
      assertThat(bodies)
          .filteredOn(body -> body.log().equals("second") && body.sector().equals("finance"))
          .first()
          .satisfies(body -> assertThat(body.seq()).isZero());
    }
    KnhkInProcess.Result taken =
        up(ExitCode.REFUSED, "2015-01-04T00:00:00Z", "currency", "EUR", "--new-log", "knhk");
    assertThat(taken.err()).contains("KNHK-1201", "log=knhk", "state=0");
  }

  private ExportedLog export() throws Exception {
    return ExportedLog.read(
        folder.resolve("receipts.dsse"),
        folder.resolve("state").resolve("keys").resolve("public.pem"));
  }

  private KnhkInProcess.Result up(
      int exitCode, String start, String columns, String cells, String... more) throws IOException {
    Path data = folder.resolve("data-" + start.substring(0, 10)).resolve("finance");
    Files.createDirectories(data);
    List<String> rows = new ArrayList<>();
    rows.add("timestamp,value,key," + columns);
    for (int i = 0; i < ROWS; i++) {
      rows.add(
          String.format(
              Locale.ROOT,
              "%s,%d.25,account-%d,%s",
              Instant.parse(start).plusSeconds(i * 10L),
              10 + i % 90,
              i % 40,
              cells));
    }
    Files.write(data.resolve("payment.authorised.csv"), rows);
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of("up", "--once", "--json", "--state", folder.resolve("state").toString()));
    arguments.addAll(List.of("--data", data.getParent().toString(), "--rate", "600"));
    arguments.addAll(List.of("--export", folder.resolve("receipts.dsse").toString()));
    arguments.addAll(List.of(more));
    KnhkInProcess.Result result = new KnhkInProcess(Map.of()).run(arguments.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
    return result;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(
          file -> {
            try {
              Files.copy(file, to.resolve(from.relativize(file)));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
