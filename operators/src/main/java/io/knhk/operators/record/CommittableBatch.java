package io.knhk.operators.record;

import io.knhk.operators.types.OutboundMessage;
import java.util.List;

/** What one writer took in between two checkpoints, in order: it is signed and sent as one. */
record CommittableBatch(List<OutboundMessage> messages) {
  CommittableBatch {
    messages = List.copyOf(messages);
  }
}
