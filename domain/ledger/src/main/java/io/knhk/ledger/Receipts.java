package io.knhk.ledger;

/**
 * DSSE payload types. Each kind of message has one of its own, so that none can be taken for
 * another.
 */
public final class Receipts {
  /** A {@link ReceiptBody}. */
  public static final String PAYLOAD_TYPE = "application/vnd.knhk.receipt.v1+json";

  /** A promoted snapshot. */
  public static final String SNAPSHOT_PAYLOAD_TYPE = "application/vnd.knhk.snapshot.v1+json";

  /** A tick, by which governance time passes when nothing else happens. */
  public static final String TICK_PAYLOAD_TYPE = "application/vnd.knhk.tick.v1+json";

  private Receipts() {}
}
