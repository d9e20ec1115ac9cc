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
  private static final int WAITING_SHOWN = 3;

  /** Of an element or a summary: with both, a line is no wider than a row of the table. */
  private static final int TEXT_CHARS_MAX = 30;

  private static final int ID_DIGITS = 12;
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
    try (Connection archive = postgresql.connect(postgresql.auditor())) {
      addRows(archive, lines);
      addWaiting(archive, lines);
    } catch (SQLException e) {
      lines.add("(tables not readable: " + e.getMessage() + ")\n");
    }
    lines.add((replay.isEmpty() ? "" : replay + "  ") + String.join("  ", notes) + "\n");
    draw(lines);
    nextNs = System.nanoTime() + (System.nanoTime() - nowNs) * REST_FACTOR;
  }

  private static void addRows(Connection archive, List<String> lines) throws SQLException {
    try (Statement statement = archive.createStatement();
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

  /** What people can decide now, that which ends first at the top. */
  static void addWaiting(Connection archive, List<String> lines) throws SQLException {
    try (Statement statement = archive.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select sector, request_id, kind, element, summary, count(*) over () as waiting"
                    + " from knhk.requests where waiting order by expires_at, sector, request_id"
                    + " limit "
                    + WAITING_SHOWN)) {
      long waiting = 0;
      while (row.next()) {
        waiting = row.getLong("waiting");
        String element = row.getString("element");
        lines.add(
            String.format(
                Locale.ROOT,
                "%-14s %s: %s  knhk proposals get %s%n",
                row.getString("sector"),
                brief(
                    Rows.printable(
                        element == null || element.isEmpty() ? row.getString("kind") : element)),
                brief(Rows.printable(row.getString("summary"))),
                row.getString("request_id").substring(0, ID_DIGITS)));
      }
      if (waiting > WAITING_SHOWN) {
        lines.add(
            "and " + (waiting - WAITING_SHOWN) + " more: knhk proposals list --status open\n");
      }
    }
  }

  private static String brief(String text) {
    return text.length() <= TEXT_CHARS_MAX ? text : text.substring(0, TEXT_CHARS_MAX - 3) + "...";
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
