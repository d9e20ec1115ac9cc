package io.knhk.bench;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.ReceiptChain;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/** A receipt of a run, as the loop makes most of them, and a key to sign it with. */
@SuppressWarnings("ArrayRecordComponent")
record SampleReceipt(
    SigningKey key,
    byte[] secret,
    byte[] publicKey,
    String keyId,
    ReceiptDraft draft,
    ReceiptChain.Head head,
    byte[] body,
    byte[] message,
    byte[] signature) {
  private static final int SECRET_BYTES = 32;
  private static final String EVIDENCE =
      """
      {"topic":"knhk.observations.v1","partition":2,"firstOffset":1048576,"lastOffset":1052671,\
      "count":4096,"merkleRoot":"%s","nonConforming":0,"late":0,"firstTimeMs":1735689600000,\
      "lastTimeMs":1735692876000,"snapshotVersion":3}"""
          .formatted("5f".repeat(SECRET_BYTES));

  SampleReceipt() {
    this(SigningKey.generate(new SecureRandom()));
  }

  private SampleReceipt(SigningKey key) {
    this(key, body(key));
  }

  private SampleReceipt(SigningKey key, byte[] body) {
    this(
        key,
        secretOf(key),
        key.publicKey().bytes(),
        key.publicKey().keyId(),
        sampleDraft(),
        sampleHead(),
        body,
        Dsse.pae(Receipts.PAYLOAD_TYPE, body),
        key.sign(Dsse.pae(Receipts.PAYLOAD_TYPE, body)));
  }

  private static byte[] body(SigningKey key) {
    return ReceiptChain.number(sampleHead(), "knhk", key.publicKey().keyId(), sampleDraft()).body();
  }

  private static ReceiptChain.Head sampleHead() {
    return new ReceiptChain.Head(123_456, "a7".repeat(SECRET_BYTES));
  }

  private static ReceiptDraft sampleDraft() {
    return new ReceiptDraft(
        "finance",
        Operation.ObservationIngested,
        1_735_692_876_000L,
        1_735_692_877_000L,
        "ingested",
        "knhk.observations.v1/2/finance/1048576",
        "3c".repeat(SECRET_BYTES),
        List.of(),
        EVIDENCE);
  }

  /** The last bytes of the PKCS#8 form. */
  private static byte[] secretOf(SigningKey key) {
    byte[] der = Base64.getMimeDecoder().decode(key.toPem().replaceAll("-----[A-Z ]+-----", ""));
    byte[] secret = new byte[SECRET_BYTES];
    System.arraycopy(der, der.length - SECRET_BYTES, secret, 0, SECRET_BYTES);
    return secret;
  }
}
