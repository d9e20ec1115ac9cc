package io.knhk.cli.verify;

import io.knhk.ledger.CanonicalJson;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.ReceiptChain.Head;
import io.knhk.ledger.ReceiptVerifier;
import io.knhk.ledger.ReceiptVerifier.Verdict;
import io.knhk.ledger.Receipts;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A row of {@code knhk.receipts} as it is, and what is wrong with it. */
@SuppressWarnings("ArrayRecordComponent") // Read once, checked once.
record StoredReceipt(
    String id,
    String operation,
    long recordedAtMs,
    String outcome,
    String evidence,
    String signature,
    @Nullable String parentHash,
    String sector,
    String log,
    long seq,
    String subject,
    String snapshotId,
    String keyId,
    List<String> causes,
    long eventTimeMs,
    byte[] body) {
  static final String COLUMNS =
      "id, operation, timestamp, outcome, evidence::text as evidence, signature, parent_hash, sector, log, seq, subject,"
          + " snapshot_id, key_id, causes, event_time, body";

  private static final int SHOWN_CHARS_MAX = 100;

  static StoredReceipt of(ResultSet row) throws SQLException {
    return new StoredReceipt(
        text(row, "id"),
        text(row, "operation"),
        row.getLong("timestamp"),
        text(row, "outcome"),
        text(row, "evidence"),
        text(row, "signature"),
        row.getString("parent_hash"),
        text(row, "sector"),
        text(row, "log"),
        row.getLong("seq"),
        text(row, "subject"),
        text(row, "snapshot_id"),
        text(row, "key_id"),
        texts(row.getArray("causes")),
        row.getLong("event_time"),
        Objects.requireNonNullElse(row.getBytes("body"), new byte[0]));
  }

  String hash() {
    return ReceiptBody.hash(body);
  }

  /**
   * Checks everything that can be checked with this row and the end of the chain before it. Safe
   * for use by several threads.
   */
  Checked check(Head expected, KeyRing keys) {
    List<String> problems = new ArrayList<>();
    String hash = hash();
    if (!hash.equals(id)) {
      problems.add("expected the hash of the body as id: id=" + shown(id) + ", hash=" + hash);
    }
    ReceiptBody receipt = null;
    try {
      receipt = ReceiptBody.parse(body);
      compareColumns(receipt, problems);
    } catch (LedgerFormatException e) {
      problems.add("expected a receipt in column body: " + e.getMessage());
    }
    Verdict verdict = judge(expected, keys, problems);
    if (verdict != null && !(verdict instanceof Verdict.Valid)) {
      String detail = verdict.getClass().getSimpleName() + ": " + verdict.detail();
      // What does not parse was said above.
      if (receipt != null || !(verdict instanceof Verdict.Malformed)) {
        problems.add(detail);
      }
    }
    return new Checked(this, hash, receipt, List.copyOf(problems));
  }

  private @Nullable Verdict judge(Head expected, KeyRing keys, List<String> problems) {
    try {
      Dsse.Envelope envelope =
          new Dsse.Envelope(Receipts.PAYLOAD_TYPE, body, keyId, HexFormat.of().parseHex(signature));
      return new ReceiptVerifier(keys, log).verify(sector, expected, envelope);
    } catch (IllegalArgumentException e) {
      problems.add("expected a signature and a key id in hex: " + e.getMessage());
      return null;
    }
  }

  private void compareColumns(ReceiptBody receipt, List<String> problems) {
    compare(problems, "operation", operation, receipt.operation().name());
    compare(problems, "timestamp", recordedAtMs, receipt.recordedAtMs());
    compare(problems, "outcome", outcome, inText(receipt.outcome()));
    compare(problems, "parent_hash", parentHash, receipt.parentHash());
    compare(problems, "sector", sector, receipt.sector());
    compare(problems, "log", log, receipt.log());
    compare(problems, "seq", seq, receipt.seq());
    compare(problems, "subject", subject, inText(receipt.subject()));
    compare(problems, "snapshot_id", snapshotId, inText(receipt.snapshotId()));
    compare(problems, "key_id", keyId, receipt.keyId());
    compare(
        problems, "causes", causes, receipt.causes().stream().map(StoredReceipt::inText).toList());
    compare(problems, "event_time", eventTimeMs, receipt.eventTimeMs());
    compare(problems, "evidence", canonical(evidence), withoutNul(receipt.evidenceJson()));
  }

  /**
   * jsonb keeps neither the order of members nor the form of numbers; the canonical form has one of
   * each.
   */
  private static String canonical(String json) {
    try {
      return new String(
          CanonicalJson.canonicalise(json.getBytes(StandardCharsets.UTF_8)),
          StandardCharsets.UTF_8);
    } catch (LedgerFormatException e) {
      return json;
    }
  }

  private static String inText(String text) {
    return text.replace('\0', '\ufffd');
  }

  /** PostgreSQL's jsonb has no U+0000: in the column U+FFFD stands for it. */
  private static String withoutNul(String json) {
    if (!json.contains("\\u0000")) {
      return json;
    }
    StringBuilder out = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      if (json.startsWith("\\u0000", i)) {
        out.append('\ufffd');
        i += 5;
      } else {
        out.append(json.charAt(i));
        if (json.charAt(i) == '\\') {
          out.append(json.charAt(++i));
        }
      }
    }
    return canonical(out.toString());
  }

  private static void compare(
      List<String> problems, String column, @Nullable Object stored, @Nullable Object signed) {
    if (!Objects.equals(stored, signed)) {
      problems.add(
          "expected the column to say what the body says: column="
              + column
              + ", stored="
              + shown(stored)
              + ", body="
              + shown(signed));
    }
  }

  private static String shown(@Nullable Object value) {
    String text = String.valueOf(value);
    return text.length() <= SHOWN_CHARS_MAX ? text : text.substring(0, SHOWN_CHARS_MAX) + "...";
  }

  private static String text(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNullElse(row.getString(column), "");
  }

  private static List<String> texts(@Nullable Array array) throws SQLException {
    List<String> texts = new ArrayList<>();
    if (array != null && array.getArray() instanceof Object[] elements) {
      for (Object element : elements) {
        texts.add(String.valueOf(element));
      }
    }
    return texts;
  }

  /**
   * A row and what was found.
   *
   * @param hash of its body
   * @param receipt null where the body is none
   * @param problems empty if it is right
   */
  record Checked(
      StoredReceipt stored, String hash, @Nullable ReceiptBody receipt, List<String> problems) {}
}
