package io.knhk.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables, views and functions as the archive writes them and people read them. */
final class ArchiveSchemaITCase {
  private static final String SIGNATURE = "ab".repeat(64);

  @TempDir static Path folder;

  private static StateDirectory state;
  private static EmbeddedPostgresql postgresql;

  @BeforeAll
  static void start() throws SQLException {
    state = StateDirectory.open(folder);
    postgresql = EmbeddedPostgresql.start(state, OptionalInt.empty());
    try (Connection writer = postgresql.connect(postgresql.writer())) {
      snapshot(writer, 1, "s1", "", "");
      snapshot(writer, 2, "s2", "s1", "proposal-1");
      receipt(
          writer,
          0,
          "ObservationIngested",
          "ok",
          "run-1",
          "s1",
          "{\"count\":100,\"nonConforming\":40,\"snapshotVersion\":1}");
      receipt(
          writer,
          1,
          "PatternDetected",
          "detected",
          "pattern-1",
          "s1",
          "{\"kind\":\"SCHEMA_MISMATCH\",\"confidence\":0.97,\"windowStartMs\":0,\"windowEndMs\":3600000}",
          "run-1");
      receipt(
          writer,
          2,
          "ProposalGenerated",
          "proposed",
          "proposal-1",
          "s1",
          "{\"element\":\"e1\",\"loosens\":false}",
          "pattern-1");
      receipt(writer, 3, "ValidationExecuted", "passed", "verdict-1", "s1", "{}", "proposal-1");
      receipt(
          writer,
          4,
          "SnapshotPromoted",
          "promoted",
          "s2",
          "s1",
          "{\"proposalId\":\"proposal-1\",\"version\":2}",
          "verdict-1");
      receipt(writer, 5, "LoopCycleCompleted", "closed", "cycle-1", "s2", "{}", "s2", "cycle-1");
      receipt(
          writer,
          6,
          "ProposalGenerated",
          "proposed",
          "proposal-2",
          "s2",
          "{\"element\":\"e2\",\"loosens\":true}",
          "pattern-1");
      receipt(
          writer,
          7,
          "TransactionDecided",
          "pending",
          "decision-2",
          "s2",
          "{\"proposalId\":\"proposal-2\",\"reason\":\"people decide\"}",
          "verdict-2");
      receipt(
          writer,
          8,
          "ObservationIngested",
          "ok",
          "run-2",
          "s2",
          "{\"count\":60,\"nonConforming\":15,\"snapshotVersion\":2}");
    }
  }

  @AfterAll
  static void stop() {
    postgresql.close();
    state.close();
  }

  @Test
  void shouldCountTheSectorsLoopWhenAskedForItsStatus() throws SQLException {
    assertThat(
            rows(
                "select observations, patterns, proposals, pending, promoted, snapshot_version, receipts,"
                    + " verified_up_to, non_conforming_share, halted from sector_status where sector = 'finance'"))
        .containsExactly("160|1|2|1|1|2|9|8|0.25|f");
  }

  @Test
  void shouldSayWhatBecameOfEachProposal() throws SQLException {
    assertThat(rows("select proposal_id, outcome, pending, loosens from proposals order by seq"))
        .containsExactly("proposal-1|promoted|f|f", "proposal-2|pending|t|t");
  }

  @Test
  void shouldShowTimesAsTimestampsWhenPeopleRead() throws SQLException {
    assertThat(
            rows(
                "select kind, confidence, window_start at time zone 'UTC', window_end at time zone 'UTC' from patterns"))
        .containsExactly("SCHEMA_MISMATCH|0.97|1970-01-01 00:00:00|1970-01-01 01:00:00");
    assertThat(rows("select version, parent_id, proposal_id from promotions"))
        .containsExactly("2|s1|proposal-1");
  }

  @Test
  void shouldFollowCausesToTheObservationsWhenAskedForTheLineage() throws SQLException {
    // cycle-1 names itself too: a circle ends.
    assertThat(rows("select depth, operation, subject from lineage('cycle-1')"))
        .containsExactly(
            "0|LoopCycleCompleted|cycle-1",
            "1|SnapshotPromoted|s2",
            "2|ValidationExecuted|verdict-1",
            "3|ProposalGenerated|proposal-1",
            "4|PatternDetected|pattern-1",
            "5|ObservationIngested|run-1");
    assertThat(rows("select depth from lineage('nothing')")).isEmpty();
  }

  @Test
  void shouldRefuseASecondReceiptOfANumberAndOneWithoutAParent() {
    assertThatThrownBy(
            () -> {
              try (Connection writer = postgresql.connect(postgresql.writer())) {
                insert(
                    writer,
                    "f".repeat(64),
                    8,
                    "0".repeat(64),
                    "ObservationIngested",
                    "ok",
                    "x",
                    "",
                    "{}");
              }
            })
        .hasMessageContaining("receipts_number");
    assertThatThrownBy(
            () -> {
              try (Connection writer = postgresql.connect(postgresql.writer())) {
                insert(writer, "f".repeat(64), 9, null, "ObservationIngested", "ok", "x", "", "{}");
              }
            })
        .hasMessageContaining("receipts_parent");
  }

  @Test
  void shouldRefuseToOverwriteWhenTheWriterUpserts() throws SQLException {
    try (Connection writer = postgresql.connect(postgresql.writer())) {
      assertThatThrownBy(
              () ->
                  EmbeddedPostgresqlITCase.run(
                      writer,
                      "insert into receipts select * from receipts on conflict (id) do update set outcome = 'x'"))
          .hasMessageContaining("permission denied");
    }
  }

  private static void snapshot(
      Connection writer, long version, String id, String parent, String proposal)
      throws SQLException {
    try (PreparedStatement statement =
        writer.prepareStatement(
            "insert into snapshots (log, sector, version, snapshot_id, parent_id, proposal_id, promoted_at, body,"
                + " signature, key_id) values ('main', 'finance', ?, ?, ?, ?, 0, '', ?, 'k')")) {
      statement.setLong(1, version);
      statement.setString(2, id);
      statement.setString(3, parent);
      statement.setString(4, proposal);
      statement.setString(5, SIGNATURE);
      statement.execute();
    }
  }

  private static void receipt(
      Connection writer,
      long seq,
      String operation,
      String outcome,
      String subject,
      String snapshotId,
      String evidence,
      String... causes)
      throws SQLException {
    String parent = seq == 0 ? null : hash(seq - 1);
    insert(
        writer, hash(seq), seq, parent, operation, outcome, subject, snapshotId, evidence, causes);
  }

  private static String hash(long seq) {
    return String.format("%064x", seq);
  }

  private static void insert(
      Connection writer,
      String id,
      long seq,
      String parent,
      String operation,
      String outcome,
      String subject,
      String snapshotId,
      String evidence,
      String... causes)
      throws SQLException {
    try (PreparedStatement statement =
        writer.prepareStatement(
            "insert into receipts (id, operation, timestamp, outcome, evidence, signature, parent_hash, sector, log,"
                + " seq, subject, snapshot_id, key_id, causes, event_time, body)"
                + " values (?, ?, 1000, ?, ?::jsonb, ?, ?, 'finance', 'main', ?, ?, ?, 'k', ?, 0, '')")) {
      statement.setString(1, id);
      statement.setString(2, operation);
      statement.setString(3, outcome);
      statement.setString(4, evidence);
      statement.setString(5, SIGNATURE);
      statement.setString(6, parent);
      statement.setLong(7, seq);
      statement.setString(8, subject);
      statement.setString(9, snapshotId);
      statement.setArray(10, writer.createArrayOf("text", causes));
      statement.execute();
    }
  }

  private static List<String> rows(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection auditor = postgresql.connect(postgresql.auditor());
        Statement statement = auditor.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          cells.add(result.getString(i));
        }
        rows.add(String.join("|", cells));
      }
    }
    return rows;
  }
}
