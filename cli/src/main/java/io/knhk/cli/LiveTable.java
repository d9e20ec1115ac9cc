package io.knhk.cli;

import io.knhk.embedded.EmbeddedPostgresql;
import io.knhk.embedded.replay.ReplayProgress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The loop as a person watches it: a row a sector, drawn over itself. Without a terminal there is
 * no table; a line says now and then how far the replay has come.
 */
final class LiveTable {
  private static final String ROW = "%-14s %12s %9s %9s %18s %8s %9s %12s %10s%n";
  private static final Duration LINE_EVERY = Duration.ofSeconds(5);

  /** The tables are read again after so many times as long as it took to read them. */
  private static final int REST_FACTOR = 10;

  private final Terminal terminal;
  private final EmbeddedPostgresql postgresql;
  private int drawn;
  private long nextNs;
  private List<String> notes = new ArrayList<>();

  LiveTable(Terminal terminal, EmbeddedPostgresql postgresql) {
    this.terminal = terminal;
    this.postgresql = postgresql;
  }

  /** A line that stays below the table. */
  void note(String text) {
    if (terminal.interactive()) {
      notes = List.of(text);
    } else {
      terminal.note("knhk: " + text);
    }
  }

  void show(@Nullable ReplayProgress progress) {
    long nowNs = System.nanoTime();
    if (nowNs - nextNs < 0) {
      return;
    }
    String replay = progress == null ? "" : replay(progress);
    if (!terminal.interactive()) {
      if (!replay.isEmpty() && progress != null && !progress.finished()) {
        terminal.note("knhk: " + replay);
      }
      nextNs = nowNs + LINE_EVERY.toNanos();
      return;
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            ROW,
            "sector",
            "observations",
            "rejected",
            "patterns",
            "proposals",
            "snapshot",
            "receipts",
            "verified to",
            "not conf."));
    try {
      addRows(lines);
    } catch (SQLException e) {
      lines.add("(tables not readable: " + e.getMessage() + ")\n");
    }
    lines.add((replay.isEmpty() ? "" : replay + "  ") + String.join("  ", notes) + "\n");
    draw(lines);
    nextNs = System.nanoTime() + (System.nanoTime() - nowNs) * REST_FACTOR;
  }

  private void addRows(List<String> lines) throws SQLException {
    try (Connection archive = postgresql.connect(postgresql.auditor());
        Statement statement = archive.createStatement();
        ResultSet row =
            statement.executeQuery("select * from knhk.sector_status order by sector")) {
      while (row.next()) {
        String proposals = row.getLong("promoted") + " in, " + row.getLong("pending") + " wait";
        double share = row.getDouble("non_conforming_share");
        lines.add(
            String.format(
                Locale.ROOT,
                ROW,
                row.getString("sector"),
                String.format(Locale.ROOT, "%,d", row.getLong("observations")),
                row.getLong("rejected"),
                row.getLong("patterns"),
                proposals,
                "v" + row.getLong("snapshot_version"),
                row.getLong("receipts"),
                row.getBoolean("halted") ? "HALTED" : "#" + row.getLong("verified_up_to"),
                String.format(Locale.ROOT, "%.2f %%", share * 100)));
      }
    }
  }

  private void draw(List<String> lines) {
    StringBuilder text = new StringBuilder();
    if (drawn > 0) {
      text.append("\u001b[").append(drawn).append('A');
    }
    for (String line : lines) {
      text.append("\u001b[2K").append(line);
    }
    for (int i = lines.size(); i < drawn; i++) {
      text.append("\u001b[2K\n");
    }
    drawn = Math.max(drawn, lines.size());
    terminal.err().print(text);
    terminal.err().flush();
  }

  private static String replay(ReplayProgress progress) {
    long done = progress.sent() + progress.skipped();
    return String.format(
        Locale.ROOT,
        "replay %,d of %,d (%d %%)",
        done,
        progress.total(),
        progress.total() == 0 ? 100 : done * 100 / progress.total());
  }
}
