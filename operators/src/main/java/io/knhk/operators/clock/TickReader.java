package io.knhk.operators.clock;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.Receipts;
import io.knhk.operators.types.ControlUpdate;
import io.knhk.operators.types.RawRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads ticks that a trusted key signed from the control topic; whatever else is there is not about
 * time.
 */
public final class TickReader extends RichFlatMapFunction<RawRecord, ControlUpdate> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(TickReader.class);

  private final String trustedKeysPem;
  private transient KeyRing trusted;

  public TickReader(String trustedKeysPem) {
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
      if (envelope.isSigned(Receipts.TICK_PAYLOAD_TYPE, trusted)) {
        out.collect(ControlUpdate.tick(record.recordedAtMs()));
        return;
      }
      LOG.warn(
          "expected a tick signed by a trusted key: payloadType={}, keyId={}, offset={}",
          envelope.payloadType(),
          envelope.keyId(),
          record.offset());
    } catch (LedgerFormatException e) {
      LOG.warn("expected a signed control message: offset={}: {}", record.offset(), e.getMessage());
    }
  }
}
