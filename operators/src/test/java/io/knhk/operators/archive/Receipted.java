package io.knhk.operators.archive;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.ReceiptChain;
import io.knhk.ledger.ReceiptChain.Head;
import io.knhk.ledger.ReceiptChain.Numbered;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.Topics;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** A signed chain of one sector, as Kafka would hold it. */
final class Receipted {
  static final String LOG = "test-log";
  static final SigningKey KEY = key(1);
  static final String PEM = KEY.publicKey().toPem();

  private final String sector;
  private Head head = Head.empty();
  private long offset;

  Receipted(String sector) {
    this.sector = sector;
  }

  static SigningKey key(int seed) {
    try {
      SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
      random.setSeed(seed);
      return SigningKey.generate(random);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The next receipts of the chain. */
  List<RawRecord> next(int count) {
    List<RawRecord> records = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      records.add(next());
    }
    return records;
  }

  RawRecord next() {
    return next("ok");
  }

  RawRecord next(String outcome) {
    return next(draft(outcome, "{\"count\":" + head.nextSeq() + "}"), LOG, KEY);
  }

  RawRecord next(ReceiptDraft draft, String log, SigningKey key) {
    Numbered numbered = ReceiptChain.number(head, log, key.publicKey().keyId(), draft);
    head = numbered.next();
    return record(sector, offset++, envelope(numbered.body(), key));
  }

  ReceiptDraft draft(String outcome, String evidence) {
    return new ReceiptDraft(
        sector,
        Operation.ObservationIngested,
        1_000 + head.nextSeq(),
        2_000 + head.nextSeq(),
        outcome,
        "run/" + head.nextSeq(),
        "",
        List.of("cause \"a\"", "cause\\b"),
        evidence);
  }

  /** Another chain that shares this one's past. */
  Receipted fork() {
    Receipted fork = new Receipted(sector);
    fork.head = head;
    fork.offset = offset + 1_000_000;
    return fork;
  }

  static byte[] envelope(byte[] body, SigningKey key) {
    return Dsse.sign(key, Receipts.PAYLOAD_TYPE, body).toJson();
  }

  /** The same receipt with a signature that is not the key's. */
  static byte[] badlySigned(RawRecord good) throws LedgerFormatException {
    Dsse.Envelope envelope = Dsse.Envelope.parse(good.value());
    byte[] signature = envelope.signature();
    signature[7] ^= 1;
    return new Dsse.Envelope(
            envelope.payloadType(), envelope.payload(), envelope.keyId(), signature)
        .toJson();
  }

  static RawRecord record(String key, long offset, byte[] value) {
    return new RawRecord(
        Topics.RECEIPTS,
        key.length() % 4,
        offset,
        5_000,
        true,
        key.getBytes(StandardCharsets.UTF_8),
        new String[0],
        new byte[0][],
        true,
        value);
  }
}
