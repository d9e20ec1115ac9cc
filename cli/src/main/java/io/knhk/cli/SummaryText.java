package io.knhk.cli;

import io.knhk.cli.summary.Summary;
import io.knhk.cli.verify.AuditReport;
import java.util.Locale;
import java.util.Map;

/** The summary of {@code up --once}: one JSON object, or a table for a person. */
final class SummaryText {
  private static final String ROW = "%-14s %12s %9s %9s %10s %8s %9s %9s %9s %9s %10s%n";

  private SummaryText() {}

  static void write(Terminal terminal, Summary summary, AuditReport report, boolean json) {
    if (json) {
      terminal.out().println(summary.toJson());
    } else {
      table(terminal, summary);
    }
    for (AuditReport.Chain chain : report.chains()) {
      for (AuditReport.Problem problem : chain.problems()) {
        terminal.note("PROBLEM " + chain.sector() + "/" + problem.seq() + ": " + problem.what());
      }
    }
    terminal.out().flush();
  }

  private static void table(Terminal terminal, Summary summary) {
    terminal
        .out()
        .printf(
            Locale.ROOT,
            ROW,
            "sector",
            "observations",
            "rejected",
            "patterns",
            "proposals",
            "pending",
            "promoted",
            "snapshot",
            "receipts",
            "verified",
            "not conf.");
    for (Map.Entry<String, Summary.Sector> entry : summary.sectors().entrySet()) {
      Summary.Sector sector = entry.getValue();
      row(
          terminal,
          entry.getKey(),
          sector.counts(),
          "v" + sector.snapshotVersion(),
          String.format(Locale.ROOT, "%.2f %%", sector.nonConformingShare() * 100));
    }
    row(terminal, "all", summary.total(), "", "");
    terminal
        .out()
        .printf(
            Locale.ROOT,
            "%d of %d receipts verified in %.1f s%n",
            summary.total().verified(),
            summary.total().receipts(),
            summary.elapsedMs() / 1000.0);
  }

  private static void row(
      Terminal terminal, String name, Summary.Counts counts, String version, String share) {
    terminal
        .out()
        .printf(
            Locale.ROOT,
            ROW,
            name,
            counts.observations(),
            counts.rejected(),
            counts.patterns(),
            counts.proposals(),
            counts.pending(),
            counts.promoted(),
            version,
            counts.receipts(),
            counts.verified(),
            share);
  }
}
