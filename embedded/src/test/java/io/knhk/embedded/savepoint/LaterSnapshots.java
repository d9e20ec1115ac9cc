package io.knhk.embedded.savepoint;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.Topics;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshot;
import io.knhk.schemas.knowledge.PromotedSnapshotCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Later versions of a sector's first snapshot that say the same, signed as a loop signs them, whose
 * state was lost: what no loop of a test would send by itself.
 */
final class LaterSnapshots {
  private final SigningKey key;
  private final PromotedSnapshot first;

  /**
   * @param snapshots all that the snapshots topic holds
   */
  LaterSnapshots(SigningKey key, String sector, List<ConsumerRecord<byte[], byte[]>> snapshots)
      throws Exception {
    this.key = key;
    this.first = first(sector, snapshots);
  }

  ProducerRecord<byte[], byte[]> version(long version) {
    CompiledSnapshot of = first.snapshot();
    PromotedSnapshot later =
        new PromotedSnapshot(
            first.log(),
            new CompiledSnapshot(
                of.sector(),
                version,
                id(version),
                id(version - 1),
                of.proposalId(),
                of.promotedAtMs(),
                of.types(),
                of.touched()));
    return new ProducerRecord<>(
        Topics.SNAPSHOTS,
        of.sector().getBytes(StandardCharsets.UTF_8),
        Dsse.sign(key, Receipts.SNAPSHOT_PAYLOAD_TYPE, PromotedSnapshotCodec.encode(later))
            .toJson());
  }

  private String id(long version) {
    return version == 1 ? first.snapshot().snapshotId() : String.format("%064x", version);
  }

  private static PromotedSnapshot first(
      String sector, List<ConsumerRecord<byte[], byte[]>> snapshots) throws Exception {
    for (ConsumerRecord<byte[], byte[]> record : snapshots) {
      if (sector.equals(new String(record.key(), StandardCharsets.UTF_8))) {
        return PromotedSnapshotCodec.decode(Dsse.Envelope.parse(record.value()).payload());
      }
    }
    throw new AssertionError("expected a first snapshot: sector=" + sector);
  }
}
