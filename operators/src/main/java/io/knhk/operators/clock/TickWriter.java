package io.knhk.operators.clock;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.ledger.CanonicalJson;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes a count as a signed tick. What a tick says is the LogAppendTime that the broker gives it;
 * the count only tells one from the next.
 */
public final class TickWriter implements KafkaRecordSerializationSchema<Long> {
  private static final long serialVersionUID = 1L;
  static final String LOG = "log";
  private static final byte[] KEY = "tick".getBytes(StandardCharsets.US_ASCII);

  private final String log;
  private final String signingKeyFile;
  private transient @Nullable SigningKey key;

  public TickWriter(String log, String signingKeyFile) {
    this.log = log;
    this.signingKeyFile = signingKeyFile;
  }

  @Override
  public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext)
      throws IOException, LedgerFormatException {
    key = SigningKey.fromPem(Path.of(signingKeyFile));
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Long count, KafkaSinkContext context, @Nullable Long timestamp) {
    SigningKey signer = key;
    if (signer == null) {
      throw new IllegalStateException("expected open before serialize");
    }
    String keyId = signer.publicKey().keyId();
    ObjectNode tick = JsonNodeFactory.instance.objectNode();
    tick.put("counter", (long) count);
    tick.put(LOG, log);
    tick.put("signer", keyId);
    byte[] body = CanonicalJson.bytes(tick);
    return new ProducerRecord<>(
        Topics.CONTROL, KEY, Dsse.sign(signer, Receipts.TICK_PAYLOAD_TYPE, body).toJson());
  }
}
