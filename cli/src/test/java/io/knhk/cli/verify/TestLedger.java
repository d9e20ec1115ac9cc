package io.knhk.cli.verify;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.ReceiptChain;
import io.knhk.ledger.ReceiptChain.Head;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Makes receipts as the loop does, and stores them as the archive does. */
public final class TestLedger {
  public static final String LOG = "test";

  private final SigningKey key = SigningKey.generate(new SecureRandom());
  private final Map<String, Head> heads = new HashMap<>();
  private final List<Dsse.Envelope> envelopes = new ArrayList<>();

  public KeyRing keys() {
    return KeyRing.of(List.of(key.publicKey()));
  }

  public String publicPem() {
    return key.publicKey().toPem();
  }

  public List<Dsse.Envelope> envelopes() {
    return envelopes;
  }

  public List<ReceiptBody> bodies() {
    List<ReceiptBody> bodies = new ArrayList<>();
    for (Dsse.Envelope envelope : envelopes) {
      try {
        bodies.add(ReceiptBody.parse(envelope.payload()));
      } catch (LedgerFormatException e) {
        throw new IllegalStateException(e);
      }
    }
    return bodies;
  }

  public TestLedger add(
      String sector,
      Operation operation,
      String outcome,
      String subject,
      String snapshotId,
      String evidence) {
    return add(
        sector, operation, outcome, subject, snapshotId, evidence, List.of("cause-\"1\"", "b,c"));
  }

  public TestLedger add(
      String sector,
      Operation operation,
      String outcome,
      String subject,
      String snapshotId,
      String evidence,
      List<String> causes) {
    Head head = heads.getOrDefault(sector, Head.empty());
    long at = 1_400_000_000_000L + head.nextSeq();
    ReceiptChain.Numbered numbered =
        ReceiptChain.number(
            head,
            LOG,
            key.publicKey().keyId(),
            new ReceiptDraft(
                sector, operation, at, at, outcome, subject, snapshotId, causes, evidence));
    heads.put(sector, numbered.next());
    envelopes.add(Dsse.sign(key, Receipts.PAYLOAD_TYPE, numbered.body()));
    return this;
  }

  /** Adds so many receipts of runs, their evidence not trivial for jsonb. */
  public TestLedger addRuns(String sector, int count) {
    for (int i = 0; i < count; i++) {
      add(
          sector,
          Operation.ObservationIngested,
          "ingested",
          "t/0/" + sector + "/" + i,
          "s1",
          "{\"count\":10,\"nonConforming\":1,\"z\":1e21,\"a\":[0.1,{\"q\":\"\\u00e9\\u0000\"}],\"late\":0}");
    }
    return this;
  }

  public Dsse.Envelope resign(byte[] body) {
    return Dsse.sign(key, Receipts.PAYLOAD_TYPE, body);
  }

  /** A payload of another type, signed with the ledger's key. */
  public Dsse.Envelope sign(String payloadType, byte[] payload) {
    return Dsse.sign(key, payloadType, payload);
  }

  /** The receipt that was added last. */
  public Dsse.Envelope last() {
    return envelopes.get(envelopes.size() - 1);
  }

  public void store(Connection connection) throws SQLException {
    for (Dsse.Envelope envelope : envelopes) {
      store(connection, envelope);
    }
  }

  public static void store(Connection connection, Dsse.Envelope envelope) throws SQLException {
    ReceiptBody body;
    try {
      body = ReceiptBody.parse(envelope.payload());
    } catch (LedgerFormatException e) {
      throw new IllegalStateException(e);
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into knhk.receipts (id, operation, timestamp, outcome, evidence, signature, parent_hash, sector, log, seq,"
                + " subject, snapshot_id, key_id, causes, event_time, body)"
                + " values (?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setString(1, ReceiptBody.hash(envelope.payload()));
      insert.setString(2, body.operation().name());
      insert.setLong(3, body.recordedAtMs());
      insert.setString(4, body.outcome());
      insert.setString(5, body.evidenceJson().replace("\\u0000", "\\ufffd"));
      insert.setString(6, HexFormat.of().formatHex(envelope.signature()));
      insert.setString(7, body.parentHash());
      insert.setString(8, body.sector());
      insert.setString(9, body.log());
      insert.setLong(10, body.seq());
      insert.setString(11, body.subject());
      insert.setString(12, body.snapshotId());
      insert.setString(13, body.keyId());
      insert.setArray(14, connection.createArrayOf("text", body.causes().toArray()));
      insert.setLong(15, body.eventTimeMs());
      insert.setBytes(16, envelope.payload());
      insert.executeUpdate();
    }
  }

  public byte[] export() {
    StringBuilder lines = new StringBuilder();
    for (Dsse.Envelope envelope : envelopes) {
      lines.append(new String(envelope.toJson(), StandardCharsets.US_ASCII)).append('\n');
    }
    return lines.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
