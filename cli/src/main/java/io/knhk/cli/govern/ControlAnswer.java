package io.knhk.cli.govern;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * What became of a control message.
 *
 * @param sent what was sent, for people
 * @param receipts those that answer it, by number; empty where none came
 * @param asked whether anybody waited
 */
record ControlAnswer(ObjectNode sent, List<ControlWait.Receipt> receipts, boolean asked) {
  ControlAnswer {
    receipts = List.copyOf(receipts);
  }

  static ControlAnswer unasked(ObjectNode sent) {
    return new ControlAnswer(sent, List.of(), false);
  }

  String messageId() {
    return sent.path("messageId").asText();
  }

  String sector() {
    return sent.path("sector").asText();
  }

  /** Why it was refused; empty if it was not. */
  Optional<String> refusal() {
    for (ControlWait.Receipt receipt : receipts) {
      if (receipt.outcome().equals("refused")) {
        return Optional.of(receipt.reason());
      }
    }
    return Optional.empty();
  }

  ObjectNode toJson() {
    ObjectNode json = sent.deepCopy();
    if (!asked) {
      return json;
    }
    json.put("answer", receipts.isEmpty() ? "none" : receipts.get(receipts.size() - 1).outcome());
    var all = json.putArray("receipts");
    for (ControlWait.Receipt receipt : receipts) {
      ObjectNode one = all.addObject();
      one.put("seq", receipt.seq());
      one.put("operation", receipt.operation());
      one.put("outcome", receipt.outcome());
      one.put("subject", receipt.subject());
      one.set("evidence", receipt.evidence());
    }
    return json;
  }

  /** One line a member: the receipts as {@code SECTOR/NUMBER OPERATION OUTCOME}. */
  ObjectNode toText() {
    ObjectNode json = sent.deepCopy();
    for (ControlWait.Receipt receipt : receipts) {
      json.withArray("receipts")
          .add(
              (receipt.seq() < 0 ? "" : sector() + "/" + receipt.seq() + " ")
                  + receipt.operation()
                  + " "
                  + receipt.outcome());
    }
    return json;
  }

  /** Whether it was never taken as a message. */
  boolean isDeadLetter() {
    return has(ControlWait.DEAD_LETTER);
  }

  /** Whether a receipt of this operation is among the answers. */
  boolean has(String operation) {
    return receipts.stream().anyMatch(receipt -> receipt.operation().equals(operation));
  }
}
