package io.knhk.cli.verify;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.ReceiptChain.Head;
import io.knhk.ledger.ReceiptVerifier;
import io.knhk.ledger.ReceiptVerifier.Verdict;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks an export, one DSSE envelope a line, with nothing but the file and the keys. */
public final class ExportAudit {
  /** Most bytes of a line: a payload at its limit in base64, and its envelope. */
  public static final int LINE_BYTES_MAX = 2 * 1024 * 1024;

  private final KeyRing keys;
  private final boolean partial;
  private final Map<String, ChainTally> chains = new LinkedHashMap<>();
  private final Map<String, ReceiptVerifier> verifiers = new HashMap<>();
  private final ChainTally unread = new ChainTally("", "");

  private ExportAudit(KeyRing keys, boolean partial) {
    this.keys = keys;
    this.partial = partial;
  }

  /**
   * Audits an export.
   *
   * @param keys whose signatures count
   * @param partial true for an export that was filtered: a chain may begin at any number and leave
   *     numbers out, which then proves less, and the report says so
   * @throws IOException if it cannot be read, or a line is longer than {@link #LINE_BYTES_MAX}
   */
  public static AuditReport run(InputStream export, KeyRing keys, boolean partial)
      throws IOException {
    return new ExportAudit(keys, partial).run(export);
  }

  private AuditReport run(InputStream export) throws IOException {
    InputStream in = new BufferedInputStream(export);
    long line = 0;
    byte[] bytes = readLine(in, 1);
    while (bytes != null) {
      line++;
      check(bytes, line);
      bytes = readLine(in, line + 1);
    }
    AuditReport.Chain without = unread.report();
    if (without.problemCount() > 0) {
      chains.put("", unread);
    }
    return new AuditReport(
        chains.values().stream().map(ChainTally::report).toList(),
        List.of(
            partial
                ? "every receipt in the file is signed by a key of the ring, and follows the one"
                    + " before it where that is in the file"
                : "every receipt in the file is signed by a key of the ring and follows the one"
                    + " before it, from number 0 without a gap"),
        List.of(
            partial
                ? "that the file leaves nothing out: it was read as a part of the log"
                : "that no receipts were cut off the end: that needs the last number and id from"
                    + " elsewhere",
            "whose key it is: compare its fingerprint with one you got another way"));
  }

  private void check(byte[] bytes, long line) {
    Dsse.Envelope envelope;
    try {
      envelope = Dsse.Envelope.parse(bytes);
    } catch (LedgerFormatException e) {
      unread.wrong(-1, "line " + line + ": " + e.getMessage());
      return;
    }
    // A verdict without a place in a chain, to learn which chain the receipt belongs to.
    Verdict claim = new ReceiptVerifier(keys, null).verify(Head.empty(), envelope);
    ReceiptBody body = bodyOf(claim);
    if (body == null) {
      unread.wrong(-1, "line " + line + ": " + claim.detail());
      return;
    }
    ChainTally tally =
        chains.computeIfAbsent(
            body.log() + "/" + body.sector(), name -> new ChainTally(body.log(), body.sector()));
    String hash = ReceiptBody.hash(envelope.payload());
    if (claim instanceof Verdict.BadSignature || claim instanceof Verdict.UnknownKey) {
      tally.wrong(body.seq(), "line " + line + ": " + named(claim));
      return;
    }
    Head expected =
        partial && body.seq() != tally.lastSeq() + 1
            ? new Head(body.seq(), body.parentHash())
            : tally.expected();
    Verdict verdict =
        verifiers
            .computeIfAbsent(body.log(), log -> new ReceiptVerifier(keys, log))
            .verify(body.sector(), expected, envelope);
    boolean isBack = body.seq() <= tally.lastSeq();
    if (verdict instanceof Verdict.Valid && !isBack) {
      tally.advance(body.seq(), hash, hash);
      tally.right(body.seq(), hash);
      tally.operation(body);
    } else {
      tally.wrong(
          body.seq(),
          "line "
              + line
              + ": "
              + (verdict instanceof Verdict.Valid
                  ? "expected the order of (sector, seq): seq="
                      + body.seq()
                      + ", last="
                      + tally.lastSeq()
                  : named(verdict)));
      if (!isBack) {
        tally.advance(body.seq(), hash, hash);
      }
    }
  }

  private static String named(Verdict verdict) {
    return verdict.getClass().getSimpleName() + ": " + verdict.detail();
  }

  private static @Nullable ReceiptBody bodyOf(Verdict verdict) {
    if (verdict instanceof Verdict.Valid it) {
      return it.body();
    }
    if (verdict instanceof Verdict.Stale it) {
      return it.body();
    }
    if (verdict instanceof Verdict.Gap it) {
      return it.body();
    }
    if (verdict instanceof Verdict.Fork it) {
      return it.body();
    }
    if (verdict instanceof Verdict.BadSignature it) {
      return it.body();
    }
    if (verdict instanceof Verdict.UnknownKey it) {
      return it.body();
    }
    return null;
  }

  private static byte @Nullable [] readLine(InputStream in, long line) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    int next = in.read();
    if (next < 0) {
      return null;
    }
    while (next >= 0 && next != '\n') {
      if (bytes.size() == LINE_BYTES_MAX) {
        throw new IOException(
            "expected one envelope a line: line="
                + line
                + ", bytes>"
                + LINE_BYTES_MAX
                + ", limit="
                + LINE_BYTES_MAX);
      }
      bytes.write(next);
      next = in.read();
    }
    return bytes.toByteArray();
  }
}
