package io.knhk.operators.clock;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.ledger.CanonicalJson;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.Receipts;
import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.control.ControlKind;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads ticks that a trusted key signed for this ledger from the control topic; whatever else is
 * there is not about time. Another ledger's ticks are passed over.
 */
public final class TickReader extends RichFlatMapFunction<RawRecord, ControlUpdate> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(TickReader.class);

  private final String log;
  private final String trustedKeysPem;
  private transient KeyRing trusted;

  /**
   * @param log the only ledger whose ticks count
   * @param trustedKeysPem public keys whose ticks count
   */
  public TickReader(String log, String trustedKeysPem) {
    this.log = log;
    this.trustedKeysPem = trustedKeysPem;
  }

  @Override
  public void open(OpenContext context) throws Exception {
    trusted = KeyRing.fromPem(trustedKeysPem);
  }

  @Override
  public void flatMap(RawRecord record, Collector<ControlUpdate> out) {
    try {
      Dsse.Envelope envelope = Dsse.Envelope.parse(record.value());
      if (ControlKind.ofPayloadType(envelope.payloadType()).isPresent()) {
        return;
      }
      if (!envelope.isSigned(Receipts.TICK_PAYLOAD_TYPE, trusted)) {
        LOG.warn(
            "expected a tick signed by a trusted key: payloadType={}, keyId={}, offset={}",
            envelope.payloadType(),
            envelope.keyId(),
            record.offset());
        return;
      }
      JsonNode tick = CanonicalJson.parse(envelope.payload());
      if (!tick.path(TickWriter.LOG).isTextual()) {
        LOG.warn("expected a tick that names its log: offset={}", record.offset());
      } else if (tick.path(TickWriter.LOG).textValue().equals(log)) {
        out.collect(ControlUpdate.tick(record.recordedAtMs()));
      }
    } catch (LedgerFormatException e) {
      LOG.warn("expected a signed control message: offset={}: {}", record.offset(), e.getMessage());
    }
  }
}
