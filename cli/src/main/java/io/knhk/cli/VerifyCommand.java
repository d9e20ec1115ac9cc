package io.knhk.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.verify.AuditReport;
import io.knhk.cli.verify.ExportAudit;
import io.knhk.cli.verify.LedgerAudit;
import io.knhk.ledger.KeyRing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    description = {
      "Verifies every stored receipt: hash, columns, signature, link and number; and that Kafka"
          + " holds none beyond them.",
      "With --file, verifies an export with nothing but the file and the key.",
      "What people accepted when they resumed a halted sector is listed, with who and why.",
      "Decisions that were approved by the demonstration keys of an up are counted and warned of.",
      "Exit code 0: all that was there is valid, or was accepted. 3: it is not. 7: there was"
          + " nothing to verify."
    },
    footer = {
      "",
      "Examples:",
      "  knhk verify",
      "  knhk verify --sector finance --json",
      "  knhk verify --file finance.dsse --public-key public.pem"
    })
final class VerifyCommand implements Callable<Integer> {
  private static final Duration ARCHIVE_WAIT = Duration.ofSeconds(30);

  private final Terminal terminal;

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ConnectionOptions connection = new ConnectionOptions();

  @Option(names = "--sector", paramLabel = "SECTOR", description = "Only this sector's chain.")
  private @Nullable String sector;

  @Option(names = "--file", paramLabel = "EXPORT", description = "Verify this export, offline.")
  private @Nullable Path file;

  @Option(
      names = "--public-key",
      paramLabel = "PUB",
      description =
          "PEM file with the keys whose signatures count. Default: the running stack's. Variable:"
              + " KNHK_PUBLIC_KEY.")
  private @Nullable Path publicKey;

  @Option(
      names = "--partial",
      description = "With --file: the export was filtered, so numbers may be missing from it.")
  private boolean partial;

  VerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (file == null && partial) {
      throw CliError.USAGE.because("expected --partial with --file only", "Leave --partial out.");
    }
    AuditReport report = file == null ? ofArchive() : ofFile(file);
    write(report);
    if (report.isEmpty()) {
      throw CliError.NOTHING_TO_VERIFY.because(
          "expected receipts to verify: receipts=0"
              + (sector == null ? "" : ", sector=" + sector)
              + ". That proves nothing",
          "knhk publish sends observations, whose receipts follow.");
    }
    if (!report.isValid()) {
      throw CliError.EVIDENCE_INVALID.because(
          "expected every receipt to be valid: receipts="
              + report.receipts()
              + ", verified="
              + report.verified()
              + ", problems="
              + report.problems(),
          "Keep the state folder as it is and compare with Kafka or a saved export:"
              + " docs/handbook/errors.md.");
    }
    return ExitCode.OK;
  }

  private AuditReport ofArchive() throws InterruptedException {
    ResolvedEndpoints endpoints = EndpointResolver.resolve(connection, terminal);
    try (Connection archive = Archive.asAuditor(endpoints)) {
      KeyRing keys = Keys.ring(publicKey != null ? publicKey : endpoints.publicKey());
      LedgerAudit.Request request =
          new LedgerAudit.Request(keys, sector, KafkaClients.settings(endpoints), ARCHIVE_WAIT);
      return LedgerAudit.run(archive, request, receipt -> {});
    } catch (SQLException e) {
      throw Archive.failed(e);
    }
  }

  private AuditReport ofFile(Path export) {
    if (sector != null) {
      throw CliError.USAGE.because(
          "expected --sector without --file",
          "Export one sector with knhk receipts export --sector.");
    }
    String variable = terminal.variable("KNHK_PUBLIC_KEY");
    KeyRing keys = Keys.ring(publicKey != null || variable == null ? publicKey : Path.of(variable));
    try (InputStream in = Files.newInputStream(export)) {
      return ExportAudit.run(in, keys, partial);
    } catch (IOException e) {
      throw CliError.FILE_UNREADABLE.because(
          "expected an export, one DSSE envelope a line: file=" + export + ", problem=" + e,
          "knhk receipts export writes one.",
          e);
    }
  }

  private void write(AuditReport report) {
    if (output.format() != OutputFormat.table) {
      Rows.writeOne(terminal.out(), output.format(), toJson(report));
      return;
    }
    try (Rows rows =
        new Rows(
            terminal.out(),
            OutputFormat.table,
            List.of("log", "sector", "receipts", "verified", "verifiedUpTo", "problems"))) {
      for (AuditReport.Chain chain : report.chains()) {
        ObjectNode row = toJson(chain);
        row.put("problems", chain.problemCount());
        rows.add(row);
      }
    }
    for (AuditReport.Chain chain : report.chains()) {
      for (AuditReport.Problem problem : chain.problems()) {
        terminal
            .out()
            .println(
                "PROBLEM "
                    + chain.sector()
                    + (problem.seq() < 0 ? "" : "/" + problem.seq())
                    + ": "
                    + problem.what());
      }
      if (chain.problemCount() > chain.problems().size()) {
        terminal
            .out()
            .println(
                "PROBLEM "
                    + chain.sector()
                    + ": and "
                    + (chain.problemCount() - chain.problems().size())
                    + " more");
      }
    }
    writeAccepted(report);
    if (report.isValid()) {
      report.proved().forEach(sentence -> terminal.out().println("Proved: " + sentence + "."));
    }
    if (report.demonstrations() > 0) {
      terminal.out().println(demonstrations(report));
    }
    report.unproved().forEach(sentence -> terminal.out().println("Not proved: " + sentence + "."));
    terminal.out().flush();
  }

  /** Such a decision is as valid as any other; what it is worth is for the reader to say. */
  private static String demonstrations(AuditReport report) {
    long count = report.demonstrations();
    return "WARNING approved by demonstration keys, which everybody has: "
        + count
        + (count == 1 ? " decision" : " decisions");
  }

  private void writeAccepted(AuditReport report) {
    for (AuditReport.Chain chain : report.chains()) {
      for (AuditReport.Accepted accepted : chain.accepted()) {
        terminal
            .out()
            .println(
                "ACCEPTED "
                    + chain.sector()
                    + (accepted.seq() < 0 ? "" : "/" + accepted.seq())
                    + ": "
                    + Rows.printable(accepted.what()));
      }
    }
    if (report.restored() > 0) {
      terminal.out().println("Restored " + report.restored() + " times:");
    }
    for (AuditReport.Chain chain : report.chains()) {
      for (AuditReport.Restored restored : chain.restored()) {
        terminal
            .out()
            .println(
                "  "
                    + chain.sector()
                    + "/"
                    + restored.seq()
                    + ": "
                    + Rows.printable(restored.reason()));
      }
    }
  }

  static ObjectNode toJson(AuditReport report) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("valid", report.isValid());
    json.put("receipts", report.receipts());
    json.put("verified", report.verified());
    json.put("problems", report.problems());
    json.put("restored", report.restored());
    json.put("approvedByDemonstrationKeys", report.demonstrations());
    ArrayNode chains = json.putArray("chains");
    report.chains().forEach(chain -> chains.add(toJson(chain)));
    ArrayNode proved = json.putArray("proved");
    if (report.isValid()) {
      report.proved().forEach(proved::add);
    }
    ArrayNode unproved = json.putArray("unproved");
    report.unproved().forEach(unproved::add);
    return json;
  }

  private static ObjectNode toJson(AuditReport.Chain chain) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("log", chain.log());
    json.put("sector", chain.sector());
    json.put("receipts", chain.receipts());
    json.put("verified", chain.verified());
    json.put("verifiedUpTo", chain.verifiedUpTo());
    json.put("lastHash", chain.lastHash());
    json.put("problemCount", chain.problemCount());
    ArrayNode problems = json.putArray("problems");
    for (AuditReport.Problem problem : chain.problems()) {
      problems.addObject().put("seq", problem.seq()).put("what", problem.what());
    }
    ArrayNode accepted = json.putArray("accepted");
    for (AuditReport.Accepted it : chain.accepted()) {
      accepted.addObject().put("seq", it.seq()).put("what", it.what());
    }
    json.put("restoredCount", chain.restoredCount());
    json.put("approvedByDemonstrationKeys", chain.demonstrationCount());
    ArrayNode restored = json.putArray("restored");
    for (AuditReport.Restored it : chain.restored()) {
      restored.addObject().put("seq", it.seq()).put("reason", it.reason());
    }
    return json;
  }
}
