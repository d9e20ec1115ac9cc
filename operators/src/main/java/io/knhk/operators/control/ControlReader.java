package io.knhk.operators.control;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.Receipts;
import io.knhk.operators.types.ControlRejection;
import io.knhk.operators.types.DeadLetter;
import io.knhk.operators.types.Edges;
import io.knhk.operators.types.RawRecord;
import io.knhk.operators.types.SectorSignal;
import io.knhk.registry.Telemetry;
import io.knhk.schemas.control.ControlKind;
import io.knhk.schemas.control.ControlMessage;
import io.knhk.schemas.control.ControlMessageCodec;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Sends each message of a person to its sector, as it is; what does not have the form of one
 * becomes a dead letter. Ticks are somebody else's, and another ledger's messages are passed over.
 * Whether anybody may say this is execute's to judge: the keys are in its state.
 */
public final class ControlReader extends ProcessFunction<RawRecord, SectorSignal> {
  private static final long serialVersionUID = 1L;

  private final String log;
  private transient Counter messages;
  private transient Counter rejected;

  /**
   * @param log the only ledger whose messages count
   */
  public ControlReader(String log) {
    this.log = log;
  }

  @Override
  public void open(OpenContext context) {
    messages = getRuntimeContext().getMetricGroup().counter(Telemetry.CONTROL_MESSAGES);
    rejected = getRuntimeContext().getMetricGroup().counter(Telemetry.CONTROL_REJECTED);
  }

  @Override
  public void processElement(RawRecord record, Context context, Collector<SectorSignal> out) {
    Dsse.Envelope envelope;
    try {
      envelope = Dsse.Envelope.parse(record.value());
    } catch (LedgerFormatException e) {
      reject(record, ControlRejection.NOT_AN_ENVELOPE, String.valueOf(e.getMessage()), context);
      return;
    }
    if (envelope.payloadType().equals(Receipts.TICK_PAYLOAD_TYPE)) {
      return;
    }
    Optional<ControlKind> kind = ControlKind.ofPayloadType(envelope.payloadType());
    if (kind.isEmpty()) {
      reject(
          record,
          ControlRejection.UNEXPECTED_TYPE,
          "expected a control message: payloadType=" + envelope.payloadType(),
          context);
      return;
    }
    ControlMessage message;
    try {
      message = ControlMessageCodec.decode(kind.get(), envelope.payload());
    } catch (IllegalArgumentException e) {
      reject(record, ControlRejection.INVALID_MESSAGE, String.valueOf(e.getMessage()), context);
      return;
    }
    if (message.log().equals(log)) {
      messages.inc();
      out.collect(SectorSignal.control(message.sector(), record));
    }
  }

  private void reject(RawRecord record, ControlRejection reason, String detail, Context context) {
    rejected.inc();
    context.output(Edges.DEAD_LETTERS, new DeadLetter(record, reason.name(), detail, ""));
  }
}
