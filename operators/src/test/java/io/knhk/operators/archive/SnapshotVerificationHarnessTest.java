package io.knhk.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshotCodec;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class SnapshotVerificationHarnessTest {
  private static final CompiledSnapshot SNAPSHOT =
      new CompiledSnapshot(
          "finance", 2, "a".repeat(64), "b".repeat(64), "c".repeat(64), 1234, List.of(), Map.of());

  @Test
  void shouldEmitARowWhenSnapshotIsSigned() throws Exception {
    byte[] body = body(Receipted.LOG);
    RawRecord record = record("finance", body, Receipts.SNAPSHOT_PAYLOAD_TYPE, Receipted.KEY);

    SnapshotRow row = verify(record).snapshot();

    assertThat(row.log()).isEqualTo(Receipted.LOG);
    assertThat(row.sector()).isEqualTo("finance");
    assertThat(row.version()).isEqualTo(2);
    assertThat(row.snapshotId()).isEqualTo(SNAPSHOT.snapshotId());
    assertThat(row.parentId()).isEqualTo(SNAPSHOT.parentId());
    assertThat(row.proposalId()).isEqualTo(SNAPSHOT.proposalId());
    assertThat(row.promotedAtMs()).isEqualTo(1234);
    assertThat(row.body()).isEqualTo(body);
    assertThat(row.envelope()).isEqualTo(record.value());
  }

  @Test
  void shouldQuarantineWhenItIsNotASignedSnapshotOfTheKeysSector() throws Exception {
    byte[] body = body(Receipted.LOG);
    byte[] noSnapshot = new byte[] {'{', '}'};
    byte[] flipped =
        new Dsse.Envelope(
                Receipts.SNAPSHOT_PAYLOAD_TYPE,
                body,
                Receipted.KEY.publicKey().keyId(),
                new byte[64])
            .toJson();

    assertThat(refused(record("energy", body, Receipts.SNAPSHOT_PAYLOAD_TYPE, Receipted.KEY)))
        .isEqualTo(RefusalReason.MALFORMED);
    assertThat(
            refused(record("finance", noSnapshot, Receipts.SNAPSHOT_PAYLOAD_TYPE, Receipted.KEY)))
        .isEqualTo(RefusalReason.MALFORMED);
    assertThat(refused(record("finance", body, Receipts.PAYLOAD_TYPE, Receipted.KEY)))
        .isEqualTo(RefusalReason.MALFORMED);
    assertThat(refused(record("finance", body, Receipts.SNAPSHOT_PAYLOAD_TYPE, Receipted.key(2))))
        .isEqualTo(RefusalReason.UNKNOWN_KEY);
    assertThat(refused(Receipted.record("finance", 0, flipped)))
        .isEqualTo(RefusalReason.BAD_SIGNATURE);
    assertThat(refused(Receipted.record("finance", 0, new byte[0])))
        .isEqualTo(RefusalReason.MALFORMED);
  }

  @Test
  void shouldKeepASnapshotUnderTheLogThatItNames() throws Exception {
    RawRecord record =
        record("finance", body("another"), Receipts.SNAPSHOT_PAYLOAD_TYPE, Receipted.KEY);

    assertThat(verify(record).snapshot().log()).isEqualTo("another");
  }

  private static byte[] body(String log) {
    return PromotedSnapshotCodec.encode(new PromotedSnapshot(log, SNAPSHOT));
  }

  private static RefusalReason refused(RawRecord record) throws Exception {
    QuarantineRow row = verify(record).quarantine();
    assertThat(row.value()).isEqualTo(record.value());
    assertThat(row.at()).isEqualTo(RecordPosition.of(record));
    return row.reason();
  }

  private static RawRecord record(String key, byte[] body, String payloadType, SigningKey signer) {
    return Receipted.record(key, 0, Dsse.sign(signer, payloadType, body).toJson());
  }

  private static ArchiveRow verify(RawRecord record) throws Exception {
    List<ArchiveRow> rows = rows(record);
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  private static List<ArchiveRow> rows(RawRecord record) throws Exception {
    try (var harness =
        new OneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(new SnapshotVerification(Receipted.LOG, Receipted.PEM)))) {
      harness.open();
      harness.processElement(record, 0);
      return List.copyOf(harness.extractOutputValues());
    }
  }
}
