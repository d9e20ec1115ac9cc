package io.knhk.schemas.control;

import java.util.Optional;

/**
 * Kinds of signed control message, each with a DSSE payload type of its own, so that a vote can
 * never be read as anything else. Ticks, which no person sends, have theirs in the ledger.
 */
public enum ControlKind {
  PROPOSAL("proposal"),
  IMPORT_PART("import-part"),
  IMPORT("import"),
  RELAXATION("relaxation"),
  DOCTRINE("doctrine"),
  APPROVER("approver"),
  ROLLBACK("rollback"),
  VOTE("vote"),
  WITHDRAWAL("withdrawal"),
  HOLD("hold");

  private final String payloadType;

  ControlKind(String name) {
    this.payloadType = "application/vnd.knhk.control." + name + ".v1+json";
  }

  /** For the DSSE envelope. */
  public String payloadType() {
    return payloadType;
  }

  public static Optional<ControlKind> ofPayloadType(String payloadType) {
    for (ControlKind kind : values()) {
      if (kind.payloadType.equals(payloadType)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
